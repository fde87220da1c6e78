/** What notices say that transitions do not decide: the sentences that depend on how things stand. */
import { describe, expect, test } from 'vitest';
import { type AccountNaming, budgetNotice } from '../../functions/alerts/budget-notice.ts';
import { configNotice } from '../../functions/alerts/health-notice.ts';
import { periodAt } from '../../functions/budgets/period.ts';
import type { KnownReading } from '../../functions/budgets/read-budget.ts';
import type { Budget } from '../../functions/config/account.ts';
import { decimal } from '../../functions/pricing/money.ts';

const now = Date.parse('2026-11-16T00:00:00Z');
const parameter = '/cost-alerts/northflank/acme/config';
const naming: AccountNaming = {
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
    pace: { periodEnd: decimal('180'), ...(reachesLimitAt !== undefined && { reachesLimitAt }) },
    drivers: [],
    basis: 'billed',
    unpriced: [],
  };
}

describe('what to do about a recovered budget', () => {
  test('is nothing where it stays under its limit', () => {
    const { nextStep } = budgetNotice(
      { kind: 'recovered', reading: reading(), threshold: 100, edits: 0, takenBack: 0 },
      naming,
    );

    expect(nextStep).toBe('Nothing to do.');
  });

  test('is to keep an eye on it where its pace leads over the limit again', () => {
    const telling = {
      kind: 'recovered',
      reading: reading(now + 1),
      threshold: 100,
      edits: 0,
      takenBack: 0,
    } as const;

    expect(budgetNotice(telling, naming).nextStep).toBe(
      'Keep an eye on it: the average so far, continued, reaches the limit in this month all the same.',
    );
  });
});

describe('what a wrong parameter means until it is corrected', () => {
  const problem = {
    versions: ['config@3'],
    problems: [{ parameter, path: [], mistake: 'not JSON', expected: 'a value' }],
  };

  test.each([
    ['watched', /Until then the account is watched by its last valid parameters\.$/],
    ['never', /Until then the account is not watched, as it never had valid parameters\.$/],
    [
      'no longer',
      /Until then the account is not watched, as its last valid parameters can no longer/,
    ],
  ] as const)('%s', (until, expected) => {
    const { nextStep } = configNotice({ kind: 'misconfigured', problem, at: now }, naming, until);

    expect(nextStep).toMatch(expected);
  });
});
