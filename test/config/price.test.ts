import { describe, expect, test } from 'vitest';
import { allowanceUnit, dependsOnMonth, soldIn } from '../../functions/config/price.ts';

describe('soldIn', () => {
  test.each([
    [{ kind: 'flow', unit: 'GB' }, 'GB'],
    [{ kind: 'flow', unit: 'GB-hour' }, 'GB-hour'],
    [{ kind: 'flow', unit: 'count' }, 'count'],
    [{ kind: 'level', unit: 'GB' }, 'GB-hour'],
    [{ kind: 'level', unit: 'GiB' }, 'GiB-hour'],
  ] as const)('a meter %j is paid for in %s', (meter, expected) => {
    expect(soldIn(meter)).toBe(expected);
  });

  test.each([
    { kind: 'flow' },
    { kind: 'level' },
    { kind: 'level', unit: 'count' },
    { kind: 'level', unit: 'GB-hour' },
  ] as const)('a meter %j has no price', (meter) => {
    expect(soldIn(meter)).toBeUndefined();
  });
});

test.each([
  ['GB', 'GB'],
  ['GB-month', 'GB-month'],
  ['count', 'count'],
  ['100 count', 'count'],
])('with a price per %s allowances are in %s', (per, expected) => {
  expect(allowanceUnit(per)).toBe(expected);
});

test('a price depends on the month where it changes with the quantity', () => {
  const flat = { per: 'GB', tiers: [{ price: '1' }] };
  const tiered = { per: 'GB', tiers: [{ upTo: '5', price: '0' }, { price: '1' }] };

  expect([flat, tiered].map(dependsOnMonth)).toEqual([false, true]);
});
