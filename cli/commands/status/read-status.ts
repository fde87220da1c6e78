/** Everything that `cost-alerts status` shows: the accounts by parameters and register, and the deployment. */
import { type AccountConfig, isValid } from '../../../functions/config/account.ts';
import { DAY_MS, HOUR_MS } from '../../../functions/config/durations.ts';
import { problemLine } from '../../../functions/config/problem.ts';
import { type AccountSummary, readSummaries } from '../../../functions/ledger/account-summary.ts';
import { openTable } from '../../../functions/ledger/table.ts';
import { providers } from '../../../functions/providers/registry.ts';
import {
  accountsNamed,
  type FoundAccount,
  fullName,
  noAccounts,
  readSource,
  type Source,
  type SourceOptions,
} from '../../account-source.ts';
import { findDeployment } from '../../aws.ts';
import type { Cli } from '../../output.ts';
import { type Asked, asked, type DeploymentStatus, readDeployment } from './deployment-status.ts';

export interface StatusOptions extends SourceOptions {
  /** Name of the stack. */
  readonly stack: string;
}

export interface Status {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly accounts: readonly AccountStatus[];
  /** Why what the checks left cannot be read: half a sentence. */
  readonly registerUnknown?: string;
  readonly deployment: Asked<DeploymentStatus>;
  /** When the next check is due, epoch milliseconds; absent where that is unknown. */
  readonly nextCheckAt?: number;
}

/**
 * `unknown`: the register cannot be read; `new`: no check has left anything; `gone`: it has no parameters any more;
 * `late`: no complete check for three periods of the schedule.
 */
export type AccountState =
  | 'ok'
  | 'firing'
  | 'late'
  | 'unreadable'
  | 'invalid'
  | 'new'
  | 'gone'
  | 'unknown';

export interface AccountStatus {
  /** `northflank/acme`. */
  readonly name: string;
  readonly state: AccountState;
  /** What the last check left. */
  readonly summary?: AccountSummary;
  /** Of its parameters as they are now, a line each. */
  readonly problems: readonly string[];
  /** Budgets of the config that no check has seen yet. */
  readonly newBudgets: readonly string[];
  /** Epoch milliseconds. */
  readonly mutedUntil?: number;
  readonly mutedBecause?: string;
}

/** Of the accounts named, by default all. Throws a UsageError where there is none, and what the SDK throws of parameters. */
export async function readStatus(
  names: readonly string[],
  options: StatusOptions,
  cli: Cli,
): Promise<Status> {
  const source = await readSource(options, cli);
  const found = accountsNamed(source, names);
  const now = cli.now();
  const { register, deployment } = await readDeployed(source, options, cli);
  const schedule = deployment.known ? deployment.value.schedule : undefined;
  const everyMs = rateMs(schedule);
  const moment = { now, lateAfterMs: everyMs === undefined ? UNKNOWN_RATE_MS : 3 * everyMs };
  const accounts = found.map((one) => accountStatus(one, register, moment));
  const gone = names.length > 0 ? [] : accountsGone(register, found);
  if (accounts.length + gone.length === 0) throw noAccounts(source);
  const lastAt = Math.max(0, ...accounts.map(({ summary }) => summary?.readAt ?? 0));
  const nextCheckAt = everyMs === undefined || lastAt === 0 ? undefined : lastAt + everyMs;
  return {
    at: now,
    accounts: [...accounts, ...gone],
    ...(register.known ? {} : { registerUnknown: register.reason }),
    deployment,
    ...(nextCheckAt !== undefined && { nextCheckAt }),
  };
}

/** By `northflank/acme`. */
type RegisterEntries = Asked<ReadonlyMap<string, AccountSummary>>;

