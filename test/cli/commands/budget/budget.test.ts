import { beforeEach, describe, expect, test } from 'vitest';
import { token } from '../../../support/watched-world.ts';
import { type CommandRun, openTerminal, runCommand } from '../../command-run.ts';
import { useDeployedWorld } from '../../deployed-world.ts';

const now = '2026-11-21T10:05:00Z';
const hourMs = 3_600_000;
const month = { name: 'everything', limit: 4000, per: 'month' };

const world = useDeployedWorld(now);
let root: string;

beforeEach(() => {
  root = String(world.environment().PARAMETER_ROOT);
  world.setRows(
    Array.from({ length: 24 * 20 }, (_, hour) => ({
      start: Date.parse('2026-11-01T00:00:00Z') + hour * hourMs,
      amounts: { gpu: hour === 100 ? '20' : '0.1' },
    })),
  );
  world.putAccount('acme', { budgets: [month] });
});

async function budget(...args: string[]): Promise<CommandRun> {
  const run = await runCommand(['budget', ...args, '--root', root], { now: Date.parse(now) });
  expect(`${run.stdout}${run.stderr}`).not.toContain(token);
  return run;
}

function config(): { readonly value: string; readonly version: number } | undefined {
  return world.aws.parameters.get(`${root}/northflank/acme/config`);
}

const gpu = ['set', 'northflank/acme', 'gpu', '--meter', 'gpu', '--limit', '15', '--per', 'day'];

describe('budget set', () => {
  test('adds a budget, with the alerts of the last 90 days', async () => {
    const before = config()?.value ?? '';

    const { exitCode, stdout, stderr } = await budget(...gpu, '--thresholds', '100', '--yes');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(
      `${root}/northflank/acme/config\n` +
        '  + budgets.gpu: {"name":"gpu","meter":"gpu","limit":15,"per":"day","thresholds":[100]}\n' +
        'Over the last 90 days it would have fired 1 time:\n' +
        '  5 November 2026, 05:00 (UTC): 100 %\n' +
        `Written to ${root}/northflank/acme/config.\n`,
    );
    expect(config()?.value).toBe(
      before.replace(
        '}]',
        '},{ "name": "gpu", "meter": "gpu", "limit": 15, "per": "day", "thresholds": [100] }]',
      ),
    );
    expect([...world.aws.requests.keys()].join()).not.toMatch(/dynamodb:(Put|Update|Delete|Batch)/);
  });

  test('changes what is given of one that is there, and nothing else', async () => {
    const before = config()?.value ?? '';

    await budget('set', 'northflank/acme', 'everything', '--limit', '0.30', '--yes');

    expect(config()?.value).toBe(before.replace('4000', '0.30'));
  });

  test('is one document with --json, and writes nothing with --dry-run', async () => {
    const { stdout, exitCode } = await budget(...gpu, '--dry-run', '--json');

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      account: 'northflank/acme',
      changes: [{ path: 'budgets.gpu' }],
      written: false,
      past: { days: 90, alerts: [{ what: '100 %' }] },
    });
    expect(config()?.version).toBe(1);
  });

  test('is written where the last 90 days cannot be replayed, and says why', async () => {
    world.aws.parameters.setKeyError(`${root}/northflank/acme/token`, 'InvalidKeyId');

    const { exitCode, stdout } = await budget(...gpu, '--yes');
    world.aws.parameters.setKeyError(`${root}/northflank/acme/token`);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('The last 90 days cannot be replayed: The token in');
    expect(config()?.version).toBe(2);
  });

  test('asks at a terminal, and refuses what somebody else has changed meanwhile', async () => {
    const terminal = openTerminal(['budget', ...gpu, '--root', root], { now: Date.parse(now) });
    await terminal.isComplete('Write this?');
    world.putAccount('acme', { budgets: [] });
    terminal.types('y\r');

    expect(await terminal.ended).toBe(2);
    expect(terminal.shown()).toContain('changed meanwhile: expected version 1, got version 2');
    expect(config()?.version).toBe(2);
  });

  test.each([
    [['set', 'northflank/acme', 'x', '--yes'], 'expected what to set'],
    [['set', 'northflank/acme', 'x', '--limit', '5', '--yes'], 'budgets[1].per: missing'],
    [
      ['set', 'northflank/acme', 'x', '--limit', '-5', '--yes'],
      '--limit: expected a number above 0',
    ],
    [[...gpu, '--meter', 'gpux', '--yes'], 'budgets[1].meter: expected one of'],
    [gpu, 'there is no terminal to ask at; --yes writes without asking'],
    [['remove', 'northflank/acme', 'everythin', '--yes'], '(did you mean "everything"?)'],
  ])('refuses %j', async (args, line) => {
    const { exitCode, stderr } = await budget(...args);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(line);
    expect(config()?.version).toBe(1);
  });
});

