/** What a meter costs where the provider itself does not say so. */
import { isUnit, withoutMultiple } from './units.ts';

/** One stretch of a calendar month's quantity, from the end of the tier before it on. */
export interface PriceTier {
  /** Where it ends, in the price's `allowanceUnit`; the last tier has no end. */
  readonly upTo?: string;
  /** Of one `per`, in the currency of the price list; exact decimal in plain notation, from 0 on. */
  readonly price: string;
}

export interface Price {
  /** What is sold: `GB`, `100 count`, `GB-month`. */
  readonly per: string;
  /** One at least, ascending. What is included is a first tier at price 0. */
  readonly tiers: readonly PriceTier[];
}

/** By meter. */
export type Prices = Readonly<Record<string, Price>>;

export interface PriceList {
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly prices: Prices;
}

/** Whether what a quantity costs depends on how much there was before it in the calendar month. */
export function dependsOnMonth(price: Price): boolean {
  return price.tiers.length > 1;
}

/** Unit of `upTo` and `included`: that of the price, but what is sold by the hundred is included by the piece. */
export function allowanceUnit(per: string): string {
  return withoutMultiple(per);
}

/**
 * Unit of what is paid for: the meter's; of a level, its unit times hours, as `GB-hour` for `GB`. Undefined where no
 * price can be given, because the provider reports the cost alone or a level is not a size.
 */
export function soldIn(meter: {
  readonly kind: 'flow' | 'level';
  readonly unit?: string;
}): string | undefined {
  if (meter.unit === undefined || meter.kind === 'flow') return meter.unit;
  const overTime = `${meter.unit}-hour`;
  return isUnit(overTime) ? overTime : undefined;
}
