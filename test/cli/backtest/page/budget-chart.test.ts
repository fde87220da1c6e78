import { describe, expect, test } from 'vitest';
import { budgetChart } from '../../../../cli/backtest/page/budget-chart.ts';
import { FRAMES } from '../../../../cli/backtest/page/chart.ts';
import { limitLines } from '../../../../cli/backtest/page/limit-lines.ts';
import type { ReplayedAccount } from '../../../../cli/backtest/replayed.ts';
import type { Budget } from '../../../../functions/config/account.ts';
import { replay, shop } from '../../../support/replayed-accounts.ts';

const plot = { ...FRAMES.wide, from: 0, until: 1, min: 0, max: 250 };
const money = { measure: 'cost', unit: 'USD' } as const;
const budget: Budget = {
  name: 'b',
  measure: 'cost',
  limit: '200',
  per: 'month',
  thresholds: [50, 100],
};

function labels(changes: Partial<Budget>): string[] {
  const svg = limitLines({ ...budget, ...changes }, money, plot);
  return [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, label = '']) => label);
}

describe('lines of limit and thresholds', () => {
  test.for([
    ['thresholds', {}, ['50 %  100 USD', '100 %  200 USD']],
    ['a limit that is no threshold', { thresholds: [50] }, ['50 %  100 USD', 'limit  200 USD']],
    [
      'an exact share',
      { limit: '0.07', thresholds: [33.3] },
      ['33.3 %  0.02 USD', 'limit  0.07 USD'],
    ],
    ['what lies above', { thresholds: [100, 150] }, ['100 %  200 USD', '↑ 150 %  300 USD above']],
  ] as const)('%s', ([, changes, expected]) => {
    expect(labels(changes)).toEqual(expected);
  });

  test('labels of lines that are close do not cover each other', () => {
    const svg = limitLines({ ...budget, thresholds: [96, 97, 98, 99, 100] }, money, plot);

    const heights = [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    const gaps = heights.slice(1).map((y, index) => (heights[index] as number) - y);
    expect(heights).toHaveLength(5);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(FRAMES.wide.fontSize);
  });
});

describe('the forecast', () => {
  test.for([
    ['of a period that ends beyond the chart', undefined],
    ['that is far above everything else', '9000'],
    ['that is no more than what there is', '0'],
  ] as const)('%s stays in the plot', ([, forecast]) => {
    const { account, replayed } = withForecast(forecast);

    const { svg, plots } = budgetChart(account, replayed, 'caption');

    const lines = [...svg.matchAll(/class="forecast" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/g)];
    expect(lines).toHaveLength(2);
    for (const [index, { width, height, left, right, top, bottom }] of [
      plots.wide,
      plots.narrow,
    ].entries()) {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = lines[index]?.slice(1).map(Number) ?? [];
      expect(x1).toBeGreaterThan(left);
      expect(x2).toBeGreaterThan(x1);
      expect(x2).toBeLessThanOrEqual(width - right + 0.05);
      for (const y of [y1, y2]) {
        expect(y).toBeGreaterThanOrEqual(top);
        expect(y).toBeLessThanOrEqual(height - bottom);
      }
    }
  });

  /** A week in the middle of a month. */
  function withForecast(forecast: string | undefined) {
    const account: ReplayedAccount = replay({ ...shop(), days: 7 });
    const [monthly] = account.budgets;
    if (monthly === undefined) throw new Error('expected a budget, got none');
    const periods = monthly.periods.map((period) => ({
      ...period,
      ...(forecast && { forecast }),
    }));
    return { account, replayed: { ...monthly, periods } };
  }
});

test('a total is held until it grows, from 0 where a period begins', () => {
  const account = replay({ ...shop(), days: 7 });
  const start = account.from + 86_400_000;
  const period = { id: 'one', start, end: start + 4 * 86_400_000, timeZone: 'UTC' };
  const points = [1, 2].map((day) => ({ at: start + day * 86_400_000, actual: `${day * 50}` }));
  const replayed = {
    budget,
    isTried: false,
    periods: [{ period, points }],
    notices: [],
    alertsAMonth: { budget: 0, forecast: 0 },
  };

  const { svg } = budgetChart(account, replayed, 'caption');

  const [, path = ''] = /class="total" d="([^"]+)"/.exec(svg) ?? [];
  const [x, y] = ['H', 'V'].map((letter) =>
    [...path.matchAll(new RegExp(`${letter}([\\d.]+)`, 'g'))].map(([, number]) => Number(number)),
  );
  expect(path).toMatch(/^M[\d.]+ 270(H[\d.]+V[\d.]+){3}$/);
  expect(x).toEqual(x?.toSorted((a, b) => a - b));
  expect(y?.[0]).toBeGreaterThan(y?.[1] ?? 270);
  expect(y?.[1]).toBe(y?.[2]);
});
