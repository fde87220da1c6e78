/** When a digest is due: at 08:00 in its time zone, a weekly one on Mondays. */
import { Temporal } from 'temporal-polyfill';

export type DigestRhythm = 'daily' | 'weekly';

export const DIGEST_HOUR = 8;
const MONDAY = 1;

export interface DigestSchedule {
  readonly every: DigestRhythm;
  /** IANA. */
  readonly timeZone: string;
}

/** The last moment at or before `now` at which one was due, and the one after it; all epoch milliseconds. */
export function dueAround(
  { every, timeZone }: DigestSchedule,
  now: number,
): { readonly due: number; readonly next: number } {
  const step = { days: every === 'weekly' ? 7 : 1 };
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const back = every === 'weekly' ? (today.dayOfWeek - MONDAY + 7) % 7 : 0;
  const date = today.toPlainDate().subtract({ days: back });
  const isDue = dueOn(date) <= now;
  const due = isDue ? date : date.subtract(step);
  return { due: dueOn(due), next: dueOn(due.add(step)) };

  function dueOn(day: Temporal.PlainDate): number {
    const plainTime = new Temporal.PlainTime(DIGEST_HOUR);
    return day.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
  }
}
