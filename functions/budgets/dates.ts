/** How moments and periods are shown to people; the caller names the zone where the text here does not. */
import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS } from '../config/account.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** In the order of ISO 8601, Monday first. */
export const WEEKDAY_NAMES = WEEKDAYS.map((day) => day.charAt(0).toUpperCase() + day.slice(1));

/** An ISO instant in a zone: `21 November 2026, 09:00 (UTC)`. */
export function momentText(instant: string, timeZone: string): string {
  return `${zonedText(zoned(instant, timeZone))} (${timeZone})`;
}

/** `Monday`, in a zone. */
export function weekdayText(instant: string, timeZone: string): string {
  return WEEKDAY_NAMES[zoned(instant, timeZone).dayOfWeek - 1] ?? '';
}

/** A local date or date and time, as in `reachesLimitAt`: `20 November 2026`, `21 November 2026, 14:00`; its offset, if it has one. */
export function localText(local: string): string {
  return localAs(local, dateText);
}

/** As `localText`, of what is within the year: `20 November`. */
export function nearText(local: string): string {
  return localAs(local, dayText);
}

function localAs(local: string, textOf: (date: Temporal.PlainDate) => string): string {
  const date = textOf(Temporal.PlainDate.from(local));
  if (!local.includes('T')) return date;
  const [offset] = /[+-]\d{2}:\d{2}$/.exec(local) ?? [];
  const text = `${date}, ${minuteText(Temporal.PlainDateTime.from(local))}`;
  return offset === undefined ? text : `${text} ${offset}`;
}

/** `+02:00` of a local time that the clocks show twice, as they are put back; otherwise empty. */
export function offsetIfTwice(moment: Temporal.ZonedDateTime): string {
  const local = moment.toPlainDateTime();
  const [first, last] = (['earlier', 'later'] as const).map((disambiguation) =>
    local.toZonedDateTime(moment.timeZoneId, { disambiguation }),
  );
  return first && last?.equals(first) ? '' : moment.offset;
}

/** A half-open period by its first and last day, by times where it is not whole days: `1 November 2026 to 30 November 2026 (UTC)`. */
export function periodText(start: string, end: string, timeZone: string): string {
  const first = zoned(start, timeZone);
  const after = zoned(end, timeZone);
  return `${isStartOfDay(first) && isStartOfDay(after) ? daysText(first, after) : timesText(first, after)} (${timeZone})`;
}

/** The last day of a half-open period: `30 November`. */
export function lastDayText(end: string, timeZone: string): string {
  return dayText(dayBefore(zoned(end, timeZone)));
}

function daysText(first: Temporal.ZonedDateTime, after: Temporal.ZonedDateTime): string {
  const from = dateText(first.toPlainDate());
  const to = dateText(dayBefore(after));
  return from === to ? from : `${from} to ${to}`;
}

function dayBefore(moment: Temporal.ZonedDateTime): Temporal.PlainDate {
  return moment.toPlainDate().subtract({ days: 1 });
}

function timesText(first: Temporal.ZonedDateTime, after: Temporal.ZonedDateTime): string {
  return `${zonedText(first)} to ${zonedText(after)}`;
}

function isStartOfDay(moment: Temporal.ZonedDateTime): boolean {
  return moment.equals(moment.startOfDay());
}

function zonedText(moment: Temporal.ZonedDateTime): string {
  const offset = offsetIfTwice(moment);
  const text = dateTimeText(moment.toPlainDateTime());
  return offset === '' ? text : `${text} ${offset}`;
}

function dateTimeText(moment: Temporal.PlainDateTime): string {
  return `${dateText(moment.toPlainDate())}, ${minuteText(moment)}`;
}

function minuteText(moment: Temporal.PlainDateTime): string {
  return moment.toPlainTime().toString({ smallestUnit: 'minute' });
}

function dateText(date: Temporal.PlainDate): string {
  return `${dayText(date)} ${date.year}`;
}

function dayText({ day, month }: Temporal.PlainDate): string {
  return `${day} ${MONTHS[month - 1]}`;
}

function zoned(instant: string, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone);
}
