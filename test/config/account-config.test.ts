import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { AccountConfig } from '../../functions/config/account.ts';
import { accountConfigSchema } from '../../functions/config/account-config.ts';
import { parseJson } from '../../functions/config/exact-json.ts';
import { meteredRules, moneyRules } from '../support/config-rules.ts';

function metered(keys: object): AccountConfig {
  return accountConfigSchema(meteredRules).parse({ orgId: 'o1', budgets: [], ...keys });
}

function budget(keys: object): AccountConfig['budgets'][number] | undefined {
  return metered({ budgets: [{ name: 'all', limit: 5, per: 'month', ...keys }] }).budgets[0];
}

function limitOf(json: string): string | undefined {
  const parsed = parseJson(`{"budgets": [{"name": "all", "limit": ${json}, "per": "day"}]}`);
  const value = 'value' in parsed ? parsed.value : undefined;
  return accountConfigSchema(moneyRules).parse(value).budgets[0]?.limit;
}

describe('accountConfigSchema', () => {
  test('fills in what the config leaves to defaults', () => {
    const config = accountConfigSchema(meteredRules).parse({
      orgId: 'o1',
      budgets: [{ name: 'everything', limit: 200, per: 'month' }],
    });

    expect(config).toEqual({
      options: { orgId: 'o1', region: 'us' },
      baseUrl: 'https://us.example.com',
      timeZone: 'Asia/Kolkata',
      currency: 'USD',
      budgets: [
        { name: 'everything', measure: 'cost', limit: '200', per: 'month', steps: [50, 80, 100] },
      ],
      prices: {},
    });
  });

  test('takes everything that a config may say', () => {
    const config = accountConfigSchema(meteredRules).parse({
      $schema: 'https://example.com/config.schema.json',
      orgId: 'o1',
      region: 'eu',
      tags: ['a'],
      baseUrl: 'http://127.0.0.1:8086/',
      timeZone: 'europe/berlin',
      currency: 'eur',
      budgets: [
        {
          name: 'writes',
          meter: 'data-in',
          measure: 'usage',
          unit: 'GB',
          limit: 50.5,
          per: 'month',
          startsOn: 15,
          steps: [100, 33.3],
        },
        { name: 'fees', meter: 'fees', measure: 'cost', limit: 1, per: 'week', startsOn: 'sunday' },
      ],
      prices: { 'data-in': { price: 0.0025, per: 'MB', included: 100 } },
      mutedUntil: '2026-12-01T10:00:00+02:00',
    });

    expect(config).toEqual({
      options: { orgId: 'o1', region: 'eu', tags: ['a'] },
      baseUrl: 'http://127.0.0.1:8086',
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      budgets: [
        {
          name: 'writes',
          meter: 'data-in',
          measure: 'usage',
          unit: 'GB',
          limit: '50.5',
          per: 'month',
          startsOn: 15,
          steps: [33.3, 100],
        },
        {
          name: 'fees',
          meter: 'fees',
          measure: 'cost',
          limit: '1',
          per: 'week',
          startsOn: 'sunday',
          steps: [50, 80, 100],
        },
      ],
      prices: {
        'data-in': { per: 'MB', tiers: [{ upTo: '100', price: '0' }, { price: '0.0025' }] },
      },
      mutedUntil: Date.UTC(2026, 11, 1, 8),
    });
  });

  test('takes the base URL that the options lead to', () => {
    expect(metered({ region: 'eu' }).baseUrl).toBe('https://eu.example.com');
  });

  test('takes an account without budgets', () => {
    expect(metered({ budgets: [] }).budgets).toEqual([]);
  });

  test('knows a mute until 1970', () => {
    expect(metered({ mutedUntil: '1970-01-01T00:00:00Z' }).mutedUntil).toBe(0);
  });

  test.each([
    ['utc', 'UTC'],
    ['America/New_York', 'America/New_York'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
  ])('takes the time zone %s as %s', (timeZone, expected) => {
    expect(metered({ timeZone }).timeZone).toBe(expected);
  });

  test.each([
    [{ per: 'month', startsOn: 1 }],
    [{ per: 'month', startsOn: 28 }],
    [{ per: 'quarter', startsOn: 15 }],
    [{ per: 'year', startsOn: 28 }],
    [{ per: 'week', startsOn: 'monday' }],
    [{ measure: 'usage', meter: 'queries', unit: '1000 count' }],
    [{ measure: 'usage', meter: 'storage', unit: 'GiB-month' }],
    [{ steps: [1000] }],
    [{ steps: [0.01, 1.5] }],
    [{ name: '❤\uFE0F Größe' }],
    [{ name: 'x'.repeat(64) }],
    [{ name: 'Größe & Preis' }],
  ])('takes a budget with %j', (keys) => {
    expect(budget(keys)).toMatchObject(keys);
  });

  test.each([
    ['200', '200'],
    ['200.50', '200.5'],
    ['1e3', '1000'],
    ['1.5E-5', '0.000015'],
    ['1e-6', '0.000001'],
    ['1E15', '1000000000000000'],
    ['900719925474099.3', '900719925474099.3'],
    ['0.12345678901234567890123', '0.12345678901234567890123'],
  ])('takes the limit %s as %s', (json, expected) => {
    expect(limitOf(json)).toBe(expected);
  });

  test('keeps every digit of every limit', () => {
    const amounts = fc.tuple(
      fc.bigInt({ min: 10n ** 29n, max: 10n ** 30n - 1n }),
      fc.integer({ min: -35, max: -15 }),
    );

    fc.assert(
      fc.property(amounts, ([digits, exponent]) => {
        const source = `${digits}e${exponent}`;
        const limit = limitOf(source);
        expect(limit).toMatch(/^\d+(\.\d+)?$/);
        expect(limit).toBe(new Big(source).toFixed());
      }),
    );
  });

  test('refuses a provider whose own keys would hide those of every config', () => {
    const rules = { ...moneyRules, options: { currency: z.string() } };

    expect(() => accountConfigSchema(rules)).toThrow(
      'expected options of northflank that no config has, got "currency"',
    );
  });
});
