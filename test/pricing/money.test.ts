import { Big } from 'big.js';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { decimal, money, plain, ratio, rounded, sum } from '../../functions/pricing/money.ts';

const scale = 12;

/** A decimal with up to 12 decimals, as text and as the whole number of its 10^-12 units. */
const exactDecimal = fc
  .bigInt({ min: -(10n ** 24n), max: 10n ** 24n })
  .map((units) => ({ units, text: textOf(units) }));

function textOf(units: bigint): string {
  const digits = `${units < 0n ? -units : units}`.padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function unitsOf(value: Big): bigint {
  return BigInt(value.times('1000000000000').toFixed(0));
}

describe('decimal', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['12.50', '12.5'],
    ['-12.50', '-12.5'],
    ['007', '7'],
    ['0.1', '0.1'],
    ['1e-7', '0.0000001'],
    ['1E+3', '1000'],
    ['5e-324', `0.${'0'.repeat(323)}5`],
    ['123456789012345678901234567890.000000000000000000001', undefined],
  ])('reads %s exactly', (text, expected) => {
    expect(plain(decimal(text))).toBe(expected ?? text);
  });

  test.each([
    '',
    ' 1',
    '1 ',
    '+1',
    '.5',
    '5.',
    '1,5',
    '1_000',
    '0x10',
    'NaN',
    'Infinity',
    '1e1000',
    '--1',
    '1.2.3',
    '1\n',
  ])('refuses %j and quotes it', (text) => {
    expect(() => decimal(text)).toThrow(
      new RangeError(`expected a decimal such as 12.5, got ${JSON.stringify(text)}`),
    );
  });

  test('quotes no more than the beginning of a long text', () => {
    expect(() => decimal('x'.repeat(1_000))).toThrow(`got "${'x'.repeat(40)}"`);
  });

  test('lets no float into the arithmetic', () => {
    expect(() => decimal('1').plus(0.1)).toThrow(TypeError);
    expect(() => decimal('1').times(3)).toThrow(TypeError);
    expect(() => Number(decimal('1'))).toThrow();
  });
});

describe('sum', () => {
  test('of nothing is 0', () => {
    expect(plain(sum([]))).toBe('0');
  });

  test('of 490 hours of 0.003 is 1.47', () => {
    const hours = Array.from({ length: 490 }, () => decimal('0.003'));

    expect(plain(sum(hours))).toBe('1.47');
  });

  test('of n equal decimals is n times the decimal', () => {
    fc.assert(
      fc.property(exactDecimal, fc.integer({ min: 0, max: 500 }), ({ units, text }, n) => {
        const total = sum(Array.from({ length: n }, () => decimal(text)));

        expect(unitsOf(total)).toBe(units * BigInt(n));
        expect(total.eq(decimal(text).times(String(n)))).toBe(true);
      }),
    );
  });

  test('is the same in any order, and exact', () => {
    const shuffled = fc
      .array(exactDecimal, { maxLength: 40 })
      .chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([inOrder, inDisorder]) => {
        const total = sum(inOrder.map(({ text }) => decimal(text)));
        const other = sum(inDisorder.map(({ text }) => decimal(text)));

        expect(plain(total)).toBe(plain(other));
        expect(unitsOf(total)).toBe(inOrder.reduce((units, value) => units + value.units, 0n));
      }),
    );
  });
});

describe('ratio', () => {
  test.each([
    ['1', '3', '0.33333333333333333333'],
    ['2', '3', '0.66666666666666666667'],
    ['-2', '3', '-0.66666666666666666667'],
    ['1', '8', '0.125'],
    ['0', '7', '0'],
    ['1e30', '3', `${'3'.repeat(30)}.${'3'.repeat(20)}`],
  ])('%s / %s has 20 decimals: %s', (dividend, divisor, expected) => {
    expect(plain(ratio(decimal(dividend), decimal(divisor)))).toBe(expected);
  });

  test('has no answer for a divisor of 0', () => {
    expect(() => ratio(decimal('1'), decimal('0'))).toThrow('Division by zero');
  });
});

describe('text', () => {
  test.each([
    ['0', '0', '0.00'],
    ['1.5', '1.5', '1.50'],
    ['200', '200', '200.00'],
    ['1.4735', '1.4735', '1.4735'],
    ['-0.5', '-0.5', '-0.50'],
    ['1e-9', '0.000000001', '0.000000001'],
    ['1e25', `1${'0'.repeat(25)}`, `1${'0'.repeat(25)}.00`],
  ])('%s is %s plainly and %s as money', (text, plainly, asMoney) => {
    expect(plain(decimal(text))).toBe(plainly);
    expect(money(decimal(text))).toBe(asMoney);
  });

  test.each([
    ['1.005', 2, '1.01'],
    ['1.0049', 2, '1.00'],
    ['-1.005', 2, '-1.01'],
    ['-0.001', 2, '0.00'],
    ['99.95', 1, '100.0'],
    ['2.5', 0, '3'],
    ['7', 2, '7.00'],
  ])('%s rounded to %i decimals is %s', (text, decimals, expected) => {
    expect(rounded(decimal(text), decimals)).toBe(expected);
  });

  test('is plain notation that reads back as the same value', () => {
    fc.assert(
      fc.property(exactDecimal, fc.integer({ min: -60, max: 60 }), ({ text }, exponent) => {
        const value = decimal(`${text}e${exponent}`);

        expect(plain(value)).toMatch(/^-?\d+(\.\d*[1-9])?$/);
        expect(money(value)).toMatch(/^-?\d+\.\d{2,}$/);
        expect(decimal(plain(value)).eq(value)).toBe(true);
        expect(decimal(money(value)).eq(value)).toBe(true);
      }),
    );
  });
});

describe('the settings that all users of big.js share', () => {
  const { DP, RM, NE, PE } = Big;

  afterEach(() => {
    Object.assign(Big, { DP, RM, NE, PE });
  });

  test('change nothing here', () => {
    Object.assign(Big, { DP: 0, RM: Big.roundUp, NE: 0, PE: 0 });

    expect(plain(ratio(decimal('1'), decimal('3')))).toBe('0.33333333333333333333');
    expect(rounded(new Big('1.001'), 2)).toBe('1.00');
    expect(plain(new Big('0.5'))).toBe('0.5');
    expect(money(new Big('0.5'))).toBe('0.50');
  });

  test('are not changed from here', () => {
    expect({ DP, RM, strict: Big.strict }).toEqual({ DP: 20, RM: 1, strict: false });
  });
});
