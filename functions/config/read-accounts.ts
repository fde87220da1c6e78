import type * as z from 'zod';
import type { Account, AccountConfig, AccountProblem } from './account.ts';
import { accountConfigSchema } from './account-config.ts';
import { type Parsed, parseConfig } from './config-error.ts';
import type { ConfigRules } from './config-rules.ts';
import { parseJson } from './exact-json.ts';
import { kindOf } from './found-value.ts';
import type { Parameter } from './parameter-store.ts';

export interface AccountsRead {
  /** By name, in the order of its characters' codes. */
  readonly accounts: readonly Account[];
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
  const problems: AccountProblem[] = [];
  for (const [name, own] of [...byAccount].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = { rules, account: name, folder: `${folder}/${name}`, parameters: own };
    const { account, messages } = readAccount(found, schema);
    if (account !== undefined) accounts.push(account);
    if (messages.length > 0) problems.push({ provider: rules.id, account: name, messages });
  }
  return { accounts, problems };
}

function accountName(parameter: string, folder: string): string {
  return parameter.slice(folder.length + 1).split('/', 1)[0] ?? '';
}

interface AccountRead {
  readonly account?: Account;
  readonly messages: readonly string[];
}

function readAccount(found: AccountParameters, schema: z.ZodType<AccountConfig>): AccountRead {
  const { rules, account: name, folder, parameters } = found;
  const parameter = `${folder}/config`;
  const strays = strayParameters(found);
  if (!/^[\w.-]+$/.test(name)) {
    const got = JSON.stringify(name);
    return {
      messages: [
        `${parameter}: expected an account of letters, digits, "_", "." and "-", got ${got}`,
      ],
    };
  }
  if (strays.length === parameters.length) return { messages: strays };
  const tokenParameter = parameters.find((one) => one.name === `${folder}/token`);
  const token = readToken(tokenParameter);
  const config = readConfig(
    parameters.find((one) => one.name === parameter),
    schema,
    tokenParameter?.value.trim(),
  );
  if ('value' in token && 'value' in config) {
    const account = {
      provider: rules.id,
      name,
      token: token.value,
      config: config.value,
      parameter,
    };
    return { account, messages: strays };
  }
  const messages = [...lines(`${folder}/token`, token), ...lines(parameter, config), ...strays];
  return { messages };
}

function lines(parameter: string, parsed: Parsed<unknown>): string[] {
  return 'problems' in parsed ? parsed.problems.map((problem) => `${parameter}: ${problem}`) : [];
}

/** Parameters that nothing reads: most likely one with a typo in its name. */
function strayParameters({ rules, account, folder, parameters }: AccountParameters): string[] {
  const known = [`${folder}/token`, `${folder}/config`];
  const strays = parameters.filter(({ name }) => !known.includes(name));
  return strays.map(({ name }) => {
    const expected =
      name === folder ? known.map((one) => one.replace(`/${account}/`, '/<account>/')) : known;
    return `${name}: unknown parameter of ${rules.name}, expected ${expected.join(' or ')}`;
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
  return parseConfig(schema, json.value, { secure, ...(token !== undefined && { token }) });
}

function problem(text: string): { readonly problems: readonly string[] } {
  return { problems: [text] };
}
