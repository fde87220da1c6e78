import type { Big } from 'big.js';
import { shownPercent } from '../../functions/alerts/budget-notice.ts';
import { messageOf } from '../../functions/alerts/message.ts';
import type { Notice } from '../../functions/alerts/notice.ts';
import type { Reading } from '../../functions/budgets/read-budget.ts';
import type { AccountLedger } from '../../functions/checks/check-account.ts';
import type { Account, AccountConfig, Budget } from '../../functions/config/account.ts';
import { plain } from '../../functions/pricing/money.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { loadHistory } from './history.ts';
import { type Replay, replayChecks } from './replay-checks.ts';
import {
  alertsAMonth,
  type ReplayedAccount,
  type ReplayedBudget,
  type ReplayedPeriod,
  replayedDays,
  type TimedNotice,
} from './replayed.ts';
import { suggestLimits } from './suggest-limits.ts';

export interface AccountReplay extends Replay {
  /** Names of budgets that are not in Parameter Store. */
  readonly tried?: ReadonlySet<string>;
  /** What a reader of the result must know, beside what is found here. */
  readonly remarks?: readonly string[];
}

/** The notices that checks of the past would have published, and each budget's actuals. */
export function replayAccount(replay: AccountReplay): ReplayedAccount {
  const { account, tried, remarks = [] } = replay;
  const { mutedUntil, ...config } = account.config;
  const traces = config.budgets.map((budget) => traceOf(budget));
  const published: TimedNotice[] = [];
  const times: number[] = [];
  for (const { at, notices, readings } of replayChecks({
    ...replay,
    account: { ...account, config },
  })) {
    times.push(at);
    published.push(...inOrder(notices, at));
    for (const [index, ofBudget] of readings.entries()) traces[index]?.add(ofBudget, at);
  }
  const span = { from: times[0] ?? replay.from, until: times.at(-1) ?? replay.from };
  const muted = 'The account is muted now; the replay ignores the mute.';
  return {
    ...namesOf(replay, config),
    ...span,
    checks: times.length,
    days: replayedDays({ ...replay, config }, span),
    budgets: traces.map((trace) =>
      replayedBudget(trace, { published, span, isTried: tried?.has(trace.budget.name) ?? false }),
    ),
    notices: published,
    remarks: [...remarks, ...(mutedUntil === undefined ? [] : [muted])],
  };
}

/** As a message has them. */
function inOrder(notices: readonly Notice[], at: number): TimedNotice[] {
  if (notices.length === 0) return [];
  return messageOf(notices, at).notices.map((notice) => ({ at, notice }));
}

function namesOf({ account, provider }: Replay, { currency, timeZone }: AccountConfig) {
  const { parameter, source } = account;
  return {
    provider: provider.id,
    providerName: provider.name,
    account: account.name,
    currency,
    timeZone,
    dayZone: provider.dayZone,
    parameter,
    ...(source.config !== undefined && { configText: source.config }),
  };
}

/** A budget's actuals in each of its periods, as the checks go by. */
interface Trace {
  readonly budget: Budget;
  readonly add: (readings: readonly Reading[], at: number) => void;
  readonly periods: () => TracedPeriod[];
}

interface TracedPoint {
  readonly at: number;
  readonly actual: Big;
}

interface TracedPeriod {
  readonly points: TracedPoint[];
  /** Of the last check that read the period. */
  last: Reading;
}

function traceOf(budget: Budget): Trace {
  const periods = new Map<string, TracedPeriod>();
  return {
    budget,
    add: (readings, at) => {
      for (const reading of readings) {
        const { id } = reading.period;
        const traced = periods.get(id) ?? { points: [], last: reading };
        periods.set(id, traced);
        traced.last = reading;
        if (reading.known) addPoint(traced.points, { at, actual: reading.actual });
      }
    },
    periods: () => [...periods.values()].sort((a, b) => a.last.period.start - b.last.period.start),
  };
}

/** A fall counts when the check after it confirms it, so that one is a point as well. */
function addPoint(points: TracedPoint[], point: TracedPoint): void {
  const [before, last] = [points.at(-2), points.at(-1)];
  const hasFallen = before && last?.actual.lt(before.actual);
  if (!last?.actual.eq(point.actual) || hasFallen) points.push(point);
}

interface BudgetReplay {
  /** Of the whole account. */
  readonly published: readonly TimedNotice[];
  readonly span: { readonly from: number; readonly until: number };
  readonly isTried: boolean;
}

function replayedBudget(
  { budget, periods }: Trace,
  { published, span, isTried }: BudgetReplay,
): ReplayedBudget {
  const replayed = periods().map((period) => replayedPeriod(period, span.until));
  const own = published.filter(({ notice }) => 'budget' in notice && notice.budget === budget.name);
  return {
    budget,
    isTried,
    periods: replayed,
    notices: own,
    alertsAMonth: alertsAMonth(own.length, span),
    ...suggestLimits(budget, replayed),
  };
}

function replayedPeriod({ points: traced, last }: TracedPeriod, until: number): ReplayedPeriod {
  const { period } = last;
  const points = traced.map(({ at, actual }) => ({ at, actual: plain(actual) }));
  if (!last.known) return { period, points, unknown: last.reason };
  const forecast = period.end > until ? last.forecast : undefined;
  return {
    period,
    points,
    percent: shownPercent(last),
    ...(forecast && { forecast: plain(forecast.point) }),
    ...(forecast?.low &&
      forecast.high && {
        range: { low: plain(forecast.low), high: plain(forecast.high) },
      }),
  };
}

export interface ReplayRequest {
  readonly account: Account;
  readonly provider: Provider;
  /** How many days before `now` the first check is. */
  readonly days: number;
  /** Absent where there is none. */
  readonly ledger?: Pick<AccountLedger, 'read'>;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Names of budgets that are not in Parameter Store. */
  readonly tried?: ReadonlySet<string>;
}

/** The time that a deployed check has for one account. */
const fetchMs = 120_000;

/** Replays the last days from the ledger and the provider; or a sentence that says why it cannot. Writes nothing. */
export async function loadAndReplay({
  signal,
  ...request
}: ReplayRequest): Promise<ReplayedAccount | { readonly failure: string }> {
  const { withoutToken } = request.account;
  if (withoutToken !== undefined) return { failure: withoutToken };
  const loaded = await loadHistory({
    ...request,
    signal: AbortSignal.any([signal, AbortSignal.timeout(fetchMs)]),
    timeLeftMs: fetchMs,
  });
  if ('failure' in loaded) return loaded;
  return replayAccount({ ...request, ...loaded, until: request.now });
}
