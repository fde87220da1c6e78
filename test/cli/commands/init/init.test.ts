import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../../cli/command-line.ts';
import { cliOn, collected, fixedNow, keys, openTerminal, runCommand } from '../../command-run.ts';
import { account, complete, initialised, names, token, useInitWorld } from './init-world.ts';

const world = useInitWorld();

describe('a script', () => {
  test('writes the config as a String and the token as a SecureString', async () => {
    const { exitCode, stdout } = await initialised(world, '--limit', '200');

    expect(exitCode).toBe(0);
    expect(world.aws.parameters.get(names.token)).toMatchObject({
      type: 'SecureString',
      value: token,
    });
    const config = world.aws.parameters.get(names.config);
    expect(config?.type).toBe('String');
    expect(JSON.parse(config?.value ?? '')).toEqual({
      baseUrl: world.northflank.url,
      budgets: [{ name: 'everything', limit: 200, per: 'month' }],
    });
    expect(stdout).toBe(
      `Written to Parameter Store in us-east-1:
  /cost-alerts/northflank/acme/config (String)
  /cost-alerts/northflank/acme/token (SecureString)

See past alerts with it:  npx cost-alerts backtest northflank/acme
A deployed stack checks it within a minute. Not deployed yet?  npx cdk deploy --all -c email=you@example.com
`,
    );
  });

  test('is shown what is written, and the defaults that hold', async () => {
    const { stderr } = await initialised(world, '--limit', '200');

    expect(stderr).toContain('Northflank accepts the token. Last 7 days: CPU.');
    expect(stderr).toContain(world.aws.parameters.get(names.config)?.value);
    expect(stderr).toContain(`${names.token} (SecureString): the token`);
    expect(stderr).toContain(
      'Periods start in time zone UTC (--time-zone); costs are in USD (--currency).',
    );
  });

  test('gives everything that a config may hold, and no digit is lost', async () => {
    const { exitCode } = await initialised(
      world,
      ...['--time-zone', 'Europe/Berlin', '--currency', 'usd', '--option', 'includeByoc=false'],
      ...['--budget', '{"name":"everything","limit":0.1234567890123456789,"per":"week"}'],
      ...['--budget', '{"name":"gpu","meter":"gpu","limit":15,"per":"day","thresholds":[100]}'],
    );

    expect(exitCode).toBe(0);
    expect(world.aws.parameters.get(names.config)?.value).toBe(`{
  "includeByoc": false,
  "baseUrl": "${world.northflank.url}",
  "timeZone": "Europe/Berlin",
  "currency": "usd",
  "budgets": [
    {
      "name": "everything",
      "limit": 0.1234567890123456789,
      "per": "week"
    },
    {
      "name": "gpu",
      "meter": "gpu",
      "limit": 15,
      "per": "day",
      "thresholds": [
        100
      ]
    }
  ]
}`);
  });

  test('may watch without a budget, below another root', async () => {
    const { exitCode, stdout } = await initialised(world, '--no-budget', '--root', '/team/costs/');

    expect(exitCode).toBe(0);
    expect(world.aws.parameters.get('/team/costs/northflank/acme/config')?.value).toContain(
      '"budgets": []',
    );
    expect(stdout).toContain(
      `Try a budget on past usage:  npx cost-alerts backtest northflank/acme --root /team/costs --try '{"name":"everything","limit":10,"per":"day"}'\n`,
    );
    expect(stdout).not.toContain('See past alerts');
  });

  test('writes nothing with --dry-run, but tests the token and shows what it would write', async () => {
    const { exitCode, stdout, stderr } = await initialised(world, '--limit', '200', '--dry-run');

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toContain('"limit": 200');
    expect(stderr).toMatch(/Nothing was written\.\n$/);
    expect(world.northflank.requests.length).toBeGreaterThan(0);
    expect(world.aws.parameters.get(names.config)).toBeUndefined();
    expect(world.aws.parameters.get(names.token)).toBeUndefined();
  });

  test('gets one JSON document with --json', async () => {
    const { stdout } = await initialised(world, '--limit', '200', '--json');

    expect(JSON.parse(stdout)).toEqual({
      written: true,
      account,
      place: 'Parameter Store in us-east-1',
      parameters: [
        { name: names.config, type: 'String' },
        { name: names.token, type: 'SecureString' },
      ],
      config: {
        baseUrl: world.northflank.url,
        budgets: [{ name: 'everything', limit: 200, per: 'month' }],
      },
      next: [expect.stringContaining('backtest'), expect.stringContaining('deploy')],
    });
  });

  test('is offered a total once there are two accounts', async () => {
    world.aws.parameters.put('/cost-alerts/northflank/other/token', token, 'SecureString');
    world.aws.parameters.put('/cost-alerts/northflank/other/config', '{"budgets":[]}');

    const { stdout } = await initialised(world, '--limit', '200', '--json');

    expect(JSON.parse(stdout).next.at(-1)).toContain(
      `--name /cost-alerts/totals/all --value '{"limit":200,"currency":"USD","per":"month"}'`,
    );
  });

  test('may take the token from a file', async () => {
    const file = join(world.folder, 'token');
    await writeFile(file, ` ${token}\n`);

    const { exitCode } = await runCommand([
      ...['init', account, '--base-url', world.northflank.url, '--limit', '1', '--yes'],
      ...['--token-file', file],
    ]);

    expect(exitCode).toBe(0);
    expect(world.aws.parameters.get(names.token)?.value).toBe(token);
  });

  test('is suggested the limit that backtest finds', async () => {
    const since = fixedNow - 20 * 86_400_000;
    world.northflank.setHistory((start) => (start < since ? undefined : { cpu: '0.1' }));
    await initialised(world, '--limit', 'suggested', '--per', 'day');
    const page = join(world.folder, 'page.html');

    const { stdout } = await runCommand(['backtest', account, '--json', '--page', page]);

    const { suggestedLimit } = JSON.parse(stdout).accounts[0].budgets[0];
    const { budgets } = JSON.parse(world.aws.parameters.get(names.config)?.value ?? '');
    expect(String(budgets[0].limit)).toBe(suggestedLimit);
    // A day is 24 times 0.1, unusual 40 % above that, and the lowest threshold of a budget is 80 %.
    expect(suggestedLimit).toBe('4.21');
  });

  test('is suggested a limit by what has become usual, which the period in progress does not cross at its forecast', async () => {
    const thisMonth = Date.parse('2026-11-01T00:00:00Z');
    world.northflank.setHistory((start) => (start < thisMonth ? { cpu: '0.01' } : { cpu: '0.1' }));

    const { exitCode, stderr } = await initialised(world, '--limit', 'suggested');
    const checked = await runCommand(['check', account]);

    // 720 hours of 0.1; 490 of them so far.
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /Over the last 60 days: usual month 7.\.\d+ USD, last month 7\.\d+ USD, this month so far 49\.\d+ USD, forecast 7.\.\d+ USD/,
    );
    expect({ init: exitCode, check: checked.exitCode }).toEqual({ init: 0, check: 0 });
  });

  test('is shown why no limit can be suggested: there was no usage', async () => {
    world.northflank.setHistory(() => ({}));

    const { exitCode, stderr } = await initialised(world, '--limit', 'suggested');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /cost-alerts: --limit: expected an amount, as none can be suggested\. Over the last \d+ days?: last month 0\.00 USD, .*No limit to suggest: too little is used/,
    );
    expect(world.aws.parameters.get(names.token)).toBeUndefined();
  });
});

