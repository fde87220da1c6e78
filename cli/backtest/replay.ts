import { shownPercent } from '../../functions/alerts/budget-notice.ts';
import { messageOf, type Notice } from '../../functions/alerts/notice.ts';
import type { Reading } from '../../functions/budgets/read-budget.ts';
import type { AccountLedger } from '../../functions/checks/check-account.ts';
import type { Account, AccountConfig, Budget } from '../../functions/config/account.ts';
import { decimal, plain } from '../../functions/pricing/money.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { loadHistory } from './history.ts';
import { type Playback, playChecks } from './replay-checks.ts';
import {
  alertsAMonth,
  type PlayedAccount,
  type PlayedBudget,
  type PlayedPeriod,
  type PlayedPoint,
  playedDays,
  type Told,
} from './replayed.ts';
import { suggestLimits } from './suggest-limits.ts';

export interface AccountPlayback extends Playback {
  /** Names of budgets that are not in Parameter Store. */
  readonly tried?: ReadonlySet<string>;
  /** What whoever reads the result has to know, beside what is found here. */
  readonly remarks?: readonly string[];
}

/** What the checks of a time that is over would have told, and what every budget stood at. */
export function playAccount(playback: AccountPlayback): PlayedAccount {
  const { account, tried, remarks = [] } = playback;
  const { mutedUntil, ...config } = account.config;
  const traces = config.budgets.map((budget) => traceOf(budget));
  const told: Told[] = [];
  const times: number[] = [];
  for (const { at, notices, readings } of playChecks({
    ...playback,
    account: { ...account, config },
  })) {
    times.push(at);
    told.push(...inOrder(notices, at));
    for (const [index, ofBudget] of readings.entries()) traces[index]?.add(ofBudget, at);
  }
  const span = { from: times[0] ?? playback.from, until: times.at(-1) ?? playback.from };
  const muted = 'The account is muted now; here it is played as if it were not.';
  return {
    ...namesOf(playback, config),
    ...span,
    checks: times.length,
    days: playedDays({ ...playback, config }, span),
    budgets: traces.map((trace) =>
      playedBudget(trace, { told, span, isTried: tried?.has(trace.budget.name) ?? false }),
    ),
    told,
    remarks: [...remarks, ...(mutedUntil === undefined ? [] : [muted])],
  };
}

/** As a message has them. */
function inOrder(notices: readonly Notice[], at: number): Told[] {
  if (notices.length === 0) return [];
  return messageOf(notices, at).notices.map((notice) => ({ at, notice }));
}

function namesOf({ account, provider }: Playback, { currency, timeZone }: AccountConfig) {
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

/** What a budget stood at in each of its periods, as the checks go by. */
interface Trace {
  readonly budget: Budget;
  readonly add: (readings: readonly Reading[], at: number) => void;
  readonly periods: () => TracedPeriod[];
}

interface TracedPeriod {
  readonly points: PlayedPoint[];
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
        if (reading.known) addPoint(traced.points, { at, actual: plain(reading.actual) });
      }
    },
    periods: () => [...periods.values()].sort((a, b) => a.last.period.start - b.last.period.start),
  };
}

/** A fall counts when the check after it confirms it, so that one is a point as well. */
function addPoint(points: PlayedPoint[], point: PlayedPoint): void {
  const [before, last] = [points.at(-2), points.at(-1)];
  const hasFallen = before && last && decimal(last.actual).lt(decimal(before.actual));
  if (last?.actual !== point.actual || hasFallen) points.push(point);
}

interface BudgetPlayback {
  /** Of the whole account. */
  readonly told: readonly Told[];
  readonly span: { readonly from: number; readonly until: number };
  readonly isTried: boolean;
}

function playedBudget(
  { budget, periods }: Trace,
  { told, span, isTried }: BudgetPlayback,
): PlayedBudget {
  const played = periods().map((period) => playedPeriod(period, span.until));
  const own = told.filter(({ notice }) => 'budget' in notice && notice.budget === budget.name);
  return {
    budget,
    isTried,
    periods: played,
    told: own,
    alertsAMonth: alertsAMonth(own.length, span),
    ...suggestLimits(budget, played),
  };
}

function playedPeriod({ points, last }: TracedPeriod, until: number): PlayedPeriod {
  const { period } = last;
  if (!last.known) return { period, points, unknown: last.reason };
  const pace = period.end > until ? last.pace : undefined;
  return {
    period,
    points,
    percent: shownPercent(last),
    ...(pace && { paceAtEnd: plain(pace.periodEnd) }),
  };
}

export interface LookBack {
  readonly account: Account;
  readonly provider: Provider;
  /** How many days before `now` the first check is to be. */
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

/** As long as a deployed check gives one account. */
const fetchMs = 120_000;

/** What checks of the last days would have told; or why that cannot be known, a sentence. Writes nothing. */
export async function lookBack({
  signal,
  ...request
}: LookBack): Promise<PlayedAccount | { readonly failure: string }> {
  const { withoutToken } = request.account;
  if (withoutToken !== undefined) return { failure: withoutToken };
  const loaded = await loadHistory({
    ...request,
    signal: AbortSignal.any([signal, AbortSignal.timeout(fetchMs)]),
    timeLeftMs: fetchMs,
  });
  if ('failure' in loaded) return loaded;
  return playAccount({ ...request, ...loaded, until: request.now });
}
