import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../functions/cli/command-line.ts';
import { addInitCommand } from '../../functions/cli/init.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../functions/local/embedded-aws.ts';
import { isolateEnvironment } from '../../functions/local/isolated-environment.ts';
import {
  type SimulatedNorthflank,
  startSimulatedNorthflank,
} from '../../functions/local/simulated-northflank.ts';
import { type CommandRun, cliOn, collected, fixedNow, runCommand } from './command-run.ts';

const token = 'nf-token-0123456789';
const account = 'northflank/acme';
const names = {
  config: '/cost-alerts/northflank/acme/config',
  token: '/cost-alerts/northflank/acme/token',
};

let aws: EmbeddedAws;
let northflank: SimulatedNorthflank;
let folder: string;

beforeEach(async () => {
  aws = await startEmbeddedAws();
  isolateEnvironment(process.env, aws.environment);
  northflank = await startSimulatedNorthflank({
    token,
    history: () => ({ cpu: '0.1' }),
    now: () => fixedNow,
  });
  folder = await mkdtemp(join(tmpdir(), 'init-'));
});

afterEach(async () => {
  await aws.close();
  await northflank.close();
  await rm(folder, { recursive: true });
});

/** Everything that a script has to give. */
function complete(...more: readonly string[]): string[] {
  return ['init', account, '--base-url', northflank.url, '--token-stdin', '--yes', ...more];
}

async function initialised(...more: readonly string[]): Promise<CommandRun> {
  const run = await runCommand(complete(...more), { input: `${token}\n` });
  expect(`${run.stdout}${run.stderr}`).not.toContain(token);
  return run;
}

/** One line, exit code 2, and nothing was written. */
function expectRefused({ exitCode, stdout, stderr }: CommandRun, line: string): void {
  expect({ stderr, stdout, exitCode }).toEqual({
    stderr: `cost-alerts: ${line}\n`,
    stdout: '',
    exitCode: 2,
  });
  expect(aws.parameters.get(names.config)).toBeUndefined();
  expect(aws.parameters.get(names.token)).toBeUndefined();
}

