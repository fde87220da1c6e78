import { describe, expect, test } from 'vitest';
import { accountConfigSchema } from '../../functions/config/account-config.ts';
import { parseConfig } from '../../functions/config/config-error.ts';
import type { ConfigRules } from '../../functions/config/config-rules.ts';
import { meteredRules, moneyRules } from '../support/config-rules.ts';

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
  return 'problems' in found ? found.problems : [];
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
    expect(problems({ budgets: [all, { ...all, name: 'gpu', meter: 'gpu' }] }, moneyRules)).toEqual(
      [],
    );
  });
});

test('a budget of usage needs no price', () => {
  const usage = { ...all, measure: 'usage', meter: 'queries', unit: 'count' };

  expect(problems({ budgets: [usage] }, unbilled)).toEqual([]);
});
