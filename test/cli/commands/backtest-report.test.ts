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
    notices: [],
    alertsAMonth: { budget: 1, forecast: 0 },
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
    notices: [],
    anomaliesAMonth: 0,
    remarks: [],
  };
  const lines = backtestText({ days: 90, accounts: [account], failures: [] }, cliOn(streams, {}));
  return lines.join(' ').replaceAll(/\s+/g, ' ');
}

function openPeriod(forecast: string): Partial<ReplayedBudget> {
  const period = periodAt(budget, 'UTC', until);
  return {
    periods: [{ period, points: [{ at: until, actual: '90' }], percent: 45, forecast }],
    usual: '90',
    suggestedLimit: '181',
    suggestedAlerts: 1,
  };
}

describe('the suggestion of a backtest', () => {
  test('warns where the open period is heading above any before', () => {
    expect(textOf(openPeriod('91'))).toContain(
      'Suggested limit: 181 USD, from what is usual; it would have sent 1 alert. Heading for 91 USD this month, above its 50 % threshold.',
    );
  });

  test('says that it is crossed already', () => {
    expect(textOf({ ...openPeriod('120'), suggestedLimit: '80' })).toContain(
      'Over it already: 90.00 of 80 USD this month (112.5 %).',
    );
  });

  test('has no warning where it is not', () => {
    expect(textOf(openPeriod('90.4'))).toMatch(/it would have sent 1 alert\. *$/);
  });

  test('is nothing where nothing was used', () => {
    expect(textOf({})).toContain(
      'No alerts in 0 periods. No limit to suggest: too little is used, or fewer than 14 complete days are known.',
    );
  });
});
