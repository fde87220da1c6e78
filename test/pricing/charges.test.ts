import type { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Price, Prices } from '../../functions/config/schema/price.ts';
import {
  chargesOf,
  costOf,
  isMonthly,
  type MonthSoFar,
  type Priced,
  ratesOf,
} from '../../functions/pricing/charges.ts';
import { decimal, plain, sum } from '../../functions/pricing/money.ts';
import type { Usage } from '../../functions/providers/provider.ts';
import { anyQuantity, anyTiers, rateOf } from './example-prices.ts';

const meters = [
  { id: 'bandwidth', kind: 'flow', unit: 'GB' },
  { id: 'storage', kind: 'level', unit: 'GB' },
  { id: 'kept', kind: 'flow', unit: 'GB-hour' },
  { id: 'calls', kind: 'flow', unit: 'second' },
  { id: 'fees', kind: 'flow' },
] as const;
const hourMs = 3_600_000;
const dayStart = Date.parse('2026-11-20T00:00Z');
const nothingYet: MonthSoFar = new Map();
const perGb: Price = { per: 'GB', tiers: [{ price: '0.05' }] };
const first100Free: Price = { per: 'GB', tiers: [{ upTo: '100', price: '0' }, { price: '0.05' }] };

/** What one meter counted in so many hours from an hour of the day on. */
function usage(meter: string, hour: number, values: Partial<Usage>, hours = 1): Usage {
  const start = dayStart + hour * hourMs;
  return { meter, start, end: start + hours * hourMs, ...values };
}

function priced(rows: readonly Usage[], prices: Prices, changes = {}): Priced {
  const rates = ratesOf(prices, meters);
  return chargesOf(rows, { rates, month: nothingYet, now: dayStart + 24 * hourMs, ...changes });
}

function costs({ charges }: Priced): (string | undefined)[] {
  return charges.map(({ cost }) => cost && plain(cost));
}

describe('chargesOf', () => {
  test('takes the cost that the provider reports, whatever price there is', () => {
    const { charges, month } = priced(
      [usage('bandwidth', 0, { quantity: decimal('500'), cost: decimal('1.23') })],
      {
        bandwidth: first100Free,
      },
    );

    expect(charges).toEqual([
      {
        meter: 'bandwidth',
        start: dayStart,
        end: dayStart + hourMs,
        quantity: decimal('500'),
        cost: decimal('1.23'),
        basis: 'billed',
      },
    ]);
    expect(month).toBe(nothingYet);
  });

  test('estimates the cost of a quantity by its price', () => {
    const { charges } = priced([usage('bandwidth', 3, { quantity: decimal('2.5') })], {
      bandwidth: perGb,
    });

    expect(charges).toEqual([
      {
        meter: 'bandwidth',
        start: dayStart + 3 * hourMs,
        end: dayStart + 4 * hourMs,
        quantity: decimal('2.5'),
        cost: decimal('0.125'),
        basis: 'estimated',
      },
    ]);
  });

  test.each([
    ['a quantity without a price', usage('bandwidth', 0, { quantity: decimal('5') }), {}],
    ['neither quantity nor cost', usage('bandwidth', 0, {}), { bandwidth: perGb }],
    [
      'a meter that the provider does not have',
      usage('gone', 0, { quantity: decimal('5') }),
      { gone: perGb },
    ],
  ])('leaves %s unpriced', (_, row, prices) => {
    const [charge] = priced([row], prices).charges;

    expect(charge).not.toHaveProperty('cost');
    expect(charge).not.toHaveProperty('basis');
  });

  test('prices a level by how long it lasts', () => {
    const storage = { per: 'GB-month', tiers: [{ price: '0.0146' }] };

    const ofHour = priced([usage('storage', 0, { quantity: decimal('500') })], { storage });
    const ofDay = priced([usage('storage', 0, { quantity: decimal('500') }, 24)], { storage });

    expect(costs(ofHour)).toEqual(['0.01']);
    expect(costs(ofDay)).toEqual(['0.24']);
  });

  test('prices a level up to now only, as the rest of the day has not cost anything yet', () => {
    const storage = { per: 'GB-hour', tiers: [{ price: '0.01' }] };
    const day = [usage('storage', 0, { quantity: decimal('100') }, 24)];

    const costAt = (hour: number) =>
      costs(priced(day, { storage }, { now: dayStart + hour * hourMs }));

    expect([-1, 0, 0.5, 12, 24, 48].map(costAt)).toEqual([
      ['0'],
      ['0'],
      ['0.5'],
      ['12'],
      ['24'],
      ['24'],
    ]);
  });

  test('takes what is included off the beginning of the month, in the order of time', () => {
    const rows = [
      usage('bandwidth', 2, { quantity: decimal('30') }),
      usage('bandwidth', 0, { quantity: decimal('60') }),
      usage('bandwidth', 1, { quantity: decimal('50') }),
    ];

    const { charges, month } = priced(rows, { bandwidth: first100Free });

    expect(charges.map(({ start }) => (start - dayStart) / hourMs)).toEqual([0, 1, 2]);
    expect(costs({ charges, month })).toEqual(['0', '0.5', '1.5']);
    expect(month).toEqual(new Map([['bandwidth', decimal('140')]]));
  });

  test('goes on where the month stands', () => {
    const month = new Map([['bandwidth', decimal('99')]]);

    const later = priced(
      [usage('bandwidth', 0, { quantity: decimal('2') })],
      { bandwidth: first100Free },
      { month },
    );

    expect(costs(later)).toEqual(['0.05']);
    expect(month.get('bandwidth')).toEqual(decimal('99'));
  });

  test('counts what is included meter by meter, a level by how long it lasts', () => {
    const rows = [
      usage('bandwidth', 0, { quantity: decimal('100') }),
      usage('storage', 0, { quantity: decimal('10') }, 24),
    ];
    const storage = { per: 'GB-hour', tiers: [{ upTo: '200', price: '0' }, { price: '1' }] };

    expect(costs(priced(rows, { bandwidth: first100Free, storage }))).toEqual(['0', '40']);
  });

  test('knows no cost with an allowance in a month whose beginning is unknown', () => {
    const rows = [
      usage('bandwidth', 0, { quantity: decimal('5') }),
      usage('storage', 1, { quantity: decimal('5') }),
      usage('fees', 2, { cost: decimal('1') }),
    ];
    const storage = { per: 'GB-hour', tiers: [{ price: '1' }] };

    const { charges, month } = priced(
      rows,
      { bandwidth: first100Free, storage },
      { month: 'unknown' },
    );

    expect(costs({ charges, month })).toEqual([undefined, '5', '1']);
    expect(month).toBe('unknown');
  });

  test('takes a correction back out of the tier that it was in', () => {
    const rows = [
      usage('bandwidth', 0, { quantity: decimal('110') }),
      usage('bandwidth', 1, { quantity: decimal('-20') }),
    ];

    expect(costs(priced(rows, { bandwidth: first100Free }))).toEqual(['0.5', '-0.5']);
  });
});

