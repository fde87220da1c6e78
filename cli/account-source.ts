/** Where a command's accounts come from: Parameter Store, or a file in its place. */
import { type Command, Option } from 'commander';
import {
  type AccountConfig,
  type AnyAccount,
  type BrokenAccount,
  type Budget,
  isValid,
  TOTALS,
} from '../functions/config/account.ts';
import { asDescribed } from '../functions/config/config-rules.ts';
import { type Parameter, readParameters } from '../functions/config/parameter-store.ts';
import { type Problem, problemLine } from '../functions/config/problem.ts';
import { readAccounts } from '../functions/config/read-accounts.ts';
import { readTotals, type Total } from '../functions/config/schema/total.ts';
import { decimal, plain, sum } from '../functions/pricing/money.ts';
import type { Provider } from '../functions/providers/provider.ts';
import { type AwsClients, type AwsOptions, awsClients } from './aws.ts';
import { readParametersFile } from './demo/parameters-file.ts';
import { type Cli, guess, UsageError } from './output.ts';

export interface Source {
  /** `/cost-alerts`. */
  readonly root: string;
  /** As shown to the user: `parameters.json`, or `Parameter Store in eu-west-1`. */
  readonly place: string;
  /** Absent where the parameters come from a file, which needs no AWS. */
  readonly aws?: AwsClients;
  /** That there are, the user's own among them. */
  readonly providers: readonly Provider[];
  /** All below the root. A file has no types: its parameters get the expected ones. */
  readonly parameters: readonly Parameter[];
  /** Every account that has a parameter; by provider in their order, then by name. */
  readonly accounts: readonly FoundAccount[];
  /** Every total, valid or not; in the order of the parameters. */
  readonly totals: readonly Total[];
}

/** An account by its provider, valid or broken. */
export interface FoundAccount {
  readonly provider: Provider;
  readonly account: AnyAccount;
}

/** What has a config, and can be muted. */
export type Watched = FoundAccount | Total;

export function isAccount(watched: Watched): watched is FoundAccount {
  return 'provider' in watched;
}

/** Throws a UsageError for a file that cannot be read, and what the SDK throws. */
export async function readSource(options: SourceOptions, cli: Cli): Promise<Source> {
  const { root, parameters: file } = options;
  const { providers } = cli;
  if (file !== undefined) {
    const read = await readParametersFile(file, { root });
    const parameters = read.map((one) => ({ ...one, version: 1 }));
    return { root, place: file, providers, parameters, ...readAll(parameters, root, providers) };
  }
  const aws = awsClients(options);
  const parameters = await readParameters(aws.ssm, root, cli.signal);
  const place = `Parameter Store in ${await aws.region()}`;
  return { root, place, aws, providers, parameters, ...readAll(parameters, root, providers) };
}

function readAll(
  parameters: readonly Parameter[],
  root: string,
  providers: readonly Provider[],
): Pick<Source, 'accounts' | 'totals'> {
  const accounts = providers.flatMap((provider) =>
    readAccounts(parameters, provider, root).map((account) => ({
      provider: isValid(account) ? asDescribed(provider, account.config.options) : provider,
      account,
    })),
  );
  return { accounts, totals: readTotals(parameters, root) };
}

/** Only links into the AWS console need it, so that any will do where there is none. */
export async function regionOf(
  { aws }: Pick<Source, 'aws'>,
  { environment }: Pick<Cli, 'environment'>,
): Promise<string> {
  return (await aws?.region()) ?? environment.AWS_REGION ?? 'us-east-1';
}

/** The accounts named like `northflank/acme`, each once; all if none is named. Throws a UsageError for an unknown name, or where there are none. */
export function accountsNamed(source: Source, names: readonly string[]): readonly FoundAccount[] {
  const accounts = allNamed(source.accounts, names, source);
  if (accounts.length === 0) throw noAccounts(source);
  return accounts;
}

/** As `accountsNamed`, and totals, named like `totals/all`; but there may be none. */
export function watchedNamed(source: Source, names: readonly string[]): readonly Watched[] {
  return allNamed([...source.accounts, ...source.totals], names, source);
}

function allNamed<One extends Watched>(
  all: readonly One[],
  names: readonly string[],
  source: Source,
): readonly One[] {
  if (names.length === 0) return all;
  return [...new Set(names)].map((name) => oneNamed(all, name, source));
}

function oneNamed<One extends Watched>(
  all: readonly One[],
  name: string,
  { root, place }: Source,
): One {
  const found = all.find((one) => fullName(one) === name);
  if (found !== undefined) return found;
  const names = all.map(fullName);
  throw new UsageError(
    `no account ${JSON.stringify(name)}${guess(name, names)}; ${allowedNames(names, `${place}, below ${root}`)}`,
  );
}

