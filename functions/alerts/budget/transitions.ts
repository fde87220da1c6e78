/** From a budget's alert state and its readings to its next state and what has happened. Pure. */
import {
  crossedThresholds,
  type KnownReading,
  reaches,
  type UnknownReading,
} from '../../budgets/read-budget.ts';
import type { Budget } from '../../config/account.ts';
import type { Outlook } from '../../foresight/outlook.ts';
import type { Status } from '../kinds.ts';
import type { BudgetState, ForecastState, PeriodState } from './state.ts';

export interface BudgetMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether this check read everything; nothing else may resolve an alert, or judges a forecast. */
  readonly complete: boolean;
  /** Whether an earlier check went by the same readings: it may be the first below a threshold, and never the second. */
  readonly isRepeated?: boolean;
  readonly muted: boolean;
}

/** What the readings of a budget's open periods change, and what has happened in them. */
export function nextBudgetState<Known extends DecidingReading = ForeseenReading>(
  state: BudgetState,
  readings: readonly (Known | UnknownReading)[],
  moment: BudgetMoment,
): { readonly state: BudgetState; readonly events: readonly BudgetEvent<Known>[] } {
  const changed: Record<string, PeriodState> = {};
  const events: BudgetEvent<Known>[] = [];
  for (const reading of readings) {
    const { id } = reading.period;
    const before = state.periods[id];
    const after = reading.known ? nextPeriodState(before, reading, moment) : withoutBelow(before);
    if (after.period !== undefined && after.period !== before) changed[id] = after.period;
    events.push(...after.events.map((event) => ({ ...event, edits: state.edits })));
  }
  const current = readings.at(-1)?.period.start ?? state.watchedFrom;
  const watchedFrom = moment.muted ? current : state.watchedFrom;
  const isChanged = Object.keys(changed).length > 0;
  const periods = isChanged ? { ...state.periods, ...changed } : state.periods;
  return {
    state: { ...state, watchedFrom, periods },
    events: pastHoursAtOnce(events, moment.now),
  };
}

/** A reading and where its period is heading. */
export interface ForeseenReading extends KnownReading {
  /** Absent where a period is over, or shorter than a week. */
  readonly outlook?: Outlook | undefined;
}

interface PeriodOutcome<Known extends DecidingReading> {
  readonly period: PeriodState | undefined;
  readonly events: readonly Omit<BudgetEvent<Known>, 'edits'>[];
}

const NONE: readonly number[] = [];

function withoutBelow(before: PeriodState | undefined): PeriodOutcome<never> {
  if (before?.below === undefined) return { period: before, events: [] };
  const { below: _, ...period } = before;
  return { period, events: [] };
}

/**
 * A crossed threshold fires unless it does already, and is resolved by the second complete check in a row below it. In a
 * muted check none is marked as firing, so that the end of the mute reports what still holds.
 * A period that is over can still cross a threshold by late data, but resolves nothing: it closes without a notice.
 */
function nextThresholds<Known extends DecidingReading>(
  before: PeriodState | undefined,
  reading: Known,
  { now, complete, isRepeated = false, muted }: BudgetMoment,
): PeriodOutcome<Known> {
  const { firing = NONE, rearmed = NONE } = before ?? {};
  const { budget, actual, period } = reading;
  const crossed = muted ? NONE : crossedThresholds(budget, actual);
  const fresh = crossed.filter((one) => !firing.includes(one) || rearmed.includes(one));
  const isBelow = (threshold: number) => !reaches(actual, budget.limit, threshold);
  const nowBelow = complete && now < period.end ? firing.filter(isBelow) : NONE;
  if (fresh.length === 0 && nowBelow.length === 0) return withoutBelow(before);
  const wasBelow = (threshold: number) =>
    !isRepeated && before?.below?.includes(threshold) === true;
  const over = nowBelow.filter(wasBelow);
  const changes = { fresh, over, below: nowBelow.filter((one) => !wasBelow(one)) };
  const events: Omit<BudgetEvent<Known>, 'edits'>[] = [];
  if (fresh.length > 0) events.push({ kind: 'budget', status: 'firing', ...highest(fresh) });
  if (over.length > 0 && !muted) {
    events.push({ kind: 'budget', status: 'resolved', ...highest(over) });
  }
  return { period: changedPeriod(before, { end: period.end, now }, changes), events };

  function highest(thresholds: readonly number[]) {
    const threshold = Math.max(...thresholds);
    const forecastAt = threshold >= 100 ? before?.forecast?.firedAt : undefined;
    return {
      reading,
      threshold,
      timesResolved: timesResolved(before, threshold),
      ...(forecastAt !== undefined && { forecastAt }),
    };
  }
}

/** What its thresholds and its forecast change in a period. */
function nextPeriodState<Known extends DecidingReading>(
  before: PeriodState | undefined,
  reading: Known,
  moment: BudgetMoment,
): PeriodOutcome<Known> {
  const { period, events } = nextThresholds(before, reading, moment);
  const { state: forecast, status } = nextForecastState(before?.forecast, reading, moment);
  if (forecast === before?.forecast) return { period, events };
  const { end } = reading.period;
  return {
    period: { ...(period ?? { end, firing: NONE }), ...(forecast && { forecast }) },
    events: status
      ? [...events, { kind: 'forecast', status, reading, threshold: 100, timesResolved: 0 }]
      : events,
  };
}

/** Thresholds: those that fire now, those that are resolved, and those seen below for the first time. */
interface ThresholdChanges {
  readonly fresh: readonly number[];
  readonly over: readonly number[];
  readonly below: readonly number[];
}