describe('a script', () => {
  test('writes the config as a String and the token as a SecureString', async () => {
    const { exitCode, stdout } = await initialised('--limit', '200');

    expect(exitCode).toBe(0);
    expect(aws.parameters.get(names.token)).toMatchObject({ type: 'SecureString', value: token });
    const config = aws.parameters.get(names.config);
    expect(config?.type).toBe('String');
    expect(JSON.parse(config?.value ?? '')).toEqual({
      baseUrl: northflank.url,
      budgets: [{ name: 'everything', limit: 200, per: 'month' }],
    });
    expect(stdout).toBe(
      `Written to Parameter Store in us-east-1:
  /cost-alerts/northflank/acme/config (String)
  /cost-alerts/northflank/acme/token (SecureString)

See when it would have spoken:  npx cost-alerts backtest northflank/acme
A deployed stack checks it within a minute. Else:  npx cdk deploy -c email=you@example.com
`,
    );
  });

  test('is shown what is written, and the defaults that hold', async () => {
    const { stderr } = await initialised('--limit', '200');

    expect(stderr).toContain(
      'Northflank takes the token: in the last 7 days there was usage of CPU.',
    );
    expect(stderr).toContain(aws.parameters.get(names.config)?.value);
    expect(stderr).toContain(`${names.token} (SecureString): the token`);
    expect(stderr).toContain('Periods begin in UTC (--time-zone), costs are in USD (--currency).');
  });

  test('gives everything that a config may hold, and no digit is lost', async () => {
    const { exitCode } = await initialised(
      ...['--time-zone', 'Europe/Berlin', '--currency', 'usd', '--option', 'includeByoc=false'],
      ...['--budget', '{"name":"everything","limit":0.1234567890123456789,"per":"week"}'],
      ...['--budget', '{"name":"gpu","meter":"gpu","limit":15,"per":"day","steps":[100]}'],
    );

    expect(exitCode).toBe(0);
    expect(aws.parameters.get(names.config)?.value).toBe(`{
  "includeByoc": false,
  "baseUrl": "${northflank.url}",
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
      "steps": [
        100
      ]
    }
  ]
}`);
  });

  test('may watch without a budget, below another root', async () => {
    const { exitCode, stdout } = await initialised('--no-budget', '--root', '/team/costs/');

    expect(exitCode).toBe(0);
    expect(aws.parameters.get('/team/costs/northflank/acme/config')?.value).toContain(
      '"budgets": []',
    );
    expect(stdout).toContain(
      `See when a budget would have spoken:  npx cost-alerts backtest northflank/acme --root /team/costs --try '{"name":"everything","limit":10,"per":"day"}'\n`,
    );
    expect(stdout).not.toContain('when it would');
  });

  test('gets one JSON document with --json', async () => {
    const { stdout } = await initialised('--limit', '200', '--json');

    expect(JSON.parse(stdout)).toEqual({
      written: true,
      account,
      place: 'Parameter Store in us-east-1',
      parameters: [
        { name: names.config, type: 'String' },
        { name: names.token, type: 'SecureString' },
      ],
      config: {
        baseUrl: northflank.url,
        budgets: [{ name: 'everything', limit: 200, per: 'month' }],
      },
      next: [expect.stringContaining('backtest'), expect.stringContaining('deploy')],
    });
  });

  test('may take the token from a file', async () => {
    const file = join(folder, 'token');
    await writeFile(file, ` ${token}\n`);

    const { exitCode } = await runCommand([
      ...['init', account, '--base-url', northflank.url, '--limit', '1', '--yes'],
      ...['--token-file', file],
    ]);

    expect(exitCode).toBe(0);
    expect(aws.parameters.get(names.token)?.value).toBe(token);
  });

  test('may take the limit that is suggested', async () => {
    const asked: unknown[] = [];
    const { exitCode, stderr } = await runCommand(
      complete('--limit', 'suggested', '--per', 'week'),
      {
        input: token,
        commands: [
          (program, cli) =>
            addInitCommand(program, cli, async ({ name }, budget) => {
              asked.push(name, budget);
              return { basis: 'Over the last 90 days', quietLimit: '21.5', onceLimit: '20.1' };
            }),
        ],
      },
    );

    expect(exitCode).toBe(0);
    expect(asked).toEqual([
      'acme',
      { name: 'everything', measure: 'cost', per: 'week', steps: [50, 80, 100] },
    ]);
    expect(aws.parameters.get(names.config)?.value).toContain('"limit": 21.5');
    expect(stderr).toContain(
      'Over the last 90 days a limit of 21.5 USD would have stayed quiet, 20.1 USD would have spoken once.',
    );
  });

  test('is suggested the limit that backtest finds', async () => {
    await initialised('--limit', 'suggested', '--per', 'day');
    const page = join(folder, 'page.html');

    const { stdout } = await runCommand(['backtest', account, '--json', '--page', page]);

    const { quietLimit } = JSON.parse(stdout).accounts[0].budgets[0];
    const { budgets } = JSON.parse(aws.parameters.get(names.config)?.value ?? '');
    expect(String(budgets[0].limit)).toBe(quietLimit);
    // The dearest day is 24 times 0.1, and the lowest step of a budget is 50 %.
    expect(Number(quietLimit)).toBeCloseTo(4.81, 1);
  });

  test('is suggested a limit that the period in progress does not cross at its pace either', async () => {
    const thisMonth = Date.parse('2026-11-01T00:00:00Z');
    northflank.setHistory((start) => (start < thisMonth ? { cpu: '0.01' } : { cpu: '0.1' }));

    const { exitCode, stderr } = await initialised('--limit', 'suggested');
    const checked = await runCommand(['check', account]);

    // 720 hours of 0.1 are 50 % of 144.
    expect(stderr).toContain(
      'Over the last 60 days, and at the pace of this month, a limit of 145 USD would have stayed quiet.',
    );
    expect(aws.parameters.get(names.config)?.value).toContain('"limit": 145');
    expect({ init: exitCode, check: checked.exitCode }).toEqual({ init: 0, check: 0 });
  });

  test('is told why no limit can be suggested: there was no usage', async () => {
    northflank.setHistory(() => ({}));

    const { exitCode, stderr } = await initialised('--limit', 'suggested');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /cost-alerts: --limit: none can be suggested; give an amount: Over the last \d+ days? there is nothing to suggest a limit by\.\n$/,
    );
    expect(aws.parameters.get(names.token)).toBeUndefined();
  });

  test('is refused such a limit where there is nothing to suggest one by', async () => {
    const run = await runCommand(complete('--limit', 'suggested'), {
      input: token,
      commands: [(program, cli) => addInitCommand(program, cli, async () => undefined)],
    });

    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('cost-alerts: --limit: none can be suggested; give an amount\n');
    expect(aws.parameters.get(names.token)).toBeUndefined();
  });
});

