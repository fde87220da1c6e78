/** What a budget counts: which numbers of which charges, and in which unit. */
import type { Big } from 'big.js';
import type { Budget } from '../config/account.ts';
import { ZERO } from '../config/decimal.ts';
import { convert, type Meter } from '../config/meter.ts';
import type { Charge } from '../pricing/charges.ts';
import { decimal, ratio } from '../pricing/money.ts';

export interface Measure {
  /** Absent: all meters together. */
  readonly meter?: string;
  readonly summand: Summand;
  /** Cost in the account's currency, or usage in the budget's unit, of a total that counts at least one charge. */
  readonly amountOf: (total: Total) => Big;
}

/** How to count for a budget; undefined if it limits the usage of a meter that is not among `meters`. */
export function measureOf(budget: Budget, meters: readonly Meter[]): Measure | undefined {
  if (budget.measure === 'cost') return costMeasure(budget.meter);
  const meter = meters.find(({ id }) => id === budget.meter);
  if (!meter) return undefined;
  const inBudgetUnit = (quantity: Big) =>
    meter.unit === undefined || budget.unit === undefined
      ? quantity
      : convert(quantity, meter.unit, budget.unit);
  if (meter.kind === 'flow') {
    return {
      meter: meter.id,
      summand: 'quantity',
      amountOf: (total) => inBudgetUnit(total.amount),
    };
  }
  return {
    meter: meter.id,
    summand: 'quantity-time',
    amountOf: (total) => inBudgetUnit(mean(total)),
  };
}

/** Of all meters, or one. */
export function costMeasure(meter?: string): Measure {
  const only = meter === undefined ? {} : { meter };
  return { ...only, summand: 'cost', amountOf: ({ amount }) => amount };
}

/** A level is averaged over the time that is covered by buckets, and known only where there are any. */
export function isLevel(measure: Measure): boolean {
  return measure.summand === 'quantity-time';
}

/** Amounts of the meters of which anything was counted. */
export function amountsOf(totals: Totals, measure: Measure): Map<string, Big> {
  const amounts = new Map<string, Big>();
  for (const [meter, total] of totals) {
    if (total.counted > 0) amounts.set(meter, measure.amountOf(total));
  }
  return amounts;
}

/** Time-weighted, to 20 decimals. */
function mean(total: Total): Big {
  return ratio(total.amount, decimal(String(total.coveredMs)));
}

/** The charges that start in `[start, end)`, epoch milliseconds; by `chargeDay`, and never changed. */
export interface ChargeDay {
  readonly start: number;
  readonly end: number;
  readonly charges: readonly Charge[];
  /** Added up when it is first asked for. */
  readonly sum: (summand: Summand) => Sum;
  /** Its charges that start in a part of it, as a period of another time zone begins and ends within a day. */
  readonly part: (start: number, end: number) => ChargeDay;
}

/** What days in a row add up to. Each keeps what was last made of it, as the next check mostly asks for that again. */
interface Sum {
  readonly totals: Totals;
  /** With the day after them. */
  readonly and: (day: ChargeDay) => Sum;
}

/** What is added up: costs, quantities, or (for the mean of a level) quantities times milliseconds. */
type Summand = 'cost' | 'quantity' | 'quantity-time';

/** What some charges add up to. */
export interface Total {
  readonly amount: Big;
  /** Milliseconds of all the buckets in the amount together. */
  readonly coveredMs: number;
  /** How many charges are in the amount, and how many of them the provider did not bill itself. */
  readonly counted: number;
  readonly estimated: number;
  /** How many are not in the amount because they lack what is added up, and do not come to nothing anyway. */
  readonly leftOut: number;
  /** End of the last bucket, epoch milliseconds. */
  readonly dataUntil: number;
}

/** By meter. */
export type Totals = ReadonlyMap<string, Total>;

