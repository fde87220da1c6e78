import { describe, expect, test } from 'vitest';
import { lastFigures } from '../../../../cli/backtest/page/budget-section.ts';
import type { ReplayedBudget } from '../../../../cli/backtest/replayed.ts';

const counting = { measure: 'cost', unit: 'USD' } as const;
const october = Date.parse('2026-10-01T00:00:00Z');
const november = Date.parse('2026-11-01T00:00:00Z');
const december = Date.parse('2026-12-01T00:00:00Z');

const ended = {
  period: { id: '2026-10', start: october, end: november, timeZone: 'UTC' },
  points: [{ at: october + 1, actual: '180' }],
  percent: 90,
};
const begun = {
  period: { id: '2026-11', start: november, end: december, timeZone: 'UTC' },
  points: [],
  unknown: 'Nothing has been read since the period began on 1 November 2026, 00:00 (UTC).',
};

function replayed(periods: ReplayedBudget['periods']): ReplayedBudget {
  const budget = {
    name: 'a',
    measure: 'cost',
    limit: '200',
    per: 'month',
    thresholds: [100],
  } as const;
  return { budget, isTried: false, periods, notices: [], alertsAMonth: { budget: 0, forecast: 0 } };
}

const open = { ...begun, points: [{ at: november + 1, actual: '40.5' }], percent: 20.2 };

describe('the figures of a budget', () => {
  test('are those of the open period, with its forecast', () => {
    const periods = [ended, { ...open, forecast: '305.5' }];

    expect(lastFigures(replayed(periods), counting, november + 1)).toEqual({
      actual: '40.50 USD',
      percent: '20.2 %',
      text: '40.50 of 200 USD this month (20.2 %). Forecast: 306 USD by the end of 30 November 2026 (UTC).',
    });
  });

  test('are those of the period before where a new one began with the last check', () => {
    expect(lastFigures(replayed([ended, begun]), counting, november).text).toBe(
      '180.00 of 200 USD (90.0 %) in the month before: 1 October 2026 to 31 October 2026 (UTC).',
    );
  });

  test.for([
    ['the period began before the last check', [ended, begun], november + 1],
    ['there was none before', [begun], november],
  ] as const)('are unknown, with the reason, where %s', ([, periods, until]) => {
    expect(lastFigures(replayed(periods), counting, until).text).toBe(
      'Unknown: Nothing has been read since the period began on 1 November 2026, 00:00 (UTC).',
    );
  });
});
