import type * as z from 'zod';
import type {
  Account,
  AccountConfig,
  AccountProblem,
  AccountSource,
  BrokenAccount,
} from './account.ts';
import { accountConfigSchema } from './account-config.ts';
import { type Parsed, parseConfig } from './config-error.ts';
import type { ConfigRules } from './config-rules.ts';
import { parseJson } from './exact-json.ts';
import { kindOf } from './found-value.ts';
import type { Parameter } from './parameter-store.ts';
import { withoutSecret } from './without-secret.ts';

export interface AccountsRead {
  /** By name, in the order of its characters' codes. */
  readonly accounts: readonly Account[];
  /** In the same order; each has a problem. */
  readonly broken: readonly BrokenAccount[];
  /** In the same order. An account that is also among `accounts` is watched nevertheless. */
  readonly problems: readonly AccountProblem[];
}

interface AccountParameters {
  readonly rules: ConfigRules;
  readonly account: string;
  /** Name of the account's folder: `/cost-alerts/northflank/acme`. */
  readonly folder: string;
  readonly parameters: readonly Parameter[];
}

/**
 * The accounts of one provider, from the parameters under `<root>/<provider>/<account>/`; others are left alone.
 * What is wrong with one account keeps no other from being read.
 */
export function readAccounts(
  parameters: readonly Parameter[],
  rules: ConfigRules,
  root: string,
): AccountsRead {
  const schema = accountConfigSchema(rules);
  const folder = `${root.replace(/\/+$/, '')}/${rules.id}`;
  const ofProvider = parameters.filter(({ name }) => name.startsWith(`${folder}/`));
  const byAccount = Map.groupBy(ofProvider, ({ name }) => accountName(name, folder));
  const accounts: Account[] = [];
  const broken: BrokenAccount[] = [];
  const problems: AccountProblem[] = [];
  for (const [name, own] of [...byAccount].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = { rules, account: name, folder: `${folder}/${name}`, parameters: own };
    const read = readAccount(found, schema);
    if ('account' in read) accounts.push(read.account);
    else if (read.broken) broken.push(read.broken);
    if (read.faults.length > 0) problems.push(problemOf(rules.id, name, read.faults));
  }
  return { accounts, broken, problems };
}

/** What is wrong with one parameter. */
interface Fault {
  /** Within the account, with its version: `config@3`. */
  readonly parameter: string;
  /** With the parameter's whole name. */
  readonly message: string;
}

function problemOf(provider: string, account: string, faults: readonly Fault[]): AccountProblem {
  const parameters = new Set(faults.map(({ parameter }) => parameter));
  return {
    provider,
    account,
    versions: [...parameters].sort((a, b) => (a < b ? -1 : 1)).join(','),
    messages: faults.map(({ message }) => message),
  };
}

function accountName(parameter: string, folder: string): string {
  return parameter.slice(folder.length + 1).split('/', 1)[0] ?? '';
}

type AccountRead =
  | { readonly account: Account; readonly faults: readonly Fault[] }
  | { readonly broken?: BrokenAccount; readonly faults: readonly Fault[] };

function readAccount(found: AccountParameters, schema: z.ZodType<AccountConfig>): AccountRead {
  const { rules, account: name, folder, parameters } = found;
  const strays = strayParameters(found);
  if (!/^[\w.-]+$/.test(name)) {
    const got = JSON.stringify(name);
    const expected = 'expected an account of letters, digits, "_", "." and "-"';
    return {
      faults: [{ parameter: 'config@0', message: `${folder}/config: ${expected}, got ${got}` }],
    };
  }
  if (strays.length === parameters.length) return { faults: strays };
  const parameter = `${folder}/config`;
  const ofToken = parameters.find((one) => one.name === `${folder}/token`);
  const ofConfig = parameters.find((one) => one.name === parameter);
  const token = readToken(ofToken);
  const config = readConfig(ofConfig, schema, ofToken?.value.trim());
  const identity = { provider: rules.id, name, parameter };
  if ('value' in token && 'value' in config) {
    const source = sourceOf(ofConfig, ofToken);
    const account = { ...identity, token: token.value, config: config.value, source };
    return { account, faults: strays };
  }
  const broken =
    'value' in token ? { ...identity, token: token.value, ...tokenVersionOf(ofToken) } : identity;
  const faults = [
    ...faultsOf(`${folder}/token`, ofToken, token),
    ...faultsOf(parameter, ofConfig, config),
    ...strays,
  ];
  return { broken, faults };
}

