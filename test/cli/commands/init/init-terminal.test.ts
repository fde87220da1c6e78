import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SimulatedOpenai, startSimulatedOpenai } from '../../../../cli/demo/vendors/openai.ts';
import { startSimulatedOpenrouter } from '../../../../cli/demo/vendors/openrouter.ts';
import {
  type SimulatedTpstreams,
  startSimulatedTpstreams,
} from '../../../../cli/demo/vendors/tpstreams.ts';
import { type CommandTerminal, fixedNow, keys, openTerminal } from '../../command-run.ts';
import { names, token, useInitWorld } from './init-world.ts';

const { enter, down, ctrlC } = keys;
const world = useInitWorld({ since: fixedNow - 5 * 86_400_000 });

/** The questions of a new account at Northflank and good answers, in their order. */
const dialogue = [
  ['Provider', enter],
  ['Account name', `acme${enter}`],
  ['API token of Northflank', `${token}${enter}`],
  ['teamId (Enter for none)', enter],
  ['includeByoc', enter],
  ['What should the budget limit?', enter],
  ['Limit per', enter],
  ['Name of the budget', enter],
  ['Limit in USD per month', `200${enter}`],
  ['Write this?', enter],
] as const;

function opened(...more: readonly string[]): CommandTerminal {
  return openTerminal(['init', '--base-url', world.northflank.url, ...more]);
}

async function answer(terminal: CommandTerminal, count: number = dialogue.length): Promise<void> {
  for (const [question, typed] of dialogue.slice(0, count)) await terminal.answers(question, typed);
}

test('asks for everything, tries the token out, and writes both parameters', async () => {
  const terminal = opened();

  await answer(terminal);

  expect(await terminal.ended).toBe(0);
  expect(world.aws.parameters.get(names.token)).toMatchObject({
    type: 'SecureString',
    value: token,
  });
  expect(JSON.parse(world.aws.parameters.get(names.config)?.value ?? '')).toEqual({
    baseUrl: world.northflank.url,
    budgets: [{ name: 'everything', limit: 200, per: 'month' }],
  });
  expect(terminal.shown()).toContain('Northflank accepts the token');
  expect(terminal.shown()).not.toContain(token);
});

test('keeps standard output for the result', async () => {
  const terminal = opened('--json');

  await answer(terminal);
  await terminal.ended;

  expect(JSON.parse(terminal.stdout())).toMatchObject({
    written: true,
    account: 'northflank/acme',
  });
});

test('asks only what the flags do not say', async () => {
  const flags = ['--option', 'includeByoc=true', '--limit', '5', '--yes'];
  const terminal = opened('northflank/acme', ...flags);

  await terminal.answers('API token of Northflank', `${token}${enter}`);
  await terminal.answers('teamId (Enter for none)', enter);

  expect(await terminal.ended).toBe(0);
  expect(JSON.parse(world.aws.parameters.get(names.config)?.value ?? '')).toEqual({
    includeByoc: true,
    baseUrl: world.northflank.url,
    budgets: [{ name: 'everything', limit: 5, per: 'month' }],
  });
});

test('says at once what is wrong with an answer, and takes a better one', async () => {
  const terminal = opened();

  await terminal.answers('Provider', enter);
  await terminal.answers('Account name', `my acme${enter}`);
  await terminal.isComplete('expected letters, digits, "_", "." and "-", got "my acme"');
  terminal.types(`\u0015acme${enter}`);
  await terminal.answers('API token of Northflank', `two words${enter}`);
  await terminal.isComplete('expected the API token and nothing else');
  await terminal.answers('API token of Northflank', enter);
  await terminal.isComplete('expected the API token, got an empty text');
  await terminal.answers('API token of Northflank', `${token}${enter}`);
  await terminal.answers('teamId', `..${enter}`);
  await terminal.isComplete('expected the id of a team, such as "platform", got ".."');
  terminal.types(`\u0015${enter}`);
  for (const [question, typed] of dialogue.slice(4, 8)) await terminal.answers(question, typed);
  await terminal.answers('Limit in USD', `a lot${enter}`);
  await terminal.isComplete('expected a number above 0, got "a lot"');
  terminal.types(`\u001520${enter}`);
  await terminal.answers('Write this?', enter);

  expect(await terminal.ended).toBe(0);
  expect(world.aws.parameters.get(names.token)?.value).toBe(token);
  expect(terminal.shown()).not.toContain('two words');
});

