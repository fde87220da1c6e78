import { beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../command-run.ts';
import { useDeployedWorld } from '../../deployed-world.ts';

const hourMs = 3_600_000;
const now = '2026-11-21T10:05:00Z';
const budgets = [{ name: 'everything', limit: 400, per: 'month' }];

const world = useDeployedWorld(now);

/** October costs 148.80 USD of GPU and 14.88 USD of CPU: 163.68 USD. */
beforeEach(() => {
  world.setRows(
    Array.from({ length: 24 * 51 }, (_, hour) => ({
      start: Date.parse('2026-10-01T00:00:00Z') + hour * hourMs,
      amounts: { gpu: '0.2', cpu: '0.02' },
    })),
  );
  world.putAccount('acme', { budgets, timeZone: 'Europe/Berlin' });
});

function reconciled(...args: string[]) {
  const { PARAMETER_ROOT = '' } = world.environment();
  return runCommand(['reconcile', '--root', PARAMETER_ROOT, ...args], { now: Date.parse(now) });
}

test('an invoice within 1 % agrees', async () => {
  await world.check();

  const run = await reconciled('northflank/acme', '--month', '2026-10', '--invoice', '165.31');

  expect(run).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: `northflank/acme, 1 October 2026 to 31 October 2026 (UTC)

GPU          148.80 USD   billed
CPU           14.88 USD   billed
Counted      163.68 USD
Invoice      165.31 USD
Difference    -1.63 USD

They agree within 1 % (-1.0 %).
`,
  });
});

test('an invoice that is further off is shown with what may explain it', async () => {
  await world.check();

  const run = await reconciled('northflank/acme', '--month', '2026-10', '--invoice', '203.17 USD');

  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain('They differ by more than 1 % (-19.4 %).\n');
  expect(run.stdout.split('What may explain it:\n')[1]).toBe(
    `- Northflank reports no seats, credits, taxes: they are on the invoice only.
- Northflank closes an invoice early when a spend threshold is reached (50 USD by default): add up all invoices of the month.
- Northflank's month is one of UTC; budgets of this account are in Europe/Berlin.
`,
  );
});

test('days that were not read, and those that may change, explain a difference', async () => {
  world.setClock('2026-10-30T10:05:00Z');
  await world.check();

  const run = await reconciled('northflank/acme', '--month', '2026-10', '--invoice', '163.68');

  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain('- Unknown to the ledger: 2026-10-31 (UTC).\n');
  expect(run.stdout).toContain(
    '- Last read on 30 October 2026, 10:05 (UTC): what was used later is missing.\n',
  );
  expect(run.stdout).toContain(
    '- Northflank may still report late rows of 2026-10-28 (UTC) and later.\n',
  );
});

test('--json prints exact amounts', async () => {
  await world.check();

  const run = await reconciled(
    ...['northflank/acme', '--month', '2026-10', '--invoice', '150.5', '--json'],
  );

  expect(run.exitCode).toBe(1);
  expect(JSON.parse(run.stdout)).toMatchObject({
    account: 'northflank/acme',
    month: { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z', timeZone: 'UTC' },
    currency: 'USD',
    counted: '163.68',
    invoice: '150.5',
    difference: '13.18',
    percent: 8.8,
    agrees: false,
    meters: [
      { meter: 'gpu', cost: '148.8', basis: 'billed', labels: [] },
      { meter: 'cpu', cost: '14.88', basis: 'billed', labels: [] },
    ],
  });
});

describe('wrong use', () => {
  const account = 'northflank/acme';
  const anInvoice = ['--invoice', '1'];

  test.each([
    [
      [account, '--month', '2026-13', ...anInvoice],
      '--month: expected a month such as 2026-10, got "2026-13"',
    ],
    [
      [account, '--month', '2026-11', ...anInvoice],
      '--month: expected a month that is over, got 2026-11, which ends on 1 December 2026, 00:00 (UTC)',
    ],
    [
      [account, '--month', '2026-08', ...anInvoice],
      'the ledger knows nothing of northflank/acme in 2026-08: it is known from 2026-10-01 on',
    ],
    [
      [account, '--month', '2026-10', '--invoice', '203.17 EUR'],
      '--invoice: expected USD, the currency of northflank/acme, got EUR',
    ],
    [
      [account, '--month', '2026-10', '--invoice', '1,203.17'],
      '--invoice: expected an amount such as 203.17, without separators of thousands, or "203.17 USD", got "1,203.17"',
    ],
    [
      ['northflank/acne', '--month', '2026-10', ...anInvoice],
      'no account "northflank/acne" (did you mean northflank/acme?); expected northflank/acme',
    ],
    [
      [account, '--month', '2026-10', ...anInvoice, '--stack', 'Other'],
      'no ledger to read: no stack Other in us-east-1; name another with --stack',
    ],
  ])('%j', async (args, line) => {
    await world.check();

    expect(await reconciled(...args)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `cost-alerts: ${line}\n`,
    });
  });

  test('an account that was never read', async () => {
    expect((await reconciled(account, '--month', '2026-10', ...anInvoice)).stderr).toBe(
      'cost-alerts: the ledger knows nothing of northflank/acme in 2026-10: it has not been read yet\n',
    );
  });

  test('an account with invalid parameters', async () => {
    world.putAccount('acme', { budgets: [{ name: 'x', limit: -1, per: 'month' }] });

    const { exitCode, stderr } = await reconciled(account, '--month', '2026-10', ...anInvoice);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^cost-alerts: northflank\/acme: .*budgets\[0\]\.limit: expected a number above 0, got -1\n$/,
    );
  });
});
