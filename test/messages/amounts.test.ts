import { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountText, limitText, percentText, shareText } from '../../functions/messages/amounts.ts';

const usd = { measure: 'cost', unit: 'USD' } as const;
const gigabytes = { measure: 'usage', unit: 'GB' } as const;

describe('money', () => {
  test.each([
    ['203.17', '203.17 USD'],
    ['200', '200.00 USD'],
    ['0', '0.00 USD'],
    ['1234567.891', '1,234,567.89 USD'],
    ['999.995', '1,000.00 USD'],
    ['0.005', '0.005 USD'],
    ['0.015', '0.02 USD'],
    ['-0.0000000001', '0.00 USD'],
    ['0.0000000000000002', '0.00 USD'],
    ['0.0034567', '0.0035 USD'],
    ['-0.001', '-0.001 USD'],
    ['-1234.5', '-1,234.50 USD'],
  ])('%s reads %s', (decimal, expected) => {
    expect(amountText(decimal, usd)).toBe(expected);
  });

  test('never reads as nothing unless it is nothing, or what floats leave behind', () => {
    const amounts = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.nat({ max: 12 }));

    fc.assert(
      fc.property(amounts, ([digits, exponent]) => {
        const decimal = new Big(`${digits}e-${exponent}`).toFixed();

        const shown = amountText(decimal, usd).replace(' USD', '').replaceAll(',', '');

        expect(new Big(shown).eq(0)).toBe(new Big(decimal).round(9).eq(0));
      }),
    );
  });
});

describe('usage', () => {
  test.each([
    ['50', '50 GB'],
    ['48.2', '48.2 GB'],
    ['1234.56789', '1,234.568 GB'],
    ['0.0004', '0.0004 GB'],
    ['0.00012345', '0.00012 GB'],
  ])('%s reads %s', (decimal, expected) => {
    expect(amountText(decimal, gigabytes)).toBe(expected);
  });
});

test.each([
  ['200', '200 USD'],
  ['200.00', '200 USD'],
  ['12500', '12,500 USD'],
  ['199.5', '199.50 USD'],
])('a whole amount is short: %s reads %s', (decimal, expected) => {
  expect(limitText(decimal, usd)).toBe(expected);
});

test.each([
  [101.6, '101.6 %'],
  [80, '80.0 %'],
  [12_345.67, '12,345.7 %'],
])('the percent %d reads %s', (percent, expected) => {
  expect(percentText(percent)).toBe(expected);
});

test('a share of 0 to 1 is shown as a percent', () => {
  expect(shareText(0.744)).toBe('74.4 %');
});
