import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { AccountConfig } from '../../../functions/config/account.ts';
import { parseConfig } from '../../../functions/config/config-error.ts';
import type { ConfigRules } from '../../../functions/config/config-rules.ts';
import { parseJson } from '../../../functions/config/json.ts';
import type { Meter } from '../../../functions/config/meter.ts';
import { problemLine } from '../../../functions/config/problem.ts';
import { accountConfigSchema } from '../../../functions/config/schema/account.ts';
import { meteredRules, moneyRules } from '../../support/config-rules.ts';

describe('account config', () => {
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
          {
            name: 'everything',
            measure: 'cost',
            limit: '200',
            per: 'month',
            thresholds: [80, 100, 150],
          },
        ],
        prices: {},
        anomalies: { minimum: 1 },
      });
    });

    test('takes everything that a config may say', () => {
      const config = accountConfigSchema(meteredRules).parse({
        $schema: 'https://example.com/config.schema.json',
        orgId: 'o1',
        region: 'eu',
        tags: ['a'],
        baseUrl: 'http://127.0.0.1:8086/',
        anomalies: { minimum: 5 },
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
            thresholds: [100, 33.3],
          },
          {
            name: 'fees',
            meter: 'fees',
            measure: 'cost',
            limit: 1,
            per: 'week',
            startsOn: 'sunday',
          },
        ],
        prices: { 'data-in': { price: 0.0025, per: 'MB', included: 100 } },
        mutedUntil: '2026-12-01T10:00:00+02:00',
        mutedBecause: 'load test',
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
            thresholds: [33.3, 100],
          },
          {
            name: 'fees',
            meter: 'fees',
            measure: 'cost',
            limit: '1',
            per: 'week',
            startsOn: 'sunday',
            thresholds: [80, 100, 150],
          },
        ],
        prices: {
          'data-in': { per: 'MB', tiers: [{ upTo: '100', price: '0' }, { price: '0.0025' }] },
        },
        anomalies: { minimum: 5 },
        mutedUntil: Date.UTC(2026, 11, 1, 8),
        mutedBecause: 'load test',
      });
    });

    test('takes the base URL that the options lead to', () => {
      expect(metered({ region: 'eu' }).baseUrl).toBe('https://eu.example.com');
    });

    test('takes an account without budgets', () => {
      expect(metered({ budgets: [] }).budgets).toEqual([]);
    });

    test('has no anomalies where it wants none, and no forecast of a budget that wants none', () => {
      const budgets = [{ name: 'all', limit: 5, per: 'month', forecast: false }];
      const config = metered({ anomalies: false, budgets });

      expect(config.anomalies).toBeUndefined();
      expect(config.budgets[0]?.forecast).toBe(false);
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
      [{ thresholds: [1000] }],
      [{ thresholds: [0.01, 1.5] }],
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
});

describe('budget prices', () => {
  const listPrice = { per: 'MB', tiers: [{ price: '0.0025' }] };
  const listed: ConfigRules = {
    ...meteredRules,
    defaultPrices: { currency: 'USD', prices: { 'data-in': listPrice } },
  };
  /** Only meters that need a price. */
  const unbilled: ConfigRules = {
    ...meteredRules,
    meters: meteredRules.meters.filter(({ unit }) => unit !== undefined),
  };
  const all = { name: 'all', limit: 5, per: 'month' };

  function read(keys: object, rules: ConfigRules) {
    const own = rules === moneyRules ? {} : { orgId: 'o1' };
    const config = { budgets: [], ...own, ...keys };
    return parseConfig(accountConfigSchema(rules), config, { secure: false });
  }

  function prices(keys: object, rules: ConfigRules = listed) {
    const found = read(keys, rules);
    return 'value' in found ? found.value.prices : found.problems;
  }

  function problems(keys: object, rules: ConfigRules = listed) {
    const found = read(keys, rules);
    return 'problems' in found ? found.problems.map(problemLine) : [];
  }

  describe('the prices of an account', () => {
    test('are the list prices where the config has none', () => {
      expect(prices({})).toEqual({ 'data-in': listPrice });
    });

    test('are those of the config where it has some, meter by meter', () => {
      const own = { price: 0.01, per: '100 count' };

      expect(prices({ prices: { queries: own } })).toEqual({
        'data-in': listPrice,
        queries: { per: '100 count', tiers: [{ price: '0.01' }] },
      });
      expect(prices({ prices: { 'data-in': { price: 0, per: 'GB' } } })).toEqual({
        'data-in': { per: 'GB', tiers: [{ price: '0' }] },
      });
    });

    test('are never list prices in another currency', () => {
      expect(prices({ currency: 'EUR' })).toEqual({});
      expect(prices({ currency: 'EUR', prices: { 'data-in': { price: 1, per: 'GB' } } })).toEqual({
        'data-in': { per: 'GB', tiers: [{ price: '1' }] },
      });
    });

    test('are none where there is no price book', () => {
      expect(prices({}, meteredRules)).toEqual({});
    });
  });

  describe('a budget of costs', () => {
    test.each([
      ['of a meter with a list price', { meter: 'data-in' }],
      ['of a meter that the provider bills itself', { meter: 'fees' }],
      ['of all meters, of which some have no price', {}],
    ])('%s is allowed', (_, keys) => {
      expect(problems({ budgets: [{ ...all, ...keys }] })).toEqual([]);
    });

    test('of a meter with a price in the config is allowed', () => {
      const config = {
        prices: { queries: { price: 1, per: 'count' } },
        budgets: [{ ...all, meter: 'queries' }],
      };

      expect(problems(config)).toEqual([]);
    });

    test('of a meter without a price names the price that is missing', () => {
      const budgets = [all, { ...all, name: 'b', meter: 'queries' }];

      expect(problems({ budgets })).toEqual([
        'budgets[1].meter: expected a meter with a price, or prices.queries, got "queries"',
      ]);
    });

    test('of a meter whose cost is in that of another has none, and no price', () => {
      const calls = { id: 'calls', name: 'Calls', kind: 'flow', unit: 'count', countsOnly: true };
      const rules: ConfigRules = { ...listed, meters: [...listed.meters, calls as Meter] };

      expect(problems({ budgets: [{ ...all, meter: 'calls' }] }, rules)).toEqual([
        'budgets[0].meter: expected a meter that has a cost of its own, got "calls"',
      ]);
      expect(problems({ prices: { calls: { price: 1, per: 'count' } } }, rules)).toEqual([
        'prices: expected no price of calls, as the provider itself reports its cost',
      ]);
    });

    test('of a meter with a list price in another currency says so', () => {
      expect(problems({ currency: 'EUR', budgets: [{ ...all, meter: 'data-in' }] })).toEqual([
        'budgets[0].meter: expected a meter with a price, or prices.data-in, as list prices are in USD and the account\'s currency is EUR, got "data-in"',
      ]);
    });

    test('of all meters needs a price of one at least', () => {
      expect(problems({ budgets: [all] }, unbilled)).toEqual([
        'budgets[0].measure: expected "usage" of one meter, or one of prices.data-in, prices.queries, prices.storage, prices.kept, got "cost"',
      ]);
    });

    test('needs no price where the provider bills everything', () => {
      expect(
        problems({ budgets: [all, { ...all, name: 'gpu', meter: 'gpu' }] }, moneyRules),
      ).toEqual([]);
    });
  });

  test('a budget of usage needs no price', () => {
    const usage = { ...all, measure: 'usage', meter: 'queries', unit: 'count' };

    expect(problems({ budgets: [usage] }, unbilled)).toEqual([]);
  });
});
