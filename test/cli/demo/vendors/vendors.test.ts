import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployLocally, type LocalDeployment } from '../../../../cli/demo/local-deployment.ts';
import { onLoopback } from '../../../../cli/demo/local-provider.ts';
import { type SimulatedClock, simulateClock } from '../../../../cli/demo/play.ts';
import type { SimulatedWorld } from '../../../../cli/demo/vendors/server.ts';
import { simulatedProviders } from '../../../../cli/demo/vendors/vendors.ts';
import { isValid } from '../../../../functions/config/account.ts';
import { readAccounts } from '../../../../functions/config/read-accounts.ts';
import { providers } from '../../../../functions/providers/registry.ts';

const now = Date.parse('2026-11-21T10:30:00Z');
/** By provider id. */
const worlds = new Map<string, SimulatedWorld>();
let clock: SimulatedClock;
let deployment: LocalDeployment;

beforeAll(async () => {
  clock = simulateClock(now);
  deployment = await deployLocally({ providers });
  for (const { id } of providers) {
    const world = await simulatedProviders[id]?.(now);
    if (world) worlds.set(id, world);
  }
});

afterAll(async () => {
  clock.restore();
  for (const { close } of worlds.values()) await close();
  await deployment.close();
});

test('every registered provider is simulated, and no other', () => {
  const registered = providers.map(({ id }) => id);

  expect(new Set(Object.keys(simulatedProviders))).toEqual(new Set(registered));
});

test.for(providers.map(onLoopback))(
  '$name has accounts with budgets, and nothing wrong with them',
  (provider) => {
    const parameters = parametersOf(provider.id);

    const read = readAccounts(parameters, provider, '/cost-alerts');
    const accounts = read.filter(isValid);
    expect(read.map(({ invalid }) => invalid)).toEqual(accounts.map(() => undefined));
    expect(accounts.map(({ config }) => config.budgets.length)).not.toEqual([]);
    expect(accounts.every(({ config }) => config.budgets.length > 0)).toBe(true);
  },
);

test('at their end all have something that costs too much, and nothing that fails', async () => {
  for (const { id } of providers) {
    for (const { name, value, type } of parametersOf(id))
      deployment.parameters.put(name, value, type);
  }

  const { invocations, published } = await deployment.check();

  expect(invocations.flatMap(({ failure, remarks }) => failure ?? remarks)).toEqual([]);
  const subjects = published.map(({ subject }) => subject).join('\n');
  for (const { id } of providers) {
    expect(subjects).toMatch(new RegExp(`^\\[(warning|critical)\\] ${id}/`, 'm'));
  }
});

function parametersOf(provider: string) {
  return (worlds.get(provider)?.accounts ?? []).flatMap(({ name, token, config }) => [
    parameter(`/cost-alerts/${provider}/${name}/token`, token, 'SecureString'),
    parameter(`/cost-alerts/${provider}/${name}/config`, JSON.stringify(config), 'String'),
  ]);
}

function parameter(name: string, value: string, type: 'String' | 'SecureString') {
  return { name, value, type, version: 1 };
}
