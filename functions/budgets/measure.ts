/** What a budget counts: which numbers of which charges, and in which unit. */
import type { Big } from 'big.js';
import type { Budget } from '../config/account.ts';
import type { Meter } from '../config/meter.ts';
import { convert } from '../config/units.ts';
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
  const only = budget.meter === undefined ? {} : { meter: budget.meter };
  if (budget.measure === 'cost') {
    return { ...only, summand: 'cost', amountOf: (total) => total.amount };
  }
  const meter = meters.find(({ id }) => id === budget.meter);
  if (!meter) return undefined;
  const inBudgetUnit = (quantity: Big) =>
    meter.unit === undefined || budget.unit === undefined
      ? quantity
      : convert(quantity, meter.unit, budget.unit);
  if (meter.kind === 'flow') {
    return { ...only, summand: 'quantity', amountOf: (total) => inBudgetUnit(total.amount) };
  }
  return { ...only, summand: 'quantity-time', amountOf: (total) => inBudgetUnit(mean(total)) };
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

/**
 * The charges that start in `[start, end)`, epoch milliseconds. Never changed once made: new charges are a new object,
 * and an unchanged day is best passed as the same object again, as its sums are then known.
 */
export interface ChargeDay {
  readonly start: number;
  readonly end: number;
  readonly charges: readonly Charge[];
}

/** What is added up: costs, quantities, or (for the mean of a level) quantities times milliseconds. */
export type Summand = 'cost' | 'quantity' | 'quantity-time';

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

const kept: Readonly<Record<Summand, WeakMap<ChargeDay, Totals>>> = {
  cost: new WeakMap(),
  quantity: new WeakMap(),
  'quantity-time': new WeakMap(),
};

/** Parts of days, as a period of another time zone begins and ends within one: the same part is the same object. */
const keptParts = new WeakMap<ChargeDay, Map<string, ChargeDay>>();

/** The days that overlap `[start, end)`, those at its edges with only their charges that start in it. */
export function daysWithin(
  days: readonly ChargeDay[],
  { start, end }: { readonly start: number; readonly end: number },
): ChargeDay[] {
  return days
    .filter((day) => day.start < end && day.end > start)
    .map((day) => {
      if (day.start >= start && day.end <= end) return day;
      return partOfDay(day, Math.max(day.start, start), Math.min(day.end, end));
    });
}

function partOfDay(day: ChargeDay, start: number, end: number): ChargeDay {
  const parts = keptParts.get(day) ?? new Map<string, ChargeDay>();
  keptParts.set(day, parts);
  const key = `${start}-${end}`;
  const known = parts.get(key);
  if (known) return known;
  const charges = day.charges.filter((charge) => charge.start >= start && charge.start < end);
  const part = { start, end, charges };
  parts.set(key, part);
  return part;
}

const nothing: Totals = new Map();

/** Sums of days in a row, by the sum before the last of them and that day. */
const keptSums: Readonly<Record<Summand, WeakMap<Totals, WeakMap<ChargeDay, Totals>>>> = {
  cost: new WeakMap(),
  quantity: new WeakMap(),
  'quantity-time': new WeakMap(),
};

/** What each meter, or the one that is named, comes to in the days together. */
export function totalsOfDays(
  days: readonly ChargeDay[],
  summand: Summand,
  onlyMeter?: string,
): Totals {
  let totals = nothing;
  for (const [index, day] of days.entries()) {
    // The last day may be the one in progress, whose sum nobody will ask for again.
    const isLast = index === days.length - 1;
    totals = isLast ? sumWith(totals, day, summand) : keptSum(totals, day, summand);
  }
  if (onlyMeter === undefined) return totals;
  const total = totals.get(onlyMeter);
  return total ? new Map([[onlyMeter, total]]) : nothing;
}

function keptSum(before: Totals, day: ChargeDay, summand: Summand): Totals {
  const sums = keptSums[summand].get(before) ?? new WeakMap<ChargeDay, Totals>();
  const known = sums.get(day);
  if (known) return known;
  const totals = sumWith(before, day, summand);
  keptSums[summand].set(before, sums.set(day, totals));
  return totals;
}

function sumWith(before: Totals, day: ChargeDay, summand: Summand): Totals {
  const totals = new Map(before);
  for (const [meter, total] of totalsOfDay(day, summand)) {
    totals.set(meter, plus(totals.get(meter), total));
  }
  return totals;
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

/** By meter. */
export function totalsOfDay(day: ChargeDay, summand: Summand): Totals {
  const known = kept[summand].get(day);
  if (known) return known;
  const totals = totalsBy(day.charges, summand, (charge) => charge.meter);
  kept[summand].set(day, totals);
  return totals;
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
  const leftOut = other.eq('0') ? 0 : 1;
  return { amount: decimal('0'), coveredMs: 0, counted: 0, estimated: 0, leftOut, dataUntil: end };
}