test('the limit that is suggested is offered at a terminal, and taken by Enter', async () => {
  const { enter } = keys;
  const terminal = openTerminal(['init', account, '--base-url', world.northflank.url]);

  await terminal.answers('API token of Northflank', `${token}${enter}`);
  for (const question of ['teamId', 'includeByoc', 'What should the', 'Limit per', 'Name of']) {
    await terminal.answers(question, enter);
  }
  await terminal.isComplete('Over the last 60 days: usual month');
  await terminal.answers('Limit in USD per month', enter);
  await terminal.answers('Write this?', enter);

  expect(await terminal.ended).toBe(0);
  const [, limit = ''] = /Suggested limit:\s+(\d+\.?\d*)\sUSD/.exec(terminal.shown()) ?? [];
  // A month is 720 hours of 0.1.
  expect(Number(limit)).toBeGreaterThan(72);
  const { budgets } = JSON.parse(world.aws.parameters.get(names.config)?.value ?? '');
  expect(budgets).toEqual([{ name: 'everything', limit: Number(limit), per: 'month' }]);
});

describe('a token that the provider refuses', () => {
  test('ends with exit code 1 in the words of its adapter, and nothing is written', async () => {
    const { exitCode, stdout, stderr } = await runCommand(complete(world, '--limit', '2'), {
      input: 'wrong-token',
    });

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^Northflank answered HTTP 401: .* Nothing was written\.\n$/);
    expect(stderr).not.toContain('wrong-token');
    expect(world.aws.requests.get('ssm:PutParameter')).toBeUndefined();
  });

  test('is in the document of --json', async () => {
    const { stdout } = await runCommand(complete(world, '--limit', '2', '--json'), {
      input: 'wrong-token',
    });

    expect(JSON.parse(stdout)).toEqual({
      written: false,
      account,
      reason: expect.stringContaining('HTTP 401'),
    });
  });

  test('is not asked about with --no-test', async () => {
    const { exitCode } = await initialised(world, '--limit', '2', '--no-test');

    expect(exitCode).toBe(0);
    expect(world.northflank.requests).toEqual([]);
    expect(world.aws.parameters.get(names.token)?.value).toBe(token);
  });
});

