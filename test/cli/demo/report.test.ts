import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { AccountStatus } from '../../../cli/budget-status.ts';
import { budgetLines, budgetsRead, messageLines } from '../../../cli/demo/report.ts';
import type { Reading } from '../../../functions/budgets/read-budget.ts';
import type { Budget } from '../../../functions/config/account.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { cliOn } from '../command-run.ts';

describe('message lines', () => {
  const message = {
    messageId: '1',
    topicArn: 'arn:aws:sns:us-east-1:000000000000:cost-alerts',
    subject: '[info] northflank/acme at 50 % of everything',
    bodies: { default: 'for all others', email: 'First line\n\nSecond line\n' },
    attributes: {},
    at: Date.parse('2026-11-21T10:05:00Z'),
  };

  test('a message is shown as an email with the time in the zone of the person at the terminal', () => {
    const lines = messageLines(message, 'Europe/Berlin');

    expect(lines).toEqual([
      '--- Email of 21 November 2026, 11:05 (Europe/Berlin) ---------------------------',
      '  Subject: [info] northflank/acme at 50 % of everything',
      '',
      '  First line',
      '',
      '  Second line',
      '',
    ]);
  });

  test('a message without a text of its own for emails is shown with the one for all', () => {
    const lines = messageLines({ ...message, bodies: { default: 'for all others' } }, 'UTC');

    expect(lines).toContain('  for all others');
  });
});

describe('budget lines', () => {
  const month: Budget = {
    name: 'everything',
    measure: 'cost',
    limit: '200',
    per: 'month',
    thresholds: [100],
  };
  const writes: Budget = {
    name: 'writes',
    meter: 'data-in',
    measure: 'usage',
    unit: 'GB',
    limit: '1.5',
    per: 'day',
    thresholds: [100],
  };
  const period = { id: '2026-11-01', start: 0, end: 1, timeZone: 'UTC' };

  function reading(budget: Budget, actual: string, percent: string, point?: string): Reading {
    return {
      known: true,
      budget,
      period,
      actual: decimal(actual),
      percent: decimal(percent),
      elapsedPercent: 50,
      ...(point !== undefined && { forecast: { point: decimal(point) } }),
      drivers: [],
      basis: 'billed',
      unpriced: [],
    };
  }

  /** On no screen. */
  function lines(accounts: readonly AccountStatus[]): string[] {
    const { stdin, stderr } = process;
    return budgetLines(
      accounts.map(budgetsRead),
      cliOn({ stdin, stdout: new PassThrough(), stderr }, {}),
    );
  }

  function statusOf(name: string, readings: readonly Reading[]) {
    const config = {
      options: {},
      baseUrl: 'https://api.northflank.com',
      timeZone: 'UTC',
      currency: 'EUR',
      prices: {},
      budgets: readings.map(({ budget }) => budget),
    };
    const parameter = `/cost-alerts/northflank/${name}/config`;
    return {
      account: {
        provider: 'northflank',
        name,
        token: 't',
        config,
        parameter,
        source: { tokenVersion: 1 },
      },
      readings,
    };
  }

  test('the table has a line a budget under its account, each amount with its unit', () => {
    const shown = lines([
      statusOf('acme', [
        reading(month, '1203.175', '601.5875', '2305.5'),
        reading(writes, '0.25', '16.666'),
      ]),
      statusOf('small', []),
    ]);

    expect(shown).toEqual([
      'Account and budget        Actual              Limit  Percent   Forecast',
      'northflank/acme',
      '  everything        1,203.18 EUR  200 EUR per month  601.6 %  2,306 EUR',
      '  writes                 0.25 GB     1.5 GB per day   16.7 %          -',
      'northflank/small',
    ]);
  });

  test('a percentage never reads as one that is not reached', () => {
    const [, , line] = lines([statusOf('acme', [reading(month, '199.93', '99.965')])]);

    expect(line).toContain(' 99.9 %');
  });

  test('an unknown amount says why', () => {
    const unread: Reading = { known: false, budget: month, period, reason: 'Nobody has read it.' };

    const shown = lines([statusOf('acme', [unread, reading(month, '1', '0.5')])]);

    expect(shown).toEqual([
      'Account and budget    Actual              Limit  Percent  Forecast',
      'northflank/acme',
      '  everything               -  200 EUR per month        -         -',
      '    unknown: Nobody has read it.',
      '  everything        1.00 EUR  200 EUR per month    0.5 %         -',
    ]);
  });
});