/** `northflank/acme`, `totals/all`. */
export function fullName(watched: Watched): string {
  if (!isAccount(watched)) return `${TOTALS}/${watched.name}`;
  return `${watched.provider.id}/${watched.account.name}`;
}

/** Also where only the token is broken; undefined where the config is. */
export function configOf({ account }: FoundAccount): AccountConfig | undefined {
  return isValid(account) ? account.config : account.validConfig?.value;
}

/** The first problem, in half a sentence. A command waits for no token or config, so a broken account always has one. */
export function whyInvalid({ invalid }: BrokenAccount): string {
  return problemLine(invalid?.problems[0] as Problem);
}

/** For a command that needs an account. */
export function noAccounts({ root, place }: Source): UsageError {
  return new UsageError(
    `no account below ${root} in ${place}; set one up with "npx cost-alerts init"`,
  );
}

const MAX_NAMES = 5;

function allowedNames(names: readonly string[], where: string): string {
  if (names.length === 0) return `there are no accounts in ${where}`;
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return `expected ${names.length === 1 ? '' : 'one of '}${names.slice(0, MAX_NAMES).join(', ')}${more}`;
}

export interface SourceOptions extends AwsOptions {
  /** A file; by default the parameters come from Parameter Store. */
  readonly parameters?: string;
  /** `/cost-alerts`, without a slash at its end. */
  readonly root: string;
  /** Whether it prints one JSON document. */
  readonly json?: boolean;
}

/** Of a command that also reads the deployed stack. */
export interface DeployedOptions extends SourceOptions {
  readonly stack: string;
}

/** Adds `--parameters`, `--root`, `--profile`, `--region`. */
export function addSourceOptions(command: Command): Command {
  return addStoreOptions(
    command.addOption(
      new Option(
        '--parameters <file>',
        'read a JSON file of parameter names and values instead of Parameter Store',
      ).conflicts(['profile', 'region']),
    ),
  );
}

/** Adds `--root`, `--profile`, `--region`: of a command that works on Parameter Store itself. */
export function addStoreOptions(command: Command): Command {
  return command
    .option('--root <name>', 'root of the parameter names', readRoot, '/cost-alerts')
    .addOption(new Option('--profile <name>', 'profile of the AWS config files'))
    .addOption(new Option('--region <name>', 'AWS region'));
}

/** Adds the source options and `--stack`. */
export function addDeployedOptions(command: Command): Command {
  return addSourceOptions(command).addOption(stackOption().conflicts(['parameters']));
}

/** Adds the store options and `--stack`: of a command that has nothing to do without a stack. */
export function addStackOptions(command: Command): Command {
  return addStoreOptions(command).addOption(stackOption());
}

function stackOption(): Option {
  return new Option('--stack <name>', 'the deployed stack').default('CostAlerts');
}

/** Without a slash at the end. Throws a UsageError for a text that no parameter name can begin with. */
export function readRoot(text: string): string {
  const root = text.replace(/\/+$/, '');
  if (/^(\/[\w.-]+)+$/.test(root)) return root;
  throw new UsageError(
    `--root: expected a name such as "/cost-alerts", got ${JSON.stringify(text)}`,
  );
}

/** Where no account has a budget to add up. */
const ANY_LIMIT = '100';

/** A line on a total over all accounts and how to set it; undefined where there are less than two, or there is a total. */
export function totalOffer(
  source: Pick<Source, 'root' | 'aws' | 'place' | 'accounts' | 'totals'>,
): string | undefined {
  const { root, aws, place, accounts, totals } = source;
  const configs = accounts.flatMap(({ account }) => (isValid(account) ? account.config : []));
  if (configs.length < 2 || totals.length > 0) return undefined;
  const byCurrency = [...Map.groupBy(configs, ({ currency }) => currency)];
  const [most] = byCurrency.sort(([, a], [, b]) => b.length - a.length);
  const [currency, own] = most as (typeof byCurrency)[number];
  const limits = own.flatMap(({ budgets }) => budgets.find(isWhole)?.limit ?? []);
  const limit = limits.length === 0 ? ANY_LIMIT : plain(sum(limits.map(decimal)));
  const config = `{"limit":${limit},"currency":"${currency}","per":"month"}`;
  const name = `${root}/${TOTALS}/all`;
  const how = aws
    ? `aws ssm put-parameter --type String --name ${name} --value '${config}'`
    : `"${name}": ${config} in ${place}`;
  return `One budget over all ${configs.length} accounts:  ${how}`;
}

/** All that an account may cost in a month. */
function isWhole({ measure, meter, per }: Budget): boolean {
  return measure === 'cost' && meter === undefined && per === 'month';
}