describe('the charges of any split of a month', () => {
  const quantities = fc.array(anyQuantity, { minLength: 1, maxLength: 24 });
  /** The last two have prices of one unit without an end. */
  const sold = fc.constantFrom(
    { meter: 'bandwidth', unit: 'GB', per: 'kB' },
    { meter: 'bandwidth', unit: 'GB', per: 'GiB' },
    { meter: 'kept', unit: 'GB-hour', per: 'GB-month' },
    { meter: 'calls', unit: 'second', per: 'minute' },
  );

  test('add up to exactly what the whole costs', () => {
    const cuts = fc.array(fc.nat({ max: 24 }), { maxLength: 5 });

    fc.assert(
      fc.property(quantities, anyTiers, sold, cuts, (amounts, tiers, { meter, unit, per }, at) => {
        const price = { per, tiers };
        const rows = amounts.map((amount, hour) => usage(meter, hour, { quantity: amount }));
        let month: MonthSoFar = nothingYet;
        const charges = parts(rows, at).flatMap((part) => {
          const found = priced(part, { [meter]: price }, { month });
          month = found.month;
          return found.charges;
        });

        const total = sum(charges.map(({ cost }) => cost ?? decimal('not priced')));

        expect(plain(total)).toBe(plain(costOf(sum(amounts), rateOf(price, unit))));
      }),
    );
  });

  test('are none of them below 0', () => {
    fc.assert(
      fc.property(quantities, anyTiers, sold, (amounts, tiers, { meter, per }) => {
        const rows = amounts.map((amount, hour) => usage(meter, hour, { quantity: amount }));

        const { charges } = priced(rows, { [meter]: { per, tiers } });

        expect(charges.map(({ cost }) => cost?.gte('0'))).toEqual(rows.map(() => true));
      }),
    );
  });
});

function parts(rows: readonly Usage[], at: readonly number[]): Usage[][] {
  const ends = [...at.toSorted((a, b) => a - b), rows.length];
  return ends.map((end, index) => rows.slice(ends[index - 1] ?? 0, end));
}

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
