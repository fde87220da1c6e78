/** A window that is longer than one request may ask for, in several. */
import { DAY_MS } from '../config/durations.ts';
import type { Interval, Usage, UsageFetch } from './provider.ts';

/** The interval, which is whole days, in pieces of so many days at the most. */
export function stretchesOf({ start, end }: Interval, days: number): Interval[] {
  const stretches: Interval[] = [];
  for (let from = start; from < end; from += days * DAY_MS) {
    stretches.push({ start: from, end: Math.min(end, from + days * DAY_MS) });
  }
  return stretches;
}

/** Of one window in several fetches, one after the other; ends with the first one that is not complete. */
export async function inStretches(
  stretches: readonly Interval[],
  fetchStretch: (stretch: Interval) => Promise<UsageFetch>,
): Promise<UsageFetch> {
  const usage: Usage[] = [];
  const remarks = new Set<string>();
  for (const stretch of stretches) {
    const fetched = await fetchStretch(stretch);
    if (fetched.status !== 'complete') return fetched;
    usage.push(...fetched.usage);
    for (const remark of fetched.remarks) remarks.add(remark);
  }
  return { status: 'complete', usage, remarks: [...remarks] };
}
