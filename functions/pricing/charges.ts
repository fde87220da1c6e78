/** From usage to charges: as the provider billed it, or by prices made ready to be applied to quantities of their meters. */
import type { Big } from 'big.js';
import { convert, type Meter, soldIn, withoutMultiple } from '../config/meter.ts';
import type { Price, Prices } from '../config/schema/price.ts';
import type { LabelledCost, Usage } from '../providers/provider.ts';
import { decimal, ratio } from './money.ts';

/** Where a cost is from: the provider said so, or the price book. */
export type Basis = 'billed' | 'estimated';

/**
 * What one meter's usage in one bucket `[start, end)` costs. Epoch milliseconds; exact decimals.
 * Without `cost` the charge is unpriced, which is not the same as free.
 */
export interface Charge {
  readonly meter: string;
  readonly start: number;
  readonly end: number;
  /** In the meter's unit. */
  readonly quantity?: Big;
  /** In the account's currency. */
  readonly cost?: Big;
  readonly basis?: Basis;
  /** What a billed cost is for, where the provider says so. */
  readonly labels?: readonly LabelledCost[];
}

/**
 * How much of each meter with an allowance or tiers there was so far in a calendar month, in its rate's unit;
 * `unknown` where the month's beginning is.
 */
export type MonthSoFar = ReadonlyMap<string, Big> | 'unknown';

export interface Priced {
  /** In chronological order. */
  readonly charges: readonly Charge[];
  /** The same object where nothing was added to it. */
  readonly month: MonthSoFar;
}

export interface Pricing {
  readonly rates: Rates;
  /** Of the calendar month that all the usage is in, before it. */
  readonly month: MonthSoFar;
  /** Epoch milliseconds; a level that is reported for a whole day costs nothing yet for what is left of it. */
  readonly now: number;
}

/**
 * What usage costs: as the provider billed it, else by the price of its meter. Without either it stays unpriced, and so
 * does what has an allowance or tiers in a month whose beginning is unknown. A bucket costs by how much it raises the
 * cost of its month, so that the buckets of any part of a month add up to exactly what that part costs.
 */
export function chargesOf(usage: readonly Usage[], { rates, month, now }: Pricing): Priced {
  const rows = inOrder(usage);
  if (rates.size === 0) return { charges: rows.map(chargeWithoutPrice), month };
  const charges: Charge[] = [];
  let soFar = month;
  for (const row of rows) {
    const charge = chargeWithoutPrice(row);
    const rate = rates.get(row.meter);
    if (charge.cost !== undefined || charge.quantity === undefined || rate === undefined) {
      charges.push(charge);
      continue;
    }
    const sold = quantitySold(charge.quantity, row, rate, now);
    const { cost, month: next } = costInMonth(row.meter, sold, rate, soFar);
    charges.push(cost === undefined ? charge : { ...charge, cost, basis: 'estimated' });
    soFar = next;
  }
  return { charges, month: soFar };
}

function inOrder(usage: readonly Usage[]): readonly Usage[] {
  const isInOrder = usage.every(
    (row, index) => row.start >= (usage[index - 1]?.start ?? row.start),
  );
  return isInOrder ? usage : usage.toSorted((a, b) => a.start - b.start);
}

function chargeWithoutPrice({ cost, ...row }: Usage): Charge {
  return cost === undefined ? row : { ...row, cost, basis: 'billed' };
}

/** What so much more of a meter costs, and the month with it. */
function costInMonth(
  meter: string,
  sold: Big,
  rate: Rate,
  month: MonthSoFar,
): { readonly cost?: Big; readonly month: MonthSoFar } {
  if (!isMonthly(rate)) return { cost: costOf(sold, rate), month };
  if (month === 'unknown') return { month };
  const before = month.get(meter) ?? decimal('0');
  const after = before.plus(sold);
  const cost = costOf(after, rate).minus(costOf(before, rate));
  return { cost, month: new Map(month).set(meter, after) };
}

/** In the rate's unit. */
function quantitySold(quantity: Big, { start, end }: Usage, { isLevel }: Rate, now: number): Big {
  if (!isLevel) return quantity;
  const elapsedMs = Math.max(0, Math.min(end, now) - start);
  return quantity.times(ratio(decimal(String(elapsedMs)), HOUR_IN_MS));
}

const HOUR_IN_MS = decimal('3600000');

export interface Rate {
  /** Unit of the quantities that are paid for: the meter's, or of a level its unit times hours. */
  readonly unit: string;
  /** Of one `unit`, at the beginning of a calendar month. */
  readonly price: Big;
  /** From where on it differs, in `unit` and within the month, and by how much. */
  readonly changes: readonly { readonly from: Big; readonly by: Big }[];
  /** A level is paid for as long as it lasts. */
  readonly isLevel: boolean;
}

/** By meter. */
export type Rates = ReadonlyMap<string, Rate>;

/**
 * The price of one unit is exact where it has at most 60 decimals, else rounded to that: only that of a longer time does
 * not end, as of a GB-hour where GB-months are sold. Throws a UnitError for a price that is not for a unit of its meter.
 */
export function ratesOf(
  prices: Prices,
  meters: readonly Pick<Meter, 'id' | 'kind' | 'unit'>[],
): Rates {
  const rates = new Map<string, Rate>();
  for (const meter of meters) {
    const unit = soldIn(meter);
    const price = prices[meter.id];
    if (unit === undefined || price === undefined) continue;
    rates.set(meter.id, { ...tiersOf(price, unit), unit, isLevel: meter.kind === 'level' });
  }
  return rates;
}

function tiersOf({ per, tiers }: Price, unit: string): Pick<Rate, 'price' | 'changes'> {
  const prices = tiers.map(({ price }) => converted(price, unit, per));
  const [first = decimal('0')] = prices;
  const changes = tiers.slice(0, -1).map(({ upTo = '0' }, index) => ({
    // Of what is sold by the hundred a tier ends at a piece.
    from: converted(upTo, withoutMultiple(per), unit),
    by: (prices[index + 1] ?? first).minus(prices[index] ?? first),
  }));
  return { price: first, changes };
}

function converted(amount: string, from: string, to: string): Big {
  return convert(decimal(amount), from, to);
}

/** Whether the cost of a quantity depends on how much there was before it in the calendar month. */
export function isMonthly(rate: Rate): boolean {
  return rate.changes.length > 0;
}

/** What the first so many `rate.unit` of a month cost. Nothing is rounded, so costs of parts add up to that of the whole. */
export function costOf(quantity: Big, rate: Rate): Big {
  let cost = rate.price.times(quantity);
  for (const { from, by } of rate.changes) {
    if (quantity.gt(from)) cost = cost.plus(by.times(quantity.minus(from)));
  }
  return cost;
}
