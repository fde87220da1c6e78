import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { providers } from '../../../../functions/providers/registry.ts';
import { runCommand } from '../../command-run.ts';
import {
  account,
  complete,
  expectRefused,
  initialised,
  names,
  token,
  useInitWorld,
} from './init-world.ts';

const world = useInitWorld();
const ids = providers.map(({ id }) => id).join(', ');

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

    expectRefused(world, run, `no terminal to ask at; missing: ${missing}`);
  });
});

describe('wrong input is one line, and nothing is written', () => {
  test.each([
    [
      'northflnk/acme',
      `expected a provider, ${ids}, "/" and a name, got "northflnk/acme" (did you mean northflank?)`,
    ],
    ['acme', `expected a provider, ${ids}, "/" and a name, got "acme"`],
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
    expectRefused(world, await runCommand(['init', name]), `account: ${line}`);
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
      '--budget: not JSON, line 1, column 12: expected "}", got the end',
    ],
    [
      ['--budget', '{"name":"a","limit":1,"per":"day","metre":"gpu"}'],
      `${names.config}: budgets[0]: unknown key "metre", expected one of name, meter, measure, unit, limit, per, startsOn, thresholds, forecast`,
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
    expectRefused(world, await initialised(world, ...args), line);
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
    const { exitCode, stdout, stderr } = await initialised(world, ...flags);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^cost-alerts: [^\n]*\n$/);
    expect(stderr.trim()).toMatch(line);
    expect(world.aws.requests.size).toBe(0);
  });

  test.each([
    ['', '--token-stdin: expected the API token, got an empty text'],
    [
      '"nf-0123456789"',
      '--token-stdin: expected the API token and nothing else, got quotation marks around it',
    ],
    [
      'export NORTHFLANK_TOKEN=nf-0123456789',
      '--token-stdin: expected the API token and nothing else, got a name and "=" before it',
    ],
    [
      '<your token>',
      '--token-stdin: expected the API token and nothing else, got a placeholder such as <token>',
    ],
    [
      'two words',
      '--token-stdin: expected the API token and nothing else, got spaces, line breaks or letters beyond ASCII in it',
    ],
  ])('token %j', async (input, line) => {
    expectRefused(world, await runCommand(complete(world, '--no-budget'), { input }), line);
  });

  test('a token file that is not there', async () => {
    const file = join(world.folder, 'none');

    const run = await runCommand(['init', account, '--no-budget', '--yes', '--token-file', file]);

    expectRefused(
      world,
      run,
      `--token-file: ${file} cannot be read: no such file, looked for ${file}`,
    );
  });

  test.each([['--token', token], [`--token=${token}`]])(
    'a token on the command line: %s',
    async (...args) => {
      const run = await runCommand(['init', account, ...args]);

      expectRefused(
        world,
        run,
        '--token: expected --token-stdin or --token-file <file>, as a command line stays in the shell history and is visible to others on this machine; if that was a real token, replace it',
      );
    },
  );

  test('the token in the config, where everybody would read it', async () => {
    const run = await runCommand(
      complete(world, '--no-budget', '--option', `teamId=${token}`, '--no-test'),
      {
        input: token,
      },
    );

    expectRefused(
      world,
      run,
      `${names.config}: expected no API token in it, got that of the account: names and addresses in a config are shown in messages`,
    );
  });

  test('a config that is too long for a parameter', async () => {
    const budgets = Array.from({ length: 60 }, (_, index) => [
      '--budget',
      `{"name":"budget ${index}","limit":1,"per":"day"}`,
    ]);

    const run = await initialised(world, ...budgets.flat(), '--no-test');

    expect(run.stderr).toMatch(
      /^cost-alerts: \S+\/config: expected at most 4096 bytes, got \d{4}; use fewer budgets or shorter names\n$/,
    );
    expect(world.aws.parameters.get(names.token)).toBeUndefined();
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
