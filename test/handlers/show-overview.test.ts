import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFunction } from '../../infra/function-code.ts';
import { startFunction } from '../support/functions/bundled-functions.ts';
import { startWatchedTotals, type WatchedTotals } from '../totals/watched-totals.ts';

const now = '2026-11-20T10:10:00Z';

let folder: string;
let bundle: string;
let inputs: readonly string[];
let world: WatchedTotals;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cost-alerts-'));
  bundle = join(folder, 'index.cjs');
  inputs = Object.keys(bundleFunction('show-overview', bundle).inputs);
  world = await startWatchedTotals();
  await world.reset(now);
});

afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

function run(environment: Record<string, string> = {}) {
  const event = { widgetContext: { theme: 'dark' } };
  const all = { ...world.environment(), PROVIDERS: 'northflank', ...environment };
  return startFunction({ bundle, event, environment: all, now }).ended;
}

test('the bundled function renders what checks and totals have left', async () => {
  await world.putCosts('northflank/acme', { daily: Array<string>(70).fill('20') });
  world.putTotal('all', { limit: 300, currency: 'USD', per: 'month' });
  await world.check();

  const { exitCode, output } = await run();

  expect(exitCode).toBe(0);
  expect(output).toContain('1 total and 1 account, as of 20 November 2026, 10:10 (UTC).');
  expect(output).toContain('400 of 300 USD (133.3 %)');
  expect(output).toContain('380.00 USD');
});

test('ends with an error that names what its environment lacks or has wrong', async () => {
  const { exitCode, output } = await run({ PROVIDERS: '' });

  expect(exitCode).not.toBe(0);
  expect(output).toMatch(/Environment of the function:.*PROVIDERS/s);
});

test('holds no provider', () => {
  const foreign =
    /^(infra|test|bench|cli)\/|^functions\/providers\/(registry|northflank|influx|tp)/;

  expect(inputs).toContain('functions/handlers/show-overview.ts');
  expect(inputs.filter((input) => foreign.test(input))).toEqual([]);
});
