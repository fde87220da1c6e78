/** The calendar of budgets: which stretch of a zone's local time an instant belongs to. */
import { Temporal } from 'temporal-polyfill';
import { type Budget, WEEKDAYS, type Weekday } from '../config/account.ts';
import { HOUR_MS } from '../config/durations.ts';

/** One stretch of a budget, half-open `[start, end)` in epoch milliseconds. */
export interface Period {
  /** Local start, unique within a budget: `2026-11-01`; for hours with the offset, `2026-11-21T10+01:00`. */
  readonly id: string;
  readonly start: number;
  readonly end: number;
  /** IANA zone in which it starts at midnight. */
  readonly timeZone: string;
}

export type PeriodRule = Pick<Budget, 'per' | 'startsOn'>;

/** Spans of so many months begin in January, and every so many months after it. */
const MONTHS_OF = { month: 1, quarter: 3, year: 12 } as const;

/**
 * The latest periods of each rule, as finding one takes 50 µs and the same ones are asked for again and again:
 * at most the hours that a provider's data may still change, and one before. Changes no result.
 */
const recent = new Map<string, readonly Period[]>();
const KEPT_PERIODS = 80;
const KEPT_RULES = 250;

/**
 * The period that holds the instant `at` (epoch milliseconds). Periods of a rule and zone follow one another without
 * gap or overlap. All but hours start with the first instant of a local day, even where the clock skips midnight.
 * Hours are those of the local clock, cut where it is set: an hour that comes twice is two periods, a skipped one none.
 */
export function periodAt(rule: PeriodRule, timeZone: string, at: number): Period {
  const key = `${timeZone} ${rule.per} ${rule.startsOn}`;
  const known = recent.get(key) ?? [];
  const hit = known.find((period) => period.start <= at && at < period.end);
  if (hit) return hit;
  const period = findPeriod(rule, timeZone, at);
  if (recent.size >= KEPT_RULES) recent.clear();
  recent.set(key, [period, ...known.slice(0, KEPT_PERIODS - 1)]);
  return period;
}

/** The period that ends where `period`, of the same rule and zone, starts. */
export function periodBefore(period: Period, rule: PeriodRule, timeZone: string): Period {
  return periodAt(rule, timeZone, period.start - 1);
}

/** All periods that overlap `[from, to)` (epoch milliseconds), ascending. */
export function periodsBetween(
  rule: PeriodRule,
  timeZone: string,
  from: number,
  to: number,
): Period[] {
  const periods: Period[] = [];
  for (let at = from; at < to; ) {
    const period = periodAt(rule, timeZone, at);
    periods.push(period);
    at = period.end;
  }
  return periods;
}

function findPeriod(rule: PeriodRule, timeZone: string, at: number): Period {
  if (rule.per === 'hour') return clockHour(timeZone, at);
  let dates = datesAround(rule, zoned(timeZone, at).toPlainDate());
  // A clock set back over midnight shows yesterday's date again, though today has begun.
  while (startOfDay(timeZone, dates.next) <= at) dates = datesAround(rule, dates.next);
  return {
    id: dates.first.toString(),
    start: startOfDay(timeZone, dates.first),
    end: startOfDay(timeZone, dates.next),
    timeZone,
  };
}

/** A local hour, or the part of it before or after a change of the zone's offset. */
function clockHour(timeZone: string, at: number): Period {
  const moment = zoned(timeZone, at);
  const offsetMs = moment.offsetNanoseconds / 1e6;
  const hourStart = Math.floor((at + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs;
  const changed = zoned(timeZone, at + 1).getTimeZoneTransition('previous');
  const changes = moment.getTimeZoneTransition('next');
  return {
    id: `${moment.toPlainDateTime().toString().slice(0, '2026-11-21T10'.length)}${moment.offset}`,
    start: Math.max(hourStart, changed?.epochMilliseconds ?? -Infinity),
    end: Math.min(hourStart + HOUR_MS, changes?.epochMilliseconds ?? Infinity),
    timeZone,
  };
}

/** First date of a period, and first date of the next one. */
interface Dates {
  readonly first: Temporal.PlainDate;
  readonly next: Temporal.PlainDate;
}

function datesAround({ per, startsOn }: PeriodRule, date: Temporal.PlainDate): Dates {
  if (per === 'day' || per === 'hour') return { first: date, next: date.add({ days: 1 }) };
  if (per === 'week') return weekAround(date, typeof startsOn === 'string' ? startsOn : 'monday');
  return monthsAround(date, MONTHS_OF[per], typeof startsOn === 'number' ? startsOn : 1);
}

function weekAround(date: Temporal.PlainDate, startsOn: Weekday): Dates {
  const days = (date.dayOfWeek - 1 - WEEKDAYS.indexOf(startsOn) + 7) % 7;
  const first = date.subtract({ days });
  return { first, next: first.add({ weeks: 1 }) };
}

function monthsAround(date: Temporal.PlainDate, months: number, startsOn: number): Dates {
  const monthsSinceYear0 = date.year * 12 + date.month - 1 - (date.day < startsOn ? 1 : 0);
  const firstMonth = monthsSinceYear0 - (monthsSinceYear0 % months);
  const first = Temporal.PlainDate.from({
    year: Math.floor(firstMonth / 12),
    month: (firstMonth % 12) + 1,
    day: startsOn,
  });
  return { first, next: first.add({ months }) };
}

function zoned(timeZone: string, at: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
}

function startOfDay(timeZone: string, date: Temporal.PlainDate): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds;
}
