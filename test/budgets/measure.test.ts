import { describe, expect, test } from 'vitest';
import { totalsOfDays } from '../../functions/budgets/charge-day.ts';
import { amountsOf, isLevel, measureOf } from '../../functions/budgets/measure.ts';
import { plain } from '../../functions/pricing/money.ts';
import { budget, charge, inDays } from './example-charges.ts';

const meters = [
  { id: 'gpu', kind: 'flow' },
  { id: 'data-in', kind: 'flow', unit: 'MB' },
  { id: 'storage', kind: 'level', unit: 'B' },
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
