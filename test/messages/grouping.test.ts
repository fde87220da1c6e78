import { expect, test } from 'vitest';
import { accountsOf, gravestFirst, isBudgetNotice } from '../../functions/messages/grouping.ts';
import { healthNotice, overBudget, recovered, writesForecast } from './examples.ts';

test('the gravest comes first, equals stay in their order', () => {
  const blind = healthNotice('blind');

  const sorted = gravestFirst([recovered, overBudget, writesForecast, blind]);

  expect(sorted).toEqual([overBudget, blind, writesForecast, recovered]);
});

test('an account with several notices is named once', () => {
  expect(accountsOf([overBudget, writesForecast, recovered])).toEqual([
    'northflank/acme',
    'influxdb/metrics',
  ]);
});

test.each([
  ['budget', overBudget, true],
  ['forecast', writesForecast, true],
  ['recovered', recovered, true],
  ['blind', healthNotice('blind'), false],
  ['configured', healthNotice('configured'), false],
])('a notice of kind %s has numbers or not', (_kind, notice, expected) => {
  expect(isBudgetNotice(notice)).toBe(expected);
});
