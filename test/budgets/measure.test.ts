import { describe, expect, test } from 'vitest';
import {
  amountsOf,
  daysWithin,
  isLevel,
  measureOf,
  type Totals,
  totalsBy,
  totalsOfDays,
} from '../../functions/budgets/measure.ts';
import { plain } from '../../functions/pricing/money.ts';
import { at, budget, charge, hourly, hourMs, inDays } from './example-charges.ts';

describe('measure', () => {
  const meters = [
    { id: 'gpu', name: 'gpu', kind: 'flow' },
    { id: 'data-in', name: 'data-in', kind: 'flow', unit: 'MB' },
    { id: 'storage', name: 'storage', kind: 'level', unit: 'B' },
  ] as const;

  const days = inDays([
    charge('gpu', '2026-11-01T00:00Z', { cost: '1.5' }),
    charge('data-in', '2026-11-01T00:00Z', { quantity: '1500', cost: '0.5' }),
    charge('data-in', '2026-11-02T00:00Z', { quantity: '2500' }),
    charge('storage', '2026-11-01T00:00Z', { quantity: '3000000000' }),
    charge('storage', '2026-11-02T00:00Z', { quantity: '6000000000', hours: 3 }),
    charge('storage', '2026-11-02T03:00Z', { hours: 5 }),
  ]);

  describe('a budget', () => {
    test.each([
      ['for the cost of all meters', budget(), { gpu: '1.5', 'data-in': '0.5' }],
      ['for the cost of one meter', budget({ meter: 'gpu' }), { gpu: '1.5' }],
      ['for a flow', usage('data-in', 'MB'), { 'data-in': '4000' }],
      ['for a flow in another unit', usage('data-in', 'GB'), { 'data-in': '4' }],
      ['for a level, by its covered time', usage('storage', 'GB'), { storage: '5.25' }],
    ])('%s counts what it limits', (_, limited, expected) => {
      const measure = known(measureOf(limited, meters));

      const amounts = amountsOf(totalsOfDays(days, measure.summand, measure.meter), measure);

      const texts = [...amounts].map(([meter, amount]) => [meter, plain(amount)]);
      expect(Object.fromEntries(texts)).toEqual(expected);
      expect(isLevel(measure)).toBe(limited.meter === 'storage');
    });

    test('for the usage of a meter that does not exist counts nothing', () => {
      expect(measureOf(usage('egress', 'GB'), meters)).toBeUndefined();
    });
  });

  function usage(meter: string, unit: string) {
    return budget({ measure: 'usage', meter, unit });
  }

  function known<Value>(value: Value | undefined): Value {
    if (value === undefined) throw new Error('expected a value');
    return value;
  }
});

describe('charge day', () => {
  describe('daysWithin', () => {
    const days = inDays(hourly('gpu', '2026-11-01T00:00Z', 72, { cost: '1' }));

    test('leaves whole days what they are, so that their sums stay known', () => {
      const within = daysWithin(days, {
        start: at('2026-11-01T00:00Z'),
        end: at('2026-11-03T00:00Z'),
      });

      expect(within).toHaveLength(2);
      expect(within[0]).toBe(days[0]);
      expect(within[1]).toBe(days[1]);
    });

    test('leaves of the days at the edges what starts inside, half-open', () => {
      const interval = { start: at('2026-11-01T18:30Z'), end: at('2026-11-03T02:00Z') };

      const within = daysWithin(days, interval);

      expect(within.map((day) => day.charges.length)).toEqual([5, 24, 2]);
      expect(within[0]?.start).toBe(interval.start);
      expect(within[2]?.end).toBe(interval.end);
    });

    test('is empty where there are no days', () => {
      expect(
        daysWithin(days, { start: at('2026-12-01T00:00Z'), end: at('2027-01-01T00:00Z') }),
      ).toEqual([]);
    });
  });

  describe('totalsOfDays', () => {
    test('adds up by meter over days', () => {
      const days = inDays([
        ...hourly('gpu', '2026-11-01T00:00Z', 48, { cost: '0.1' }),
        charge('cpu', '2026-11-02T05:00Z', { cost: '3', basis: 'estimated' }),
      ]);

      const totals = totalsOfDays(days, 'cost');

      expect(totals.get('gpu')).toEqual(
        expect.objectContaining({
          coveredMs: 48 * hourMs,
          counted: 48,
          estimated: 0,
          leftOut: 0,
          dataUntil: at('2026-11-03T00:00Z'),
        }),
      );
      expect(amountOf(totals, 'gpu')).toEqual(['4.8']);
      expect(totals.get('cpu')?.estimated).toBe(1);
    });

    test('keeps sums apart by what is added up, though the day is the same', () => {
      const days = inDays([charge('data-in', '2026-11-01T00:00Z', { cost: '2', quantity: '5' })]);

      const amounts = (['cost', 'quantity', 'quantity-time', 'cost'] as const).flatMap((summand) =>
        amountOf(totalsOfDays(days, summand), 'data-in'),
      );

      expect(amounts).toEqual(['2', '5', '18000000', '2']);
    });

    test('is about one meter where one is named', () => {
      const days = inDays([
        charge('gpu', '2026-11-01T00:00Z', { cost: '1' }),
        charge('cpu', '2026-11-01T00:00Z', { cost: '1' }),
      ]);

      expect([...totalsOfDays(days, 'cost', 'cpu').keys()]).toEqual(['cpu']);
    });
  });

  describe('totalsBy', () => {
    test.each([
      ['a cost', { cost: '1' }, 'cost', { counted: 1, leftOut: 0 }],
      ['a cost of 0', { cost: '0' }, 'cost', { counted: 1, leftOut: 0 }],
      ['usage without a price', { quantity: '7' }, 'cost', { counted: 0, leftOut: 1 }],
      ['no usage, without a price', { quantity: '0' }, 'cost', { counted: 0, leftOut: 0 }],
      ['a cost without its quantity', { cost: '1' }, 'quantity', { counted: 0, leftOut: 1 }],
      ['a quantity', { quantity: '7' }, 'quantity', { counted: 1, leftOut: 0 }],
      ['neither', {}, 'cost', undefined],
    ] as const)('%s is counted or left out', (_, text, summand, expected) => {
      const charges = [charge('gpu', '2026-11-01T00:00Z', text)];

      const total = totalsBy(charges, summand, ({ meter }) => meter).get('gpu');

      expect(total).toEqual(expected && expect.objectContaining(expected));
    });
  });

  function amountOf(totals: Totals, wanted: string): string[] {
    return [...totals].filter(([meter]) => meter === wanted).map(([, { amount }]) => plain(amount));
  }
});
