import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amountSpan,
  drawChart,
  FRAMES,
  type Plot,
  strideFor,
  xOf,
  yOf,
} from '../../../../cli/backtest/page/chart.ts';

test.for([
  [0, 203.17, { min: 0, max: 250 }],
  [0, 1, { min: 0, max: 1 }],
  [0, 0, { min: 0, max: 1 }],
  [-3, 8, { min: -4, max: 8 }],
  [-3, -1, { min: -3, max: 0 }],
  [0, 98_765, { min: 0, max: 100_000 }],
] as const)('the axis from %d to %d', ([lowest, highest, span]) => {
  expect(amountSpan(lowest, highest)).toEqual(span);
});

test('an axis holds what it is for, in at most nine intervals, each named', () => {
  const amount = fc.double({ min: 1e-9, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(amount, amount, (below, above) => {
      const span = amountSpan(-below, above);
      const labels = amountLabels({ ...FRAMES.wide, from: 0, until: 1, ...span });

      expect(span.max).toBeGreaterThanOrEqual(above * (1 - 1e-9));
      expect(span.min).toBeLessThanOrEqual(-below * (1 - 1e-9));
      expect(labels.length).toBeGreaterThan(2);
      expect(labels.length).toBeLessThanOrEqual(10);
      expect(new Set(labels).size).toBe(labels.length);
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
  const plot = { ...FRAMES.wide, from: 1000, until: 2000, min: 0, max: 50 };
  const bottom = plot.height - plot.bottom;

  test('the axes end where the frame says', () => {
    expect([1000, 2000].map((at) => xOf(plot, at))).toEqual([plot.left, plot.width - plot.right]);
    expect([0, 50].map((amount) => yOf(plot, amount))).toEqual([bottom, plot.top]);
  });

  test('amounts beyond an end are at it', () => {
    expect([-1, 51].map((amount) => yOf(plot, amount))).toEqual([bottom, plot.top]);
  });
});

/** Of the axis of amounts. */
function amountLabels(plot: Plot): string[] {
  const drawing = { className: 'wide', labelledBy: 'caption', unit: 'USD', days: [], content: '' };
  const labels = drawChart(plot, drawing).matchAll(/<text[^>]*text-anchor="end">([^<]*)</g);
  return [...labels].map(([, label = '']) => label);
}