describe('an account that is there already', () => {
  beforeEach(() => {
    world.aws.parameters.put(names.token, 'old-token', 'SecureString');
    world.aws.parameters.put(names.config, '{"budgets":[]}', 'String');
  });

  function expectOld(): void {
    expect(world.aws.parameters.get(names.token)?.value).toBe('old-token');
    expect(world.aws.parameters.get(names.config)?.value).toBe('{"budgets":[]}');
  }

  test('stays as it is', async () => {
    const { exitCode, stderr } = await initialised(world, '--limit', '2');

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      `cost-alerts: ${names.config} and ${names.token} exist in Parameter Store in us-east-1; replace them with --overwrite\n`,
    );
    expectOld();
  });

  test('is replaced with --overwrite', async () => {
    const { exitCode } = await initialised(world, '--limit', '2', '--overwrite');

    expect(exitCode).toBe(0);
    expect(world.aws.parameters.get(names.token)).toMatchObject({ value: token, version: 2 });
    expect(world.aws.parameters.get(names.config)).toMatchObject({ version: 2, type: 'String' });
  });

  test('with a token in the open has to lose it first, as a type cannot change', async () => {
    world.aws.parameters.delete(names.token);
    world.aws.parameters.put(names.token, 'old-token', 'String');

    const { exitCode, stderr } = await initialised(world, '--limit', '2', '--overwrite');

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      `cost-alerts: ${names.token}: expected a SecureString, got a String, and a parameter cannot change its type; delete it first: aws ssm delete-parameter --name ${names.token}\n`,
    );
    expectOld();
  });

  test('is as it was where the second write fails', async () => {
    world.aws.faults.set('ssm:PutParameter', 'deny', 1, 1);

    const { exitCode, stderr } = await initialised(world, '--limit', '2', '--overwrite');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /cost-alerts: not written: AWS does not allow it: .*PutParameter.*\. Now \S+\/token is unchanged, and \S+\/config is unchanged\n$/,
    );
    expectOld();
  });

  test('of which the token alone is there is said so', async () => {
    world.aws.parameters.delete(names.config);

    const { stderr } = await initialised(world, '--limit', '2');

    expect(stderr).toContain(
      `${names.token} exists in Parameter Store in us-east-1; replace it with`,
    );
  });
});