describe('what is missing without a terminal', () => {
  test.each([
    [
      ['init'],
      'an account such as northflank/acme; --token-stdin or --token-file <file>; --limit <amount>, --budget <json> or --no-budget; --yes',
    ],
    [['init', 'influxdb/metrics', '--token-stdin', '--limit', '1'], '--option orgId=…; --yes'],
    [
      ['init', 'tpstreams/videos', '--token-stdin', '--no-budget', '--yes'],
      '--option organizationId=…',
    ],
    [['init', account, '--yes', '--budget', '{}'], '--token-stdin or --token-file <file>'],
  ])('%j is named in one line', async (args, missing) => {
    const run = await runCommand(args);

    expectRefused(run, `there is no terminal to ask at, and missing is: ${missing}`);
  });
});

describe('wrong input is one line, and nothing is written', () => {
  test.each([
    [
      'northflnk/acme',
      'expected a provider, northflank, influxdb, tpstreams, "/" and a name, got "northflnk/acme" (did you mean northflank?)',
    ],
    ['acme', 'expected a provider, northflank, influxdb, tpstreams, "/" and a name, got "acme"'],
    [
      'northflank',
      'expected letters, digits, "_", "." and "-" after "northflank/", such as northflank/acme, got "northflank"',
    ],
    [
      'northflank/my acme',
      'expected letters, digits, "_", "." and "-" after "northflank/", such as northflank/acme, got "northflank/my acme"',
    ],
    [
      'northflank/a/b',
      'expected letters, digits, "_", "." and "-" after "northflank/", such as northflank/acme, got "northflank/a/b"',
    ],
  ])('account %s', async (name, line) => {
    expectRefused(await runCommand(['init', name]), `account: ${line}`);
  });

  test.each([
    [['--limit', '0'], `${names.config}: budgets[0].limit: expected a number above 0, got 0`],
    [
      ['--limit', '20 USD'],
      `${names.config}: budgets[0].limit: expected a number above 0, got "20 USD"`,
    ],
    [
      ['--limit', '2', '--per', 'fortnight'],
      `${names.config}: budgets[0].per: expected one of "hour", "day", "week", "month", "quarter", "year", got "fortnight"`,
    ],
    [
      ['--budget', '{"name":"a"'],
      '--budget: not JSON, line 1, column 12: expected "," or "}", got the end',
    ],
    [
      ['--budget', '{"name":"a","limit":1,"per":"day","metre":"gpu"}'],
      `${names.config}: budgets[0]: unknown key "metre", expected one of name, meter, measure, unit, limit, per, startsOn, steps`,
    ],
    [
      ['--budget', '{}'],
      `${names.config}: budgets[0].name: missing, expected 1 to 64 characters, with no "/", control character, or space at either end (and 2 more)`,
    ],
    [
      ['--no-budget', '--time-zone', 'Europe/Berlni'],
      `${names.config}: timeZone: expected an IANA time zone such as "Europe/Berlin", got "Europe/Berlni"`,
    ],
    [
      ['--no-budget', '--currency', 'dollar'],
      `${names.config}: currency: expected an ISO 4217 currency code such as "USD", got "dollar"`,
    ],
    [
      ['--no-budget', '--base-url', 'https://example.com'],
      `${names.config}: baseUrl: expected "https://api.northflank.com", or an origin on loopback, got "https://example.com"`,
    ],
    [
      ['--no-budget', '--option', 'teamID=x'],
      '--option: expected teamId=… or includeByoc=… for Northflank, got unknown option "teamID" (did you mean teamId?)',
    ],
    [
      ['--no-budget', '--option', 'teamId'],
      '--option: expected teamId=… or includeByoc=… for Northflank, got no "="',
    ],
    [
      ['--no-budget', '--option', 'teamId=..'],
      '--option teamId: expected the id of a team, such as "platform", got ".."',
    ],
    [
      ['--no-budget', '--option', 'includeByoc=yes'],
      '--option includeByoc: expected true or false, got "yes"',
    ],
    [
      ['--no-budget', '--root', 'costs'],
      '--root: expected a name such as "/cost-alerts", got "costs"',
    ],
  ])('%j', async (args, line) => {
    expectRefused(await initialised(...args), line);
  });

  const budget = '{"name":"a","limit":1,"per":"day"}';
  test.each([
    [
      ['--limit', '5', '--no-budget'],
      /'--limit <amount>' cannot be used with .*'--no-budget'; see/,
    ],
    [
      ['--limit', '5', '--budget', budget],
      /'--limit <amount>' cannot be used with .*'--budget <json>'; see/,
    ],
    [['--budget', budget, '--no-budget'], /expected --budget <json> or --no-budget, got both$/],
    [['--no-budget', '--budget', budget], /expected --budget <json> or --no-budget, got both$/],
    [['--budget', budget, '--per', 'week'], /--per: expected --limit <amount> with it; .*$/],
    [['--per', 'week'], /--per: expected --limit <amount> with it; .*$/],
    [
      ['--limit', '5', '--token-file', 'token'],
      /'--token-stdin' cannot be used with .*'--token-file <file>'; see/,
    ],
  ])('options that contradict each other: %j', async (flags, line) => {
    const { exitCode, stdout, stderr } = await initialised(...flags);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^cost-alerts: [^\n]*\n$/);
    expect(stderr.trim()).toMatch(line);
    expect(aws.requests.size).toBe(0);
  });

  test.each([
    ['', '--token-stdin: expected the API token, got an empty text'],
    [
      'two words',
      '--token-stdin: expected the API token and nothing else, got spaces, line breaks or letters beyond ASCII in it',
    ],
  ])('token %j', async (input, line) => {
    expectRefused(await runCommand(complete('--no-budget'), { input }), line);
  });

  test('a token file that is not there', async () => {
    const file = join(folder, 'none');

    const run = await runCommand(['init', account, '--no-budget', '--yes', '--token-file', file]);

    expectRefused(run, `--token-file: ${file} cannot be read: no such file, looked for ${file}`);
  });

  test.each([['--token', token], [`--token=${token}`]])(
    'a token on the command line: %s',
    async (...args) => {
      const run = await runCommand(['init', account, ...args]);

      expectRefused(
        run,
        '--token: expected --token-stdin or --token-file <file>, as what is on a command line stays in the history of the shell and is seen by others on this machine; if that was a real token, replace it',
      );
    },
  );

  test('the token in the config, where everybody would read it', async () => {
    const run = await runCommand(
      complete('--no-budget', '--option', `teamId=${token}`, '--no-test'),
      {
        input: token,
      },
    );

    expectRefused(
      run,
      `${names.config}: expected no API token in it, got that of the account: names and addresses in a config are told`,
    );
  });

  test('a config that is too long for a parameter', async () => {
    const budgets = Array.from({ length: 60 }, (_, index) => [
      '--budget',
      `{"name":"budget ${index}","limit":1,"per":"day"}`,
    ]);

    const run = await initialised(...budgets.flat(), '--no-test');

    expect(run.stderr).toMatch(
      /^cost-alerts: \S+\/config: expected at most 4096 bytes, got \d{4}; use fewer budgets or shorter names\n$/,
    );
    expect(aws.parameters.get(names.token)).toBeUndefined();
  });

  test('a provider without prices is asked for a budget on its usage', async () => {
    const run = await runCommand(
      [
        'init',
        'tpstreams/videos',
        '--token-stdin',
        '--yes',
        '--limit',
        '2',
        '--option',
        'organizationId=x',
      ],
      { input: token },
    );

    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(
      /^cost-alerts: \/cost-alerts\/tpstreams\/videos\/config: budgets\[0\]\.measure: expected "usage" of one meter, or .*\n$/,
    );
  });
});

