/** What has to be written so that Parameter Store holds what the file says. Pure. */
import { parseJson } from '../../../functions/config/json.ts';
import type { Parameter } from '../../../functions/config/parameter-store.ts';
import { readTokenText, trimmedJson } from '../../../functions/config/pasted-text.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import type { Cli } from '../../output.ts';
import { type Change, changeLines, configChanges } from '../../parameters/config-changes.ts';
import type { Draft } from '../../parameters/write-parameter.ts';
import { type AccountsFile, type FileAccount, writtenConfig } from './accounts-file.ts';

interface PlannedWrite extends Draft {
  /** Of the text; none of a token, of which nothing is shown. */
  readonly changes: readonly Change[];
  /** What no line may show. */
  readonly secret: string;
}

export interface Plan {
  /** Those of one account together, its token first: a config without a token is an error, a token waits ten minutes. */
  readonly groups: readonly (readonly PlannedWrite[])[];
  /** Names of parameters that the file does not have, in its folders. */
  readonly unlisted: readonly string[];
  /** What neither the file nor Parameter Store has. */
  readonly missing: readonly { readonly account: string; readonly message: string }[];
}

interface Below {
  /** `/cost-alerts` */
  readonly root: string;
  readonly providers: readonly Provider[];
}

export function planOf(
  { accounts, totals }: Pick<AccountsFile, 'accounts' | 'totals'>,
  parameters: readonly Parameter[],
  { root, providers }: Below,
): Plan {
  const deployed = new Map(parameters.map((one) => [one.name, one]));
  const ofAccounts = accounts.map((one) => accountWrites(one, deployed, root));
  const ofTotals = totals.map(({ name, config }) =>
    configWrites(`${root}/totals/${name}`, config as Record<string, unknown>, deployed, ''),
  );
  const folders = new Set([
    ...accounts.map(({ provider, name }) => `${root}/${provider.id}/${name}`),
    ...totals.map(({ name }) => `${root}/totals/${name}`),
  ]);
  return {
    groups: [...ofAccounts, ...ofTotals].filter((group) => group.length > 0),
    unlisted: parameters
      .map(({ name }) => name)
      .filter(
        (name) => isAccountOrTotal(name, { root, providers }) && !folders.has(folderOf(name, root)),
      ),
    missing: accounts.flatMap((one) => missingOf(one, deployed, root)),
  };
}

function isAccountOrTotal(name: string, { root, providers }: Below): boolean {
  const folder = name.slice(root.length + 1).split('/', 1)[0];
  return folder === 'totals' || providers.some(({ id }) => id === folder);
}

/** `/cost-alerts/northflank/acme` of its parameters, and of a total its name. */
function folderOf(name: string, root: string): string {
  return [root, ...name.slice(root.length + 1).split('/', 2)].join('/');
}

type Deployed = ReadonlyMap<string, Parameter>;

function missingOf(
  { provider, name, token, config }: FileAccount,
  deployed: Deployed,
  root: string,
) {
  const account = `${provider.id}/${name}`;
  const missing = (leaf: string, given: unknown, message: string) =>
    given === undefined && !deployed.has(`${root}/${account}/${leaf}`)
      ? [{ account, message }]
      : [];
  return [
    ...missing(
      'token',
      token,
      'missing token, expected { env: NAME } or { file: PATH }, as Parameter Store has none',
    ),
    ...missing('config', config, 'missing config, as Parameter Store has none'),
  ];
}

function accountWrites(
  { provider, name, token, config }: FileAccount,
  deployed: Deployed,
  root: string,
): PlannedWrite[] {
  const folder = `${root}/${provider.id}/${name}`;
  const before = deployed.get(`${folder}/token`);
  const secret = token ?? before?.value ?? '';
  const writes: PlannedWrite[] = [];
  if (token !== undefined && !isToken(token, before)) {
    const draft = { name: `${folder}/token`, value: token, type: 'SecureString' } as const;
    writes.push({ ...draft, before, changes: [], secret });
  }
  const secrets = [secret, before?.value ?? ''].join(' ').trim();
  if (config) writes.push(...configWrites(`${folder}/config`, config, deployed, secrets));
  return writes;
}

function isToken(token: string, before: Parameter | undefined): boolean {
  if (before === undefined || before.undecryptable !== undefined) return false;
  const read = readTokenText(before.value);
  return 'token' in read && read.token === token;
}

/** None where all that the file says is there already, however it is written. */
function configWrites(
  name: string,
  config: Readonly<Record<string, unknown>>,
  deployed: Deployed,
  secret: string,
): PlannedWrite[] {
  const before = deployed.get(name);
  const is = valueIn(before);
  const willBe = withMute(config, is);
  const changes = configChanges(is, willBe);
  if (changes.length === 0) return [];
  return [{ name, value: writtenConfig(willBe), type: 'String', before, changes, secret }];
}

/** Undefined for what is no JSON. */
export function valueIn(parameter: Parameter | undefined): unknown {
  if (parameter === undefined || parameter.undecryptable !== undefined) return undefined;
  const parsed = parseJson(trimmedJson(parameter.value));
  return 'value' in parsed ? parsed.value : undefined;
}

/** A mute is set on the command line, and no file that does not know of it ends it. */
function withMute(config: Readonly<Record<string, unknown>>, deployed: unknown) {
  if (Object.hasOwn(config, 'mutedUntil') || typeof deployed !== 'object' || deployed === null) {
    return config;
  }
  return { ...config, ...Object.fromEntries(Object.entries(deployed).filter(isOfMute)) };
}

export function isOfMute([key]: readonly [key: string, value: unknown]): boolean {
  return /^muted(Until|Because)$/.test(key);
}

export function planLines({ groups }: Plan, cli: Cli): string[] {
  return groups.flat().flatMap((write) => {
    const { name, type, before, changes, secret } = write;
    const isNew = before === undefined;
    if (type === 'SecureString') return [`${name}: ${isNew ? 'a new token' : 'another token'}`];
    if (before?.type === 'SecureString')
      return [`${name}: a SecureString, so what changes is not shown`];
    return [isNew ? `${name} (new)` : name, ...changeLines(changes, cli, secret)];
  });
}