describe('Ctrl-C', () => {
  test('while the token is read ends the waiting', async () => {
    const stop = new AbortController();
    const streams = {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
    };
    const stderr = collected(streams.stderr);
    const ended = runCommandLine(
      complete(world, '--limit', '2'),
      cliOn(streams, { signal: stop.signal }),
    );

    while ((world.aws.requests.get('ssm:GetParameter') ?? 0) < 2) await setTimeout(2);
    await setTimeout(20);
    stop.abort();

    expect(await ended).toBe(130);
    expect(stderr()).toBe('\nCancelled; nothing was written.\n');
    expect(world.aws.requests.get('ssm:PutParameter')).toBeUndefined();
  });

  test('between the two writes comes too late: both are there', async () => {
    const stop = new AbortController();
    world.aws.faults.latencyMs = 30;
    const ended = runCommand(complete(world, '--limit', '2'), {
      input: token,
      signal: stop.signal,
    });

    while (world.aws.parameters.get(names.token) === undefined) await setTimeout(2);
    stop.abort();

    expect((await ended).exitCode).toBe(130);
    expect(world.aws.parameters.get(names.config)?.version).toBe(1);
    expect(world.aws.parameters.get(names.token)?.version).toBe(1);
  });

  test('before a write that fails does not hide what is stored', async () => {
    const stop = new AbortController();
    world.aws.faults.latencyMs = 30;
    world.aws.faults.set('ssm:PutParameter', 'deny', undefined, 1);
    world.aws.faults.set('ssm:DeleteParameter', 'deny');
    const ended = runCommand(complete(world, '--limit', '2'), {
      input: token,
      signal: stop.signal,
    });

    while (world.aws.parameters.get(names.token) === undefined) await setTimeout(2);
    stop.abort();

    expect(await ended).toMatchObject({
      exitCode: 130,
      stderr: expect.stringMatching(/Now \S+\/token is NEW, and \S+\/config does not exist\n$/),
    });
  });
});

describe('a write that fails', () => {
  test.each([
    [0, 'the first one'],
    [1, 'the second one'],
  ])('after %i leaves nothing behind: %s', async (after) => {
    world.aws.faults.set('ssm:PutParameter', 'deny', undefined, after);

    const { exitCode, stdout, stderr } = await initialised(world, '--limit', '2');

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(
      /cost-alerts: not written: AWS does not allow it: .*\. Now \S+\/token does not exist, and \S+\/config does not exist\n$/,
    );
    expect(world.aws.parameters.get(names.token)).toBeUndefined();
    expect(world.aws.parameters.get(names.config)).toBeUndefined();
  });

  test('and cannot be taken back says what is there now', async () => {
    world.aws.faults.set('ssm:PutParameter', 'deny', undefined, 1);
    world.aws.faults.set('ssm:DeleteParameter', 'deny');

    const { exitCode, stderr } = await initialised(world, '--limit', '2');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Now \S+\/token is NEW, and \S+\/config does not exist\n$/);
  });

  test.each([0, 1])(
    'but was carried out, as the answer %i was lost, has not failed',
    async (after) => {
      world.aws.faults.set('ssm:PutParameter', 'drop', 1, after);

      const { exitCode } = await initialised(world, '--limit', '2');

      expect(exitCode).toBe(0);
      expect(world.aws.parameters.get(names.token)).toMatchObject({ value: token, version: 1 });
      expect(world.aws.parameters.get(names.config)?.version).toBe(1);
    },
  );
});

test('without credentials that may read the parameters nothing is asked of the provider', async () => {
  world.aws.faults.set('ssm', 'deny');

  const { exitCode, stderr } = await initialised(world, '--limit', '2');

  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^cost-alerts: AWS does not allow it: .*ssm:GetParameter.*\n$/);
  expect(world.northflank.requests).toEqual([]);
});
