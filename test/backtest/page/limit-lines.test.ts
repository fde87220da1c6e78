import { describe, expect, test } from 'vitest';
import { limitLines } from '../../../functions/backtest/page/limit-lines.ts';
import { frames } from '../../../functions/backtest/page/plot.ts';
import type { Budget } from '../../../functions/config/account.ts';

const plot = { ...frames.wide, from: 0, until: 1, min: 0, max: 250 };
const money = { measure: 'cost', unit: 'USD' } as const;
const budget: Budget = { name: 'b', measure: 'cost', limit: '200', per: 'month', steps: [50, 100] };

function labels(changes: Partial<Budget>): string[] {
  const svg = limitLines({ ...budget, ...changes }, money, plot);
  return [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, label = '']) => label);
}

describe('lines of limit and steps', () => {
  test.for([
    ['steps', {}, ['50 %  100 USD', '100 %  200 USD']],
    ['a limit that is no step', { steps: [50] }, ['50 %  100 USD', 'limit  200 USD']],
    ['an exact share', { limit: '0.07', steps: [33.3] }, ['33.3 %  0.02 USD', 'limit  0.07 USD']],
    ['what lies above', { steps: [100, 150] }, ['100 %  200 USD', '↑ 150 %  300 USD above']],
  ] as const)('%s', ([, changes, expected]) => {
    expect(labels(changes)).toEqual(expected);
  });

  test('labels of lines that are close do not cover each other', () => {
    const svg = limitLines({ ...budget, steps: [96, 97, 98, 99, 100] }, money, plot);

    const heights = [...svg.matchAll(/<text x="\d+" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    const gaps = heights.slice(1).map((y, index) => (heights[index] as number) - y);
    expect(heights).toHaveLength(5);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(frames.wide.fontSize);
  });
});
