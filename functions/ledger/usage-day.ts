/** Usage by whole day of the provider's day zone: the unit in which the ledger replaces what it knows. */
import { Temporal } from 'temporal-polyfill';
import type { Interval, Usage } from '../providers/provider.ts';

/** A day's name and its half-open `[start, end)`, midnights in the provider's day zone, epoch milliseconds. */
export interface Day extends Interval {
  /** `2026-11-21` in the provider's day zone. */
  readonly date: string;
}

export interface UsageDay extends Day {
  readonly usage: readonly Usage[];
}

/** The day of `timeZone` that holds the instant `at` (epoch milliseconds). */
export function dayAt(at: number, timeZone: string): Day {
  const { year, month, day } =
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return plainDay(new Temporal.PlainDate(year, month, day), timeZone);
}

/** The day of `timeZone` named `2026-11-21`. */
export function dayNamed(date: string, timeZone: string): Day {
  return plainDay(Temporal.PlainDate.from(date), timeZone);
}

/** The date so many days after (or before, if negative) a date: `2026-11-21`, 10 → `2026-12-01`. */
export function dateAfter(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Sorts usage into every day of the window, ascending; a day without usage is there, empty. Usage outside is left out. */
export function toDays(usage: readonly Usage[], window: Interval, timeZone: string): UsageDay[] {
  const days: (Day & { usage: Usage[] })[] = [];
  for (let start = window.start; start < window.end; ) {
    const day = { ...dayAt(start, timeZone), usage: [] };
    days.push(day);
    start = day.end;
  }
  for (const row of usage) {
    days.find((day) => row.start >= day.start && row.start < day.end)?.usage.push(row);
  }
  return days;
}

function plainDay(date: Temporal.PlainDate, timeZone: string): Day {
  return {
    date: date.toString(),
    start: date.toZonedDateTime({ timeZone }).epochMilliseconds,
    end: date.add({ days: 1 }).toZonedDateTime({ timeZone }).epochMilliseconds,
  };
}