describe('a token that the provider does not take', () => {
  test('ends with exit code 1 in the words of its adapter, and nothing is written', async () => {
    const { exitCode, stdout, stderr } = await runCommand(complete('--limit', '2'), {
      input: 'wrong-token',
    });

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^Northflank answered HTTP 401: .* Nothing was written\.\n$/);
    expect(stderr).not.toContain('wrong-token');
    expect(aws.requests.get('ssm:PutParameter')).toBeUndefined();
  });

  test('is told in the document of --json', async () => {
    const { stdout } = await runCommand(complete('--limit', '2', '--json'), {
      input: 'wrong-token',
    });

    expect(JSON.parse(stdout)).toEqual({
      written: false,
      account,
      reason: expect.stringContaining('HTTP 401'),
    });
  });

  test('is not asked about with --no-test', async () => {
    const { exitCode } = await initialised('--limit', '2', '--no-test');

    expect(exitCode).toBe(0);
    expect(northflank.requests).toEqual([]);
    expect(aws.parameters.get(names.token)?.value).toBe(token);
  });
});

describe('an account that is there already', () => {
  beforeEach(() => {
    aws.parameters.put(names.token, 'old-token', 'SecureString');
    aws.parameters.put(names.config, '{"budgets":[]}', 'String');
  });

  function expectOld(): void {
    expect(aws.parameters.get(names.token)?.value).toBe('old-token');
    expect(aws.parameters.get(names.config)?.value).toBe('{"budgets":[]}');
  }

  test('stays as it is', async () => {
    const { exitCode, stderr } = await initialised('--limit', '2');

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      `cost-alerts: ${names.config} and ${names.token} are in Parameter Store in us-east-1 already; --overwrite replaces what is there\n`,
    );
    expectOld();
  });

  test('is replaced with --overwrite', async () => {
    const { exitCode } = await initialised('--limit', '2', '--overwrite');

    expect(exitCode).toBe(0);
    expect(aws.parameters.get(names.token)).toMatchObject({ value: token, version: 2 });
    expect(aws.parameters.get(names.config)).toMatchObject({ version: 2, type: 'String' });
  });

  test('with a token in the open has to lose it first, as a type cannot change', async () => {
    aws.parameters.delete(names.token);
    aws.parameters.put(names.token, 'old-token', 'String');

    const { exitCode, stderr } = await initialised('--limit', '2', '--overwrite');

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      `cost-alerts: ${names.token}: expected a SecureString, got a String, and a parameter cannot change its type; delete it first: aws ssm delete-parameter --name ${names.token}\n`,
    );
    expectOld();
  });

  test('is as it was where the second write fails', async () => {
    aws.faults.set('ssm:PutParameter', 'deny', 1, 1);

    const { exitCode, stderr } = await initialised('--limit', '2', '--overwrite');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /cost-alerts: not written: AWS does not allow it: .*PutParameter.*\. Now \S+\/token is as it was and \S+\/config is as it was\n$/,
    );
    expectOld();
  });

  test('of which the token alone is there is said so', async () => {
    aws.parameters.delete(names.config);

    const { stderr } = await initialised('--limit', '2');

    expect(stderr).toContain(`${names.token} is in Parameter Store in us-east-1 already`);
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
    const ended = runCommandLine(complete('--limit', '2'), cliOn(streams, { signal: stop.signal }));

    while ((aws.requests.get('ssm:GetParameter') ?? 0) < 2) await setTimeout(2);
    await setTimeout(20);
    stop.abort();

    expect(await ended).toBe(130);
    expect(stderr()).toBe('\nStopped. Nothing was written.\n');
    expect(aws.requests.get('ssm:PutParameter')).toBeUndefined();
  });

  test('between the two writes comes too late: both are there', async () => {
    const stop = new AbortController();
    aws.faults.latencyMs = 30;
    const ended = runCommand(complete('--limit', '2'), { input: token, signal: stop.signal });

    while (aws.parameters.get(names.token) === undefined) await setTimeout(2);
    stop.abort();

    expect((await ended).exitCode).toBe(130);
    expect(aws.parameters.get(names.config)?.version).toBe(1);
    expect(aws.parameters.get(names.token)?.version).toBe(1);
  });

  test('before a write that fails does not hide how things stand', async () => {
    const stop = new AbortController();
    aws.faults.latencyMs = 30;
    aws.faults.set('ssm:PutParameter', 'deny', undefined, 1);
    aws.faults.set('ssm:DeleteParameter', 'deny');
    const ended = runCommand(complete('--limit', '2'), { input: token, signal: stop.signal });

    while (aws.parameters.get(names.token) === undefined) await setTimeout(2);
    stop.abort();

    expect(await ended).toMatchObject({
      exitCode: 130,
      stderr: expect.stringMatching(/Now \S+\/token is NEW and \S+\/config is not there\n$/),
    });
  });
});