async function readDeployed(
  source: Source,
  { stack }: StatusOptions,
  { signal, now }: Cli,
): Promise<{ readonly register: RegisterEntries; readonly deployment: Status['deployment'] }> {
  const { aws, root, parameters } = source;
  const unknown = (reason: string) => {
    const answer = { known: false, reason } as const;
    return { register: answer, deployment: answer };
  };
  if (aws === undefined) return unknown('the parameters come from a file');
  const lookup = await findDeployment(aws, stack, signal);
  if (lookup.deployment === undefined) return unknown(lookup.reason);
  const { deployment } = lookup;
  const { parameterRoot, tableName } = deployment;
  if (parameterRoot !== root) {
    return unknown(`stack ${stack} watches ${parameterRoot}: add --root ${parameterRoot}`);
  }
  const question = { aws, deployment, stack, parameters, now: now(), signal };
  const [register, status] = await Promise.all([
    asked('dynamodb:Query', () => readRegister(openTable(aws.documents, tableName, signal))),
    readDeployment(question),
  ]);
  return { register, deployment: { known: true, value: status } };
}

async function readRegister(
  table: ReturnType<typeof openTable>,
): Promise<ReadonlyMap<string, AccountSummary>> {
  const entries = new Map<string, AccountSummary>();
  for (const { id } of providers) {
    for await (const { provider, account, summary } of readSummaries(table, id)) {
      entries.set(`${provider}/${account}`, summary);
    }
  }
  return entries;
}

/** Of a schedule whose rate is unknown: as in the digest. */
const UNKNOWN_RATE_MS = 2 * DAY_MS;
const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: HOUR_MS, day: DAY_MS };

function rateMs(schedule = ''): number | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_MS[unit] ?? 0);
}

interface Moment {
  readonly now: number;
  readonly lateAfterMs: number;
}

function accountStatus(
  found: FoundAccount,
  register: RegisterEntries,
  moment: Moment,
): AccountStatus {
  const { account } = found;
  const name = fullName(found);
  const summary = register.known ? register.value.get(name) : undefined;
  const problems = (account.invalid?.problems ?? []).map(problemLine);
  const config = isValid(account) ? account.config : account.validConfig?.value;
  const { mutedUntil = 0, mutedBecause } = config ?? { mutedUntil: summary?.mutedUntil };
  return {
    name,
    state: register.known ? stateOf(summary, problems.length > 0, moment) : 'unknown',
    ...(summary && { summary }),
    problems,
    newBudgets: newBudgets(config, summary),
    ...(mutedUntil > moment.now && {
      mutedUntil,
      ...(mutedBecause !== undefined && { mutedBecause }),
    }),
  };
}

function newBudgets(
  config: Pick<AccountConfig, 'budgets'> | undefined,
  summary: AccountSummary | undefined,
): readonly string[] {
  if (summary?.budgets === undefined) return [];
  const checked = new Set(summary.budgets.map(({ name }) => name));
  return (config?.budgets ?? []).map(({ name }) => name).filter((one) => !checked.has(one));
}

function stateOf(
  summary: AccountSummary | undefined,
  isInvalid: boolean,
  { now, lateAfterMs }: Moment,
): AccountState {
  if (isInvalid) return 'invalid';
  if (summary === undefined) return 'new';
  const { problems, readAt, firing } = summary;
  if (problems.unreadableSince !== undefined) return 'unreadable';
  if (readAt === undefined) return 'new';
  if (now - readAt > lateAfterMs) return 'late';
  return firing.length > 0 ? 'firing' : 'ok';
}

function accountsGone(
  register: RegisterEntries,
  found: readonly FoundAccount[],
): readonly AccountStatus[] {
  if (!register.known) return [];
  const names = new Set(found.map(fullName));
  return [...register.value]
    .filter(([name]) => !names.has(name))
    .map(([name, summary]) => ({ name, state: 'gone', summary, problems: [], newBudgets: [] }));
}

/** Whether nothing fires, everything was read, and all that was asked is known and well. */
export function isAllWell({ accounts, deployment }: Status): boolean {
  if (!deployment.known || accounts.some(({ state }) => state !== 'ok')) return false;
  const { digest, subscriptions, slack, deadLetters, alarms } = deployment.value;
  return (
    digest.known &&
    subscriptions.known &&
    subscriptions.value.some(({ state }) => state === 'confirmed') &&
    slack.state !== 'wrong' &&
    deadLetters.known &&
    deadLetters.value === 0 &&
    alarms.known &&
    alarms.value.all > 0 &&
    alarms.value.firing.length === 0
  );
}
