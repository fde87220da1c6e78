/** From TPStreams' days, as they were answered, to usage. */
import { Big } from 'big.js';
import type { Interval, Usage } from './provider.ts';
import { dayOf } from './tpstreams-days.ts';
import type { ReportedDay } from './tpstreams-page.ts';

export interface AskedFor {
  /** Whole days. The day that begins at its end was asked for too, and is left out without a remark. */
  readonly interval: Interval;
  readonly storage: 'total' | 'active';
}

export interface ReadUsage {
  readonly usage: readonly Usage[];
  readonly remarks: readonly string[];
}

const GB_PER_BYTE = new Big('1e-9');

/** Each day of the interval counts once, however often it was answered; what was null on a day has no usage. */
export function usageOf(days: readonly ReportedDay[], asked: AskedFor): ReadUsage {
  const { start, end } = asked.interval;
  const usageByStart = new Map<number, readonly Usage[]>();
  let outside = 0;
  let conflicts = 0;
  for (const day of days) {
    const bucket = dayOf(day.date);
    if (bucket.start < start || bucket.start > end) outside += 1;
    if (bucket.start < start || bucket.start >= end) continue;
    const usage = usageIn(day, bucket, asked.storage);
    const earlier = usageByStart.get(bucket.start);
    if (earlier === undefined) usageByStart.set(bucket.start, usage);
    else if (JSON.stringify(earlier) !== JSON.stringify(usage)) conflicts += 1;
  }
  const remarks = [
    ...remark(outside, 'from outside the time that was asked for, left out'),
    ...remark(conflicts, 'for a day that came before with other amounts: the first ones count'),
  ];
  return { usage: [...usageByStart.values()].flat(), remarks };
}

/** A 0 is told: it is known, and not the same as null. */
function usageIn(day: ReportedDay, bucket: Interval, storage: AskedFor['storage']): Usage[] {
  const bytes = storage === 'active' ? day.activeStorage : day.totalStorage;
  const quantities: readonly (readonly [string, Big | undefined])[] = [
    ['bandwidth', day.bandwidth?.times(GB_PER_BYTE)],
    ['storage', bytes?.times(GB_PER_BYTE)],
    ['live-stream', day.liveStream],
    ['subtitles', day.subtitles],
  ];
  return quantities.flatMap(([meter, quantity]) =>
    quantity === undefined ? [] : [{ meter, ...bucket, quantity: quantity.toFixed() }],
  );
}

function remark(count: number, what: string): string[] {
  return count === 0
    ? []
    : [`TPStreams answered ${count} ${count === 1 ? 'row' : 'rows'} ${what}.`];
}