export function chargeDay({ start, end, charges }: Omit<ChargeDay, 'sum' | 'part'>): ChargeDay {
  const sums: { [summand in Summand]?: Sum } = {};
  const parts = new Map<string, ChargeDay>();
  return {
    start,
    end,
    charges,
    sum: (summand) => {
      sums[summand] ??= sumOf(
        totalsBy(charges, summand, ({ meter }) => meter),
        summand,
      );
      return sums[summand];
    },
    part: (from, to) => {
      const key = `${from}-${to}`;
      const known = parts.get(key);
      if (known) return known;
      const within = charges.filter((charge) => charge.start >= from && charge.start < to);
      const part = chargeDay({ start: from, end: to, charges: within });
      parts.set(key, part);
      return part;
    },
  };
}

function sumOf(totals: Totals, summand: Summand): Sum {
  let last: { readonly day: ChargeDay; readonly sum: Sum } | undefined;
  return {
    totals,
    and: (day) => {
      if (last?.day !== day) {
        last = { day, sum: sumOf(added(totals, day.sum(summand).totals), summand) };
      }
      return last.sum;
    },
  };
}

function added(before: Totals, totals: Totals): Totals {
  const both = new Map(before);
  for (const [meter, total] of totals) both.set(meter, plus(both.get(meter), total));
  return both;
}

/** The days that overlap `[start, end)`, those at its edges with only their charges that start in it. */
export function daysWithin(
  days: readonly ChargeDay[],
  { start, end }: { readonly start: number; readonly end: number },
): ChargeDay[] {
  const first = days.findIndex((day) => day.end > start);
  const last = days.findLastIndex((day) => day.start < end);
  if (first < 0) return [];
  const within = days.slice(first, last + 1);
  for (const at of [0, within.length - 1]) {
    const day = within[at];
    if (day === undefined || (day.start >= start && day.end <= end)) continue;
    within[at] = day.part(Math.max(day.start, start), Math.min(day.end, end));
  }
  return within;
}

const NOTHING: Totals = new Map();

/** What each meter, or the one that is named, comes to in the days together. */
export function totalsOfDays(
  days: readonly ChargeDay[],
  summand: Summand,
  onlyMeter?: string,
): Totals {
  const [first, ...others] = days;
  if (first === undefined) return NOTHING;
  let sum = first.sum(summand);
  for (const day of others) sum = sum.and(day);
  if (onlyMeter === undefined) return sum.totals;
  const total = sum.totals.get(onlyMeter);
  return total ? new Map([[onlyMeter, total]]) : NOTHING;
}

/** Sums by whatever the key says; a charge that has neither cost nor quantity says nothing and is nowhere. */
export function totalsBy<Key>(
  charges: readonly Charge[],
  summand: Summand,
  keyOf: (charge: Charge) => Key,
): Map<Key, Total> {
  const totals = new Map<Key, Total>();
  for (const charge of charges) {
    const total = totalOf(charge, summand);
    if (total) totals.set(keyOf(charge), plus(totals.get(keyOf(charge)), total));
  }
  return totals;
}

export function plus(a: Total | undefined, b: Total): Total {
  if (!a) return b;
  return {
    amount: a.amount.plus(b.amount),
    coveredMs: a.coveredMs + b.coveredMs,
    counted: a.counted + b.counted,
    estimated: a.estimated + b.estimated,
    leftOut: a.leftOut + b.leftOut,
    dataUntil: Math.max(a.dataUntil, b.dataUntil),
  };
}

function totalOf(charge: Charge, summand: Summand): Total | undefined {
  const { cost, quantity, basis, start, end } = charge;
  const value = summand === 'cost' ? cost : quantity;
  if (value) {
    const isTimed = summand === 'quantity-time';
    return {
      amount: isTimed ? value.times(decimal(String(end - start))) : value,
      coveredMs: end - start,
      counted: 1,
      estimated: basis === 'billed' ? 0 : 1,
      leftOut: 0,
      dataUntil: end,
    };
  }
  const other = cost ?? quantity;
  if (!other) return undefined;
  const leftOut = other.eq(ZERO) ? 0 : 1;
  return { amount: ZERO, coveredMs: 0, counted: 0, estimated: 0, leftOut, dataUntil: end };
}
