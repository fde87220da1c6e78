/**
 * The days of TPStreams. They are taken for those of India, as other times in its API have that offset; India's clock
 * has had no other since 1945 (tz database, Asia/Kolkata), so a day is always 24 hours.
 */
import type { Interval } from './provider.ts';

export const dayZone = 'Asia/Kolkata';

const OFFSET = '+05:30';
const OFFSET_MS = 5.5 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** The date in India at an instant, epoch milliseconds: `2026-11-21`. */
export function dateOf(at: number): string {
  return new Date(at + OFFSET_MS).toISOString().slice(0, '2026-11-21'.length);
}

/** From midnight to midnight in India, epoch milliseconds. */
export function dayOf(date: string): Interval {
  const start = Date.parse(`${date}T00:00:00${OFFSET}`);
  return { start, end: start + DAY_MS };
}

/** The interval, which is whole days, in pieces of so many days at the most; without any if it is empty. */
export function stretchesOf({ start, end }: Interval, days: number): Interval[] {
  const stretches: Interval[] = [];
  for (let from = start; from < end; from += days * DAY_MS) {
    stretches.push({ start: from, end: Math.min(end, from + days * DAY_MS) });
  }
  return stretches;
}
