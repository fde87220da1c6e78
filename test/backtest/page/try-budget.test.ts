import { describe, expect, test } from 'vitest';
import { typedBudget } from '../../../functions/backtest/page/try-budget.ts';
import type { Budget } from '../../../functions/config/account.ts';

const budget: Budget = {
  name: 'writes',
  measure: 'usage',
  meter: 'data-in',
  unit: 'GB',
  limit: '50',
  per: 'month',
  startsOn: 15,
  steps: [50, 80, 100],
};

describe('what is typed', () => {
  test.for([
    ['60', '100', { limit: '60', steps: [100] }],
    [' 6e1 ', '100 %, 50%', { limit: '60', steps: [50, 100] }],
    [
      '0.1234567890123456789012345',
      '1 2;3',
      { limit: '0.1234567890123456789012345', steps: [1, 2, 3] },
    ],
  ] as const)('%s with %s is a budget', ([limit, steps, changes]) => {
    expect(typedBudget(budget, { limit, steps })).toEqual({ budget: { ...budget, ...changes } });
  });

  test.for([
    ['-1', '100', 'limit: expected a number above 0, got -1'],
    ['1,5', '100', 'limit: expected a number above 0, got "1,5"'],
    ['"5"', '100', 'limit: expected a number above 0, got "\\"5\\""'],
    ['1', '50, x', 'steps[1]: expected a percentage from 0.01 to 1000, got "x"'],
    ['1', '50, 50', 'steps: expected each percentage once, got [50,50]'],
    ['0', '0', 'limit: expected a number above 0, got 0; steps[0]: '],
  ] as const)('%s with %s is not, in the words of the config', ([limit, steps, problem]) => {
    expect(typedBudget(budget, { limit, steps })).toEqual({
      problem: expect.stringContaining(problem),
    });
  });
});
