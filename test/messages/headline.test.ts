import { expect, test } from 'vitest';
import type { Notice } from '../../functions/alerts/notice.ts';
import { fitNames, headline } from '../../functions/messages/headline.ts';
import { healthNotice, overBudget, recovered, writesForecast } from './examples.ts';

const { pace: _, ...paceless } = writesForecast;

test.each<[string, Notice]>([
  ['northflank/acme: everything at 101.6 % of 200 USD', overBudget],
  ['northflank/acme: everything back under 100 %, now at 95.0 % of 200 USD', recovered],
  ['influxdb/metrics: writes heading for 136.88 GB, over 50 GB', writesForecast],
  ['influxdb/metrics: writes heading over 50 GB', paceless],
  ['northflank/acme: cannot be read', healthNotice('blind')],
  ['northflank/acme: no new usage data', healthNotice('silent')],
  ['northflank/acme: can be read again', healthNotice('sighted')],
  ['northflank/acme: configuration is not valid', healthNotice('misconfigured')],
  ['northflank/acme: configuration is valid again', healthNotice('configured')],
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
