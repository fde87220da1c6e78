/** Starts of budget periods for demo accounts, so that the play crosses the same steps on whatever date it runs. */
import { Temporal } from 'temporal-polyfill';
import { weekdays } from '../config/weekdays.ts';

/** Day of the month in UTC, as `startsOn` takes it; a day that not every month has becomes the 1st. */
export function dayOfMonth(at: number): number {
  const day = new Date(at).getUTCDate();
  return day > 28 ? 1 : day;
}

/** `monday`, in the zone. */
export function weekdayOf(at: number, timeZone: string): string {
  const { dayOfWeek } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return weekdays[dayOfWeek - 1] ?? 'monday';
}
