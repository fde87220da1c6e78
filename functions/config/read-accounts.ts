import type * as z from 'zod';
import type {
  Account,
  AccountConfig,
  AccountProblem,
  BrokenAccount,
  ConfigSource,
  TokenSource,
} from './account.ts';
import { accountConfigSchema, type ConfigRules } from './account-config.ts';
import { kindOf, type Parsed, parseConfig } from './config-error.ts';
import { parseJson } from './json.ts';
import type { Parameter } from './parameter-store.ts';
import { readTokenText, trimmedJson } from './pasted-text.ts';
import { withoutSecret } from './redact.ts';

export interface AccountsRead {
  /** By name, in the order of its characters' codes. */
  readonly accounts: readonly Account[];
  /** In the same order; each has a problem, unless it is still being set up. */
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
  readonly now: number | undefined;
}

/** Whoever writes the two parameters of an account one after the other gets so long. */
const SET_UP_MS = 10 * 60_000;

/**
 * The accounts of one provider, from the parameters under `<root>/<provider>/<account>/`; others are left alone.
 * What is wrong with one account keeps no other from being read. With `now`, epoch milliseconds, a token or config is
 * not missed as long as the other one is younger than ten minutes.
 */
export function readAccounts(
  parameters: readonly Parameter[],
  rules: ConfigRules,
  root: string,
  now?: number,
): AccountsRead {
  const schema = accountConfigSchema(rules);
  const folder = `${root.replace(/\/+$/, '')}/${rules.id}`;
  const ofProvider = parameters.filter(({ name }) => name.startsWith(`${folder}/`));
  const byAccount = Map.groupBy(ofProvider, ({ name }) => accountName(name, folder));
  const accounts: Account[] = [];
  const broken: BrokenAccount[] = [];
  const problems: AccountProblem[] = [];
  for (const [name, own] of [...byAccount].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = { rules, account: name, folder: `${folder}/${name}`, parameters: own, now };
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
  const { rules, account: name, folder, parameters, now } = found;
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
  const token = readToken(ofToken, `${folder}/token`);
  const config = readConfig(ofConfig, schema, token.secret);
  const identity = { provider: rules.id, name, parameter };
  if ('value' in token && 'value' in config) {
    const source = { ...configSource(ofConfig), ...tokenSource(ofToken) };
    const account = { ...identity, ...token.value, config: config.value, source };
    return { account, faults: strays };
  }
  const broken = {
    ...identity,
    ...('value' in token && { validToken: { ...token.value, source: tokenSource(ofToken) } }),
    ...('value' in config && {
      validConfig: { value: config.value, source: configSource(ofConfig) },
    }),
  };
  const faults = [
    ...(isAwaited(ofToken, ofConfig, now) ? [] : faultsOf(`${folder}/token`, ofToken, token)),
    ...(isAwaited(ofConfig, ofToken, now) ? [] : faultsOf(parameter, ofConfig, config)),
    ...strays,
  ];
  return { broken, faults };
}

/** Either clock may be ahead of the other. */
function isAwaited(
  missing: Parameter | undefined,
  other: Parameter | undefined,
  now: number | undefined,
): boolean {
  if (missing !== undefined || other?.changedAt === undefined || now === undefined) return false;
  return Math.abs(now - other.changedAt) < SET_UP_MS;
}

function configSource(config: Parameter | undefined): ConfigSource {
  if (config === undefined) return {};
  return {
    ...(config.type === 'String' && { config: config.value }),
    configVersion: config.version,
    ...(config.changedAt !== undefined && { configChangedAt: config.changedAt }),
  };
}

function tokenSource(token: Parameter | undefined): TokenSource {
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
  if ('value' in parsed) return [];
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

/** A config that was valid once; undefined where it no longer is, as after an update of this software. */
export function readConfigText(text: string, rules: ConfigRules): AccountConfig | undefined {
  const json = parseJson(trimmedJson(text));
  if ('problem' in json) return undefined;
  const config = parseConfig(accountConfigSchema(rules), json.value, { secure: false });
  return 'value' in config ? config.value : undefined;
}

type ReadToken = Parsed<Pick<Account, 'token' | 'withoutToken'>> & {
  /** What must not be told wherever else it stands. */
  readonly secret?: string;
};

/** No problem shows any of the token. One that cannot be decrypted is none, and nothing to be told of the parameters. */
export function readToken(parameter: Parameter | undefined, name: string): ReadToken {
  if (parameter === undefined) {
    return problem('missing, expected a SecureString that holds the API token and nothing else');
  }
  if (parameter.undecryptable !== undefined) {
    return {
      value: { token: '', withoutToken: undecryptableToken(name, parameter.undecryptable) },
    };
  }
  if (parameter.type === 'StringList') return problem('expected a SecureString, got a StringList');
  const read = readTokenText(parameter.value);
  if ('token' in read) return { value: { token: read.token }, secret: read.token };
  return { problems: [read.problem], secret: read.secret };
}

/** A sentence. */
function undecryptableToken(name: string, reason: string): string {
  return `The token in ${name} cannot be decrypted (${reason}): allow the function to use its key, or write the token again with the default key, aws/ssm.`;
}

export function readConfig(
  parameter: Parameter | undefined,
  schema: z.ZodType<AccountConfig>,
  secret: string | undefined,
): Parsed<AccountConfig> {
  if (parameter === undefined) return problem('missing, expected a String that holds JSON');
  if (parameter.undecryptable !== undefined) {
    return problem(`expected a text that can be decrypted, got ${parameter.undecryptable}`);
  }
  if (parameter.type === 'StringList') return problem('expected a String, got a StringList');
  const json = parseJson(trimmedJson(parameter.value));
  if ('problem' in json) return problem(`not JSON, ${json.problem}`);
  const kind = kindOf(json.value);
  if (kind !== 'an object') return problem(`expected a JSON object, got ${kind}`);
  const secure = parameter.type === 'SecureString';
  const disclosure = { secure, ...(secret !== undefined && { token: secret }) };
  const config = parseConfig(schema, json.value, disclosure);
  return 'value' in config && hasToken(parameter.value, secret) ? problem(tokenInConfig) : config;
}

const tokenInConfig =
  'expected no API token in it, got that of the account: names and addresses in a config are told';
/** A shorter text may well be a word of the config. */
const shortestToken = 8;

function hasToken(text: string, secret = ''): boolean {
  return secret.length >= shortestToken && withoutSecret(text, secret) !== text;
}

function problem(text: string): { readonly problems: readonly string[] } {
  return { problems: [text] };
}
