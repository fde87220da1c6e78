import { beforeEach, describe, expect, test } from 'vitest';
import { decimal, plain, sum } from '../../../functions/pricing/money.ts';
import { readCsv } from '../../../functions/providers/http/csv.ts';
import { type CommandRun, runCommand } from '../command-run.ts';
import { useDeployedWorld } from '../deployed-world.ts';

const hourMs = 3_600_000;
const now = '2026-11-21T10:05:00Z';
const budgets = [{ name: 'everything', limit: 40, per: 'month' }];
const october = ['--from', '2026-10-01', '--to', '2026-10-31'];

const world = useDeployedWorld(now);

beforeEach(() => {
  world.setRows([
    ...hours('2026-10-01T00:00:00Z', 24 * 2, { gpu: '0.1', cpu: '0.0000001' }),
    ...hours('2026-10-31T00:00:00Z', 24 * 5, { gpu: '0.1', cpu: '0.0000001' }),
    ...hours('2026-11-18T00:00:00Z', 24 * 3 + 10, { gpu: '0.2' }),
  ]);
});

function hours(from: string, count: number, amounts: Record<string, string>) {
  return Array.from({ length: count }, (_, hour) => ({
    start: Date.parse(from) + hour * hourMs,
    amounts,
  }));
}

function exported(...args: string[]): Promise<CommandRun> {
  const { PARAMETER_ROOT = '' } = world.environment();
  return runCommand(['export', '--root', PARAMETER_ROOT, ...args], { now: Date.parse(now) });
}

async function watched(...names: string[]): Promise<void> {
  for (const name of names) world.putAccount(name, { budgets });
  await world.check();
}

/** By column. */
async function rowsOf(csv: string): Promise<Record<string, string>[]> {
  const lines: string[][] = [];
  const readRow = (cells: string[]) => void lines.push(cells);
  await readCsv(bytesOf(csv), { readRow, end: () => {} });
  const [columns = [], ...rows] = lines;
  return rows.map((cells) =>
    Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])),
  );
}

async function* bytesOf(text: string) {
  yield Buffer.from(text);
}

function total(rows: readonly Record<string, string>[], column: string): string {
  return plain(sum(rows.map((row) => decimal(row[column] ?? ''))));
}

