import fc from 'fast-check';
import { expect, test } from 'vitest';
import { subject } from '../../functions/messages/subject.ts';
import { anyMessage } from './any-message.ts';
import {
  healthNotice,
  manyAccounts,
  messageOf,
  overBudget,
  recovered,
  writesForecast,
} from './examples.ts';

test('says the severity, the account and what happened', () => {
  expect(subject(messageOf(overBudget))).toBe(
    '[critical] northflank/acme: everything at 101.6 % of 200 USD',
  );
});

test('leads with the gravest of several and counts the others', () => {
  const message = messageOf(recovered, overBudget, healthNotice('sighted'));

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
  expect(subject(messageOf(overBudget, recovered))).not.toContain('accounts');
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

  expect(subject(messageOf(long, recovered))).toMatch(
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
