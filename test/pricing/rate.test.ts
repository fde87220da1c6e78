import type { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Price } from '../../functions/config/price-schema.ts';
import { decimal, plain, sum } from '../../functions/pricing/money.ts';
import { costOf, isMonthly, ratesOf } from '../../functions/pricing/rate.ts';
import { anyQuantity, anyTiers, rateOf } from './example-prices.ts';

function cost(quantity: string, price: Price, unit: string): string {
  return plain(costOf(decimal(quantity), rateOf(price, unit)));
}

describe('costOf', () => {
  test.each([
    ['1', 'MB', 'MB', '0.0025', '0.0025'],
    ['100', 'count', '100 count', '0.012', '0.012'],
    ['250', 'count', '100 count', '0.012', '0.03'],
    ['1', 'count', '1000000 count', '1', '0.000001'],
    ['0.000001', 'MB', 'GB', '0.09', '0.00000000009'],
    ['1.073741824', 'GB', 'GiB', '0.05', '0.05'],
    ['1', 'GiB', 'GB', '0.05', '0.0536870912'],
    ['1', 'TB', 'GB', '0.05', '50'],
    ['1', 'TB', 'GiB', '0.05', '46.56612873077392578125'],
    ['90', 'second', 'minute', '0.06', '0.09'],
    ['1', 'GB-hour', 'GB-month', '7.3', '0.01'],
    ['2', 'GB-month', 'GB-hour', '0.1', '146'],
    ['-2', 'GB', 'GB', '0.05', '-0.1'],
    ['0', 'GB', 'GB', '0.05', '0'],
    ['5', 'GB', 'GB', '0', '0'],
  ])('%s %s at a price per %s of %s cost %s', (quantity, unit, per, price, expected) => {
    expect(cost(quantity, { per, tiers: [{ price }] }, unit)).toBe(expected);
  });

  test('rounds a price that has no end to 60 decimals', () => {
    const month = cost('730', { per: 'GB-month', tiers: [{ price: '0.1' }] }, 'GB-hour');

    expect(decimal(month).minus('0.1').abs().lt('1e-56')).toBe(true);
    expect(month.length).toBeLessThanOrEqual('0.'.length + 60);
  });

  test.each([
    ['0', '0'],
    ['100', '0'],
    ['100.5', '0.025'],
    ['1100', '50'],
    ['1101', '50.03'],
    ['2100', '80'],
    ['2100.1', '80.005'],
  ])('%s GB in tiers cost what each tier costs: %s', (quantity, expected) => {
    const tiers = [
      { upTo: '100', price: '0' },
      { upTo: '1100', price: '0.05' },
      { upTo: '2100', price: '0.03' },
      { price: '0.05' },
    ];

    expect(cost(quantity, { per: 'GB', tiers }, 'GB')).toBe(expected);
  });

  test('takes tiers in the unit of the price, and those of a multiple in pieces', () => {
    const tiers = [{ upTo: '2', price: '0' }, { price: '1' }];

    expect(cost('2001', { per: 'GB', tiers }, 'MB')).toBe('0.001');
    expect(cost('2147.483648', { per: 'GiB', tiers }, 'MB')).toBe('0');
    expect(cost('102', { per: '100 count', tiers }, 'count')).toBe('1');
    expect(cost('1461', { per: 'GB-month', tiers }, 'GB-hour')).toMatch(/^0\.00136986301/);
  });

  test('is what the quantity within each tier costs, in any tiers', () => {
    fc.assert(
      fc.property(anyTiers, anyQuantity, (tiers, quantity) => {
        const rate = rateOf({ per: 'GB', tiers }, 'GB');

        expect(plain(costOf(quantity, rate))).toBe(plain(costTierByTier(quantity, tiers)));
      }),
    );
  });

  test('never falls when the quantity grows', () => {
    const pers = fc.constantFrom('kB', 'GB', 'GiB', 'TiB');

    fc.assert(
      fc.property(anyTiers, pers, anyQuantity, anyQuantity, (tiers, per, quantity, more) => {
        const rate = rateOf({ per, tiers }, 'MB');

        const grown = costOf(quantity.plus(more), rate);

        expect(grown.gte(costOf(quantity, rate))).toBe(true);
      }),
    );
  });
});

describe('ratesOf', () => {
  const price = { per: 'GB-month', tiers: [{ price: '1' }] };

  test('has a rate for each meter that has a price and can have one', () => {
    const meters = [
      { id: 'stored', kind: 'level', unit: 'GB' },
      { id: 'unpriced', kind: 'flow', unit: 'GB' },
      { id: 'billed', kind: 'flow' },
    ] as const;

    const rates = ratesOf({ stored: price, billed: price, gone: price }, meters);

    expect([...rates.keys()]).toEqual(['stored']);
    expect(rates.get('stored')).toMatchObject({ unit: 'GB-hour', isLevel: true });
  });

  test('knows which rates depend on the month', () => {
    const tiers = [{ upTo: '1', price: '1' }, { price: '2' }];

    expect(isMonthly(rateOf(price, 'GB-hour'))).toBe(false);
    expect(isMonthly(rateOf({ per: 'GB', tiers }, 'GB'))).toBe(true);
  });
});

/** By another way than the code's: the part of the quantity in each tier times its price. */
function costTierByTier(quantity: Big, tiers: Price['tiers']): Big {
  let from = decimal('0');
  return sum(
    tiers.map(({ upTo, price }) => {
      const to = upTo === undefined || quantity.lt(decimal(upTo)) ? quantity : decimal(upTo);
      const within = to.gt(from) ? to.minus(from) : decimal('0');
      if (upTo !== undefined) from = decimal(upTo);
      return within.times(decimal(price));
    }),
  );
}
