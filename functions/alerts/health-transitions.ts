/** From how an account could be read so far and in this check to its next state and what has happened. Pure. */
import { DAY_MS, HOUR_MS } from '../config/durations.ts';
import { type Day, dayAt, dayNumber, weekdayOf } from '../ledger/usage-day.ts';
import type { Status } from './notice.ts';
import type { HealthState, KnownData } from './state.ts';

/** How a check read an account: completely, or not and why. */
export type ReadResult =
  | {
      readonly isComplete: true;
      /** What the days that were looked at hold; absent where that is nothing. */
      readonly data?: KnownData;
    }
  | {
      readonly isComplete: false;
      /** A refused token, which no retry mends. */
      readonly isRefused: boolean;
      /** A sentence. */
      readonly reason: string;
    };

/** Of a read error, `since` is the time of the first failed check, and `times` counts how often it was published. Epoch milliseconds. */
export type HealthEvent =
  | {
      readonly kind: 'read-error';
      readonly status: 'firing';
      readonly since: number;
      readonly times: number;
      readonly isUnsteady: boolean;
      readonly isRefused: boolean;
      readonly reason: string;
    }
  | { readonly kind: 'read-error'; readonly status: 'resolved'; readonly since: number }
  | {
      readonly kind: 'no-data';
      readonly status: Status;
      /** End of the last data before. */
      readonly since: number;
      readonly firedAt: number;
    };

export interface HealthMoment extends DataMoment {
  readonly muted: boolean;
  /** Version of the token that the account was read with. */
  readonly tokenVersion: number;
}

export interface HealthOutcome {
  readonly state: HealthState;
  readonly events: readonly HealthEvent[];
}

/** So many checks in a row must fail before anything but a refused token fires: vendors have short outages. */
const FAILURES_BEFORE_ALERT = 3;
/** So many checks in a row must be complete before a read error is resolved: vendors answer now and then in an outage. */
const GOOD_CHECKS_BELIEVED = 3;
/** Once a day; half an hour less, as a check may start minutes earlier in its hour than the one of the day before. */
const REPEATED_AFTER_MS = 23.5 * HOUR_MS;

export function nextHealthState(
  state: HealthState,
  result: ReadResult,
  moment: HealthMoment,
): HealthOutcome {
  return result.isComplete
    ? afterGoodRead(state, result, moment)
    : afterFailedRead(state, result, moment);
}

type FailedRead = Extract<ReadResult, { isComplete: false }>;

/** Fires when it begins and again while it lasts, each cause at most once a day; a mute puts it off. */
function afterFailedRead(
  state: HealthState,
  result: FailedRead,
  moment: HealthMoment,
): HealthOutcome {
  const { now, muted, tokenVersion } = moment;
  const { goodChecks = 0, ...before } = state;
  const isUnsteady = before.readError?.isUnsteady === true || goodChecks > 0;
  const failing: HealthState = {
    ...before,
    failedChecks: state.failedChecks + 1,
    failingSince: state.failingSince ?? now,
    ...(before.readError && isUnsteady && { readError: { ...before.readError, isUnsteady } }),
  };
  if (muted || !isDue(failing, result, moment)) return { state: failing, events: [] };
  const { readError, failingSince: since = now } = failing;
  const { isRefused, reason } = result;
  const times = (readError?.times ?? 0) + 1;
  const fired = isRefused ? { refusedFired: { at: now, tokenVersion } } : { otherFiredAt: now };
  return {
    state: {
      ...failing,
      ...fired,
      readError: { ...readError, times, ...(isRefused && { refusedVersion: tokenVersion }) },
    },
    events: [{ kind: 'read-error', status: 'firing', since, times, isUnsteady, isRefused, reason }],
  };
}

/** A refused token at once, also where another one, or another cause, was reported. */
function isDue(
  { failedChecks, readError, refusedFired, otherFiredAt }: HealthState,
  { isRefused }: FailedRead,
  { now, tokenVersion }: HealthMoment,
): boolean {
  const isLongAgo = (at = Number.NEGATIVE_INFINITY) => now - at >= REPEATED_AFTER_MS;
  if (isRefused) return refusedFired?.tokenVersion !== tokenVersion || isLongAgo(refusedFired?.at);
  if (readError) return isLongAgo(otherFiredAt) && isLongAgo(refusedFired?.at);
  return failedChecks >= FAILURES_BEFORE_ALERT && isLongAgo(otherFiredAt);
}

