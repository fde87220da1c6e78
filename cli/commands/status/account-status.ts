/** How each account and total is, by its parameters as they are and by what the last check left; and that in words. */
import { firingText } from '../../../functions/alerts/notice-text.ts';
import { localText } from '../../../functions/budgets/dates.ts';
import { type AccountConfig, TOTALS } from '../../../functions/config/account.ts';
import { type Problem, problemLine } from '../../../functions/config/problem.ts';
import type { Total } from '../../../functions/config/schema/total.ts';
import type { AccountSummary, FiringAlert } from '../../../functions/ledger/account-summary.ts';
import { dayAt } from '../../../functions/ledger/usage-day.ts';
import { configOf, type FoundAccount, fullName } from '../../account-source.ts';
import { localMoment } from '../../output.ts';
import type { Asked } from './deployment-status.ts';

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

/** By `northflank/acme`. */
export type RegisterEntries = Asked<ReadonlyMap<string, AccountSummary>>;

interface Moment {
  readonly now: number;
  readonly lateAfterMs: number;
}

export function accountStatus(
  found: FoundAccount,
  register: RegisterEntries,
  moment: Moment,
): AccountStatus {
  const config = configOf(found);
  const problems = found.account.invalid?.problems ?? [];
  const status = statusOf(fullName(found), { config, problems }, register, moment);
  return { ...status, newBudgets: newBudgets(config, status.summary) };
}

export function totalStatus(
  total: Total,
  register: RegisterEntries,
  moment: Moment,
): AccountStatus {
  const status = statusOf(fullName(total), total, register, moment);
  const isUnknown = status.summary?.budgets?.some(({ actual }) => actual === undefined);
  return { ...status, state: status.state === 'ok' && isUnknown ? 'unreadable' : status.state };
}

interface Parameters {
  /** The last valid one; absent where there never was one. */
  readonly config?: Pick<AccountConfig, 'mutedUntil' | 'mutedBecause'> | undefined;
  readonly problems: readonly Problem[];
}

function statusOf(
  name: string,
  { config, problems }: Parameters,
  register: RegisterEntries,
  moment: Moment,
): AccountStatus {
  const summary = register.known ? register.value.get(name) : undefined;
  const { mutedUntil = 0, mutedBecause } = config ?? { mutedUntil: summary?.mutedUntil };
  const isMuted = mutedUntil > moment.now;
  return {
    name,
    state: register.known ? stateOf(summary, problems.length > 0, moment) : 'unknown',
    ...(summary && { summary }),
    problems: problems.map(problemLine),
    newBudgets: [],
    ...(isMuted && { mutedUntil, ...(mutedBecause !== undefined && { mutedBecause }) }),
  };
}

function newBudgets(
  config: Pick<AccountConfig, 'budgets' | 'balances'> | undefined,
  summary: AccountSummary | undefined,
): readonly string[] {
  if (summary?.budgets === undefined) return [];
  const { budgets, balances = [] } = summary;
  const checked = new Set([...budgets, ...balances].map(({ name }) => name));
  const all = [...(config?.budgets ?? []), ...(config?.balances ?? [])];
  return all.map(({ name }) => name).filter((one) => !checked.has(one));
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

export function accountsGone(
  register: RegisterEntries,
  found: readonly FoundAccount[],
): readonly AccountStatus[] {
  if (!register.known) return [];
  const names = new Set(found.map(fullName));
  return [...register.value]
    .filter(([name]) => !names.has(name) && !name.startsWith(`${TOTALS}/`))
    .map(([name, summary]) => ({ name, state: 'gone', summary, problems: [], newBudgets: [] }));
}

/** What is wrong with it, and what fires since when: sentences without their full stops. */
export function alarming({ state, summary, problems }: AccountStatus): string[] {
  const { unreadableSince, noDataSince } = summary?.problems ?? {};
  const isLate = state === 'late' && summary?.readAt !== undefined;
  return [
    ...(isLate ? [`no complete check since ${localMoment(summary.readAt ?? 0)}`] : []),
    ...(unreadableSince === undefined ? [] : [`unreadable since ${localMoment(unreadableSince)}`]),
    ...(noDataSince === undefined ? [] : [`no usage reported since ${localMoment(noDataSince)}`]),
    ...problems,
    ...(summary?.firing ?? []).flatMap((alert) => alertText(alert) ?? []),
    ...unusualCosts(summary),
  ];
}

/** Undefined of what the account's problems say already, and of unusual costs. */
function alertText({ kind, budget = '', threshold, since }: FiringAlert): string | undefined {
  const fired = since === undefined ? '' : ` since ${localMoment(since)}`;
  // The time is that of the first threshold, the percent the highest.
  if (kind === 'budget') return `${budget} over ${threshold} %${fired && `, firing${fired}`}`;
  if (kind === 'balance') return `${budget}: running out of credit${fired}`;
  if (kind === 'forecast') return `${budget} forecast over its limit${fired}`;
  const text = firingText(kind);
  return text && `${text}${fired}`;
}

/** Those that began on one day in one line: `unusual cost (all meters, gpu) since 25 November 2026`. */
function unusualCosts({ firing, dayZone = 'UTC' }: Partial<AccountSummary> = {}): string[] {
  const anomalies = (firing ?? []).filter(({ kind }) => kind === 'anomaly');
  const byDay = Map.groupBy(anomalies, ({ since = 0 }) => dayAt(since, dayZone).date);
  return [...byDay].map(([date, together]) => {
    const meters = together.map(({ meter = 'all meters' }) => meter).join(', ');
    return `unusual cost (${meters}) since ${localText(date)}`;
  });
}

/** Undefined where it is not muted. */
export function mutedText({ mutedUntil, mutedBecause }: AccountStatus): string | undefined {
  if (mutedUntil === undefined) return undefined;
  const why = mutedBecause === undefined ? '' : `: ${mutedBecause}`;
  return `muted until ${localMoment(mutedUntil)}${why}`;
}
