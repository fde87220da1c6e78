import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkTotalsBundle, startFunction } from '../support/functions/bundled-functions.ts';
import { startWatchedTotals, type WatchedTotals } from '../totals/watched-totals.ts';

const now = '2026-11-20T10:10:00Z';

let world: WatchedTotals;

beforeAll(async () => {
  world = await startWatchedTotals();
  await world.reset(now);
});

afterAll(async () => {
  await world.close();
});

function run(environment: Record<string, string> = {}) {
  const all = { ...world.environment(), ...environment };
  return startFunction({ bundle: checkTotalsBundle().file, event: {}, environment: all, now })
    .ended;
}

test('the bundled function evaluates totals, converts, publishes, and logs its metrics', async () => {
  await world.putCosts('tpstreams/school', {
    currency: 'INR',
    daily: Array<string>(70).fill('2000'),
  });
  world.putTotal('all', { limit: 300, currency: 'USD', per: 'month' });
  world.putTotal('none', { limit: 300, currency: 'USD', per: 'month', accounts: ['influxdb/*'] });

  const { exitCode, output } = await run();

  expect(output).toContain('"TotalsChecked":1');
  expect(output).toContain('"unknown":1');
  expect(output).toContain('There is no account \\"influxdb/*\\"');
  expect(exitCode).toBe(0);
  expect(world.takeNotices()).toMatchObject([{ id: 'totals/all/2026-11-01/150' }]);
});

test('ends with an error that names what its environment lacks or has wrong', async () => {
  const { exitCode, output } = await run({ PARAMETER_ROOT: 'cost-alerts' });

  expect(exitCode).not.toBe(0);
  expect(output).toMatch(/Environment of the function:.*PARAMETER_ROOT/s);
});

test('holds no provider', () => {
  const foreign =
    /^(infra|test|bench|cli)\/|^functions\/providers\/(registry|northflank|influx|tp)/;

  const { inputs } = checkTotalsBundle();
  expect(inputs).toContain('functions/handlers/check-totals.ts');
  expect(inputs.filter((input) => foreign.test(input))).toEqual([]);
});
