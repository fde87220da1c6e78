/** From what was told about reading an account and how this check went to what is to be told. Pure. */
import { DAY_MS, HOUR_MS } from '../config/durations.ts';
import { type Day, dayAt } from '../ledger/usage-day.ts';
import type { BlindState, HealthState, KnownData } from './state.ts';

/** How a check read an account: completely, or not and why. */
export type Sight =
  | {
      readonly sees: true;
      /** What the days that were looked at hold; absent where that is nothing. */
      readonly data?: KnownData;
    }
  | {
      readonly sees: false;
      /** A refused token, which no retry mends. */
      readonly isRejected: boolean;
      /** A sentence. */
      readonly reason: string;
    };

/** Of blindness, `since` is that of the first failed check, and `times` counts how often it was told. Epoch milliseconds. */
export type HealthTelling =
  | {
      readonly kind: 'blind';
      readonly since: number;
      readonly times: number;
      readonly isUnsteady: boolean;
      readonly reason: string;
    }
  | { readonly kind: 'silent'; readonly since: number; readonly at: number }
  | { readonly kind: 'sighted'; readonly was: 'blind'; readonly since: number }
  | {
      readonly kind: 'sighted';
      readonly was: 'silent';
      readonly since: number;
      readonly toldAt: number;
    };

export interface HealthMoment extends SilenceMoment {
  readonly muted: boolean;
  /** Version of the token that the account was read with. */
  readonly tokenVersion: number;
}

export interface HealthOutcome {
  readonly state: HealthState;
  readonly tellings: readonly HealthTelling[];
}

/** So many checks in a row must fail before anything but a refused token is told: vendors have short outages. */
const FAILURES_TOLD = 3;
/** So many checks in a row must be complete before blindness is over: vendors answer now and then in an outage. */
const GOOD_CHECKS_BELIEVED = 3;
/** Once a day; half an hour less, as a check may start minutes earlier in its hour than the one of the day before. */
const REPEATED_AFTER_MS = 23.5 * HOUR_MS;

export function tellHealth(state: HealthState, sight: Sight, moment: HealthMoment): HealthOutcome {
  return sight.sees ? tellSight(state, sight, moment) : tellBlindness(state, sight, moment);
}

type Unseen = Extract<Sight, { sees: false }>;

/** Told when it begins and once a day while it lasts, each cause at most once a day; a mute puts the telling off. */
function tellBlindness(state: HealthState, sight: Unseen, moment: HealthMoment): HealthOutcome {
  const { now, muted, tokenVersion } = moment;
  const { goodChecks = 0, ...before } = state;
  const isUnsteady = before.blind?.isUnsteady === true || goodChecks > 0;
  const failing: HealthState = {
    ...before,
    failedChecks: state.failedChecks + 1,
    failingSince: state.failingSince ?? now,
    ...(before.blind && isUnsteady && { blind: { ...before.blind, isUnsteady } }),
  };
  if (muted || !isDue(failing, sight, moment)) return { state: failing, tellings: [] };
  const { blind, failingSince: since = now } = failing;
  const times = (blind?.times ?? 0) + 1;
  const standing: BlindState = {
    ...blind,
    times,
    ...(sight.isRejected && { refusedVersion: tokenVersion }),
  };
  const told = sight.isRejected ? { refusedTold: { at: now, tokenVersion } } : { otherToldAt: now };
  return {
    state: { ...failing, blind: standing, ...told },
    tellings: [{ kind: 'blind', since, times, isUnsteady, reason: sight.reason }],
  };
}

/** A refused token at once, also where another one, or blindness for another reason, was told. */
function isDue(
  { failedChecks, blind, refusedTold, otherToldAt }: HealthState,
  { isRejected }: Unseen,
  { now, tokenVersion }: HealthMoment,
): boolean {
  const isLongAgo = (at = Number.NEGATIVE_INFINITY) => now - at >= REPEATED_AFTER_MS;
  if (isRejected) return refusedTold?.tokenVersion !== tokenVersion || isLongAgo(refusedTold?.at);
  if (blind) return isLongAgo(otherToldAt) && isLongAgo(refusedTold?.at);
  return failedChecks >= FAILURES_TOLD && isLongAgo(otherToldAt);
}

/** What was told is taken back: blindness by checks in a row or a new token, silence by newer data only. */
function tellSight(
  state: HealthState,
  sight: Extract<Sight, { sees: true }>,
  moment: HealthMoment,
): HealthOutcome {
  const seeing = tellSeeing(state, moment);
  const data = dataWith(state.data, sight.data);
  const hearing = tellHearing({ ...seeing.state, ...(data && { data }) }, moment);
  const tellings = [...seeing.tellings, ...hearing.tellings];
  return { state: hearing.state, tellings: moment.muted ? [] : tellings };
}

function tellSeeing(state: HealthState, { tokenVersion }: HealthMoment): HealthOutcome {
  const { blind, failingSince, goodChecks = 0, ...rest } = state;
  const good = { ...rest, failedChecks: 0 };
  if (blind === undefined || failingSince === undefined) return { state: good, tellings: [] };
  const isReplaced = (blind.refusedVersion ?? tokenVersion) !== tokenVersion;
  if (isReplaced || goodChecks + 1 >= GOOD_CHECKS_BELIEVED) {
    return { state: good, tellings: [{ kind: 'sighted', was: 'blind', since: failingSince }] };
  }
  return { state: { ...good, blind, failingSince, goodChecks: goodChecks + 1 }, tellings: [] };
}

function tellHearing(state: HealthState, moment: HealthMoment): HealthOutcome {
  const { silent, ...rest } = state;
  const { data } = state;
  const isOver = silent !== undefined && data !== undefined && data.until > silent.since;
  if (silent && !isOver) return { state, tellings: [] };
  const tellings: HealthTelling[] = silent ? [{ kind: 'sighted', was: 'silent', ...silent }] : [];
  const since = data && !moment.muted ? silenceSince(data, moment) : undefined;
  if (since === undefined) return { state: rest, tellings };
  const { now: at } = moment;
  tellings.push({ kind: 'silent', since, at });
  return { state: { ...rest, silent: { since, toldAt: at } }, tellings };
}

export interface SilenceMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly settlesAfterMs: number;
  /** IANA zone of the provider's days. */
  readonly dayZone: string;
}

const WEEK = 7;
const REMEMBERED_DAYS = 4 * WEEK;
/** Of a week, and at least so many in all; an account that is used now and then is not silent when it is not. */
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
export function silenceSince(
  { until, days }: KnownData,
  { now, settlesAfterMs, dayZone }: SilenceMoment,
): number | undefined {
  if (now - until <= settlesAfterMs || days.length < MOST_DAYS) return undefined;
  const isUsual = usualWeekdays(days);
  if (!isUsual.includes(true)) return undefined;
  let quietMs = 0;
  for (let day: Day = dayAt(until, dayZone); day.start < now; day = dayAt(day.end, dayZone)) {
    if (!isUsual[weekdayOf(dayNumber(day.date))]) continue;
    quietMs += Math.min(day.end, now) - Math.max(day.start, until);
    if (quietMs > settlesAfterMs) return until;
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

/** Days since 1970; the date is a day of any zone. */
function dayNumber(date: string): number {
  return Date.parse(date) / DAY_MS;
}

function weekdayOf(day: number): number {
  return day % WEEK;
}
