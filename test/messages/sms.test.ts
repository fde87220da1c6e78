import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BudgetNotice } from '../../functions/alerts/notice.ts';
import { headline } from '../../functions/messages/headline.ts';
import { smsText } from '../../functions/messages/sms.ts';
import { anyMessage } from './any-message.ts';
import { healthNotice, manyAccounts, messageOf, overBudget, resolved } from './examples.ts';

test('holds the account, the numbers and the forecast', () => {
  expect(smsText(messageOf(overBudget))).toBe(
    'northflank/acme over budget: 203 of 200 USD (101.6 %). Forecast 306 USD by 30 Nov.',
  );
});

test('has no forecast where the notice has none, or where it would not be whole', () => {
  const { forecast: _, ...over } = overBudget;

  expect(smsText(messageOf(over))).toMatch(/\(101\.6 %\)\.$/);
  const long = { ...overBudget, account: 'x'.repeat(60), unpriced: ['egress'] };
  expect(smsText(messageOf(long))).toMatch(/x{60} over budget: .* No price for egress\.$/);
});

test.each<[Partial<BudgetNotice>, string]>([
  [{ basis: 'estimated' }, '(101.6 %). Estimated. Forecast'],
  [{ basis: 'mixed' }, '(101.6 %). Partly estimated. Forecast'],
  [{ measure: 'usage', unit: 'GB', basis: 'estimated' }, '(101.6 %). Forecast 306 GB'],
  [{ usageFrom: '2026-11-03' }, '(101.6 %). Usage known from 3 Nov on. Forecast'],
  [{ unpriced: ['storage'] }, '(101.6 %). No price for storage. Forecast'],
  [{ unpriced: ['egress', 'a', 'b'] }, '(101.6 %). No price for egress and 2 more.'],
  [{ per: 'day' }, 'Forecast 306 USD by the end of the day.'],
])('with %j says what kind of figure it is: %s', (changes, expected) => {
  expect(smsText(messageOf({ ...overBudget, ...changes }))).toContain(expected);
});

test('counts what it leaves out', () => {
  expect(smsText(messageOf(resolved, overBudget))).toMatch(
    /^2 alerts, first: northflank\/acme over budget: 203 of 200 USD/,
  );
  expect(smsText(manyAccounts(8))).toMatch(/^8 alerts in 8 accounts, first: northflank\/team-0 /);
});

test('of a test begins with that', () => {
  expect(smsText({ ...messageOf(overBudget), test: true })).toMatch(
    /^TEST\. northflank\/acme over budget: 203 of 200 USD/,
  );
});

test('cuts a long reason at a word', () => {
  const reason = 'northflank/acme is unreadable: the token was refused.'.repeat(20);

  const sms = smsText(messageOf({ ...healthNotice('read-error'), reason }));

  expect(sms).toMatch(/^northflank\/acme is unreadable: the token was/);
  expect(sms).toMatch(/ (is|unreadable:|the|token|was)\.\.\.$/);
});

test.each([' ', '\n', '\u0301'])('of a notice whose reason is %j says what happened', (reason) => {
  const notice = { ...healthNotice('read-error'), reason };

  expect(smsText(messageOf(notice))).toBe(headline(notice));
});

test('keeps the numbers when names are absurdly long', () => {
  const long = { ...overBudget, account: 'x'.repeat(5_000), meter: 'y'.repeat(5_000) };

  expect(smsText(messageOf(long))).toContain('203 of 200 USD (101.6 %)');
});

test('avoids the ASCII that is not in the GSM alphabet', () => {
  const odd = { ...overBudget, account: '[a]{b}\\|^`~ Größe' };

  expect(smsText(messageOf(odd))).toContain("(a)(b)//''- Grosse");
});

test('of any message is one SMS', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      expect(smsText(message)).toMatch(/^[\x20-\x5a_a-z]{1,140}$/);
    }),
  );
});
