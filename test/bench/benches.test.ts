/** Every benchmark, at a small size: that it runs and what it counts, not how fast it is. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backtest } from '../../bench/backtest.ts';
import { fanOut } from '../../bench/fan-out.ts';
import { foresight } from '../../bench/foresight.ts';
import { importTime } from '../../bench/import-time.ts';
import { influxdbCsv } from '../../bench/influxdb-csv.ts';
import { largeTotal } from '../../bench/large-total.ts';
import { manyAccounts } from '../../bench/many-accounts.ts';
import { roundTrips } from '../../bench/round-trips.ts';
import { runningCost } from '../../bench/running-cost.ts';
import { newFolder } from '../support/run-folder.ts';

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

test('round-trips: a later check waits for five answers in a row, and asks the provider once', async () => {
  const days = await roundTrips(2);

  expect(days).toHaveLength(2);
  for (const { first, later } of days) {
    expect(first.toProvider).toBeGreaterThan(0);
    expect(later.map(({ toProvider }) => toProvider)).toEqual([1, 1]);
    for (const { toAws } of later) expect(toAws).toBeGreaterThan(0);
    expect(later.map(({ inARow }) => inARow)).toEqual([5, 5]);
  }
  expectNumbersOnly();
});

test('import-time: the bundles of providers are loaded, and their bare dependencies', async () => {
  const times = await importTime(1, ['tpstreams', 'custom']);

  expect([...times.keys()]).toEqual(['bare', 'bare, as ours are', 'tpstreams', 'custom']);
  for (const [milliseconds] of times.values()) expect(milliseconds).toBeGreaterThan(0);
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
  const { few, many, listed } = await manyAccounts({ few: 1, many: 12, listed: 60 });

  expect([few.accounts, many.accounts, listed.accounts]).toEqual([1, 12, 60]);
  for (const { peakMb } of [few, many, listed]) expect(peakMb).toBeGreaterThan(0);
  expectNumbersOnly();
});

test('large-total: all accounts are read, most of them as one', async () => {
  const { few, many } = await largeTotal({ few: 1, many: 1_001 });

  expect([few.accounts, many.accounts]).toEqual([1, 1_001]);
  for (const { peakMb } of [few, many]) expect(peakMb).toBeGreaterThan(0);
  expectNumbersOnly();
});

test('fan-out: 50,000 accounts of a slow provider are checked within the hour; one function takes more than ten runs', async () => {
  const sizes = [
    { accounts: 50, seconds: 0.5 },
    { accounts: 50_000, seconds: 2 },
  ];
  const [few, many] = await fanOut(sizes);

  expect(few?.one).toMatchObject({ runs: 1, peaks: { sqs: 0 } });
  expect(few?.one.minutes).toBeLessThan(few?.fanned.minutes ?? 0);
  expect(many?.one.runs).toBeGreaterThan(10);
  expect(many?.fanned.minutes).toBeLessThan(60);
  // Parameter Store answers 40 a second, for everybody.
  expect(many?.fanned.peaks.ssm).toBeLessThanOrEqual(40);
  for (const { one, fanned } of [few, many].filter((row) => row !== undefined)) {
    expect(one.usd).toBeGreaterThan(0);
    expect(fanned.usd).toBeGreaterThan(0);
  }
  expectNumbersOnly();
});

test("foresight: it beats linear pace and the 30 % rule, by the scorer's own figures", async () => {
  const { ours, theirs } = await foresight();

  // What the scorer says of the reference rules on these series.
  const expected = [
    [1, 9.5, 75],
    [2, 8.9, 75],
    [3, 8.7, 75],
    [5, 8.3, 70],
    [10, 6.1, 82],
    [20, 2.2, 80],
  ] as const;
  for (const [index, [elapsedDays, medianError, covered]] of expected.entries()) {
    const own = ours.forecasts[index];
    expect(own).toMatchObject({ elapsedDays, cases: 50 });
    expect(own?.medianError).toBeCloseTo(medianError, 1);
    expect(Math.round(own?.covered ?? 0)).toBe(covered);
    expect(own?.medianError).toBeLessThan(theirs.forecasts[index]?.medianError ?? 0);
  }
  expect(ours.anomalies.alertsPer30Days).toBeCloseTo(0.34, 2);
  expect(ours.anomalies.alertsPer30Days).toBeLessThan(theirs.anomalies.alertsPer30Days / 3);
  const { step50, step100, spike } = ours.anomalies;
  expect([step50, step100, spike].map(Math.round)).toEqual([87, 97, 97]);
  expectNumbersOnly();
});

test('foresight: a folder without series, or with a gap in one, is refused', async () => {
  const folder = newFolder();

  await expect(foresight(folder)).rejects.toThrow('expected a folder with daily.csv or hourly.csv');
  writeFileSync(
    join(folder, 'daily.csv'),
    'series,timestamp,value\na,2026-09-01,1\na,2026-09-03,2\n',
  );
  await expect(foresight(folder)).rejects.toThrow('a: expected every day, got none for 2026-09-02');
  writeFileSync(join(folder, 'daily.csv'), 'series,timestamp,value\na,2026-09-01,much\n');
  await expect(foresight(folder)).rejects.toThrow(
    'expected series,timestamp,value, got "a,2026-09-01,much"',
  );
});

test("foresight-answers: it answers the scorer's tasks line by line, and names a line that is none", () => {
  const values = Array(40).fill(10);
  const days = { from: '2026-09-22', values };
  const period = { periodDays: 30, elapsedDays: 1 };
  const tasks = [
    { id: 'f', task: 'forecast', ...days, ...period },
    { id: 'young', task: 'forecast', ...days, values: [10], ...period },
    { id: 'gaps', task: 'forecast', ...days, values: values.with(5, null), ...period },
    { id: 'a', task: 'anomaly', ...days, values: values.with(35, 30), firstDay: 21, days: 19 },
  ];
  const [f, young, gaps, a] = answers(tasks.map((task) => JSON.stringify(task)).join('\n'))
    .stdout.trim()
    .split('\n')
    .map((line) => JSON.parse(line));

  expect(f).toMatchObject({ id: 'f', point: expect.closeTo(300, 6) });
  expect(f.low < f.point && f.point < f.high).toBe(true);
  expect(young).toEqual({ id: 'young' });
  expect(gaps.point).toBeCloseTo(300, 6);
  expect(a).toEqual({ id: 'a', alerts: [35], open: [35, 36, 37] });
  expect(answers('\n{"task":"guess"}').stderr).toContain(
    'line 2: expected "task" to be "forecast" or "anomaly", got "guess"',
  );
  expect(answers('{').status).toBe(1);
});

function answers(input: string) {
  const script = fileURLToPath(new URL('../../bench/foresight-answers.ts', import.meta.url));
  return spawnSync(process.execPath, [script], { input, encoding: 'utf8' });
}

test('none is left out here', () => {
  const run = readFileSync(new URL('../../bench/run.ts', import.meta.url), 'utf8');
  const imported = [...run.matchAll(/from '\.\/([\w-]+)\.ts'/g)].map(([, name]) => name);
  const here = readFileSync(new URL(import.meta.url), 'utf8');

  expect(imported.length).toBeGreaterThan(5);
  for (const name of imported) expect(here).toContain(`'../../bench/${name}.ts'`);
});
