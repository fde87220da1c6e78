/** Instants (epoch milliseconds) as the text that notices carry. */
import { Temporal } from 'temporal-polyfill';
import { offsetIfTwice } from '../budgets/dates.ts';

/** `2026-11-21T10:00:00Z`. */
export function isoSeconds(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'second' });
}

/** `2026-11-21`, the date in the zone. */
export function localDate(at: number, timeZone: string): string {
  return zoned(at, timeZone).toPlainDate().toString();
}

/** The first whole day of the zone from an instant on: `2026-11-21`. */
export function firstWholeDate(at: number, timeZone: string): string {
  const moment = zoned(at, timeZone);
  const date = moment.toPlainDate();
  return (moment.equals(moment.startOfDay()) ? date : date.add({ days: 1 })).toString();
}

/** `2026-11-21T15:30`, date and time in the zone; `2026-10-25T02:30+02:00` where it is that time twice. */
export function localDateTime(at: number, timeZone: string): string {
  const moment = zoned(at, timeZone);
  const local = moment.toPlainDateTime().toString({ smallestUnit: 'minute' });
  return `${local}${offsetIfTwice(moment)}`;
}

function zoned(at: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
}
