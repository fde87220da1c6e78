/** Every benchmark, at a small size: that it runs and what it counts, not how fast it is. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backtest } from '../../bench/backtest.ts';
import { importTime } from '../../bench/import-time.ts';
import { influxdbCsv } from '../../bench/influxdb-csv.ts';
import { manyAccounts } from '../../bench/many-accounts.ts';
import { roundTrips } from '../../bench/round-trips.ts';
import { runningCost } from '../../bench/running-cost.ts';

let lines: string[];

beforeEach(() => {
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => {
    lines.push(values.map(String).join(' '));
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

function expectNumbersOnly(): void {
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join('\n')).not.toMatch(/NaN|Infinity|undefined/);
}

test('round-trips: a later check waits for few answers, and asks the provider once', async () => {
  const days = await roundTrips(2);

  expect(days).toHaveLength(2);
  for (const { first, later } of days) {
    expect(first.toProvider).toBeGreaterThan(0);
    expect(later.map(({ toProvider }) => toProvider)).toEqual([1, 1]);
    for (const { toAws } of later) expect(toAws).toBeGreaterThan(0);
  }
  expectNumbersOnly();
});

test('import-time: both bundles are imported', async () => {
  const { ours, bare } = await importTime(1);

  for (const [milliseconds] of [ours, bare]) expect(milliseconds).toBeGreaterThan(0);
  expectNumbersOnly();
});

test('running-cost: the calls of each check are counted and priced', async () => {
  const { calls, parts, total } = await runningCost({ accounts: 2, checksADay: 3 });

  expect(calls['dynamodb:Query']).toBeGreaterThanOrEqual(2 * 3);
  expect(calls['ssm:GetParametersByPath']).toBeGreaterThanOrEqual(3);
  for (const usd of Object.values(parts)) expect(usd).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(0);
  expectNumbersOnly();
});

test('influxdb-csv: every reader finds the same rows', async () => {
  // Less does not hold all of the measurements.
  const { small, large } = await influxdbCsv({ smallMb: 16, largeMb: 17, rounds: 1 });

  for (const round of [small, ...large]) {
    expect(round.adapter.rows).toBeGreaterThan(1_000);
    expect(round['influxdb-client'].rows).toBeGreaterThanOrEqual(round.adapter.rows);
  }
  expectNumbersOnly();
});

test('backtest: every hour of every account is played', async () => {
  const { all, turns } = await backtest({ days: 2, accounts: 2, lengths: [1, 2], rounds: 1 });

  // From the first hour to the last, both included.
  expect(all.checks).toBe(2 * (2 * 24 + 1));
  expect(turns[0]?.map(({ checks }) => checks)).toEqual([2 * (24 + 1), 2 * (2 * 24 + 1)]);
  expectNumbersOnly();
});

test('many-accounts: the bundled handler reads all of them, whatever else it prints', async () => {
  const { few, many } = await manyAccounts({ few: 1, many: 12 });

  expect([few.accounts, many.accounts]).toEqual([1, 12]);
  for (const { peakMb } of [few, many]) expect(peakMb).toBeGreaterThan(0);
  expectNumbersOnly();
});

test('none is left out here', () => {
  const run = readFileSync(new URL('../../bench/run.ts', import.meta.url), 'utf8');
  const imported = [...run.matchAll(/from '\.\/([\w-]+)\.ts'/g)].map(([, name]) => name);
  const here = readFileSync(new URL(import.meta.url), 'utf8');

  expect(imported.length).toBeGreaterThan(5);
  for (const name of imported) expect(here).toContain(`'../../bench/${name}.ts'`);
});
