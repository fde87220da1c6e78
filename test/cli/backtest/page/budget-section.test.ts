import { describe, expect, test } from 'vitest';
import { standsAt } from '../../../../cli/backtest/page/budget-section.ts';
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
  return { budget, isTried: false, periods, told: [], alertsAMonth: 0 };
}

describe('what a budget stands at', () => {
  test('is what the period before came to where a new one began with the last check', () => {
    expect(standsAt(replayed([ended, begun]), counting, november).text).toBe(
      'Stood at 180.00 USD, 90.0 % of 200 USD, in the month 1 October 2026 to 31 October 2026 (UTC); a new month has just begun.',
    );
  });

  test.for([
    ['the period began before the last check', [ended, begun], november + 1],
    ['there was none before', [begun], november],
  ] as const)('is not known, with the reason, where %s', ([, periods, until]) => {
    expect(standsAt(replayed(periods), counting, until).text).toBe(
      'What it stands at is not known: Nothing has been read since the period began on 1 November 2026, 00:00 (UTC).',
    );
  });
});
