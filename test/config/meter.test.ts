import type { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../functions/config/decimal.ts';
import {
  areLike,
  convert,
  isUnit,
  UnitError,
  unitsLike,
  withoutMultiple,
} from '../../functions/config/meter.ts';

const sizes = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'KiB', 'MiB', 'GiB', 'TiB'];
const dimensions = [
  sizes,
  ['count', '100 count', '1000 count', '7 count'],
  ['second', 'minute', 'hour', 'day'],
  sizes.flatMap((size) => [`${size}-hour`, `${size}-month`]),
];

const quantities = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, decimals]) => new Decimal(`${digits}e-${decimals}`));

const likeUnits = fc.constantFrom(...dimensions).chain((units) => {
  const unit = fc.constantFrom(...units);
  return fc.tuple(unit, unit, unit);
});

function isNearly(actual: Big, expected: Big): boolean {
  return actual.minus(expected).abs().lte(expected.abs().plus('1').times('1e-35'));
}

describe('convert', () => {
  test.each([
    ['1', 'GB', 'MB', '1000'],
    ['1', 'GiB', 'MiB', '1024'],
    ['1', 'GiB', 'GB', '1.073741824'],
    ['1', 'GB', 'GiB', '0.931322574615478515625'],
    ['1', 'B', 'TiB', '0.0000000000009094947017729282379150390625'],
    ['245540965', 'B', 'GB', '0.245540965'],
    ['2.5', 'PB', 'TB', '2500'],
    ['250', 'count', '100 count', '2.5'],
    ['3', '1000 count', 'count', '3000'],
    ['1', 'day', 'hour', '24'],
    ['90', 'second', 'minute', '1.5'],
    ['1', 'GB-month', 'GB-hour', '730'],
    ['1', 'TB-month', 'GB-hour', '730000'],
    ['1', 'GiB-hour', 'GB-hour', '1.073741824'],
    ['0', 'GB', 'MB', '0'],
    ['-2', 'GB', 'MB', '-2000'],
  ])('%s %s in %s is %s', (quantity, from, to, expected) => {
    expect(convert(new Decimal(quantity), from, to).toFixed()).toBe(expected);
  });

  test('rounds what has no end to 60 decimals', () => {
    const hours = convert(new Decimal('1'), 'second', 'hour').toFixed();

    expect(hours).toBe(`0.0002${'7'.repeat(55)}8`);
  });

  test('is exact there and back between all sizes, decimal and binary', () => {
    const size = fc.constantFrom(...sizes);

    fc.assert(
      fc.property(quantities, size, size, (quantity, from, to) => {
        expect(convert(convert(quantity, from, to), to, from).eq(quantity)).toBe(true);
      }),
    );
  });

  test('comes back to the quantity from any unit of the same dimension', () => {
    fc.assert(
      fc.property(quantities, likeUnits, (quantity, [from, to]) => {
        const back = convert(convert(quantity, from, to), to, from);
        expect(isNearly(back, quantity)).toBe(true);
      }),
    );
  });

  test('is the same directly and over a third unit', () => {
    fc.assert(
      fc.property(quantities, likeUnits, (quantity, [from, over, to]) => {
        const direct = convert(quantity, from, to);
        const detour = convert(convert(quantity, from, over), over, to);
        expect(isNearly(detour, direct)).toBe(true);
      }),
    );
  });

  test.each([
    ['GB', 'hour'],
    ['GB', 'GB-hour'],
    ['count', 'B'],
    ['GB-month', 'day'],
  ])('names both units where %s cannot become %s', (from, to) => {
    const attempt = () => convert(new Decimal('1'), from, to);

    expect(attempt).toThrow(UnitError);
    expect(attempt).toThrow(` to convert ${from} to, got ${to}`);
  });

  test('names an unknown unit', () => {
    expect(() => convert(new Decimal('1'), 'KB', 'MB')).toThrow(
      /^expected one of B, kB, .*, got KB$/,
    );
  });

  test('gives a Big that divides as every other one does', () => {
    const third = convert(new Decimal('1'), 'GB', 'GB').div('3');

    expect(third.toFixed()).toBe(new Decimal('1').div('3').toFixed());
  });
});

describe('isUnit', () => {
  test.each(['B', 'KiB', 'count', '1 count', '100 count', 'day', 'MiB-month'])(
    'knows %s',
    (unit) => {
      expect(isUnit(unit)).toBe(true);
    },
  );

  test.each([
    '',
    'KB',
    'gb',
    'Gb',
    ' GB',
    '0 count',
    '-1 count',
    '1.5 count',
    '100  count',
    'counts',
  ])('does not know "%s"', (unit) => {
    expect(isUnit(unit)).toBe(false);
  });

  test.each(['constructor', 'toString', '__proto__'])('does not take %s for one', (unit) => {
    expect(isUnit(unit)).toBe(false);
  });
});

describe('unitsLike', () => {
  test.each([
    ['MB', sizes],
    ['100 count', ['count', '1000 count', '1000000 count']],
    ['hour', ['second', 'minute', 'hour', 'day']],
  ])('lists what %s converts to', (unit, expected) => {
    expect(unitsLike(unit)).toEqual(expected);
  });

  test('lists units that convert, and no others', () => {
    const listed = unitsLike('GB-hour');

    expect(listed).toHaveLength(20);
    expect(listed.every((unit) => areLike(unit, 'GB-hour'))).toBe(true);
  });
});

describe('areLike', () => {
  test.each([
    ['MB', 'GiB', true],
    ['7 count', 'count', true],
    ['MB', 'MB-hour', false],
    ['MB', 'nothing', false],
    ['nothing', 'nothing', false],
  ])('%s and %s: %s', (unit, other, expected) => {
    expect(areLike(unit, other)).toBe(expected);
  });
});

describe('withoutMultiple', () => {
  test.each([
    ['100 count', 'count'],
    ['1 count', 'count'],
    ['count', 'count'],
    ['GB', 'GB'],
    ['GiB-month', 'GiB-month'],
  ])('of %s is %s', (unit, expected) => {
    expect(withoutMultiple(unit)).toBe(expected);
  });
});
