/** A price made ready to be applied to quantities of its meter. */
import type { Big } from 'big.js';
import { convert, type Meter, soldIn, withoutMultiple } from '../config/meter.ts';
import type { Price, Prices } from '../config/price-schema.ts';
import { decimal } from './money.ts';

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
