import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendDigestBundle, startFunction } from '../support/functions/bundled-functions.ts';
import { startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

const now = '2026-11-23T08:00:00Z';

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
  await world.reset(now);
});

afterAll(async () => {
  await world.close();
});

function run(environment: Record<string, string> = {}) {
  const own = { PROVIDERS: 'northflank', DIGEST: 'daily', DIGEST_TIME_ZONE: 'UTC' };
  const all = { ...world.environment(), ...own, ...environment };
  return startFunction({ bundle: sendDigestBundle().file, event: {}, environment: all, now }).ended;
}

test('the bundled function sends the digest, and logs its metrics', async () => {
  world.putAccount('acme', { budgets: [] });
  await world.check();

  const { exitCode, output } = await run();

  expect(output).toContain('"DigestSent":1');
  expect(output).toContain('"SubscribersLost":0');
  expect(exitCode).toBe(0);
  expect(world.takeMessages()).toMatchObject([{ digest: { counts: { accounts: 1 } } }]);
});

test('ends with an error that names what its environment lacks or has wrong', async () => {
  const { exitCode, output } = await run({ DIGEST: 'hourly' });

  expect(exitCode).not.toBe(0);
  expect(output).toMatch(/Environment of the function:.*DIGEST/s);
});

test('holds no provider', () => {
  const foreign =
    /^(infra|test|bench|cli)\/|^functions\/providers\/(registry|northflank|influx|tp)/;

  const { inputs } = sendDigestBundle();
  expect(inputs).toContain('functions/handlers/send-digest.ts');
  expect(inputs.filter((input) => foreign.test(input))).toEqual([]);
});