/** A read error is resolved by checks in a row or a new token, missing data by newer data only. */
function afterGoodRead(
  state: HealthState,
  result: Extract<ReadResult, { isComplete: true }>,
  moment: HealthMoment,
): HealthOutcome {
  const read = resolveReadError(state, moment);
  const data = dataWith(state.data, result.data);
  const next = nextDataState({ ...read.state, ...(data && { data }) }, moment);
  return { state: next.state, events: moment.muted ? [] : [...read.events, ...next.events] };
}

function resolveReadError(state: HealthState, { tokenVersion }: HealthMoment): HealthOutcome {
  const { readError, failingSince, goodChecks = 0, ...rest } = state;
  const good = { ...rest, failedChecks: 0 };
  if (readError === undefined || failingSince === undefined) return { state: good, events: [] };
  const isReplaced = (readError.refusedVersion ?? tokenVersion) !== tokenVersion;
  if (isReplaced || goodChecks + 1 >= GOOD_CHECKS_BELIEVED) {
    return {
      state: good,
      events: [{ kind: 'read-error', status: 'resolved', since: failingSince }],
    };
  }
  return { state: { ...good, readError, failingSince, goodChecks: goodChecks + 1 }, events: [] };
}

function nextDataState(state: HealthState, moment: HealthMoment): HealthOutcome {
  const { noData, ...rest } = state;
  const { data } = state;
  const isOver = noData !== undefined && data !== undefined && data.until > noData.since;
  if (noData && !isOver) return { state, events: [] };
  const events: HealthEvent[] = noData ? [{ kind: 'no-data', status: 'resolved', ...noData }] : [];
  const since = data && !moment.muted ? noDataSince(data, moment) : undefined;
  if (since === undefined) return { state: rest, events };
  const fired = { since, firedAt: moment.now };
  events.push({ kind: 'no-data', status: 'firing', ...fired });
  return { state: { ...rest, noData: fired }, events };
}

export interface DataMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly settlesAfterMs: number;
  /** IANA zone of the provider's days. */
  readonly dayZone: string;
}

const WEEK = 7;
const REMEMBERED_DAYS = 4 * WEEK;
/** Of a week, and at least so many in all; for an account that is used now and then no usage is nothing unusual. */
const MOST_DAYS = 4;

/** What is known with what a check read; what was there once and has vanished since keeps its place. */
export function dataWith(
  known: KnownData | undefined,
  read: KnownData | undefined,
): KnownData | undefined {
  if (known === undefined || read === undefined) return read ?? known;
  const until = Math.max(known.until, read.until);
  if (read.days.every((date) => known.days.includes(date))) return { ...known, until };
  return { until, days: lastWeeks([...new Set([...known.days, ...read.days])].sort()) };
}

/** Those of the four weeks that end with the last one. */
export function lastWeeks(days: readonly string[]): readonly string[] {
  const last = days.at(-1);
  if (last === undefined) return days;
  const before = new Date(Date.parse(last) - REMEMBERED_DAYS * DAY_MS).toISOString();
  return days.filter((date) => date > before);
}

/**
 * Since when there should have been data and was none; undefined where nothing is unusual. Only time of weekdays that
 * had data before counts, and it has to be more than data may take to settle.
 */
export function noDataSince(
  { until, days }: KnownData,
  { now, settlesAfterMs, dayZone }: DataMoment,
): number | undefined {
  if (now - until <= settlesAfterMs || days.length < MOST_DAYS) return undefined;
  const isUsual = usualWeekdays(days);
  if (!isUsual.includes(true)) return undefined;
  let missingMs = 0;
  for (let day: Day = dayAt(until, dayZone); day.start < now; day = dayAt(day.end, dayZone)) {
    if (!isUsual[weekdayOf(dayNumber(day.date))]) continue;
    missingMs += Math.min(day.end, now) - Math.max(day.start, until);
    if (missingMs > settlesAfterMs) return until;
  }
  return undefined;
}

/**
 * By weekday, whether data is to be expected: more often than not there was some. Where a weekday was seen once or
 * never, all days together have to have it on most days of a week.
 */
function usualWeekdays(days: readonly string[]): boolean[] {
  const numbers = days.map(dayNumber);
  const first = numbers[0] ?? 0;
  const seen = (numbers.at(-1) ?? first) - first + 1;
  const isMostly = numbers.length * WEEK >= seen * MOST_DAYS;
  const had = new Set(numbers);
  return Array.from({ length: WEEK }, (_, weekday) => {
    const same = Array.from({ length: seen }, (_, index) => first + index).filter(
      (day) => weekdayOf(day) === weekday,
    );
    const active = same.filter((day) => had.has(day)).length;
    if (same.length > 1) return active * 2 > same.length;
    return isMostly && active === same.length;
  });
}
