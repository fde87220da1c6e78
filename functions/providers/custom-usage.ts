/** What rows come to: usage by bucket and meter, of flows, levels and running totals. */
import type { Big } from 'big.js';
import { ZERO } from '../config/decimal.ts';
import type { Api } from './custom-api.ts';
import { mappingOf, OTHER, QUANTITY, READING } from './custom-mapping.ts';
import { added, type RowSum } from './custom-rows.ts';
import type { ZonedTimes } from './custom-times.ts';
import { type Interval, type LabelledCost, OTHER_LABEL, type Usage } from './provider.ts';

export interface Asked {
  readonly api: Api;
  readonly times: ZonedTimes;
  readonly window: Interval;
}

/** Only what begins in the window counts; running totals need a row before it. */
export function usageOf(rows: readonly RowSum[], { api, times, window }: Asked): Usage[] {
  const counted = api.kind === 'counter' ? differences(rows, api.counter) : rows;
  const metered = counted
    .filter(({ at }) => at >= window.start && at < window.end)
    .flatMap((row) => byMeter(row, api))
    .map((row) => ({ ...row, bucket: times.bucketOf(row.at, api.bucket) }));
  const byBucket = Map.groupBy(metered, ({ meter, bucket }) => `${meter} ${bucket.start}`);
  return [...byBucket.values()].flatMap((own) => {
    const [first] = own;
    return first ? [{ meter: first.meter, ...first.bucket, ...measured(own, api) }] : [];
  });
}

interface MeteredRow extends RowSum {
  readonly meter: string;
}

/** The whole cost is in the row's own meter; how much was used has one beside it. */
function byMeter({ quantity, ...row }: RowSum, api: Api): MeteredRow[] {
  const meter = meterOf(row, api);
  if (row.amount === undefined) return [{ ...row, meter, quantity }];
  const used = { at: row.at, meter: QUANTITY, amount: ZERO, quantity };
  return [{ ...row, meter }, ...(quantity === undefined ? [] : [used])];
}

function meterOf({ part }: RowSum, api: Api): string {
  const { part: parts } = mappingOf(api);
  if (!parts) return 'usage';
  const isKnown = part !== undefined && Object.hasOwn(parts.meters, part);
  return (isKnown && parts.meters[part]) || OTHER;
}

function measured(rows: readonly RowSum[], api: Api): Pick<Usage, 'quantity' | 'cost' | 'labels'> {
  const { amount, quantity } = rows.reduce(added);
  return {
    ...(quantity && { quantity: api.kind === 'level' ? mean(quantity, rows) : quantity }),
    ...(amount && { cost: amount }),
    ...(rows.some(({ label }) => label) && { labels: labelled(rows) }),
  };
}

/** Rows of one time are of several things, which add up. */
function mean(total: Big, rows: readonly RowSum[]): Big {
  return total.div(String(new Set(rows.map(({ at }) => at)).size));
}

function labelled(rows: readonly RowSum[]): LabelledCost[] {
  const byLabel = Map.groupBy(rows, ({ label }) => label || OTHER_LABEL);
  return [...byLabel].map(([label, own]) => ({
    label,
    cost: own.reduce(added).amount ?? ZERO,
  }));
}

/** Each row with what was counted since the one before it. */
function differences(rows: readonly RowSum[], counter: Api['counter']): RowSum[] {
  const series = Map.groupBy(rows, ({ part }) => part);
  return [...series.values()].flatMap((own) => {
    const inOrder = own.toSorted((a, b) => a.at - b.at);
    return inOrder.map((row, index) => {
      const before = inOrder[index - 1];
      const { amount, quantity } = row;
      return {
        ...row,
        amount: amount && countedSince(before?.amount, amount, counter),
        quantity: quantity && countedSince(before?.quantity, quantity, counter),
      };
    });
  });
}

/** A total that falls began anew, and credit that rises was bought. */
function countedSince(before: Big | undefined, now: Big, counter: Api['counter'] = 'month'): Big {
  if (before === undefined) return counter === 'month' ? now : ZERO;
  const counted = counter === 'credit' ? before.minus(now) : now.minus(before);
  if (counted.gte(ZERO)) return counted;
  return counter === 'credit' ? ZERO : now;
}

/**
 * Of a running total that names no time: what is known of the window, and in the bucket of now what was counted since
 * the last check; undefined without a row. What the total was then is a meter of its own, so that it is written together with what it led to.
 */
export function usageSince(
  known: readonly Usage[],
  rows: readonly RowSum[],
  { api, times, window }: Asked,
): Usage[] | undefined {
  const [first, ...others] = rows;
  if (first === undefined) return undefined;
  const { amount, quantity, at } = others.reduce(added, first);
  const readings = known.filter(({ meter }) => meter === READING);
  const last = readings.reduce<Usage | undefined>(
    (latest, one) => (latest && latest.start > one.start ? latest : one),
    undefined,
  );
  const total = amount ?? quantity ?? ZERO;
  const counted = countedSince(last?.quantity, total, api.counter);
  const bucket = times.bucketOf(at, api.bucket);
  const kept = known.filter(({ start }) => start >= window.start && start < bucket.start);
  const before = known.find(({ start, meter }) => start === bucket.start && meter !== READING);
  const measure = amount ? 'cost' : 'quantity';
  return [
    ...kept,
    { meter: 'usage', ...bucket, [measure]: counted.plus(before?.[measure] ?? ZERO) },
    { meter: READING, ...bucket, quantity: total, cost: ZERO },
  ];
}
