import type { Big } from 'big.js';
import { shownPercent } from '../../functions/alerts/budget/notice.ts';
import type { ForeseenReading } from '../../functions/alerts/budget/transitions.ts';
import { messageOf } from '../../functions/alerts/message.ts';
import type { Notice } from '../../functions/alerts/notice.ts';
import type { Reading, UnknownReading } from '../../functions/budgets/read-budget.ts';
import type { AccountConfig, Budget } from '../../functions/config/account.ts';
import { plain } from '../../functions/pricing/money.ts';
import { alertsWith } from './alerts-with-limit.ts';
import { type HistoryRequest, loadHistory } from './history.ts';
import { type Replay, type ReplayedCheck, replayChecks } from './replay-checks.ts';
import {
  alertsAMonth,
  perMonth,
  type ReplayedAccount,
  type ReplayedBudget,
  type ReplayedForecast,
  type ReplayedPeriod,
  type ReplayedSpan,
  replayedDays,
  type TimedNotice,
} from './replayed.ts';
import { type KnownPast, suggestLimits } from './suggest-limits.ts';

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
  let past: ReplayedCheck['known'] | undefined;
  for (const { at, notices, readings, known } of replayChecks({
    ...replay,
    account: { ...account, config },
  })) {
    times.push(at);
    past = known;
    published.push(...inOrder(notices, at));
    for (const [index, ofBudget] of readings.entries()) traces[index]?.add(ofBudget, at);
  }
  const span = { from: times[0] ?? replay.from, until: times.at(-1) ?? replay.from };
  const known = past && pastOf({ ...replay, config }, past, span.until);
  const onCredit = 'Alerts on prepaid credit have no replay: past balances are not known.';
  const muted = 'The account is muted now; the replay ignores the mute.';
  return {
    ...namesOf(replay, config),
    ...span,
    checks: times.length,
    days: replayedDays({ ...replay, config }, span),
    budgets: traces.map((trace) =>
      replayedBudget(trace, {
        published,
        span,
        known,
        isTried: tried?.has(trace.budget.name) ?? false,
      }),
    ),
    notices: published,
    anomaliesAMonth: perMonth(
      published.filter(({ notice }) => notice.kind === 'anomaly').length,
      span,
    ),
    remarks: [
      ...remarks,
      ...(mutedUntil === undefined ? [] : [muted]),
      ...(config.balances === undefined ? [] : [onCredit]),
    ],
  };
}

/** Undefined before anything has settled. */
function pastOf(
  { provider, config }: Pick<Replay, 'provider'> & { readonly config: AccountConfig },
  { workings }: ReplayedCheck['known'],
  now: number,
): KnownPast | undefined {
  const settled = workings?.unusual?.settled;
  return settled && { settled, meters: provider.meters, timeZone: config.timeZone, now };
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
  readonly add: (readings: readonly (ForeseenReading | UnknownReading)[], at: number) => void;
  readonly periods: () => TracedPeriod[];
}

interface TracedPoint {
  readonly at: number;
  readonly actual: Big;
}

interface TracedPeriod {
  readonly points: TracedPoint[];
  readonly forecasts: ReplayedForecast[];
  /** First day that the last forecast did not know. */
  knownUntil: string;
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
        const traced = periods.get(id) ?? {
          points: [],
          forecasts: [],
          knownUntil: '',
          last: reading,
        };
        periods.set(id, traced);
        traced.last = reading;
        if (!reading.known) continue;
        addPoint(traced.points, { at, actual: reading.actual });
        addForecast(traced, reading, at);
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

/** One for each complete day: alerts are decided by these. */
function addForecast(traced: TracedPeriod, { outlook }: ForeseenReading, at: number): void {
  if (!outlook || outlook.knownUntil <= traced.knownUntil || !outlook.forecast) return;
  const { knownUntil, completeDays, forecast } = outlook;
  traced.knownUntil = knownUntil;
  const [point, low, high] = [plain(forecast.point), plain(forecast.low), plain(forecast.high)];
  traced.forecasts.push({ at, completeDays, point, low, high });
}

interface BudgetReplay {
  /** Of the whole account. */
  readonly published: readonly TimedNotice[];
  readonly span: ReplayedSpan;
  readonly isTried: boolean;
  readonly known: KnownPast | undefined;
}

function replayedBudget(
  { budget, periods }: Trace,
  { published, span, isTried, known }: BudgetReplay,
): ReplayedBudget {
  const replayed = periods().map((period) => replayedPeriod(period, span.until));
  const own = published.filter(({ notice }) => 'budget' in notice && notice.budget === budget.name);
  const suggested = known ? suggestLimits(budget, known) : {};
  const limit = suggested.suggestedLimit;
  return {
    budget,
    isTried,
    periods: replayed,
    notices: own,
    alertsAMonth: alertsAMonth(
      own.map(({ notice }) => notice),
      span,
    ),
    ...suggested,
    ...(limit !== undefined && {
      suggestedAlerts: alertsWith({ ...budget, limit }, replayed).length,
    }),
  };
}

function replayedPeriod(
  { points: recorded, forecasts, last }: TracedPeriod,
  until: number,
): ReplayedPeriod {
  const { period } = last;
  const points = recorded.map(({ at, actual }) => ({ at, actual: plain(actual) }));
  const traced = { period, points, ...(forecasts.length > 0 && { forecasts }) };
  if (!last.known) return { ...traced, unknown: last.reason };
  const forecast = period.end > until ? last.forecast : undefined;
  return {
    ...traced,
    percent: shownPercent(last),
    ...(forecast && { forecast: plain(forecast.point) }),
    ...(forecast?.low &&
      forecast.high && {
        range: { low: plain(forecast.low), high: plain(forecast.high) },
      }),
  };
}

interface ReplayRequest extends Omit<HistoryRequest, 'timeLeftMs'> {
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Names of budgets that are not in Parameter Store. */
  readonly tried?: ReadonlySet<string>;
}

/** The time that a deployed check has for one account. */
const FETCH_MS = 120_000;

/** Replays the last days from the ledger and the provider; or a sentence that says why it cannot. Writes nothing. */
export async function loadAndReplay({
  signal,
  ...request
}: ReplayRequest): Promise<ReplayedAccount | { readonly failure: string }> {
  const { withoutToken } = request.account;
  if (withoutToken !== undefined) return { failure: withoutToken };
  const loaded = await loadHistory({
    ...request,
    signal: AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]),
    timeLeftMs: FETCH_MS,
  });
  if ('failure' in loaded) return loaded;
  return replayAccount({ ...request, ...loaded, until: request.now });
}