describe('FOCUS 1.2', () => {
  test('has the mandatory columns, with nulls only where they are allowed', async () => {
    await watched('acme');

    const { exitCode, stdout } = await exported(...october);

    expect(exitCode).toBe(0);
    const [head = '', first = ''] = stdout.split('\r\n');
    expect(head).toBe(
      'BilledCost,BillingAccountId,BillingAccountName,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,' +
        'ChargeCategory,ChargeClass,ChargeDescription,ChargeFrequency,ChargePeriodEnd,ChargePeriodStart,' +
        'ContractedCost,EffectiveCost,InvoiceIssuerName,ListCost,PricingQuantity,PricingUnit,' +
        'ProviderName,PublisherName,ServiceCategory,ServiceName,ServiceSubcategory,' +
        'x_Meter,x_Label,x_CostBasis,x_Settled',
    );
    expect(first).toBe(
      '0.0000001,northflank/acme,acme,USD,2026-11-01T00:00:00Z,2026-10-01T00:00:00Z,' +
        'Usage,,CPU,Usage-Based,2026-10-01T01:00:00Z,2026-10-01T00:00:00Z,' +
        '0.0000001,0.0000001,Northflank,0.0000001,1,Units,' +
        'Northflank,Northflank,Web,Northflank,Application Platforms,cpu,,billed,true',
    );
    const rows = await rowsOf(stdout);
    expect(rows).toHaveLength(3 * 24 * 2);
    const empty = new Set(rows.flatMap((row) => Object.keys(row).filter((key) => row[key] === '')));
    expect([...empty].sort()).toEqual(['ChargeClass', 'x_Label']);
  });

  test('adds up to what the ledger has', async () => {
    await watched('acme');
    const known = await costInLedger();

    const { stdout } = await exported('--from', '2026-10-03', '--to', '2026-11-02');

    expect(known).toMatch(/^\d+\.\d+$/);
    expect(total(await rowsOf(stdout), 'BilledCost')).toBe(known);
  });

  test('has a billing period that is the month of the charge', async () => {
    await watched('acme');

    const { stdout } = await exported('--from', '2026-10-31', '--to', '2026-11-01');

    const periods = (await rowsOf(stdout)).map(
      (row) =>
        `${row.ChargePeriodStart?.slice(0, 7)} ${row.BillingPeriodStart} ${row.BillingPeriodEnd}`,
    );
    expect([...new Set(periods)]).toEqual([
      '2026-10 2026-10-01T00:00:00Z 2026-11-01T00:00:00Z',
      '2026-11 2026-11-01T00:00:00Z 2026-12-01T00:00:00Z',
    ]);
  });

  test('says what may still change', async () => {
    await watched('acme');

    const { stdout, stderr } = await exported('--from', '2026-11-01', '--to', '2026-12-31');

    const rows = await rowsOf(stdout);
    const unsettled = rows.filter(({ x_Settled }) => x_Settled === 'false');
    const [first] = unsettled.map(({ ChargePeriodStart }) => ChargePeriodStart?.slice(0, 10));
    expect(unsettled.length).toBeGreaterThan(0);
    expect(unsettled.length).toBeLessThan(rows.length);
    expect(stderr).toMatch(
      /^northflank\/acme: \d+ rows, \d+\.\d+ USD; may still change: from .+\n$/,
    );
    expect(stderr).toContain(`from ${first}\n`);
  });
});

/** The costs that the ledger has of 31 days, from 3 October on. */
async function costInLedger(): Promise<string> {
  const { ledger } = world.withoutRetries();
  const account = { provider: 'northflank', account: 'acme' };
  const { scope = '' } = await ledger.readState(account);
  const { days } = await ledger.read(
    { ...account, scope, calendar: { dayZone: 'UTC', bucket: 'hour' } },
    '2026-10-03',
    '2026-11-02',
  );
  const usage = days.filter(({ date }) => date <= '2026-11-02').flatMap((day) => day.usage);
  return plain(sum(usage.flatMap(({ cost }) => cost ?? [])));
}

test('the order is that of account, start, meter, whatever the order of the names', async () => {
  await watched('beta', 'acme');

  const named = await exported('northflank/beta', 'northflank/acme', ...october);
  const all = await exported(...october);

  expect(named).toEqual(all);
  const rows = await rowsOf(all.stdout);
  const keys = rows.map((row) => `${row.BillingAccountId} ${row.ChargePeriodStart} ${row.x_Meter}`);
  expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)));
  expect(new Set(keys).size).toBe(keys.length);
});

test('csv and json have the same rows', async () => {
  await watched('acme');

  const csv = await exported(...october, '--format', 'csv');
  const json = await exported(...october, '--format', 'json');

  const rows = JSON.parse(json.stdout);
  expect(rows[1]).toEqual({
    account: 'northflank/acme',
    start: '2026-10-01T00:00:00Z',
    end: '2026-10-01T01:00:00Z',
    meter: 'gpu',
    label: null,
    quantity: null,
    unit: null,
    cost: '0.1',
    currency: 'USD',
    basis: 'billed',
    settled: 'true',
  });
  const empty = (row: object) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value ?? '']));
  expect(await rowsOf(csv.stdout)).toEqual(rows.map(empty));
  expect(csv.stderr).toBe(json.stderr);
});

