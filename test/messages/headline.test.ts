import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Notice } from '../../functions/alerts/notice.ts';
import {
  accountsOf,
  fitNames,
  headline,
  isBudgetNotice,
  subject,
} from '../../functions/messages/headline.ts';
import { anyMessage } from './any-message.ts';
import {
  healthNotice,
  manyAccounts,
  messageOf,
  overBudget,
  resolved,
  writesForecast,
} from './examples.ts';

describe('headline', () => {
  const { forecast: _, ...withoutForecast } = writesForecast;

  test.each<[string, Notice]>([
    ['northflank/acme over budget: 203 of 200 USD (101.6 %)', overBudget],
    ['northflank/acme at 95.0 % of budget: 190 of 200 USD', { ...resolved, status: 'firing' }],
    [
      'northflank/acme over daily budget for gpu: 203 of 200 USD (101.6 %)',
      { ...overBudget, per: 'day', meter: 'gpu' },
    ],
    ['northflank/acme back below 100 % of budget: 190 of 200 USD (95.0 %)', resolved],
    ['influxdb/metrics forecast over budget for data-in: 137 of 50 GB', writesForecast],
    [
      'influxdb/metrics forecast back within budget for data-in: 49 of 50 GB',
      { ...writesForecast, status: 'resolved', forecast: { point: '49' } },
    ],
    ['influxdb/metrics forecast over budget for data-in of 50 GB', withoutForecast],
    [
      'influxdb/metrics at 60.5 % of budget for data-in: 30 of 50 GB',
      { ...withoutForecast, kind: 'budget' },
    ],
    ['northflank/acme is unreadable', healthNotice('read-error')],
    ['northflank/acme is readable again', healthNotice('read-error', 'resolved')],
    ['northflank/acme credit is unreadable', { ...healthNotice('read-error'), of: 'balance' }],
    [
      'northflank/acme credit is readable again',
      { ...healthNotice('read-error', 'resolved'), of: 'balance' },
    ],
    ['northflank/acme reports no usage', healthNotice('no-data')],
    ['northflank/acme reports usage again', healthNotice('no-data', 'resolved')],
    ['northflank/acme has invalid parameters', healthNotice('invalid-config')],
    ['northflank/acme has valid parameters again', healthNotice('invalid-config', 'resolved')],
    ['northflank/acme is no longer watched', healthNotice('unwatched')],
    ['northflank/acme is watched again', healthNotice('unwatched', 'resolved')],
    ['northflank/acme is no longer muted', healthNotice('muted', 'resolved')],
    ['northflank has no account to watch', { ...healthNotice('unwatched'), account: '' }],
    [
      'northflank has accounts to watch again',
      { ...healthNotice('unwatched', 'resolved'), account: '' },
    ],
  ])('%s', (expected, notice) => {
    expect(headline(notice)).toBe(expected);
  });

  test('a long name is clipped, on one line', () => {
    const notice = { ...overBudget, account: 'a\nb'.repeat(50) };

    expect(headline(notice, 20)).toBe(
      'northflank/a ba ba ba ba ba ... over budget: 203 of 200 USD (101.6 %)',
    );
  });

  test('names give way before the numbers do', () => {
    const line = fitNames((length) => `${'n'.repeat(length)} at 101.6 %`, 30);

    expect(line).toBe(`${'n'.repeat(16)} at 101.6 %`);
  });

  test('what no name length makes fit is cut', () => {
    expect(fitNames((length) => `${'n'.repeat(length)} and more and more`, 18)).toBe(
      'nnnnnnnn and...',
    );
  });
});

describe('grouping', () => {
  test('an account with several notices is named once', () => {
    expect(accountsOf([overBudget, writesForecast, resolved])).toEqual([
      'northflank/acme',
      'influxdb/metrics',
    ]);
  });

  test.each([
    ['budget', overBudget, true],
    ['forecast', writesForecast, true],
    ['budget', resolved, true],
    ['read-error', healthNotice('read-error'), false],
    ['invalid-config', healthNotice('invalid-config', 'resolved'), false],
  ])('a notice of kind %s has numbers or not', (_kind, notice, expected) => {
    expect(isBudgetNotice(notice)).toBe(expected);
  });
});

describe('subject', () => {
  test('says the severity, the account and what happened', () => {
    expect(subject(messageOf(overBudget))).toBe(
      '[critical] northflank/acme over budget: 203 of 200 USD (101.6 %)',
    );
  });

  test('leads with the gravest of several and counts the others', () => {
    const message = messageOf(resolved, overBudget, healthNotice('read-error', 'resolved'));

    expect(subject(message)).toBe(
      '[critical] northflank/acme over budget: 203 of 200 USD (101.6 %) (+2 more)',
    );
  });

  test('counts the accounts of a combined message', () => {
    expect(subject(manyAccounts(8))).toBe(
      '[critical] 8 accounts: northflank/team-0 over budget: 203 of 200 USD (101.6 %) (+7 more)',
    );
  });

  test('says more without the accounts where all notices are of one', () => {
    expect(subject(messageOf(overBudget, resolved))).not.toContain('accounts');
  });

  test('of a test begins with that', () => {
    expect(subject({ ...messageOf(overBudget), test: true })).toBe(
      '[TEST] [critical] northflank/acme over budget: 203 of 200 USD (101.6 %)',
    );
  });

  test('transliterates what is not ASCII', () => {
    const message = messageOf({ ...overBudget, account: 'Größe ✓' });

    expect(subject(message)).toBe(
      '[critical] northflank/Grosse ? over budget: 203 of 200 USD (101.6 %)',
    );
  });

  test('keeps the numbers when names are absurdly long', () => {
    const long = { ...writesForecast, account: 'x'.repeat(5_000), meter: 'y'.repeat(5_000) };

    expect(subject(messageOf(long, resolved))).toMatch(
      /^\[warning\] 2 accounts: influxdb.*137 of 50 GB \(\+1 more\)$/,
    );
  });

  test('of any message is within the rules of SNS', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(subject(message)).toMatch(/^\[[\x20-\x7e]{1,98}$/);
      }),
    );
  });
});
