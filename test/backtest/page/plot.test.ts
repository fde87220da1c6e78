import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frames, scaleFor, strideFor, xOf, yOf } from '../../../functions/backtest/page/plot.ts';

test.for([
  [0, 203.17, { min: 0, max: 250, interval: 50 }],
  [0, 1, { min: 0, max: 1, interval: 0.2 }],
  [0, 0, { min: 0, max: 1, interval: 0.2 }],
  [-3, 8, { min: -5, max: 10, interval: 2.5 }],
  [0, 98_765, { min: 0, max: 100_000, interval: 20_000 }],
] as const)('the axis from %d to %d', ([lowest, highest, scale]) => {
  expect(scaleFor(lowest, highest)).toEqual(scale);
});

test('an axis holds what it is for, in at most seven intervals', () => {
  const amount = fc.double({ min: 1e-9, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(amount, amount, (below, above) => {
      const { min, max, interval } = scaleFor(-below, above);

      expect(max).toBeGreaterThanOrEqual(above * (1 - 1e-9));
      expect(min).toBeLessThanOrEqual(-below * (1 - 1e-9));
      expect((max - min) / interval).toBeLessThan(7.01);
    }),
  );
});

test.for([
  [7, 9, 1],
  [30, 9, 7],
  [90, 9, 14],
  [90, 4, 28],
  [365, 9, 56],
] as const)('of %d days at most %d are named, %d days apart', ([days, most, stride]) => {
  expect(strideFor(days, most)).toBe(stride);
});

describe('places in a picture', () => {
  const plot = { ...frames.wide, from: 1000, until: 2000, min: 0, max: 50 };
  const bottom = plot.height - plot.bottom;

  test('the axes end where the frame says', () => {
    expect([xOf(plot, 1000), xOf(plot, 2000)]).toEqual([plot.left, plot.width - plot.right]);
    expect([yOf(plot, 0), yOf(plot, 50)]).toEqual([bottom, plot.top]);
  });

  test('amounts beyond an end are at it', () => {
    expect([yOf(plot, -1), yOf(plot, 51)]).toEqual([bottom, plot.top]);
  });
});