/** What is empty is left out: an account has hundreds of periods. */
function changedPeriod(
  before: PeriodState | undefined,
  { end, now }: { readonly end: number; readonly now: number },
  { fresh, over, below }: ThresholdChanges,
): PeriodState {
  const isOver = (threshold: number) => over.includes(threshold);
  const kept = (before?.firing ?? NONE).filter((one) => !isOver(one));
  const firing = [...new Set([...kept, ...fresh])].sort((a, b) => a - b);
  const firingSince = (before?.firing.length ?? 0) > 0 ? before?.firingSince : now;
  const rearmed = (before?.rearmed ?? NONE).filter((one) => !isOver(one) && !fresh.includes(one));
  const resolved = [
    ...(before?.resolved ?? []).filter(({ threshold }) => !isOver(threshold)),
    ...over.map((threshold) => ({ threshold, times: timesResolved(before, threshold) + 1 })),
  ];
  return {
    ...(before?.forecast && { forecast: before.forecast }),
    end,
    firing,
    ...(firing.length > 0 && firingSince !== undefined && { firingSince }),
    ...(rearmed.length > 0 && { rearmed }),
    ...(below.length > 0 && { below }),
    ...(resolved.length > 0 && { resolved }),
  };
}

function timesResolved(period: PeriodState | undefined, threshold: number): number {
  return period?.resolved?.find((one) => one.threshold === threshold)?.times ?? 0;
}

/** What decides of a reading; a replay with another limit has no more of it. */
export interface DecidingReading
  extends Pick<KnownReading, 'known' | 'budget' | 'period' | 'actual'> {
  readonly outlook?: Outlook | undefined;
}

/** `threshold` is the highest that was crossed, or that the actual is below again. */
export interface BudgetEvent<Known extends DecidingReading = ForeseenReading> {
  readonly kind: 'budget' | 'forecast';
  readonly status: Status;
  readonly reading: Known;
  readonly threshold: number;
  /** How often the budget had been edited: a threshold that fires again after an edit is another event. */
  readonly edits: number;
  /** How often the threshold had been resolved in the period by then: crossed again, it is another event. */
  readonly timesResolved: number;
  /** When it was forecast that the limit would be crossed, epoch milliseconds; absent where it was not. */
  readonly forecastAt?: number;
  /** The hours that are reported with this one, the worst of them. */
  readonly hours?: EventHours;
}

/** Past hours that are reported at once, as after an outage. */
export interface EventHours {
  readonly count: number;
  /** Of the first and of the last of them; epoch milliseconds. */
  readonly start: number;
  readonly end: number;
}

/** Of an hour's budget at one check, in place of all past hours that crossed a threshold the worst of them. */
function pastHoursAtOnce<Known extends DecidingReading>(
  events: readonly BudgetEvent<Known>[],
  now: number,
): readonly BudgetEvent<Known>[] {
  const past = events.filter(({ status, reading: { budget, period } }) => {
    return status === 'firing' && budget.per === 'hour' && period.end <= now;
  });
  const [first] = past;
  const last = past.at(-1);
  if (first === undefined || last === first) return events;
  const worst = past.reduce((a, b) => (b.reading.actual.gt(a.reading.actual) ? b : a));
  const hours = {
    count: past.length,
    start: first.reading.period.start,
    end: past.reduce((end, { reading }) => Math.max(end, reading.period.end), 0),
  };
  return [{ ...worst, hours }, ...events.filter((event) => !past.includes(event))];
}

interface ForecastOutcome {
  readonly state: ForecastState | undefined;
  readonly status?: Status;
}

/** So many complete days in a row must say so before it is believed, and so many days of the period must be complete. */
const DAYS_BELIEVED = 2;
const LEAST_DAYS = 3;

/**
 * Fires once a period, when the low end of the range is over the limit though the actual is not, and is resolved when the
 * point forecast is within the limit. Once the actual is at the limit the budget's own alert takes over. Each complete
 * day counts once, at the first complete check that sees it. A mute puts it off.
 */
function nextForecastState(
  before: ForecastState | undefined,
  { budget, actual, outlook }: DecidingReading,
  moment: BudgetMoment,
): ForecastOutcome {
  if (!outlook || budget.forecast === false || before?.end !== undefined) return { state: before };
  if (reaches(actual, budget.limit, 100)) {
    return { state: before?.firedAt === undefined ? before : { ...before, end: 'superseded' } };
  }
  const state = moment.complete ? withDay(before, budget, outlook) : before;
  if (!state) return { state };
  return state.firedAt === undefined
    ? firedBy(state, outlook, moment)
    : resolvedBy(state, moment.muted);
}

function firedBy(
  state: ForecastState,
  outlook: Outlook,
  { now, muted }: BudgetMoment,
): ForecastOutcome {
  const isDue = state.over >= DAYS_BELIEVED && outlook.completeDays >= LEAST_DAYS;
  if (!isDue || muted || !outlook.forecast) return { state };
  return { state: { ...state, firedAt: now }, status: 'firing' };
}

function resolvedBy(state: ForecastState, muted: boolean): ForecastOutcome {
  if (state.within < DAYS_BELIEVED) return { state };
  const next = { ...state, end: 'resolved' as const };
  return muted ? { state: next } : { state: next, status: 'resolved' };
}

function withDay(
  before: ForecastState | undefined,
  { limit }: Budget,
  outlook: Outlook,
): ForecastState | undefined {
  const { knownUntil } = outlook;
  if (before && knownUntil <= before.knownUntil) return before;
  const { forecast } = outlook;
  if (!forecast) return before;
  const counted = (isSo: boolean, days = 0) => (isSo ? days + 1 : 0);
  return {
    ...before,
    knownUntil,
    over: counted(forecast.low.gt(limit), before?.over),
    within: counted(forecast.point.lte(limit), before?.within),
  };
}
