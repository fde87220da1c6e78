/** What rows come to: usage by bucket and meter, of flows, levels and running totals. */
import type { Big } from 'big.js';
import { Decimal, ZERO } from '../../../config/decimal.ts';
import { DAY_MS } from '../../../config/durations.ts';
import type { Meter } from '../../../config/meter.ts';
import { type Interval, type LabelledCost, OTHER_LABEL, type Usage } from '../../provider.ts';
import type { Api } from './api.ts';
import { mappingOf, type Reading, type Row, type RowSum, readRow, UnusableAnswer } from './rows.ts';
import type { ZonedTimes } from './times.ts';

/** Beside what is billed: how much was used, and what a running total was at the last check. */
export const [QUANTITY, READING, OTHER] = ['quantity', 'reading', 'other'];

/** Of what the API counts; a total that names no time also has what it was at the last check. */
export function metersOf(api: Api): Meter[] {
  const { amount, quantity, part, time } = mappingOf(api);
  const kind = api.kind === 'level' ? 'level' : 'flow';
  const ids = part ? [...new Set([...Object.values(part.meters), OTHER])] : ['usage'];
  const unit = amount || !quantity ? {} : { unit: quantity.unit };
  const counted: Meter[] = ids.map((id) => ({ id, name: nameOf(id), kind, ...unit }));
  return [
    ...counted,
    ...(amount && quantity
      ? [{ id: QUANTITY, name: 'Quantity', kind, unit: quantity.unit, countsOnly: true } as const]
      : []),
    ...(time === undefined
      ? [{ id: READING, name: 'Reading', kind: 'level', unit: 'count' } as const]
      : []),
  ];
}

/** `input-tokens` → `Input tokens` */
function nameOf(id: string): string {
  return (id.charAt(0).toUpperCase() + id.slice(1)).replaceAll('-', ' ');
}

/** As it was read, for a person to look at. */
export interface FirstRow {
  /** `answer.data[0]` */
  readonly where: string;
  readonly row: RowSum;
}

const FIRST_ROWS = 3;

/** Of what is kept apart. */
const MOST_SUMS = 100_000;

/** Adds up the rows of one answer by time, part and label. */
export function rowSums(reading: Reading) {
  const { api, times } = reading;
  const mapping = mappingOf(api);
  const sums = new Map<string, RowSum>();
  const first: FirstRow[] = [];
  return {
    first,
    all: () => [...sums.values()],
    add: (row: Row) => {
      const read = readRow(row, mapping, reading);
      if (first.length < FIRST_ROWS) first.push({ where: row.at, row: read });
      // A row for each use would be kept for nothing.
      const at = api.kind === 'flow' ? times.bucketOf(read.at, api.bucket).start : read.at;
      const key = JSON.stringify([at, read.part, read.label]);
      sums.set(key, added(sums.get(key), { ...read, at }));
      if (sums.size > MOST_SUMS) {
        throw new UnusableAnswer(`answered more than ${MOST_SUMS} different rows`);
      }
    },
  };
}

export function added(before: RowSum | undefined, row: RowSum): RowSum {
  if (before === undefined) return row;
  const sum = (one?: Big, other?: Big) => (one && other ? one.plus(other) : (one ?? other));
  return {
    ...row,
    amount: sum(before.amount, row.amount),
    quantity: sum(before.quantity, row.quantity),
  };
}

interface Asked {
  readonly api: Api;
  readonly times: ZonedTimes;
  readonly window: Interval;
}