describe('a token that is refused', () => {
  test('is asked for again', async () => {
    const terminal = opened();

    await answer(terminal, 2);
    await terminal.answers('API token of Northflank', `wrong-token${enter}`);
    await terminal.answers('teamId', enter);
    await terminal.answers('includeByoc', enter);
    await terminal.isComplete('Northflank answered HTTP 401');
    await terminal.answers('What next?', enter);
    await terminal.answers('API token of Northflank', `${token}${enter}`);
    for (const [question, typed] of dialogue.slice(5)) await terminal.answers(question, typed);

    expect(await terminal.ended).toBe(0);
    expect(world.aws.parameters.get(names.token)?.value).toBe(token);
    expect(terminal.shown()).not.toContain('wrong-token');
  });

  test('may be due to the other answers, which are asked for again', async () => {
    const terminal = opened('--time-zone', 'Europe/Berlin');

    await answer(terminal, 3);
    await terminal.answers('teamId', `no-such-team${enter}`);
    await terminal.answers('includeByoc', enter);
    await terminal.isComplete('Northflank answered HTTP 404');
    await terminal.answers('What next?', `${down}${enter}`);
    for (const [question, typed] of dialogue.slice(3)) await terminal.answers(question, typed);

    expect(await terminal.ended).toBe(0);
    expect(JSON.parse(world.aws.parameters.get(names.config)?.value ?? '')).toEqual({
      baseUrl: world.northflank.url,
      timeZone: 'Europe/Berlin',
      budgets: [{ name: 'everything', limit: 200, per: 'month' }],
    });
  });

  test('may be given up', async () => {
    const terminal = opened();

    await answer(terminal, 2);
    await terminal.answers('API token of Northflank', `wrong-token${enter}`);
    await terminal.answers('teamId', enter);
    await terminal.answers('includeByoc', enter);
    await terminal.answers('What next?', `${down}${down}${down}${enter}`);

    expect(await terminal.ended).toBe(1);
    expect(terminal.shown()).toContain('Cancelled; nothing was written.');
    expect(world.aws.requests.get('ssm:PutParameter')).toBeUndefined();
  });
});

describe('Ctrl-C', () => {
  test.each(dialogue.map(([question], index) => [question, index] as const))(
    'at "%s" writes nothing and says so in a line',
    async (question, index) => {
      const terminal = opened();

      await answer(terminal, index);
      await terminal.answers(question, ctrlC);

      expect(await terminal.ended).toBe(130);
      expect(terminal.shown()).toMatch(/\nCancelled; nothing was written\.\n$/);
      expect(terminal.shown()).not.toContain(token);
      expect(world.aws.requests.get('ssm:PutParameter')).toBeUndefined();
    },
  );

  test('while the provider is asked does the same', async () => {
    const stop = new AbortController();
    world.northflank.faults.add(() => {});
    const terminal = openTerminal(['init', '--base-url', world.northflank.url], {
      signal: stop.signal,
    });

    await answer(terminal, 5);
    while (world.northflank.requests.length === 0) await setTimeout(2);
    stop.abort();

    expect(await terminal.ended).toBe(130);
    expect(terminal.shown()).toMatch(/\nCancelled; nothing was written\.\n$/);
    expect(world.aws.requests.get('ssm:PutParameter')).toBeUndefined();
  });
});

describe('an account that is there already', () => {
  beforeEach(() => {
    world.aws.parameters.put(names.token, 'old-token', 'SecureString');
    world.aws.parameters.put(names.config, '{"budgets":[]}', 'String');
  });

  test('is replaced where somebody says so', async () => {
    const terminal = opened();

    await answer(terminal, 2);
    await terminal.isComplete(`Already in Parameter Store in us-east-1: ${names.config} and`);
    await terminal.answers(
      'Replace the token, options and budgets of northflank/acme?',
      `y${enter}`,
    );
    for (const [question, typed] of dialogue.slice(2)) await terminal.answers(question, typed);

    expect(await terminal.ended).toBe(0);
    expect(world.aws.parameters.get(names.token)).toMatchObject({ value: token, version: 2 });
  });

  test('stays as it is where somebody only presses Enter', async () => {
    const terminal = opened();

    await answer(terminal, 2);
    await terminal.answers('Replace the token, options and budgets of northflank/acme?', enter);

    expect(await terminal.ended).toBe(1);
    expect(terminal.shown()).toContain('Cancelled; nothing was written.');
    expect(world.aws.parameters.get(names.token)?.version).toBe(1);
  });
});

test.each([
  [['--time-zone', 'Mars/Base'], 'timeZone: expected an IANA time zone such as '],
  [
    ['--budget', '{"name":"a","limit":-1,"per":"day"}'],
    'budgets[0].limit: expected a number above',
  ],
  [['--option', 'teamID=x'], '--option: expected teamId=… or includeByoc=… for Northflank'],
])('an invalid flag is an error before anything is asked: %j', async (flags, line) => {
  const terminal = opened('northflank/acme', ...flags);

  expect(await terminal.ended).toBe(2);
  expect(terminal.shown()).toMatch(/^\r?cost-alerts: [^\n]*\n$/);
  expect(terminal.shown()).toContain(line);
  expect(world.aws.requests.size).toBe(0);
});