describe('a write that fails', () => {
  test.each([
    [0, 'the first one'],
    [1, 'the second one'],
  ])('after %i leaves nothing behind: %s', async (after) => {
    aws.faults.set('ssm:PutParameter', 'deny', undefined, after);

    const { exitCode, stdout, stderr } = await initialised('--limit', '2');

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(
      /cost-alerts: not written: AWS does not allow it: .*\. Now \S+\/token is not there and \S+\/config is not there\n$/,
    );
    expect(aws.parameters.get(names.token)).toBeUndefined();
    expect(aws.parameters.get(names.config)).toBeUndefined();
  });

  test('and cannot be taken back says what is there now', async () => {
    aws.faults.set('ssm:PutParameter', 'deny', undefined, 1);
    aws.faults.set('ssm:DeleteParameter', 'deny');

    const { exitCode, stderr } = await initialised('--limit', '2');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Now \S+\/token is NEW and \S+\/config is not there\n$/);
  });

  test.each([0, 1])(
    'but was carried out, as the answer %i was lost, has not failed',
    async (after) => {
      aws.faults.set('ssm:PutParameter', 'drop', 1, after);

      const { exitCode } = await initialised('--limit', '2');

      expect(exitCode).toBe(0);
      expect(aws.parameters.get(names.token)).toMatchObject({ value: token, version: 1 });
      expect(aws.parameters.get(names.config)?.version).toBe(1);
    },
  );
});

test('without credentials that may read the parameters nothing is asked of the provider', async () => {
  aws.faults.set('ssm', 'deny');

  const { exitCode, stderr } = await initialised('--limit', '2');

  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^cost-alerts: AWS does not allow it: .*ssm:GetParameter.*\n$/);
  expect(northflank.requests).toEqual([]);
});