function sourceOf(config: Parameter | undefined, token: Parameter | undefined): AccountSource {
  return {
    ...(config?.type === 'String' && { config: config.value }),
    ...(config && { configVersion: config.version }),
    ...(config?.changedAt !== undefined && { configChangedAt: config.changedAt }),
    ...tokenVersionOf(token),
  };
}

function tokenVersionOf(token: Parameter | undefined) {
  return {
    tokenVersion: token?.version ?? 0,
    ...(token?.changedAt !== undefined && { tokenChangedAt: token.changedAt }),
  };
}

function faultsOf(
  name: string,
  parameter: Parameter | undefined,
  parsed: Parsed<unknown>,
): Fault[] {
  if (!('problems' in parsed)) return [];
  const versioned = `${leafOf(name)}@${parameter?.version ?? 0}`;
  return parsed.problems.map((text) => ({ parameter: versioned, message: `${name}: ${text}` }));
}

function leafOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Parameters that nothing reads: most likely one with a typo in its name. */
function strayParameters({ rules, account, folder, parameters }: AccountParameters): Fault[] {
  const known = [`${folder}/token`, `${folder}/config`];
  const strays = parameters.filter(({ name }) => !known.includes(name));
  return strays.map(({ name, version }) => {
    const expected =
      name === folder ? known.map((one) => one.replace(`/${account}/`, '/<account>/')) : known;
    const message = `${name}: unknown parameter of ${rules.name}, expected ${expected.join(' or ')}`;
    const ownName = name === folder ? account : name.slice(folder.length + 1);
    return { parameter: `${ownName}@${version}`, message };
  });
}

/** The token without the whitespace that copying or `echo` put around it. No problem shows any of it. */
function readToken(parameter: Parameter | undefined): Parsed<string> {
  if (parameter === undefined) {
    return problem('missing, expected a SecureString that holds the API token and nothing else');
  }
  if (parameter.type === 'StringList') return problem('expected a SecureString, got a StringList');
  const value = parameter.value.trim();
  if (value === '') return problem('expected the API token, got an empty text');
  return /^[\x21-\x7e]+$/.test(value)
    ? { value }
    : problem(
        'expected the API token and nothing else, got spaces, line breaks or letters beyond ASCII in it',
      );
}

function readConfig(
  parameter: Parameter | undefined,
  schema: z.ZodType<AccountConfig>,
  token: string | undefined,
): Parsed<AccountConfig> {
  if (parameter === undefined) return problem('missing, expected a String that holds JSON');
  if (parameter.type === 'StringList') return problem('expected a String, got a StringList');
  const json = parseJson(parameter.value);
  if ('problem' in json) return problem(`not JSON, ${json.problem}`);
  const kind = kindOf(json.value);
  if (kind !== 'an object') return problem(`expected a JSON object, got ${kind}`);
  const secure = parameter.type === 'SecureString';
  const config = parseConfig(schema, json.value, { secure, ...(token !== undefined && { token }) });
  return 'value' in config && hasToken(parameter.value, token) ? problem(tokenInConfig) : config;
}

const tokenInConfig =
  'expected no API token in it, got that of the account: names and addresses in a config are told';
/** A shorter text may well be a word of the config. */
const shortestToken = 8;

function hasToken(text: string, token = ''): boolean {
  return token.length >= shortestToken && withoutSecret(text, token) !== text;
}

/** A config that was valid once; undefined where it no longer is, as after an update of this software. */
export function readConfigText(text: string, rules: ConfigRules): AccountConfig | undefined {
  const json = parseJson(text);
  if ('problem' in json) return undefined;
  const config = parseConfig(accountConfigSchema(rules), json.value, { secure: false });
  return 'value' in config ? config.value : undefined;
}

function problem(text: string): { readonly problems: readonly string[] } {
  return { problems: [text] };
}
