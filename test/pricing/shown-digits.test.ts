import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../functions/pricing/money.ts';
import { exactDigits, forecastDigits, shownDigits } from '../../functions/pricing/shown-digits.ts';

const cost = (unit: string) => ({ measure: 'cost', unit }) as const;
const usd = cost('USD');

test.each([
  ['1234.5', 'USD', '1,234.50'],
  ['1234.56', 'JPY', '1,235'],
  ['0.4', 'JPY', '0.4'],
  ['1.23456', 'KWD', '1.235'],
  ['1.23456', 'not a currency', '1.23'],
])('%s %s has the digits of its currency: %s', (amount, unit, expected) => {
  expect(shownDigits(decimal(amount), cost(unit))).toBe(expected);
});

describe('beside a limit', () => {
  test.each([
    ['199.996', '200', '199.996'],
    ['200.004', '200', '200.004'],
    ['199.9999996', '200', '199.9999996'],
    ['199.9999999999', '200', '199.999999999'],
    ['200.0000000000000002', '200', '200.00'],
    ['200', '200', '200.00'],
    ['0.0061', '0.005', '0.006'],
    ['0.0049', '0.005', '0.0049'],
    ['203.17', '200', '203.17'],
    ['12.3', '0.0053', '12.30'],
  ])('%s of %s reads %s', (amount, limit, expected) => {
    expect(shownDigits(decimal(amount), usd, decimal(limit))).toBe(expected);
  });

  test('any amount reads on the side of the limit on which it is', () => {
    const amount = fc
      .tuple(fc.nat({ max: 10 ** 9 }), fc.nat({ max: 15 }))
      .map(([digits, exponent]) => decimal(`${digits}e-${exponent}`));
    const unit = fc.constantFrom(usd, cost('JPY'), cost('KWD'), {
      measure: 'usage',
      unit: 'GB',
    } as const);
    fc.assert(
      fc.property(amount, amount, unit, (actual, limit, counting) => {
        const shown = decimal(shownDigits(actual, counting, limit).replaceAll(',', ''));

        if (actual.lt(limit)) expect(shown.lt(limit)).toBe(true);
        else expect(shown.gte(limit)).toBe(true);
      }),
    );
  });
});

test.each([
  ['305.5', '270', '306'],
  ['199.7', '200', '199.7'],
  ['2305.5', '200', '2,306'],
  ['0.42', '200', '0.42'],
  ['16.24', '15', '16.24'],
  ['305.5', '270.25', '305.50'],
])('a forecast of %s beside a limit of %s reads %s', (amount, limit, expected) => {
  expect(forecastDigits(decimal(amount), usd, decimal(limit))).toBe(expected);
});

test.each([
  ['200', '200.00'],
  ['0.005', '0.005'],
  ['1250.0053', '1,250.0053'],
])('a limit of %s is never rounded: %s', (limit, expected) => {
  expect(exactDigits(decimal(limit), usd)).toBe(expected);
});
