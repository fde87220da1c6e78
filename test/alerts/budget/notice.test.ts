import { describe, expect, test } from 'vitest';
import { budgetNotice } from '../../../functions/alerts/budget/notice.ts';
import { periodAt } from '../../../functions/budgets/period.ts';
import type { KnownReading } from '../../../functions/budgets/read-budget.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { budget as budgetOf } from '../../budgets/example-charges.ts';
import { acmeDetails } from '../../messages/examples.ts';

const now = Date.parse('2026-11-16T00:00:00Z');
const budget = budgetOf();

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
  const resolved = {
    kind: 'budget',
    status: 'resolved',
    threshold: 100,
    edits: 0,
    timesResolved: 0,
  } as const;

  test('is nothing where it stays under its limit', () => {
    const event = { ...resolved, reading: reading() };

    expect(budgetNotice(event, acmeDetails).nextStep).toBe('Nothing to do.');
  });

  test('is to keep an eye on it where its forecast leads over the limit again', () => {
    const event = { ...resolved, reading: reading(now + 1) };

    expect(budgetNotice(event, acmeDetails).nextStep).toBe('Keep an eye on it.');
  });
});

test('a limit that is passed with the last bucket of a day is passed on that day', () => {
  const midnight = Date.parse('2026-11-21T00:00:00Z');
  const over = { ...reading(midnight), actual: decimal('210'), percent: decimal('105') };

  const event = { kind: 'budget', status: 'firing', threshold: 100, edits: 0 } as const;
  const notice = budgetNotice({ ...event, timesResolved: 0, reading: over }, acmeDetails);

  expect(notice.reason).toContain('It passed 200 USD on 20 November.');
  expect(notice.forecast?.reachesLimitAt).toBe('2026-11-20');
});
