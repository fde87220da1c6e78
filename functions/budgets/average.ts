/** What a period comes to if the average so far continues: where too little is known for a better forecast. */
import type { Big } from 'big.js';
import { decimal, ratio, rounded } from '../pricing/money.ts';
import {
  type ChargeDay,
  isLevel,
  type Measure,
  plus,
  type Total,
  totalsBy,
  totalsOfDays,
} from './measure.ts';
import type { Period } from './period.ts';

/** What a period will come to. */
export interface PeriodForecast {
  readonly point: Big;
  /** Ends of the range that holds the outcome in 80 of 100 cases; absent where the point is the average so far, continued. */
  readonly low?: Big;
  readonly high?: Big;
  /** Epoch milliseconds; absent if the limit is not reached within the period. */
  readonly reachesLimitAt?: number;
}

interface Progress {
  readonly period: Period;
  /** From when on the actual is known: the period's start, or later. Epoch milliseconds. */
  readonly since: number;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly actual: Big;
  readonly limit: Big;
  readonly measure: Measure;
  /** Charges of the period only. */
  readonly days: readonly ChargeDay[];
}

/** 0 before the period, 100 after it. */
export function elapsedPercent({ start, end }: Period, now: number): number {
  return Math.min(100, Math.max(0, ((now - start) / (end - start)) * 100));
}

/**
 * Linear in time, but a level stays what it was on average. Undefined outside the period, at its very start, and of an
 * actual below 0: a correction does not go on.
 */
export function averageForecast(progress: Progress): PeriodForecast | undefined {
  const { period, since, now, actual, measure } = progress;
  if (now <= since || now >= period.end || actual.lt('0')) return undefined;
  const reachesLimitAt = limitReachedAt(progress);
  return {
    point: isLevel(measure) ? actual : ratio(actual.times(ms(period.end - since)), ms(now - since)),
    ...(reachesLimitAt !== undefined && { reachesLimitAt }),
  };
}

function limitReachedAt(progress: Progress): number | undefined {
  const { period, since, now, actual, limit, measure } = progress;
  if (actual.gte(limit)) return Math.min(now, bucketThatReached(progress) ?? now);
  if (isLevel(measure) || actual.lte('0')) return undefined;
  const elapsedThen = ratio(limit.times(ms(now - since)), actual);
  const at = since + Number(rounded(elapsedThen, 0));
  return at < period.end ? at : undefined;
}

/**
 * End of the bucket with which the limit was reached: the first such one of the first day that ended on or over the
 * limit (negative corrections can make the amount pass it more than once).
 */
function bucketThatReached({ days, measure, limit }: Progress): number | undefined {
  const isReached = (total: Total) => measure.amountOf(total).gte(limit);
  let before: Total | undefined;
  for (const day of days) {
    const dayTotals = totalsOfDays([day], measure.summand, measure.meter).values();
    const after = dayTotals.reduce<Total | undefined>(plus, before);
    if (after && after.counted > 0 && isReached(after)) {
      return firstBucketWhere(isReached, before, day, measure);
    }
    before = after;
  }
  return undefined;
}

function firstBucketWhere(
  isReached: (total: Total) => boolean,
  before: Total | undefined,
  { charges }: ChargeDay,
  { summand, meter }: Measure,
): number | undefined {
  const counted = charges.filter((charge) => meter === undefined || charge.meter === meter);
  const buckets = [...totalsBy(counted, summand, (charge) => charge.end)];
  let total = before;
  for (const [end, bucket] of buckets.sort(([a], [b]) => a - b)) {
    total = plus(total, bucket);
    if (total.counted > 0 && isReached(total)) return end;
  }
  return undefined;
}

function ms(duration: number): Big {
  return decimal(String(duration));
}
