import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Price, Prices } from '../../functions/config/price-schema.ts';
import { chargesOf, type MonthSoFar, type Priced } from '../../functions/pricing/charges.ts';
import { decimal, plain, sum } from '../../functions/pricing/money.ts';
import { costOf, ratesOf } from '../../functions/pricing/rate.ts';
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
