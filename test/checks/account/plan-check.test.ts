import { describe, expect, test } from 'vitest';
import {
  againFrom,
  type Lookback,
  neededFrom,
  readFrom,
} from '../../../functions/checks/account/plan-check.ts';
import type { Budget } from '../../../functions/config/account.ts';
import type { Prices } from '../../../functions/config/schema/price.ts';

const flat = { per: 'GB', tiers: [{ price: '1' }] };
const included = { per: 'GB', tiers: [{ upTo: '5', price: '0' }, { price: '1' }] };
const daily: Budget = { name: 'day', measure: 'cost', limit: '1', per: 'day', thresholds: [100] };

interface Case {
  readonly now?: string;
  readonly budgets?: readonly Partial<Budget>[];
  readonly prices?: Prices;
  readonly timeZone?: string;
  readonly dayZone?: string;
}

function lookback({
  now = '2026-11-21T10:00Z',
  budgets = [{}],
  prices = {},
  ...zones
}: Case): Lookback {
  const { timeZone = 'UTC', dayZone = 'UTC' } = zones;
  return {
    config: { budgets: budgets.map((changes) => ({ ...daily, ...changes })), prices, timeZone },
    provider: { dayZone, settlesAfterHours: 48 },
    now: Date.parse(now),
  };
}

function needed(input: Case, isFirstCheck = false): string {
  return new Date(neededFrom(lookback(input), isFirstCheck)).toISOString().slice(0, 16);
}

function read(input: Case): string {
  return new Date(readFrom(lookback(input))).toISOString().slice(0, 16);
}

describe('needed and read', () => {
  test.each<[string, Case, string, string]>([
    ['what is usual, without a budget', { budgets: [] }, '2026-11-21T10:00', '2026-07-21T10:00'],
    ['what is usual, where periods are shorter', {}, '2026-11-21T00:00', '2026-07-21T10:00'],
    [
      'a month and the one before',
      { budgets: [{ per: 'month' }] },
      '2026-11-01T00:00',
      '2026-07-21T10:00',
    ],
    [
      'the longest of all periods',
      { budgets: [{}, { per: 'year' }] },
      '2026-01-01T00:00',
      '2025-01-01T00:00',
    ],
    [
      'no more with prices that stay the same',
      { prices: { a: flat } },
      '2026-11-21T00:00',
      '2026-07-21T10:00',
    ],
    [
      'the month from its start, with an allowance',
      { prices: { a: included } },
      '2026-11-01T00:00',
      '2026-07-21T10:00',
    ],
    [
      'the month of the period before as well',
      { now: '2026-11-03T10:00Z', prices: { a: included } },
      '2026-11-01T00:00',
      '2026-07-03T10:00',
    ],
    [
      'the month that a period begins in',
      { budgets: [{ per: 'month', startsOn: 15 }], prices: { a: included } },
      '2026-11-01T00:00',
      '2026-07-21T10:00',
    ],
    [
      'no more for usage',
      { budgets: [{ measure: 'usage', meter: 'a' }], prices: { a: included } },
      '2026-11-21T00:00',
      '2026-07-21T10:00',
    ],
    [
      'no more for a meter without an allowance',
      { budgets: [{ meter: 'b' }], prices: { a: included, b: flat } },
      '2026-11-21T00:00',
      '2026-07-21T10:00',
    ],
    [
      'the month for a meter with one',
      { budgets: [{ meter: 'a' }], prices: { a: included, b: flat } },
      '2026-11-01T00:00',
      '2026-07-21T10:00',
    ],
    [
      "the month of the provider's zone",
      { dayZone: 'Asia/Kolkata', prices: { a: included } },
      '2026-10-31T18:30',
      '2026-07-21T10:00',
    ],
    [
      "the month of the provider's zone before a local month",
      { timeZone: 'Pacific/Auckland', budgets: [{ per: 'month' }], prices: { a: included } },
      '2026-10-01T00:00',
      '2026-07-21T10:00',
    ],
  ])('is %s', (_, input, expectedNeed, expectedRead) => {
    expect(needed(input)).toBe(expectedNeed);
    expect(read(input)).toBe(expectedRead);
  });

  test('are 70 days at the first check, or the period before the open one', () => {
    expect(needed({}, true)).toBe('2026-09-12T10:00');
    expect(needed({ budgets: [{ per: 'month' }] }, true)).toBe('2026-09-12T10:00');
    expect(needed({ budgets: [{ per: 'quarter' }] }, true)).toBe('2026-07-01T00:00');
    expect(needed({ prices: { a: included } }, true)).toBe('2026-09-12T10:00');
  });
});

describe('read again once a day', () => {
  test.each<[string, Case, string]>([
    ['is nothing without a budget', { budgets: [] }, '2026-11-21T10:00'],
    ['is what may still change of short periods', {}, '2026-11-18T00:00'],
    ['is the month so far', { budgets: [{ per: 'month' }] }, '2026-11-01T00:00'],
    ['is no more than 35 days', { budgets: [{ per: 'year' }] }, '2026-10-17T10:00'],
    [
      'is the month before on the day after it settled',
      { budgets: [{ per: 'month' }], now: '2026-11-03T10:00Z' },
      '2026-10-01T00:00',
    ],
    ['is so without a budget, too', { budgets: [], now: '2026-11-03T10:00Z' }, '2026-10-01T00:00'],
    [
      'is the month alone from then on',
      { budgets: [{ per: 'month' }], now: '2026-11-04T00:05Z' },
      '2026-11-01T00:00',
    ],
  ])('%s', (_, input, expected) => {
    expect(new Date(againFrom(lookback(input))).toISOString().slice(0, 16)).toBe(expected);
  });
});
