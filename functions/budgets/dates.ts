/** Instants (ISO 8601 or epoch milliseconds) and periods as text, for people and in notices; the caller names the zone where the text here does not. */
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

/** `21 November 2026, 09:00 (UTC)`, in a zone. */
export function momentText(instant: string | number, timeZone: string): string {
  return `${localText(localDateTime(instant, timeZone))} (${timeZone})`;
}

/** `Monday`, in a zone. */
export function weekdayText(instant: string, timeZone: string): string {
  return WEEKDAY_NAMES[zoned(instant, timeZone).dayOfWeek - 1] ?? '';
}

/** A local date or date and time, as in `reachesLimitAt`: `20 November 2026`, `21 November 2026, 14:00`; its offset, if it has one. */
export function localText(local: string): string {
  return localAs(local, (date) => `${dayText(date)} ${date.year}`);
}

/** As `localText`, of what is within the year: `20 November`. */
export function nearText(local: string): string {
  return localAs(local, dayText);
}

function localAs(local: string, textOf: (date: Temporal.PlainDate) => string): string {
  const date = textOf(Temporal.PlainDate.from(local));
  if (!local.includes('T')) return date;
  const [offset] = /[+-]\d{2}:\d{2}$/.exec(local) ?? [];
  const time = Temporal.PlainTime.from(local).toString({ smallestUnit: 'minute' });
  return `${date}, ${time}${offset === undefined ? '' : ` ${offset}`}`;
}

/** A half-open period by its first and last day, by times where it is not whole days: `1 November 2026 to 30 November 2026 (UTC)`. */
export function periodText(start: string | number, end: string | number, timeZone: string): string {
  const isWholeDays = [start, end].every((at) => isStartOfDay(zoned(at, timeZone)));
  const [from, to] = isWholeDays
    ? [localDate(start, timeZone), lastDate(end, timeZone)]
    : [localDateTime(start, timeZone), localDateTime(end, timeZone)];
  return `${[...new Set([from, to].map(localText))].join(' to ')} (${timeZone})`;
}

/** The last day of a half-open period: `30 November`. */
export function lastDayText(end: string, timeZone: string): string {
  return nearText(lastDate(end, timeZone));
}

function lastDate(end: string | number, timeZone: string): string {
  return zoned(end, timeZone).toPlainDate().subtract({ days: 1 }).toString();
}

function isStartOfDay(moment: Temporal.ZonedDateTime): boolean {
  return moment.equals(moment.startOfDay());
}

function dayText({ day, month }: Temporal.PlainDate): string {
  return `${day} ${MONTHS[month - 1]}`;
}

/** `2026-11-21T10:00:00Z`. */
export function isoSeconds(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'second' });
}

/** `2026-11-21`, the date in the zone. */
export function localDate(at: string | number, timeZone: string): string {
  return zoned(at, timeZone).toPlainDate().toString();
}

/** The first whole day of the zone from an instant on: `2026-11-21`. */
export function firstWholeDate(at: number, timeZone: string): string {
  const moment = zoned(at, timeZone);
  const date = moment.toPlainDate();
  return (isStartOfDay(moment) ? date : date.add({ days: 1 })).toString();
}

/** `2026-11-21T15:30`, date and time in the zone; `2026-10-25T02:30+02:00` where it is that time twice. */
export function localDateTime(at: string | number, timeZone: string): string {
  const moment = zoned(at, timeZone);
  const local = moment.toPlainDateTime();
  const [first, last] = (['earlier', 'later'] as const).map((disambiguation) =>
    local.toZonedDateTime(timeZone, { disambiguation }),
  );
  const isTwice = !(first && last?.equals(first));
  return `${local.toString({ smallestUnit: 'minute' })}${isTwice ? moment.offset : ''}`;
}

function zoned(instant: string | number, timeZone: string): Temporal.ZonedDateTime {
  const at =
    typeof instant === 'number'
      ? Temporal.Instant.fromEpochMilliseconds(instant)
      : Temporal.Instant.from(instant);
  return at.toZonedDateTimeISO(timeZone);
}
