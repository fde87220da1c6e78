/** What whole checks make of rows that are not one an hour, or not of categories that are known. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answeringJson } from '../../cli/demo/vendors/server.ts';
import { alertsIn, startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

const timestamp = Date.UTC(2026, 10, 12, 9) / 1000;

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

beforeEach(() => world.reset('2026-11-21T10:05:00Z'));

/** What fires at the first check of an account that may spend 100 USD a month, and how it read it. */
async function check(rows: readonly object[]) {
  world.putAccount('acme', { budgets: [{ name: 'everything', limit: 100, per: 'month' }] });
  const usage = rows.map((row) => ({ timestamp, currency: 'usd', ...row }));
  world.northflank.faults.add(answeringJson({ data: { usage } }));
  const { checks } = await world.check();
  const messages = world.takeMessages();
  const drivers = messages
    .flatMap(({ notices }) => notices)
    .flatMap((notice) => ('drivers' in notice ? notice.drivers.map(({ meter }) => meter) : []));
  return { alerts: alertsIn(messages), drivers, read: checks.map(({ fetch }) => fetch.status) };
}

test('rows of two regions add up, each once', async () => {
  const regions = ['eu', 'us'].map((region) => ({ region, paas: { price: { gpu: 60 } } }));

  expect(await check([...regions, ...regions])).toEqual({
    alerts: ['acme: budget everything 100 % at 120.00 of 100 USD'],
    drivers: ['gpu'],
    read: ['complete'],
  });
});

test('two amounts for one settled hour are a failed reading, and no amount', async () => {
  const rows = [120, 60].map((gpu) => ({ paas: { price: { gpu } } }));

  expect(await check(rows)).toEqual({ alerts: [], drivers: [], read: ['failed'] });
});

test('a category that nobody knows counts as other', async () => {
  const row = { paas: { price: { cpu: 20 } }, commitments: { price: { total: 100 } } };

  expect(await check([row])).toEqual({
    alerts: ['acme: budget everything 100 % at 120.00 of 100 USD'],
    drivers: ['other', 'cpu'],
    read: ['complete'],
  });
});

test('float noise is no meter', async () => {
  const row = { total: 120.00000000000001, paas: { price: { cpu: 120, gpu: 2e-16 } } };

  expect(await check([row])).toEqual({
    alerts: ['acme: budget everything 100 % at 120.00 of 100 USD'],
    drivers: ['cpu'],
    read: ['complete'],
  });
});