describe('what is not known', () => {
  test('has no rows', async () => {
    await watched('acme');

    const { exitCode, stdout, stderr } = await exported(
      '--from',
      '2026-09-29',
      '--to',
      '2026-10-01',
    );

    expect(exitCode).toBe(0);
    expect(await rowsOf(stdout)).toHaveLength(48);
    expect(stderr).toBe(
      'northflank/acme: 48 rows, 2.4000024 USD; unknown: 2026-09-29 to 2026-09-30\n',
    );
  });

  test('after the last check is unknown up to today', async () => {
    world.setClock('2026-11-18T10:05:00Z');
    await watched('acme');

    const { stderr } = await exported('--from', '2026-11-17', '--to', '2026-11-30');

    expect(stderr).toContain('unknown: 2026-11-19 to 2026-11-21;');
  });

  test('of an account without any check is everything', async () => {
    world.putAccount('acme', { budgets });

    const { exitCode, stdout, stderr } = await exported(...october, '--format', 'json');

    expect({ exitCode, rows: JSON.parse(stdout) }).toEqual({ exitCode: 0, rows: [] });
    expect(stderr).toBe('northflank/acme: 0 rows, 0.00 USD; unknown: 2026-10-01 to 2026-10-31\n');
  });

  test('of days without usage is nothing', async () => {
    await watched('acme');

    const { stdout, stderr } = await exported('--from', '2026-11-10', '--to', '2026-11-12');

    expect(await rowsOf(stdout)).toEqual([]);
    expect(stderr).toMatch(/^northflank\/acme: 0 rows, 0\.00 USD[^u]*\n$/);
  });

  test('an account with invalid parameters is left out, and the exit code is 1', async () => {
    await watched('acme');
    world.putAccount('broken', { budgets: [{ name: 'x', limit: -1, per: 'month' }] });

    const { exitCode, stdout, stderr } = await exported(...october);

    expect(exitCode).toBe(1);
    expect(await rowsOf(stdout)).toHaveLength(3 * 24 * 2);
    expect(stderr).toContain(
      `left out: northflank/broken: ${world.environment().PARAMETER_ROOT}/northflank/broken/config: budgets[0].limit: expected a number above 0, got -1\n`,
    );
  });
});

describe('wrong use', () => {
  test.each([
    [
      ['--from', '2026-02-30', '--to', '2026-03-01'],
      '--from: expected a day such as 2026-10-31, got "2026-02-30"',
    ],
    [
      ['--from', '2026-02-01', '--to', 'today'],
      '--to: expected a day such as 2026-10-31, got "today"',
    ],
    [
      ['--from', '2026-02-02', '--to', '2026-02-01'],
      '--to: expected a day from 2026-02-02 on, got 2026-02-01',
    ],
    [
      ['--from', '2020-01-01', '--to', '2026-01-01'],
      '--from, --to: expected at most 1100 days, got 2193 (2020-01-01 to 2026-01-01)',
    ],
    [
      ['--from', '2026-02-02'],
      'required option \'--to <date>\' not specified; see "cost-alerts export --help"',
    ],
    [
      [...october, '--format', 'xml'],
      "option '--format <name>' argument 'xml' is invalid. Allowed choices are focus-1.2, csv, json; see \"cost-alerts export --help\"",
    ],
    [
      ['northflank/acne', ...october],
      'no account "northflank/acne" (did you mean northflank/acme?); expected northflank/acme',
    ],
    [
      [...october, '--stack', 'Other'],
      'no ledger to read: no stack Other in us-east-1; name another with --stack',
    ],
  ])('%j', async (args, line) => {
    world.putAccount('acme', { budgets });

    expect(await exported(...args)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `cost-alerts: ${line}\n`,
    });
  });
});

test('nothing is written, and no provider is asked', async () => {
  await watched('acme');
  world.aws.requests.clear();
  const before = world.northflank.requests.length;

  await exported(...october);

  const operations = [...world.aws.requests.keys()];
  expect(operations.filter((name) => /(Put|Update|Delete|Write|Publish)/.test(name))).toEqual([]);
  expect(world.northflank.requests).toHaveLength(before);
});
