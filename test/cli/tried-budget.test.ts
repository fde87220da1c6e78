import { describe, expect, test } from 'vitest';
import { withTriedBudget } from '../../functions/cli/tried-budget.ts';
import type { Account } from '../../functions/config/account.ts';
import { readConfigText } from '../../functions/config/read-accounts.ts';
import { withListPrices } from '../../functions/pricing/price-book.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { providerById } from '../../functions/providers/registry.ts';

const options: Readonly<Record<string, object>> = {
  northflank: {},
  tpstreams: { organizationId: 'dcek2m' },
};

function accountAt(provider: Provider): Account {
  const budgets = [
    { name: 'first', limit: 10, per: 'day', measure: 'usage', meter: 'bandwidth', unit: 'GB' },
  ];
  const own = provider.id === 'tpstreams' ? budgets : [{ name: 'first', limit: 10, per: 'day' }];
  const text = JSON.stringify({ ...options[provider.id], budgets: own });
  const config = readConfigText(text, withListPrices(provider));
  if (config === undefined) throw new Error('expected a valid config');
  const parameter = `/cost-alerts/${provider.id}/acme/config`;
  const source = { config: text, tokenVersion: 1 };
  return { provider: provider.id, name: 'acme', token: 'a-token', config, parameter, source };
}

function tryOn(id: string, json: string) {
  const provider = providerById(id);
  return withTriedBudget(accountAt(provider), json, provider);
}

describe('a budget that is tried', () => {
  test('comes after the others, with the defaults of a config', () => {
    const { account, budget } = tryOn('northflank', '{"name":"gpu","limit":15,"per":"week"}');

    expect(budget).toEqual({
      name: 'gpu',
      measure: 'cost',
      limit: '15',
      per: 'week',
      steps: [50, 80, 100],
    });
    expect(account.config.budgets.map(({ name }) => name)).toEqual(['first', 'gpu']);
  });

  test('takes the place of its namesake', () => {
    const { account } = tryOn('northflank', '{"name":"first","limit":99.5,"per":"month"}');

    expect(account.config.budgets).toMatchObject([{ name: 'first', limit: '99.5', per: 'month' }]);
  });

  test.each([
    ['northflank', '{"name":', /^--try: not JSON, /],
    ['northflank', '[]', /^--try: expected an object, got \[\]$/],
    ['northflank', '{"name":"x","limit":"15","per":"day"}', /^--try: limit: expected .*got "15"$/],
    [
      'northflank',
      '{"name":"x","limit":-1,"per":"dag"}',
      /^--try: limit: expected .*; per: expected .*got "dag"$/,
    ],
    ['northflank', '{"name":"x","limit":1,"per":"day","step":[1]}', /^--try: unknown key "step"/],
    ['northflank', '{"name":"x","meter":"gpus","limit":1,"per":"day"}', /^--try: meter: expected /],
    [
      'tpstreams',
      '{"name":"x","meter":"bandwidth","limit":1,"per":"day"}',
      /^--try: meter: expected .*prices\.bandwidth/,
    ],
  ])('at %s, %s, is refused in one line', (id, json, expected) => {
    expect(() => tryOn(id, json)).toThrow(expected);
  });
});
