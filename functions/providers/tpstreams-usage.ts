/** From TPStreams' days, as they were answered, to usage. */
import { Big } from 'big.js';
import { withoutNoise } from './exact-number.ts';
import type { Interval, Usage } from './provider.ts';
import { dayOf } from './tpstreams-days.ts';
import type { ReportedDay } from './tpstreams-page.ts';

export interface AskedFor {
  /** Whole days. The day that begins at its end was asked for too, and is left out without a remark. */
  readonly interval: Interval;
  readonly storage: 'total' | 'active';
  /** Epoch milliseconds: what was over by then changes no more. */
  readonly settledUntil: number;
}

export type UsageReading =
  | { readonly usage: readonly Usage[]; readonly remarks: readonly string[] }
  | { readonly problem: string };

const GB_PER_BYTE = new Big('1e-9');
const COUNT = new Big(1);

/**
 * Each day of the interval counts once, however often it was answered; what was null on a day has no usage. A settled
 * day with different amounts is a problem, a clause that fits after the provider's name.
 */
export function usageOf(days: readonly ReportedDay[], asked: AskedFor): UsageReading {
  const { start, end } = asked.interval;
  const all = days.map((day) => ({ day, bucket: dayOf(day.date) }));
  const usageByStart = new Map<number, readonly Usage[]>();
  let updates = 0;
  for (const { day, bucket } of all.filter((one) => isIn(asked.interval, one.bucket.start))) {
    const usage = usageIn(day, bucket, asked.storage);
    const known = usageByStart.get(bucket.start) ?? usage;
    const change = changeIn(known, usage);
    if (change !== undefined && bucket.end <= asked.settledUntil) {
      return { problem: `contradicts itself for ${day.date}: ${change}` };
    }
    if (change !== undefined) updates += 1;
    usageByStart.set(bucket.start, known);
  }
  const outside = all.filter(({ bucket }) => !isIn({ start, end: end + 1 }, bucket.start));
  const remarks = [
    ...remark(outside.length, 'from outside the time that was asked for, left out'),
    ...remark(updates, 'for a day that came before with other amounts: the first ones count'),
  ];
  return { usage: [...usageByStart.values()].flat(), remarks };
}

function isIn({ start, end }: Interval, at: number): boolean {
  return at >= start && at < end;
}

/** The first amount that is another one; undefined if there is none. */
function changeIn(before: readonly Usage[], after: readonly Usage[]): string | undefined {
  const meters = new Set([...before, ...after].map(({ meter }) => meter));
  for (const meter of meters) {
    const [one, other] = [before, after].map((usage) => quantityOf(meter, usage));
    if (one !== other) return `${meter} is ${one} in one row and ${other} in another`;
  }
  return undefined;
}

function quantityOf(meter: string, usage: readonly Usage[]): string {
  return usage.find((row) => row.meter === meter)?.quantity ?? 'unknown';
}

/** A 0 is told: it is known, and not the same as null. */
function usageIn(day: ReportedDay, bucket: Interval, storage: AskedFor['storage']): Usage[] {
  const bytes = storage === 'active' ? day.activeStorage : day.totalStorage;
  const amounts: readonly (readonly [string, Big | undefined, Big])[] = [
    ['bandwidth', day.bandwidth, GB_PER_BYTE],
    ['storage', bytes, GB_PER_BYTE],
    ['live-stream', day.liveStream, COUNT],
    ['subtitles', day.subtitles, COUNT],
  ];
  return amounts.flatMap(([meter, amount, unit]) =>
    amount === undefined
      ? []
      : [{ meter, ...bucket, quantity: withoutNoise(amount).times(unit).toFixed() }],
  );
}

function remark(count: number, what: string): string[] {
  return count === 0
    ? []
    : [`TPStreams answered ${count} ${count === 1 ? 'row' : 'rows'} ${what}.`];
}
