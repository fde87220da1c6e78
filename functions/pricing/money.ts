/** Exact decimals: parsed from text, added without loss, written in plain notation. */
import type { Big } from 'big.js';
import { Decimal, ZERO } from '../config/decimal.ts';

/** What a JSON number or `String(number)` looks like; a longer exponent would only serve to exhaust the memory. */
const decimalText = /^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/i;
const LONGEST_QUOTE = 40;

/** The exact value of `-12.50` or `1e-7`; anything else is a RangeError that quotes what was found. */
export function decimal(text: string): Big {
  if (!decimalText.test(text)) {
    const found = JSON.stringify(text.slice(0, LONGEST_QUOTE));
    throw new RangeError(`expected a decimal such as 12.5, got ${found}`);
  }
  return new Decimal(text);
}

/** The exact sum; of nothing, 0. */
export function sum(values: Iterable<Big>): Big {
  let total = ZERO;
  for (const value of values) total = total.plus(value);
  return total;
}

/** The quotient to 20 decimals, half away from zero. The only division: what is compared or added is never divided. */
export function ratio(dividend: Big, divisor: Big): Big {
  return dividend.div(divisor);
}

/** Plain notation, exact, never an exponent: `0.0000001`. */
export function plain(value: Big): string {
  return value.toFixed();
}

/** Plain notation, exact, with so many decimals at least: `1.5` → `1.50`, `1.4735` → `1.4735`. */
export function money(value: Big, fewestDecimals = 2): string {
  const text = plain(value);
  const decimals = text.split('.')[1]?.length ?? 0;
  return decimals < fewestDecimals ? value.toFixed(fewestDecimals) : text;
}

/** Plain notation of a quantity: exact, but of what a conversion or a mean left behind 12 decimals only. */
export function quantity(value: Big): string {
  return plain(value.round(12, Decimal.roundHalfUp));
}

/** Plain notation with exactly so many decimals, half away from zero: `1.005`, 2 → `1.01`. */
export function rounded(value: Big, decimals: number): string {
  return value.round(decimals, Decimal.roundHalfUp).toFixed(decimals);
}
