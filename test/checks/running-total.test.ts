/** A running total that names no time, check after check: what was added counts once, whatever happens in between. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answering, jsonAnswer, startSimulatedServer } from '../../cli/demo/vendors/server.ts';
import { custom } from '../../functions/providers/vendors/custom.ts';
import { type ProviderWorld, startProviderWorld } from '../support/provider-worlds.ts';
import type { StartAccounts } from '../support/simulated-accounts.ts';

let world: ProviderWorld;
let pending = '0';

const startTotals: StartAccounts = async () => {
  const server = await startSimulatedServer(() => jsonAnswer({ account: { pending } }));
  const budget = { name: 'everything', limit: 1000, per: 'month' };
  return {
    configOf: () => ({
      baseUrl: server.url,
      billingUrl: 'https://costs.example.com/',
      api: { path: '/account', kind: 'counter', amount: { path: 'account.pending' } },
      budgets: [budget],
    }),
    spend: () => {},
    spendNothing: () => {},
    addFault: (_account, fault) => server.faults.add(fault),
    clearFaults: server.faults.clear,
    close: server.close,
  };
};

beforeAll(async () => {
  world = await startProviderWorld({ provider: custom, startAccounts: startTotals });
});

afterAll(() => world.close());

beforeEach(() => world.reset('2026-11-20T10:05:00Z'));

async function actualAt(now: string, total: string): Promise<string | undefined> {
  pending = total;
  world.setClock(now);
  await world.check();
  return (await world.actuals()).get('acme');
}

test('counts the month so far at first, and then what was added', async () => {
  expect(await actualAt('2026-11-20T10:05:00Z', '40.1')).toBe('40.1');
  expect(await actualAt('2026-11-20T11:05:00Z', '42.6')).toBe('42.6');
  expect(await actualAt('2026-11-20T11:05:00Z', '42.6')).toBe('42.6');
  expect(await actualAt('2026-11-23T09:05:00Z', '50')).toBe('50');
});

test('is not lost where a check fails in between', async () => {
  await actualAt('2026-11-20T10:05:00Z', '40');
  world.afflict('acme', { fault: answering({ status: 500, body: '' }) });
  expect(await actualAt('2026-11-20T11:05:00Z', '41')).toBe('40');
  world.heal();

  expect(await actualAt('2026-11-20T12:05:00Z', '43')).toBe('43');
});

test('begins anew with the month, be the vendor late with it or not', async () => {
  await actualAt('2026-11-30T22:05:00Z', '90');

  expect(await actualAt('2026-12-01T00:05:00Z', '90.5')).toBe('0.5');
  expect(await actualAt('2026-12-01T01:05:00Z', '0.2')).toBe('0.7');
});
