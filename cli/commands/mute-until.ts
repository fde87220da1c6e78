/** When a mute ends, from what somebody typed. */
import { Temporal } from 'temporal-polyfill';
import { UsageError } from '../output.ts';

/** Nobody remembers a longer one. */
const LONGEST_DAYS = 90;

const units = { m: 'minutes', h: 'hours', d: 'days', w: 'weeks' } as const;

const ALLOWED = `a duration such as 30m, 2h, 3d or 2w, a date such as 2026-12-01, or a time such as 2026-12-01T08:00Z; at most ${LONGEST_DAYS} days from now`;

/**
 * As a config has it, `2026-12-01T08:00:00Z`. Days, weeks, a date, and a time without an offset are of the zone: a date
 * is the beginning of that day. `now` in epoch milliseconds. Throws a UsageError.
 */
export function muteUntil(text: string, now: number, timeZone: string): string {
  const from = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const end = endOf(text, from);
  const got = JSON.stringify(text);
  if (end === undefined) throw new UsageError(`expected ${ALLOWED}; got ${got}`);
  if (end.epochMilliseconds <= now) throw new UsageError(`expected a time to come, got ${got}`);
  const latest = from.add({ days: LONGEST_DAYS }).add({ minutes: 1 });
  if (end.epochMilliseconds > latest.epochMilliseconds) {
    throw new UsageError(`expected at most ${LONGEST_DAYS} days from now, got ${got}`);
  }
  // No mute is shorter than asked for.
  const rounded = end.round({ smallestUnit: 'minute', roundingMode: 'ceil' });
  return rounded.toString({ smallestUnit: 'second' });
}

function endOf(text: string, from: Temporal.ZonedDateTime): Temporal.Instant | undefined {
  const duration = /^(\d{1,6})([mhdw])$/.exec(text);
  if (duration !== null) {
    const unit = units[duration[2] as keyof typeof units];
    return from.add({ [unit]: Number(duration[1]) }).toInstant();
  }
  try {
    if (/T.*(Z|[+-]\d\d:\d\d)$/.test(text)) return Temporal.Instant.from(text);
    if (/^\d{4}-\d\d-\d\d$/.test(text)) {
      return Temporal.PlainDate.from(text).toZonedDateTime(from.timeZoneId).toInstant();
    }
    if (/^\d{4}-\d\d-\d\dT/.test(text)) {
      return Temporal.PlainDateTime.from(text).toZonedDateTime(from.timeZoneId).toInstant();
    }
    return undefined;
  } catch {
    return undefined;
  }
}
