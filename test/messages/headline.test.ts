import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Notice } from '../../functions/alerts/notice.ts';
import {
  accountsOf,
  fitNames,
  gravestFirst,
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
    ['northflank/acme: everything at 101.6 % of 200 USD', overBudget],
    ['northflank/acme: everything back under 100 %, now at 95.0 % of 200 USD', resolved],
    ['influxdb/metrics: writes heading for 136.88 GB, over 50 GB', writesForecast],
    ['influxdb/metrics: writes heading over 50 GB', withoutForecast],
    ['northflank/acme: cannot be read', healthNotice('read-error')],
    ['northflank/acme: no new usage data', healthNotice('no-data')],
    ['northflank/acme: can be read again', healthNotice('read-error', 'resolved')],
    ['northflank/acme: configuration is not valid', healthNotice('invalid-config')],
    ['northflank/acme: configuration is valid again', healthNotice('invalid-config', 'resolved')],
    ['northflank/acme: is no longer watched', healthNotice('unwatched')],
    ['northflank: no account is watched', { ...healthNotice('unwatched'), account: '' }],
  ])('%s', (expected, notice) => {
    expect(headline(notice)).toBe(expected);
  });

  test('a long name is clipped, on one line', () => {
    const notice = { ...overBudget, account: 'a\nb'.repeat(50) };

    expect(headline(notice, 20)).toBe(
      'northflank/a ba ba ba ba ba ...: everything at 101.6 % of 200 USD',
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
  test('the gravest comes first, equals stay in their order', () => {
    const blind = healthNotice('read-error');

    const sorted = gravestFirst([resolved, overBudget, writesForecast, blind]);

    expect(sorted).toEqual([overBudget, blind, writesForecast, resolved]);
  });

  test('an account with several notices is named once', () => {
    expect(accountsOf([overBudget, writesForecast, resolved])).toEqual([
      'northflank/acme',
      'influxdb/metrics',
    ]);
  });

  test.each([
    ['budget', overBudget, true],
    ['forecast', writesForecast, true],
    ['recovered', resolved, true],
    ['read-error', healthNotice('read-error'), false],
    ['configured', healthNotice('invalid-config', 'resolved'), false],
  ])('a notice of kind %s has numbers or not', (_kind, notice, expected) => {
    expect(isBudgetNotice(notice)).toBe(expected);
  });
});

describe('subject', () => {
  test('says the severity, the account and what happened', () => {
    expect(subject(messageOf(overBudget))).toBe(
      '[critical] northflank/acme: everything at 101.6 % of 200 USD',
    );
  });

  test('leads with the gravest of several and counts the others', () => {
    const message = messageOf(resolved, overBudget, healthNotice('read-error', 'resolved'));

    expect(subject(message)).toBe(
      '[critical] northflank/acme: everything at 101.6 % of 200 USD (+2 more)',
    );
  });

  test('counts the accounts of a combined message', () => {
    expect(subject(manyAccounts(8))).toBe(
      '[critical] 8 accounts: northflank/team-0: everything at 101.6 % of 200 USD (+7 more)',
    );
  });

  test('says more without the accounts where all notices are of one', () => {
    expect(subject(messageOf(overBudget, resolved))).not.toContain('accounts');
  });

  test('of a test begins with that', () => {
    expect(subject({ ...messageOf(overBudget), test: true })).toBe(
      '[TEST] [critical] northflank/acme: everything at 101.6 % of 200 USD',
    );
  });

  test('transliterates what is not ASCII', () => {
    const message = messageOf({ ...overBudget, budget: 'Größe ✓' });

    expect(subject(message)).toBe('[critical] northflank/acme: Grosse ? at 101.6 % of 200 USD');
  });

  test('keeps the numbers when names are absurdly long', () => {
    const long = { ...writesForecast, account: 'x'.repeat(5_000), budget: 'y'.repeat(5_000) };

    expect(subject(messageOf(long, resolved))).toMatch(
      /^\[warning\] 2 accounts: influxdb.*over 50 GB \(\+1 more\)$/,
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
