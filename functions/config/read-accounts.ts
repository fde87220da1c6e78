import type * as z from 'zod';
import type {
  Account,
  AccountConfig,
  AnyAccount,
  ConfigSource,
  InvalidParameters,
  TokenSource,
} from './account.ts';
import { type Parsed, parseConfig } from './config-error.ts';
import { asDescribed, type ConfigRules } from './config-rules.ts';
import { parseJson, readJsonObject, unlike } from './json.ts';
import type { Parameter } from './parameter-store.ts';
import { readTokenText, trimmedJson } from './pasted-text.ts';
import type { Problem } from './problem.ts';
import { withoutSecret } from './redact.ts';
import { accountConfigSchema } from './schema/account.ts';

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
 * The accounts of one provider, valid or broken, in the order of their names' character codes: from the parameters
 * under `<root>/<provider>/<account>/`; others are left alone. What is wrong with one keeps no other from being read.
 * With `now`, epoch milliseconds, a token or config is not missed as long as the other one is younger than ten minutes.
 */
export function readAccounts(
  parameters: readonly Parameter[],
  rules: ConfigRules,
  root: string,
  now?: number,
): AnyAccount[] {
  const schemaOf = schemaFinder(rules);
  const folder = `${root.replace(/\/+$/, '')}/${rules.id}`;
  const ofProvider = parameters.filter(({ name }) => name.startsWith(`${folder}/`));
  const byAccount = Map.groupBy(ofProvider, ({ name }) => accountName(name, folder));
  return [...byAccount]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([account, own]) =>
      readAccount(
        { rules, account, folder: `${folder}/${account}`, parameters: own, now },
        schemaOf,
      ),
    );
}

interface Fault {
  /** The parameter within the account, with its version: `config@3`. */
  readonly version: string;
  readonly problem: Problem;
}

function invalidConfig(faults: readonly Fault[]): { invalid?: InvalidParameters } {
  if (faults.length === 0) return {};
  const versions = [...new Set(faults.map(({ version }) => version))];
  const problems = faults.map(({ problem }) => problem);
  return { invalid: { versions: versions.sort((a, b) => (a < b ? -1 : 1)), problems } };
}

function accountName(parameter: string, folder: string): string {
  return parameter.slice(folder.length + 1).split('/', 1)[0] ?? '';
}

type SchemaOf = (config: unknown) => z.ZodType<AccountConfig>;

/** The same schema for all configs, unless they describe what it depends on. */
function schemaFinder(rules: ConfigRules): SchemaOf {
  if (rules.describedBy) return (config) => accountConfigSchema(asDescribed(rules, config));
  const schema = accountConfigSchema(rules);
  return () => schema;
}

function readAccount(found: AccountParameters, schemaOf: SchemaOf): AnyAccount {
  const { rules, account: name, folder, parameters, now } = found;
  const parameter = `${folder}/config`;
  const identity = { provider: rules.id, name, parameter };
  if (!/^[\w.-]+$/.test(name)) {
    const expected = 'an account of letters, digits, "_", "." and "-"';
    const problem = { parameter, path: [], expected, found: JSON.stringify(name) };
    return { ...identity, isStray: true, ...invalidConfig([{ version: 'config@0', problem }]) };
  }
  const strays = strayParameters(found);
  const [first] = parameters;
  if (first && strays.length === parameters.length) {
    return { ...identity, parameter: first.name, isStray: true, ...invalidConfig(strays) };
  }
  const ofToken = parameters.find((one) => one.name === `${folder}/token`);
  const ofConfig = parameters.find((one) => one.name === parameter);
  const token = readToken(ofToken, `${folder}/token`);
  const config = readConfig(ofConfig, schemaOf, token.secret);
  if ('value' in token && 'value' in config) {
    const source = { ...configSource(ofConfig), ...tokenSource(ofToken) };
    return { ...identity, ...token.value, config: config.value, source, ...invalidConfig(strays) };
  }
  return {
    ...identity,
    ...('value' in token && { validToken: { ...token.value, source: tokenSource(ofToken) } }),
    ...('value' in config && {
      validConfig: { value: config.value, source: configSource(ofConfig) },
    }),
    ...invalidConfig([
      ...(isAwaited(ofToken, ofConfig, now) ? [] : faultsOf(`${folder}/token`, ofToken, token)),
      ...(isAwaited(ofConfig, ofToken, now) ? [] : faultsOf(parameter, ofConfig, config)),
      ...strays,
    ]),
  };
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
  const version = `${leafOf(name)}@${parameter?.version ?? 0}`;
  return parsed.problems.map((one) => ({ version, problem: { ...one, parameter: name } }));
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
    const mistake = `unknown parameter of ${rules.name}`;
    const ownName = name === folder ? account : name.slice(folder.length + 1);
    return {
      version: `${ownName}@${version}`,
      problem: { parameter: name, path: [], mistake, expected: expected.join(' or ') },
    };
  });
}

/** A config that was valid once; undefined where it no longer is, as after an update of this software. */
export function readConfigText(text: string, rules: ConfigRules): AccountConfig | undefined {
  const json = parseJson(trimmedJson(text));
  if ('problem' in json) return undefined;
  const config = parseConfig(schemaFinder(rules)(json.value), json.value, { secure: false });
  return 'value' in config ? config.value : undefined;
}

type ReadToken = Parsed<Pick<Account, 'token' | 'withoutToken'>> & {
  /** What must not be shown wherever else it is. */
  readonly secret?: string;
};

/** No problem shows any of the token. One that cannot be decrypted is none, and says nothing about the parameters. */
export function readToken(parameter: Parameter | undefined, name: string): ReadToken {
  if (parameter === undefined) {
    return missing('a SecureString that holds the API token and nothing else');
  }
  if (parameter.undecryptable !== undefined) {
    return {
      value: { token: '', withoutToken: undecryptableToken(name, parameter.undecryptable) },
    };
  }
  if (parameter.type === 'StringList') return unlike('a SecureString', 'a StringList');
  const read = readTokenText(parameter.value);
  if ('token' in read) return { value: { token: read.token }, secret: read.token };
  return { ...unlike(read.expected, read.found), secret: read.secret };
}

/** A sentence. */
function undecryptableToken(name: string, reason: string): string {
  return `The token in ${name} cannot be decrypted (${reason}): allow the function to use its key, or write the token again with the default key, aws/ssm.`;
}

function readConfig(
  parameter: Parameter | undefined,
  schemaOf: SchemaOf,
  secret: string | undefined,
): Parsed<AccountConfig> {
  if (parameter === undefined) return missing('a String that holds JSON');
  const json = readJsonObject(parameter);
  if ('problems' in json) return json;
  const secure = parameter.type === 'SecureString';
  const disclosure = { secure, ...(secret !== undefined && { token: secret }) };
  const config = parseConfig(schemaOf(json.value), json.value, disclosure);
  if ('problems' in config || !hasToken(parameter.value, secret)) return config;
  return unlike(
    'no API token in it',
    'that of the account: names and addresses in a config are shown in messages',
  );
}

/** A shorter text may well be a word of the config. */
const SHORTEST_TOKEN = 8;

function hasToken(text: string, secret = ''): boolean {
  return secret.length >= SHORTEST_TOKEN && withoutSecret(text, secret) !== text;
}

function missing(expected: string): { readonly problems: readonly Problem[] } {
  return { problems: [{ path: [], mistake: 'missing', expected }] };
}
