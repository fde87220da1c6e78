/** What notices say that transitions do not decide: the sentences that depend on the figures. */
import { describe, expect, test } from 'vitest';
import { type AccountDetails, budgetNotice } from '../../functions/alerts/budget-notice.ts';
import { configNotice } from '../../functions/alerts/health-notice.ts';
import { periodAt } from '../../functions/budgets/period.ts';
import type { KnownReading } from '../../functions/budgets/read-budget.ts';
import type { Budget } from '../../functions/config/account.ts';
import { decimal } from '../../functions/pricing/money.ts';

const now = Date.parse('2026-11-16T00:00:00Z');
const parameter = '/cost-alerts/northflank/acme/config';
const details: AccountDetails = {
  provider: 'northflank',
  providerName: 'Northflank',
  account: 'acme',
  currency: 'USD',
  parameter,
  links: { provider: 'https://example.com/bill', parameter: 'https://example.com/parameter' },
};
const budget: Budget = {
  name: 'everything',
  measure: 'cost',
  limit: '200',
  per: 'month',
  thresholds: [100],
};

function reading(reachesLimitAt?: number): KnownReading {
  return {
    known: true,
    budget,
    period: periodAt(budget, 'UTC', now),
    actual: decimal('90'),
    percent: decimal('45'),
    elapsedPercent: 50,
    forecast: { point: decimal('180'), ...(reachesLimitAt !== undefined && { reachesLimitAt }) },
    drivers: [],
    basis: 'billed',
    unpriced: [],
  };
}

describe('what to do about a resolved budget', () => {
  test('is nothing where it stays under its limit', () => {
    const { nextStep } = budgetNotice(
      {
        kind: 'budget',
        status: 'resolved',
        reading: reading(),
        threshold: 100,
        edits: 0,
        timesResolved: 0,
      },
      details,
    );

    expect(nextStep).toBe('Nothing to do.');
  });

  test('is to keep an eye on it where its forecast leads over the limit again', () => {
    const event = {
      kind: 'budget',
      status: 'resolved',
      reading: reading(now + 1),
      threshold: 100,
      edits: 0,
      timesResolved: 0,
    } as const;

    expect(budgetNotice(event, details).nextStep).toBe('Keep an eye on it.');
  });
});

describe('what a wrong parameter means until it is corrected', () => {
  const problem = {
    versions: ['config@3'],
    problems: [{ parameter, path: [], mistake: 'not JSON', expected: 'a value' }],
  };

  test.each([
    ['watched', /Until then its last valid parameters apply\.$/],
    ['never', /Until then the account is not watched: it has never had valid parameters\.$/],
    ['no longer', /Until then the account is not watched: its last valid parameters are gone/],
  ] as const)('%s', (until, expected) => {
    const { nextStep } = configNotice(
      { kind: 'invalid-config', status: 'firing', problem, at: now },
      details,
      until,
    );

    expect(nextStep).toMatch(expected);
  });
});

test('a limit that is passed with the last bucket of a day is passed on that day', () => {
  const midnight = Date.parse('2026-11-21T00:00:00Z');
  const over = { ...reading(midnight), actual: decimal('210'), percent: decimal('105') };

  const event = { kind: 'budget', status: 'firing', threshold: 100, edits: 0 } as const;
  const notice = budgetNotice({ ...event, timesResolved: 0, reading: over }, details);

  expect(notice.reason).toContain('It passed 200 USD on 20 November.');
  expect(notice.forecast?.reachesLimitAt).toBe('2026-11-20');
});
