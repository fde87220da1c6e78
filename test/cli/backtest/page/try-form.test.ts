import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  limitAt,
  positionOf,
  sliderScale,
  typedBudget,
} from '../../../../cli/backtest/page/try-form.ts';
import type { Budget } from '../../../../functions/config/account.ts';

describe('the limits of a slider', () => {
  test.for([
    [300, 300, 1, '1'],
    [0.3, 300, 3, '0.003'],
    [1500, 150, 7, '70'],
    [1e-9, 100, 3, '0.00000000003'],
  ] as const)(
    'up to %d in %d positions; position %d is %s',
    ([highest, positions, position, limit]) => {
      const scale = sliderScale(highest);

      expect(scale.positions).toBe(positions);
      expect(limitAt(position, scale)).toBe(limit);
    },
  );

  test('have at most three digits, and are found again', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), fc.nat(), (highest, any) => {
        const scale = sliderScale(highest);
        const position = 1 + (any % scale.positions);
        const limit = limitAt(position, scale);

        expect(limit.replace(/^0\.0*|\.|0+$/g, '').length).toBeLessThanOrEqual(4);
        expect(positionOf(limit, scale)).toBe(position);
      }),
    );
  });

  test('stop at the ends for one that is beyond', () => {
    expect(positionOf('5000', sliderScale(300))).toBe(300);
    expect(positionOf('0.001', sliderScale(300))).toBe(1);
  });
});

const budget: Budget = {
  name: 'writes',
  measure: 'usage',
  meter: 'data-in',
  unit: 'GB',
  limit: '50',
  per: 'month',
  startsOn: 15,
  thresholds: [50, 80, 100],
};

describe('what is typed', () => {
  test.for([
    ['60', '100', { limit: '60', thresholds: [100] }],
    [' 6e1 ', '100 %, 50%', { limit: '60', thresholds: [50, 100] }],
    [
      '0.1234567890123456789012345',
      '1 2;3',
      { limit: '0.1234567890123456789012345', thresholds: [1, 2, 3] },
    ],
  ] as const)('%s with %s is a budget', ([limit, thresholds, changes]) => {
    expect(typedBudget(budget, { limit, thresholds })).toEqual({
      budget: { ...budget, ...changes },
    });
  });

  test.for([
    ['-1', '100', 'limit: expected a number above 0, got -1'],
    ['1,5', '100', 'limit: expected a number above 0, got "1,5"'],
    ['"5"', '100', 'limit: expected a number above 0, got "\\"5\\""'],
    ['1', '50, x', 'thresholds[1]: expected a percentage from 0.01 to 1000, got "x"'],
    ['1', '50, 50', 'thresholds: expected each percentage once, got [50,50]'],
    ['0', '0', 'limit: expected a number above 0, got 0; thresholds[0]: '],
  ] as const)('%s with %s is not, in the words of the config', ([limit, thresholds, problem]) => {
    expect(typedBudget(budget, { limit, thresholds })).toEqual({
      problem: expect.stringContaining(problem),
    });
  });
});
