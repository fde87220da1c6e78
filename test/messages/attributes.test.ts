import { expect, test } from 'vitest';
import { attributesByteLength, messageAttributes } from '../../functions/messages/attributes.ts';
import {
  healthNotice,
  manyAccounts,
  messageOf,
  overBudget,
  recovered,
  writesForecast,
} from './examples.ts';

test('name the provider, the accounts, the kinds and the severity', () => {
  expect(messageAttributes(messageOf(overBudget, recovered))).toEqual({
    provider: { DataType: 'String', StringValue: 'northflank' },
    accounts: { DataType: 'String.Array', StringValue: '["northflank/acme"]' },
    kinds: { DataType: 'String.Array', StringValue: '["budget","recovered"]' },
    severity: { DataType: 'String', StringValue: 'critical' },
  });
});

test('list the providers where there are several', () => {
  const { provider, accounts } = messageAttributes(messageOf(overBudget, writesForecast));

  expect(provider).toEqual({
    DataType: 'String.Array',
    StringValue: '["northflank","influxdb"]',
  });
  expect(accounts.StringValue).toBe('["northflank/acme","influxdb/metrics"]');
});

test('cut more than 100 accounts after the gravest ones, with a * in their place', () => {
  const blind = { ...healthNotice('blind'), account: 'last' };
  const warnings = manyAccounts(200).notices.map((notice) => ({
    ...notice,
    severity: 'warning' as const,
  }));

  const { accounts } = messageAttributes(messageOf(...warnings, blind));

  const listed = JSON.parse(accounts.StringValue ?? '');
  expect(listed).toHaveLength(101);
  expect(listed[0]).toBe('northflank/last');
  expect(listed[100]).toBe('*');
});

test('cut accounts with absurdly long names by their size', () => {
  const long = { ...overBudget, account: '漢'.repeat(20_000) };

  const { accounts } = messageAttributes(messageOf(overBudget, long));

  expect(accounts.StringValue).toBe('["northflank/acme","*"]');
});

test('are counted with names, types and values', () => {
  const attributes = { severity: { DataType: 'String', StringValue: 'größer' } };

  expect(attributesByteLength(attributes)).toBe('severity'.length + 'String'.length + 8);
});
