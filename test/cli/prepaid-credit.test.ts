/** A budget on prepaid credit as the command line sets, checks, lists and shows it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isolateEnvironment } from '../../cli/demo/local-process.ts';
import {
  type SimulatedOpenrouter,
  startSimulatedOpenrouter,
} from '../../cli/demo/vendors/openrouter.ts';
import { answering } from '../../cli/demo/vendors/server.ts';
import { connectChecks } from '../../functions/checks/environment.ts';
import { HOUR_MS } from '../../functions/config/durations.ts';
import { openrouter } from '../../functions/providers/vendors/openrouter.ts';
import {
  startWatchedWorld,
  token,
  topicName,
  type WatchedWorld,
} from '../support/watched-world.ts';
import { runCommand } from './command-run.ts';

const start = Date.parse('2026-11-21T10:05:00Z');
let now = start;
let balance = '42.10';
let world: WatchedWorld;
let api: SimulatedOpenrouter;

beforeAll(async () => {
  world = await startWatchedWorld();
  world.aws.createTopic(topicName, [{ protocol: 'email', endpoint: 'ops@example.com' }]);
  isolateEnvironment(process.env, world.aws.environment);
  api = await startSimulatedOpenrouter({
    token,
    now: () => now,
    balance: () => balance,
    history: () => ({ credits: '0.358333333' }),
  });
  await world.reset(new Date(start).toISOString());
  const { TOPIC_ARN = '', TABLE_NAME = '', PARAMETER_ROOT = '' } = world.environment();
  const outputs = { TopicArn: TOPIC_ARN, TableName: TABLE_NAME, ParameterRoot: PARAMETER_ROOT };
  world.aws.createStack('CostAlerts', { ...outputs, Schedule: 'rate(1 hour)' });
  world.putAccount('chat', { baseUrl: api.url, budgets: [] }, openrouter.id);
});

afterAll(async () => {
  await world.close();
  await api.close();
});

function run(...args: string[]) {
  const root = String(world.environment().PARAMETER_ROOT);
  return runCommand([...args, '--root', root], { now });
}

function set(...more: string[]) {
  return run('budget', 'set', 'openrouter/chat', 'credit', ...more, '--yes');
}

async function checkLater(): Promise<void> {
  now += HOUR_MS;
  world.setClock(new Date(now).toISOString());
  await world.check(connectChecks(openrouter, world.environment()));
}

describe('a budget on prepaid credit', () => {
  test.each([
    [['--measure', 'balance', '--days', '0'], 'days: expected a whole number of days from 1 to 90'],
    [['--measure', 'balance', '--days', 'soon'], '--days: expected a number above 0, got "soon"'],
    [['--measure', 'balance', '--limit', '5'], 'unknown key "limit"'],
    [['--measure', 'balances'], 'expected one of "cost", "usage", "balance", got "balances"'],
    [['--days', '3', '--limit', '5', '--per', 'day'], 'unknown key "days"'],
  ])('is not set with %j', async (args, line) => {
    const { exitCode, stderr } = await set(...args);

    expect(stderr).toContain(line);
    expect(exitCode).toBe(2);
  });

  test('is set, and has no replay', async () => {
    const { exitCode, stdout, stderr } = await set('--measure', 'balance', '--days', '7');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('{"name":"credit","measure":"balance","days":7}');
    expect(stdout).toContain('cannot be replayed: past balances are not known');
    const backtest = await run('backtest', 'openrouter/chat', '--days', '3', '--json');
    expect(backtest.stdout).toContain('Alerts on prepaid credit have no replay');
    const tried = await run('backtest', 'openrouter/chat', '--try', '{"measure":"balance"}');
    expect(tried.stderr).toContain('expected "cost" or "usage", as a balance has no replay');
  });

  test('is listed', async () => {
    expect((await run('budget', 'list')).stdout).toMatch(
      /openrouter\/chat +credit +credit +none +7 days before\n/,
    );
    expect((await run('list')).stdout).toMatch(/openrouter\/chat +USD +UTC +1 budget +ok\n/);
  });

  test('is checked by hand', async () => {
    const { exitCode, stdout } = await run('check', 'openrouter/chat');

    expect(stdout).toContain(
      'Credit of openrouter/chat: 42.10 USD left, runs out on 26 November.\n',
    );
    expect(stdout).toContain(
      '[warning] openrouter/chat credit runs out on 26 November: 42.10 USD left',
    );
    expect(exitCode).toBe(1);
  });

  test('is shown by status: before the first check, firing, unread, and resolved', async () => {
    const shown = async () => (await run('status')).stdout;
    expect(await shown()).toContain('no complete check yet');

    await checkLater();
    expect(await shown()).toContain(
      '  credit: 42.10 USD left, runs out on 26 November; alerts 7 days before\n',
    );
    expect(await shown()).toContain(
      '! credit: running out of credit since 21 November 2026, 11:05 (UTC)',
    );

    api.faults.add(answering({ status: 403, body: '' }), {
      when: ({ method }) => method === 'GET',
    });
    await checkLater();
    expect((await shown()).replace(/\s+/g, ' ')).toContain(
      ' credit: credit not known: OpenRouter answered HTTP 403',
    );
    expect(JSON.parse((await run('status', '--json')).stdout).accounts).toMatchObject([
      { balances: [{ name: 'credit', unknownBecause: expect.stringContaining('HTTP 403') }] },
    ]);

    api.faults.clear();
    balance = '400';
    await checkLater();
    await checkLater();
    expect(await shown()).toMatch(
      / credit: 400.00 USD left, runs out on \d+ January; alerts 7 days/,
    );
    expect(await shown()).not.toContain('! credit');
    expect(world.takeMessages().flatMap(({ notices }) => notices)).toMatchObject([
      { kind: 'balance', status: 'firing', budget: 'credit', balance: '42.10', perDay: '8.6' },
      { kind: 'read-error', status: 'firing', of: 'balance' },
      { kind: 'balance', status: 'resolved', budget: 'credit', balance: '400.00' },
    ]);
  });
});
