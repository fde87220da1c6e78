import fc from 'fast-check';
import { expect, test } from 'vitest';
import { smsText } from '../../functions/messages/sms.ts';
import { anyMessage } from './any-message.ts';
import { healthNotice, manyAccounts, messageOf, overBudget, resolved } from './examples.ts';

test('holds the account, the budget, the numbers and the pace', () => {
  expect(smsText(messageOf(overBudget))).toBe(
    'Cost alert (critical): northflank/acme everything 203.17 USD of 200 USD (101.6 %), billed, the average so far, continued: 305.50 USD',
  );
});

test('has no forecast where the notice has none, or where it would not be whole', () => {
  const { forecast: _, ...over } = overBudget;

  expect(smsText(messageOf(over))).toMatch(/\(101\.6 %\), billed$/);
  expect(smsText(messageOf({ ...overBudget, budget: 'everything together' }))).toMatch(
    /everything together 203\.17 USD of 200 USD \(101\.6 %\), billed$/,
  );
});

test.each([
  [{ basis: 'estimated' }, '(101.6 %), estimated, the average'],
  [{ basis: 'mixed' }, '(101.6 %), partly estimated'],
  [{ measure: 'usage', unit: 'GB' }, '(101.6 %), the average so far'],
  [{ unpriced: ['storage'] }, '(101.6 %), billed, without storage'],
  [{ unpriced: ['egress', 'a', 'b'] }, '(101.6 %), billed, without egress and 2 more'],
] as const)('with %j says what kind of figure it is: %s', (changes, expected) => {
  expect(smsText(messageOf({ ...overBudget, ...changes }))).toContain(expected);
});

test('counts what it does not tell', () => {
  expect(smsText(messageOf(resolved, overBudget))).toMatch(
    /^Cost alert \(critical\), \+1 more: northflank\/acme everything 203\.17 USD/,
  );
  expect(smsText(manyAccounts(8))).toMatch(/^Cost alert \(critical\), 8 accounts, \+7 more: /);
});

test('of a test begins with that', () => {
  expect(smsText({ ...messageOf(overBudget), test: true })).toMatch(
    /^TEST\. Cost alert \(critical\): northflank\/acme everything 203\.17 USD/,
  );
});

test('cuts a long reason at a word', () => {
  const blind = { ...healthNotice('read-error'), reason: 'The token was refused. '.repeat(20) };

  const sms = smsText(messageOf(blind));

  expect(sms).toMatch(/^Cost alert \(critical\): northflank\/acme: cannot be read\. The token/);
  expect(sms).toMatch(/(The|token|was|refused\.)\.\.\.$/);
});

test('keeps the numbers when names are absurdly long', () => {
  const long = { ...overBudget, account: 'x'.repeat(5_000), budget: 'y'.repeat(5_000) };

  expect(smsText(messageOf(long))).toContain('203.17 USD of 200 USD (101.6 %)');
});

test('avoids the ASCII that is not in the GSM alphabet', () => {
  const odd = { ...overBudget, budget: '[a]{b}\\|^`~ Größe' };

  expect(smsText(messageOf(odd))).toContain("(a)(b)//''- Grosse");
});

test('of any message is one SMS', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      expect(smsText(message)).toMatch(/^[\x20-\x5a_a-z]{1,140}$/);
    }),
  );
});
