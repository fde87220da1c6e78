import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { ReplayedAccount, ReplayedBudget } from '../../../cli/backtest/replayed.ts';
import { backtestText } from '../../../cli/commands/backtest-report.ts';
import { periodAt } from '../../../functions/budgets/period.ts';
import type { Budget } from '../../../functions/config/account.ts';
import { cliOn } from '../command-run.ts';

const until = Date.parse('2026-11-21T10:00:00Z');
const budget: Budget = {
  name: 'all',
  measure: 'cost',
  limit: '200',
  per: 'month',
  thresholds: [50, 100],
};
const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };

function textOf(changed: Partial<ReplayedBudget>): string {
  const replayed: ReplayedBudget = {
    budget,
    isTried: false,
    periods: [],
    told: [],
    alertsAMonth: 1,
    ...changed,
  };
  const account: ReplayedAccount = {
    provider: 'northflank',
    providerName: 'Northflank',
    account: 'acme',
    currency: 'USD',
    timeZone: 'UTC',
    dayZone: 'UTC',
    parameter: '/cost-alerts/northflank/acme/config',
    from: until,
    until,
    checks: 1,
    days: [],
    budgets: [replayed],
    told: [],
    remarks: [],
  };
  const lines = backtestText({ days: 90, accounts: [account], failures: [] }, cliOn(streams, {}));
  return lines.join(' ').replaceAll(/\s+/g, ' ');
}

function openPeriod(paceAtEnd: string): Partial<ReplayedBudget> {
  const period = periodAt(budget, 'UTC', until);
  return {
    periods: [{ period, points: [{ at: until, actual: '90' }], percent: 45, paceAtEnd }],
    noAlertLimit: '181',
  };
}

describe('what a backtest suggests', () => {
  test('warns where the open period will be more than any before', () => {
    expect(textOf(openPeriod('91'))).toContain(
      'A limit of 181 USD would have stayed quiet. The average so far, continued, brings the open period to 91.00 USD, which would be told even so.',
    );
  });

  test('says no more where it will not', () => {
    expect(textOf(openPeriod('90.4'))).toMatch(/would have stayed quiet\. *$/);
  });

  test('is nothing where nothing was used', () => {
    expect(textOf({})).toContain('1 alert a month. There was no usage to suggest a limit from.');
  });
});
