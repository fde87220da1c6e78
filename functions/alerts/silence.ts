/** Whether an account that reads well has fallen silent: by how long it brought no data on days that usually have some. */
import { type Day, dayAt } from '../ledger/usage-day.ts';

/** Data of an account, rows that say 0 included. */
export interface KnownData {
  /** End of the last bucket that held any, epoch milliseconds. */
  readonly until: number;
  /** Days of the provider with any (`2026-11-21`), ascending; the last four weeks of them. */
  readonly days: readonly string[];
}

export interface SilenceMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly settlesAfterMs: number;
  /** IANA zone of the provider's days. */
  readonly dayZone: string;
}

const DAY_MS = 86_400_000;
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
