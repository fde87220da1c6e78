import { expect, test } from 'vitest';
import { onLoopback } from '../../../../cli/demo/local-provider.ts';
import { simulatedProviders } from '../../../../cli/demo/vendors/vendors.ts';
import { isValid } from '../../../../functions/config/account.ts';
import { readAccounts } from '../../../../functions/config/read-accounts.ts';
import { providers } from '../../../../functions/providers/registry.ts';

const now = Date.parse('2026-11-21T10:30:00Z');

test('every registered provider is simulated, and no other', () => {
  const registered = providers.map(({ id }) => id);

  expect(new Set(Object.keys(simulatedProviders))).toEqual(new Set(registered));
});

test.for(providers.map(onLoopback))(
  '$name has accounts with budgets, and nothing wrong with them',
  async (provider) => {
    const world = await simulatedProviders[provider.id]?.(now);
    await world?.close();

    const parameters = (world?.accounts ?? []).flatMap(({ name, token, config }) => [
      parameter(`/cost-alerts/${provider.id}/${name}/token`, token, 'SecureString'),
      parameter(`/cost-alerts/${provider.id}/${name}/config`, JSON.stringify(config), 'String'),
    ]);
    const read = readAccounts(parameters, provider, '/cost-alerts');
    const accounts = read.filter(isValid);
    expect(read.map(({ invalid }) => invalid)).toEqual(accounts.map(() => undefined));
    expect(accounts.map(({ config }) => config.budgets.length)).not.toEqual([]);
    expect(accounts.every(({ config }) => config.budgets.length > 0)).toBe(true);
  },
);

function parameter(name: string, value: string, type: 'String' | 'SecureString') {
  return { name, value, type, version: 1 };
}
