import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Reading } from '../../functions/budgets/reading.ts';
import type { AccountStanding } from '../../functions/checks/standing.ts';
import type { Budget } from '../../functions/config/account.ts';
import { budgetLines, budgetsRead } from '../../functions/local/standing-lines.ts';
import { decimal } from '../../functions/pricing/money.ts';
import { cliOn } from '../cli/command-run.ts';

const month: Budget = {
  name: 'everything',
  measure: 'cost',
  limit: '200',
  per: 'month',
  steps: [100],
};
const writes: Budget = {
  name: 'writes',
  meter: 'data-in',
  measure: 'usage',
  unit: 'GB',
  limit: '1.5',
  per: 'day',
  steps: [100],
};
const period = { id: '2026-11-01', start: 0, end: 1, timeZone: 'UTC' };

function reading(budget: Budget, actual: string, percent: string, periodEnd?: string): Reading {
  return {
    known: true,
    budget,
    period,
    actual: decimal(actual),
    percent: decimal(percent),
    elapsedPercent: 50,
    ...(periodEnd !== undefined && { pace: { periodEnd: decimal(periodEnd) } }),
    drivers: [],
    basis: 'billed',
    unpriced: [],
  };
}

/** On no screen. */
function lines(accounts: readonly AccountStanding[]): string[] {
  const { stdin, stderr } = process;
  return budgetLines(
    accounts.map(budgetsRead),
    cliOn({ stdin, stdout: new PassThrough(), stderr }, {}),
  );
}

function standing(name: string, readings: readonly Reading[]) {
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
    standing('acme', [
      reading(month, '1203.175', '601.5875', '2305.5'),
      reading(writes, '0.25', '16.666'),
    ]),
    standing('quiet', []),
  ]);

  expect(shown).toEqual([
    'Account and budget         Actual               Limit   Percent           Pace',
    'northflank/acme',
    '  everything         1,203.18 EUR   200 EUR per month   601.6 %   2,305.50 EUR',
    '  writes                  0.25 GB      1.5 GB per day    16.7 %              -',
    'northflank/quiet',
  ]);
});

test('a percentage never reads as one that is not reached', () => {
  const [, , line] = lines([standing('acme', [reading(month, '199.93', '99.965')])]);

  expect(line).toContain(' 99.9 %');
});

test('what is not known says why', () => {
  const unread: Reading = { known: false, budget: month, period, reason: 'Nobody has read it.' };

  const shown = lines([standing('acme', [unread, reading(month, '1', '0.5')])]);

  expect(shown).toEqual([
    'Account and budget     Actual               Limit   Percent   Pace',
    'northflank/acme',
    '  everything                -   200 EUR per month         -      -',
    '    not known: Nobody has read it.',
    '  everything         1.00 EUR   200 EUR per month     0.5 %      -',
  ]);
});