test('budget remove takes one out, budget list shows those that are left', async () => {
  const before = config()?.value;
  await budget(...gpu, '--yes');

  expect(await budget('remove', 'northflank/acme', 'gpu', '--yes')).toMatchObject({ exitCode: 0 });

  expect(config()?.value).toBe(before);
  expect((await budget('list')).stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['Account', 'Budget', 'Meter', 'Limit', 'Thresholds'],
    ['northflank/acme', 'everything', 'all', '4000 USD per month', '80, 100, 150 %'],
    [''],
  ]);
});

test('list names each account with its state, and remove deletes one', async () => {
  world.putAccount('muted', {
    budgets: [],
    mutedUntil: '2026-11-22T08:00:00Z',
    mutedBecause: 'load test',
  });
  world.putAccount('wrong', { budgets: 5 });
  const options = ['--root', root];

  const { stdout } = await runCommand(['list', ...options]);
  expect(stdout).toMatch(/northflank\/acme +USD +UTC +1 budget +ok\n/);
  expect(stdout).toMatch(/muted +USD +UTC +0 budgets +muted until 22 November .*: load test\n/);
  expect(stdout).toMatch(/wrong .*invalid: .*budgets: expected an array of budgets/);

  const refused = await runCommand(['remove', 'northflank/wrong', ...options]);
  expect(refused).toMatchObject({ exitCode: 2 });
  expect(refused.stderr).toContain('--yes');
  const removed = await runCommand(['remove', 'northflank/wrong', '--yes', ...options]);
  expect(removed.stdout).toContain(`- ${root}/northflank/wrong/token\n`);
  expect(removed.stdout).toContain('stays for 90 days; set up again, the account starts over');
  expect(world.aws.parameters.get(`${root}/northflank/wrong/config`)).toBeUndefined();
  expect(world.aws.parameters.get(`${root}/northflank/wrong/token`)).toBeUndefined();
});

describe('totals', () => {
  const total = { limit: 300, currency: 'USD', per: 'month' };
  const names = () => ({ all: `${root}/totals/all`, bad: `${root}/totals/bad` });
  const run = (...args: string[]) => runCommand([...args, '--root', root]);

  beforeEach(() => {
    const mute = { mutedUntil: '2026-11-22T08:00:00Z', mutedBecause: 'audit' };
    const accounts = ['northflank/acm'];
    world.aws.parameters.put(names().all, JSON.stringify({ ...total, ...mute }));
    world.aws.parameters.put(names().bad, JSON.stringify({ ...total, accounts }));
  });

  test('are listed with their mutes, and are validated, by name, too', async () => {
    expect((await run('list')).stdout).toMatch(
      /\ntotals\/all +USD +UTC +300 per month +muted until 22 November 2026, 08:00 \(UTC\): audit\n/,
    );

    expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject({
      accounts: [{ name: 'northflank/acme', budgets: ['everything'] }],
      totals: [{ name: 'totals/all', limit: '300', per: 'month' }, { name: 'totals/bad' }],
    });

    const validated = await run('validate', 'totals/bad');
    expect(validated).toMatchObject({ exitCode: 1 });
    expect(validated.stdout).toBe(
      `${names().bad}: accounts[0]: there is no account "northflank/acm" (did you mean "northflank/acme"?), so the total is unknown\n\n1 total, 1 finding.\n`,
    );
    expect((await run('validate', 'totals/al')).stderr).toContain('did you mean totals/all?');
  });

  test('are exported without mutes, but not where they are secrets', async () => {
    world.aws.parameters.delete(names().bad);
    world.aws.parameters.put(names().bad, JSON.stringify(total), 'SecureString');

    const { exitCode, stdout, stderr } = await run('export-config');

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /\ntotals:\n {2}all:\n {4}limit: 300\n {4}currency: USD\n {4}per: month\n$/,
    );
    expect(stderr).toBe('left out: totals/bad: its config is a SecureString\n');
  });

  test.each([['set', '--limit', '15'], ['remove']])(
    'have one limit, and where it is changed is said: %s',
    async (verb, ...options) => {
      const { exitCode, stderr } = await run('budget', verb, 'totals/all', 'gpu', ...options);

      expect(exitCode).toBe(2);
      expect(stderr).toContain(
        `totals/all is a total, which has one limit and no list of budgets: change "limit" in the file that you apply, or in ${names().all}`,
      );
    },
  );

  test('are removed, each alone', async () => {
    const { exitCode, stdout } = await run('remove', 'totals/all', '--yes');

    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      `- ${names().all}\ntotals/all is removed.\nIts accounts are watched as before.\n`,
    );
    expect(world.aws.parameters.get(names().all)).toBeUndefined();
    expect(world.aws.parameters.get(names().bad)).toBeDefined();
  });
});
