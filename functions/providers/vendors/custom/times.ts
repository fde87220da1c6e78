/** Times of an answer and of a query, in whatever format and zone a config says. */
import { Temporal } from 'temporal-polyfill';
import { HOUR_MS } from '../../../config/durations.ts';
import { exactNumber } from '../../exact-number.ts';
import type { Interval } from '../../provider.ts';
import type { TimeFormat } from './api.ts';

/** What each format is called where it was expected and something else was found. */
export const timeNames: Readonly<Record<TimeFormat, string>> = {
  date: 'a date such as 2026-11-02',
  'date-time': 'a date and time such as 2026-11-02T08:00:00Z',
  seconds: 'seconds since 1970',
  milliseconds: 'milliseconds since 1970',
};

/** 2001 to 2286. */
const [EARLIEST_MS, LATEST_MS] = ['1e12', '1e13'];
const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(:\d\d(\.\d{1,9})?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?$/;
const KEPT = 10_000;

export interface ZonedTimes {
  /** Epoch milliseconds; undefined for what is none in the format. */
  readonly read: (value: unknown) => number | undefined;
  /** The day, or the hour of it, that holds the instant; one of 23 or 25 hours where the clocks change. */
  readonly bucketOf: (at: number, bucket: 'hour' | 'day') => Interval;
  /** The zone's calendar month that holds the instant. */
  readonly monthOf: (at: number) => Interval;
}

/** Remembers what it found, as calendars are slow and rows are many. */
export function zonedTimes({ format, zone }: { format: TimeFormat; zone: string }): ZonedTimes {
  const texts = new Map<string, number | undefined>();
  const dayOf = remembered((at) => dayIn(zone, at));

  return {
    read: (value) => {
      if (typeof value !== 'string') return readTime(value, format, zone);
      if (!texts.has(value)) {
        if (texts.size >= KEPT) texts.clear();
        texts.set(value, readTime(value, format, zone));
      }
      return texts.get(value);
    },
    bucketOf: (at, bucket) => {
      const day = dayOf(at);
      if (bucket === 'day') return day;
      const start = at - ((at - day.start) % HOUR_MS);
      return { start, end: start + HOUR_MS };
    },
    monthOf: remembered((at) => monthIn(zone, at)),
  };
}

/** The latest ones first. */
function remembered(intervalAt: (at: number) => Interval): (at: number) => Interval {
  const known: Interval[] = [];
  return (at) => {
    const found = known.find(({ start, end }) => at >= start && at < end) ?? intervalAt(at);
    if (!known.includes(found)) known.unshift(found);
    return found;
  };
}

function readTime(value: unknown, format: TimeFormat, zone: string): number | undefined {
  if (format === 'seconds' || format === 'milliseconds') {
    const at = exactNumber(value)?.times(format === 'seconds' ? '1000' : '1');
    return at?.gte(EARLIEST_MS) && at.lt(LATEST_MS) ? Math.floor(Number(at.toFixed())) : undefined;
  }
  if (typeof value !== 'string') return undefined;
  try {
    return format === 'date' ? dateIn(value, zone) : dateTimeIn(value, zone);
  } catch {
    return undefined;
  }
}

function dateIn(text: string, zone: string): number | undefined {
  if (!DATE.test(text)) return undefined;
  return Temporal.PlainDate.from(text).toZonedDateTime(zone).epochMilliseconds;
}

function dateTimeIn(text: string, zone: string): number | undefined {
  const [, date, time, , , offset] = DATE_TIME.exec(text) ?? [];
  if (date === undefined) return undefined;
  if (offset === undefined) {
    return Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(zone).epochMilliseconds;
  }
  const zoned = `${date}T${time}${offset === 'UTC' ? 'Z' : offset}`;
  return Temporal.Instant.from(zoned).epochMilliseconds;
}

/** The day of the zone that holds the instant. */
export function dayIn(zone: string, at: number): Interval {
  const date = dateAt(zone, at);
  return between(date, date.add({ days: 1 }), zone);
}

function monthIn(zone: string, at: number): Interval {
  const first = dateAt(zone, at).with({ day: 1 });
  return between(first, first.add({ months: 1 }), zone);
}

function dateAt(zone: string, at: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
}

function between(from: Temporal.PlainDate, until: Temporal.PlainDate, zone: string): Interval {
  const startOf = (date: Temporal.PlainDate) => date.toZonedDateTime(zone).epochMilliseconds;
  return { start: startOf(from), end: startOf(until) };
}

/** As it stands in a query: `2026-11-02`, `2026-11-02T00:00:00Z`, `1793577600`. */
export function timeText(at: number, format: TimeFormat, zone: string): string {
  switch (format) {
    case 'date':
      return dateAt(zone, at).toString();
    case 'date-time':
      return Temporal.Instant.fromEpochMilliseconds(at).toString();
    case 'seconds':
      return String(Math.floor(at / 1000));
    case 'milliseconds':
      return String(at);
  }
}
