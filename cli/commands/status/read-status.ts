/** Everything that `cost-alerts status` shows: the accounts by parameters and register, and the deployment. */
import { TOTALS } from '../../../functions/config/account.ts';
import { DAY_MS, HOUR_MS } from '../../../functions/config/durations.ts';
import { type AccountSummary, readSummaries } from '../../../functions/ledger/account-summary.ts';
import { openTable } from '../../../functions/ledger/table.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { nextCronRun } from '../../../infra/cron.ts';
import {
  type DeployedOptions,
  isAccount,
  noAccounts,
  readSource,
  type Source,
  totalOffer,
  watchedNamed,
} from '../../account-source.ts';
import { findDeployment } from '../../aws.ts';
import type { Cli } from '../../output.ts';
import {
  type AccountStatus,
  accountStatus,
  accountsGone,
  type RegisterEntries,
  totalStatus,
} from './account-status.ts';
import { type Asked, asked, type DeploymentStatus, readDeployment } from './deployment-status.ts';

export interface Status {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly accounts: readonly AccountStatus[];
  /** As accounts, each with one budget of its name. */
  readonly totals: readonly AccountStatus[];
  /** How to set up what is missing: an account, or a total over several. */
  readonly nextStep?: string;
  /** Why what the checks left cannot be read: half a sentence. */
  readonly registerUnknown?: string;
  readonly deployment: Asked<DeploymentStatus>;
  /** When the next check is due, epoch milliseconds; absent where that is unknown. */
  readonly nextCheckAt?: number;
}

/** Of the accounts and totals named, by default all. Throws a UsageError for an unknown name, and what the SDK throws of parameters. */
export async function readStatus(
  names: readonly string[],
  options: DeployedOptions,
  cli: Cli,
): Promise<Status> {
  const source = await readSource(options, cli);
  const watched = watchedNamed(source, names);
  const found = watched.filter(isAccount);
  const now = cli.now();
  const { register, deployment } = await readDeployed(source, options, cli);
  const schedule = deployment.known ? deployment.value.schedule : undefined;
  const everyMs = rateMs(schedule);
  const moment = { now, lateAfterMs: everyMs === undefined ? UNKNOWN_RATE_MS : 3 * everyMs };
  const ofAll = names.length === 0;
  const accounts = [
    ...found.map((one) => accountStatus(one, register, moment)),
    ...(ofAll ? accountsGone(register, found) : []),
  ];
  const totals = watched.flatMap((one) =>
    isAccount(one) ? [] : totalStatus(one, register, moment),
  );
  const nextStep = ofAll ? nextStepFor(source, accounts) : undefined;
  const nextCheckAt = nextCheck(schedule, accounts, now);
  return {
    at: now,
    accounts,
    totals,
    ...(nextStep !== undefined && { nextStep }),
    ...(register.known ? {} : { registerUnknown: register.reason }),
    deployment,
    ...(nextCheckAt !== undefined && { nextCheckAt }),
  };
}

function nextStepFor(source: Source, accounts: readonly AccountStatus[]): string | undefined {
  if (accounts.length > 0) return totalOffer(source);
  const { message } = noAccounts(source);
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}

async function readDeployed(
  source: Source,
  { stack }: DeployedOptions,
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
    asked('dynamodb:Query', () =>
      readRegister(openTable(aws.documents, tableName, signal), source.providers),
    ),
    readDeployment(question),
  ]);
  return { register, deployment: { known: true, value: status } };
}

async function readRegister(
  table: ReturnType<typeof openTable>,
  providers: readonly Provider[],
): Promise<ReadonlyMap<string, AccountSummary>> {
  const entries = new Map<string, AccountSummary>();
  for (const id of [...providers.map((provider) => provider.id), TOTALS]) {
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

/** By the last check; of a cron expression by the clock. */
function nextCheck(
  schedule: string | undefined,
  accounts: readonly AccountStatus[],
  now: number,
): number | undefined {
  if (schedule?.startsWith('cron(')) return nextCronRun(schedule, now);
  const everyMs = rateMs(schedule);
  const lastAt = Math.max(0, ...accounts.map(({ summary }) => summary?.readAt ?? 0));
  return everyMs === undefined || lastAt === 0 ? undefined : lastAt + everyMs;
}

/** Whether nothing fires, everything was read, and all that was asked is known and well. */
export function isAllWell({ accounts, totals, deployment }: Status): boolean {
  const all = [...accounts, ...totals];
  const isWatched = all.length > 0 && all.every(({ state }) => state === 'ok');
  if (!deployment.known || !isWatched) return false;
  const { digest, subscriptions, slack, deadLetters, alarms } = deployment.value;
  return (
    digest.known &&
    subscriptions.known &&
    subscriptions.value.some(({ state }) => state === 'confirmed') &&
    slack.state !== 'wrong' &&
    deadLetters.known &&
    deadLetters.value === 0 &&
    alarms.known &&
    (alarms.value.all > 0 || alarms.value.areNone) &&
    alarms.value.firing.length === 0
  );
}
