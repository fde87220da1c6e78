/** Prices and quantities, any of them, exact. */
import fc from 'fast-check';
import type { Price, PriceTier } from '../../functions/config/schema/price.ts';
import { type Rate, ratesOf } from '../../functions/pricing/charges.ts';
import { decimal, plain } from '../../functions/pricing/money.ts';

/** From 0 to a million, with up to nine decimals. */
export const anyQuantity = fc
  .bigInt({ min: 0n, max: 10n ** 15n })
  .map((units) => decimal(`${units}e-9`));

const anyPrice = fc.integer({ min: 0, max: 100_000 }).map((units) => plain(decimal(`${units}e-5`)));

/** One to five tiers, ascending; the prices go up and down. */
export const anyTiers: fc.Arbitrary<PriceTier[]> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000_000 }), { maxLength: 4 }),
    fc.array(anyPrice, { minLength: 5, maxLength: 5 }),
  )
  .map(([ends, prices]) => {
    const ascending = ends.toSorted((a, b) => a - b);
    return [...ascending, undefined].map((end, index) => ({
      ...(end !== undefined && { upTo: plain(decimal(`${end}e-3`)) }),
      price: prices[index] ?? '0',
    }));
  });

/** The rate of a flow counted in `unit`. */
export function rateOf(price: Price, unit: string): Rate {
  const rate = ratesOf({ meter: price }, [{ id: 'meter', kind: 'flow', unit }]).get('meter');
  if (rate === undefined) throw new Error(`expected a rate in ${unit}, got none`);
  return rate;
}