test('a token is not read from standard input where that is a terminal, which would show it', async () => {
  const terminal = opened('northflank/acme', '--token-stdin');

  expect(await terminal.ended).toBe(2);
  expect(terminal.shown()).toContain(
    'cost-alerts: --token-stdin: expected the token from a pipe or "< file", got a terminal',
  );
});

test('a no at the end writes nothing', async () => {
  const terminal = opened();

  await answer(terminal, 9);
  await terminal.answers('Write this?', `n${enter}`);

  expect(await terminal.ended).toBe(1);
  expect(world.aws.requests.get('ssm:PutParameter')).toBeUndefined();
});

describe('at a provider that reports no costs', () => {
  let tpstreams: SimulatedTpstreams;

  beforeEach(async () => {
    tpstreams = await startSimulatedTpstreams({
      token,
      organizationId: 'dcek2m',
      history: () => ({ bandwidth_used: 1_000_000_000 }),
      now: () => fixedNow,
      since: fixedNow - 5 * 86_400_000,
    });
  });

  afterEach(() => tpstreams.close());

  test('what is offered to be watched is what can be', async () => {
    const terminal = openTerminal(['init', 'tpstreams/videos', '--base-url', tpstreams.url]);

    await terminal.answers('API token of TPStreams', `${token}${enter}`);
    await terminal.answers('organizationId', `dcek2m${enter}`);
    await terminal.answers('storage', enter);
    await terminal.answers('What should the budget limit?', enter);
    await terminal.answers('Limit per', enter);
    await terminal.answers('Name of the budget', enter);
    await terminal.answers('Limit in GB per month', `50${enter}`);
    await terminal.answers('Write this?', enter);

    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).not.toContain('Cost of');
    const { value = '' } = world.aws.parameters.get('/cost-alerts/tpstreams/videos/config') ?? {};
    expect(JSON.parse(value).budgets).toEqual([
      {
        name: 'bandwidth',
        meter: 'bandwidth',
        measure: 'usage',
        unit: 'GB',
        limit: 50,
        per: 'month',
      },
    ]);
  });
});

test('at OpenRouter, prepaid credit can be watched', async () => {
  const openrouter = await startSimulatedOpenrouter({
    token,
    history: () => ({ credits: '1' }),
    now: () => fixedNow,
  });
  const terminal = openTerminal(['init', 'openrouter/chat', '--base-url', openrouter.url]);

  await terminal.answers('API token of OpenRouter', `${token}${enter}`);
  await terminal.answers('What should the budget limit?', `${down.repeat(5)}${enter}`);
  await terminal.answers('Name of the budget', enter);
  await terminal.answers('Alert how many days before it runs out?', enter);
  await terminal.answers('Write this?', enter);

  expect(await terminal.ended).toBe(0);
  await openrouter.close();
  const { value = '' } = world.aws.parameters.get('/cost-alerts/openrouter/chat/config') ?? {};
  expect(JSON.parse(value).budgets).toEqual([{ name: 'credit', measure: 'balance', days: 7 }]);
});

describe('at OpenAI', () => {
  let openai: SimulatedOpenai;

  beforeEach(async () => {
    openai = await startSimulatedOpenai({
      token,
      history: (date) =>
        date < '2026-11-14'
          ? undefined
          : [
              { lineItem: 'zeta-5, output', amount: '1', projectId: 'proj_a' },
              { lineItem: 'zeta-5, input', amount: '9', projectId: 'proj_c' },
            ],
      now: () => fixedNow,
    });
  });

  afterEach(() => openai.close());

  test('is said which key is needed, the key of a project is refused, and projects are a list', async () => {
    const terminal = openTerminal(['init', 'openai/agents', '--base-url', openai.url]);

    await terminal.answers('API token of OpenAI', `sk-proj-of-a-project${enter}`);
    await terminal.answers('projectIds', `proj_a, proj_b${enter}`);
    await terminal.answers('What next?', enter);
    await terminal.answers('API token of OpenAI', `${token}${enter}`);
    await terminal.answers('What should the budget limit?', enter);
    await terminal.answers('Limit per', enter);
    await terminal.answers('Name of the budget', enter);
    await terminal.answers('Limit in USD per month', `300${enter}`);
    await terminal.answers('Write this?', enter);

    expect(await terminal.ended).toBe(0);
    const shown = terminal.shown().replaceAll(/\s+/g, ' ');
    expect(shown).toContain('OpenAI needs an admin key');
    expect(shown).toContain(
      'OpenAI answered HTTP 403: "You have insufficient permissions. Missing',
    );
    expect(shown).toContain('OpenAI accepts the token. Last 7 days: Output tokens.');
    const { value = '' } = world.aws.parameters.get('/cost-alerts/openai/agents/config') ?? {};
    expect(JSON.parse(value)).toMatchObject({
      projectIds: ['proj_a', 'proj_b'],
      budgets: [{ limit: 300, per: 'month' }],
    });
  });
});