/** Only what begins in the window counts; running totals need a row before it. */
export function usageOf(rows: readonly RowSum[], asked: Asked): Usage[] {
  const { api, times, window } = asked;
  const counted = api.kind === 'counter' ? differences(rows, asked) : rows;
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
function differences(rows: readonly RowSum[], asked: Asked): RowSum[] {
  const series = Map.groupBy(rows, ({ part }) => part);
  return [...series.values()].flatMap((own) => {
    const inOrder = own.toSorted((a, b) => a.at - b.at);
    return inOrder.map((row, index) => {
      const before = inOrder[index - 1];
      const counted = countedSince(before && totalOf(before), totalOf(row), asked);
      return { ...row, [row.amount ? 'amount' : 'quantity']: counted };
    });
  });
}

/** A running total at an instant, epoch milliseconds. */
interface Total {
  readonly at: number;
  readonly total: Big;
}

function totalOf({ at, amount, quantity = ZERO }: RowSum): Total {
  return { at, total: amount ?? quantity };
}

/** Credit that rises was bought. */
function countedSince(before: Total | undefined, now: Total, asked: Asked): Big {
  const { counter = 'month' } = asked.api;
  if (before === undefined) return counter === 'month' ? now.total : ZERO;
  const change = now.total.minus(before.total);
  if (counter === 'credit') return change.lt(ZERO) ? change.neg() : ZERO;
  return isAnew(before, now, asked) ? now.total : change;
}

/**
 * Whether a total began at 0 since the one before: in another month, or where half of it is gone. Less than that was
 * taken back. A month may begin some hours later where the vendor is, unless rows have dates.
 */
function isAnew(before: Total, now: Total, { api, times }: Asked): boolean {
  const { start } = times.monthOf(now.at);
  const isNextMonth = api.counter !== 'total' && before.at < start;
  if (now.total.lt(before.total)) {
    return isNextMonth || (now.total.gte(ZERO) && now.total.times('2').lt(before.total));
  }
  return isNextMonth && (api.time.format === 'date' || now.at >= start + DAY_MS);
}

/**
 * Of a running total that names no time: what is known of the window, and in the bucket of now what was counted since
 * the last check; undefined without a row. What the total was then is a meter of its own, so that it is written together
 * with what it led to. Nobody knows when a month's total at the first check was counted: its buckets share it.
 */
export function usageSince(
  known: readonly Usage[],
  rows: readonly RowSum[],
  asked: Asked,
): Usage[] | undefined {
  const { api, times, window } = asked;
  const [first, ...others] = rows;
  if (first === undefined) return undefined;
  const row = others.reduce(added, first);
  const now = totalOf(row);
  const before = lastReading(known);
  const counted = countedSince(before, now, asked);
  const bucket = times.bucketOf(now.at, api.bucket);
  const earlier = before ? [] : monthBefore(bucket, asked);
  const share = counted.div(String(earlier.length + 1)).round(6, Decimal.roundDown);
  const kept = known.filter(({ start }) => start < bucket.start);
  const own = known.find(({ start, meter }) => start === bucket.start && meter !== READING);
  const measure = row.amount ? 'cost' : 'quantity';
  const rest = counted.minus(share.times(String(earlier.length))).plus(own?.[measure] ?? ZERO);
  return [
    ...kept,
    ...earlier.map((one) => ({ meter: 'usage', ...one, [measure]: share })),
    { meter: 'usage', ...bucket, [measure]: rest },
    { meter: READING, ...bucket, quantity: now.total, cost: ZERO },
  ].filter(({ start }) => start >= window.start);
}

function lastReading(known: readonly Usage[]): Total | undefined {
  const readings = known.filter(({ meter }) => meter === READING);
  const [last] = readings.toSorted((a, b) => b.start - a.start);
  return last && { at: last.start, total: last.quantity ?? ZERO };
}

/** Only a total of a month says what was before. */
function monthBefore(bucket: Interval, { api, times }: Asked): Interval[] {
  const { counter = 'month' } = api;
  const earlier: Interval[] = [];
  if (counter !== 'month') return earlier;
  for (
    let at = times.monthOf(bucket.start).start;
    at < bucket.start;
    at = earlier.at(-1)?.end ?? at
  ) {
    earlier.push(times.bucketOf(at, api.bucket));
  }
  return earlier;
}
