/** What users write into Parameter Store, and what whole checks make of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../functions/alerts/notice.ts';
import { providers } from '../../functions/providers/registry.ts';
import { startProviderWorld } from '../support/provider-worlds.ts';
import { startAccounts } from '../support/simulated-accounts.ts';
import { alertsIn, startWatchedWorld, token, type WatchedWorld } from '../support/watched-world.ts';

const everything = { name: 'everything', limit: 200, per: 'month', thresholds: [100] };
const month = { budgets: [everything] };
const over = 'acme: budget everything 100 % at 203.17 of 200 USD';
const start = Date.parse('2026-11-21T10:05:00Z');

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

beforeEach(async () => {
  await world.reset(at(0));
  spend('203.17');
});

function at(minutes: number): string {
  return new Date(start + minutes * 60_000).toISOString();
}

function spend(gpu: string): void {
  world.setRows([{ start: Date.parse('2026-11-20'), amounts: { gpu } }]);
}

function nameOf(leaf: 'config' | 'token', account = 'acme'): string {
  return `${world.environment().PARAMETER_ROOT}/northflank/${account}/${leaf}`;
}

function put(leaf: 'config' | 'token', value: string | object): void {
  const text =
    typeof value === 'string' ? value : JSON.stringify({ baseUrl: world.northflank.url, ...value });
  world.aws.parameters.put(nameOf(leaf), text, leaf === 'token' ? 'SecureString' : undefined);
}

/** An account whose config is a secret. */
function putSecure(config: object): void {
  put('token', token);
  const text = JSON.stringify({ baseUrl: world.northflank.url, ...config });
  world.aws.parameters.put(nameOf('config'), text, 'SecureString');
}

async function messagesAt(minutes: number): Promise<Message[]> {
  world.setClock(at(minutes));
  await world.check();
  return world.takeMessages();
}

async function firedAt(minutes: number): Promise<string[]> {
  return alertsIn(await messagesAt(minutes));
}

function noticesOf(messages: readonly Message[], kind: string) {
  return messages.flatMap(({ notices }) => notices).filter((notice) => notice.kind === kind);
}

describe('a token that cannot be decrypted', () => {
  test.each(['AccessDeniedException', 'InvalidKeyId'] as const)(
    'makes only its own account unreadable: %s',
    async (error) => {
      for (const name of ['acme', 'beta', 'c', 'd', 'e', 'f', 'g']) world.putAccount(name, month);
      world.aws.parameters.setKeyError(nameOf('token'), error);

      world.setClock(at(0));
      const run = await world.check();

      const statuses = Object.fromEntries(run.checks.map((one) => [one.account, one.fetch.status]));
      const [unreadable, ...others] = noticesOf(world.takeMessages(), 'read-error');
      expect(statuses).toEqual({
        ...Object.fromEntries(['beta', 'c', 'd', 'e', 'f', 'g'].map((one) => [one, 'complete'])),
        acme: 'failed',
      });
      expect(run.invalidConfig).toEqual([]);
      expect(others).toEqual([]);
      expect(unreadable).toMatchObject({ account: 'acme', severity: 'critical' });
      expect(unreadable?.reason).toContain(`${nameOf('token')} cannot be decrypted (${error}: `);
      expect(JSON.stringify(run)).not.toContain('AQICAH');
    },
  );

  test('is read again as soon as its key can be used', async () => {
    world.putAccount('acme', month);
    world.aws.parameters.setKeyError(nameOf('token'), 'InvalidKeyId');
    expect(await firedAt(0)).toEqual(['acme: read-error']);
    world.aws.parameters.setKeyError(nameOf('token'));

    expect(await firedAt(60)).toContain(over);
  });

  test('keeps nobody from following a broken config by the last good one', async () => {
    world.putAccount('acme', month);
    world.putAccount('beta', month);
    await messagesAt(0);
    world.aws.parameters.setKeyError(nameOf('token'), 'InvalidKeyId');
    put('config', '{');

    expect(await firedAt(60)).toEqual(['acme: read-error', 'acme: invalid-config']);
  });

  test('is no reason to call an account wrong whose config is one that cannot be decrypted', async () => {
    world.putAccount('beta', month);
    putSecure(month);
    world.aws.parameters.setKeyError(nameOf('config'), 'AccessDeniedException');

    const [problem, ...others] = noticesOf(await messagesAt(0), 'invalid-config');

    expect(others).toEqual([]);
    expect(problem?.reason).toContain('expected a text that can be decrypted, got AccessDenied');
  });
});

describe('a config that is a SecureString', () => {
  test('has a last good version, of which the ledger keeps no text', async () => {
    putSecure({ ...month, $schema: 'https://hidden.example' });
    spend('10');
    expect(await firedAt(0)).toEqual([]);
    put('config', '{');
    spend('203.17');

    const messages = await messagesAt(60);

    expect(alertsIn(messages)).toEqual([over, 'acme: invalid-config']);
    expect(noticesOf(messages, 'invalid-config')[0]?.nextStep).toContain(
      'Until then its last valid parameters apply',
    );
    expect(await ledgerText()).not.toContain('hidden');
  });

  test('goes on by its last good version as long as it is broken', async () => {
    putSecure(month);
    spend('10');
    await messagesAt(0);
    put('config', '{');
    await messagesAt(60);
    put('config', '[');
    spend('203.17');

    expect(await firedAt(120)).toContain(over);
  });

  test('of which no version is left is not said never to have been valid', async () => {
    putSecure(month);
    await messagesAt(0);
    world.aws.parameters.delete(nameOf('config'));

    const [problem] = noticesOf(await messagesAt(60), 'invalid-config');

    expect(problem?.nextStep).toContain('not watched: its last valid parameters are gone');
  });
});

async function ledgerText(): Promise<string> {
  const { DynamoDBClient, ScanCommand } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient({ endpoint: world.aws.endpoint });
  const { TABLE_NAME } = world.environment();
  const { Items } = await client.send(new ScanCommand({ TableName: TABLE_NAME }));
  client.destroy();
  expect(Items).not.toEqual([]);
  return JSON.stringify(Items);
}

describe('one parameter, then the other', () => {
  test.each([
    ['token', 'config'],
    ['config', 'token'],
  ] as const)('%s first: nothing fires for ten minutes', async (first, second) => {
    const values = { token, config: month };
    put(first, values[first]);
    expect(await firedAt(0)).toEqual([]);
    expect(await firedAt(9)).toEqual([]);
    put(second, values[second]);

    expect(await firedAt(10)).toEqual([over]);
  });

  test.each(['token', 'config'] as const)('%s alone fires after ten minutes', async (leaf) => {
    put(leaf, leaf === 'token' ? token : month);
    expect(await firedAt(0)).toEqual([]);

    expect(await firedAt(11)).toEqual(['acme: invalid-config']);
  });

  test('what is wrong with the one that is there fires at once', async () => {
    put('config', '{');

    expect(await firedAt(0)).toEqual(['acme: invalid-config']);
  });

  test('an account that waits for its token once more is not said to be valid', async () => {
    put('config', month);
    await messagesAt(0);
    expect(await firedAt(11)).toEqual(['acme: invalid-config']);
    put('config', { budgets: [] });

    expect(await firedAt(12)).toEqual([]);
  });
});

describe('an account whose token is broken', () => {
  test('follows valid edits of its config', async () => {
    world.putAccount('acme', { budgets: [{ ...everything, limit: 500 }] });
    expect(await firedAt(0)).toEqual([]);
    put('token', `Bearer ${token}`);
    expect(await firedAt(60)).toEqual(['acme: invalid-config']);
    put('config', month);

    expect(await firedAt(120)).toEqual([over]);
  });

  test('goes on with that config when the config is broken as well', async () => {
    world.putAccount('acme', { budgets: [{ ...everything, limit: 500 }] });
    spend('10');
    await messagesAt(0);
    put('token', `Bearer ${token}`);
    put('config', month);
    await messagesAt(60);
    put('config', '{');
    spend('203.17');

    expect(await firedAt(120)).toEqual(expect.arrayContaining([over]));
  });
});

describe('what is pasted', () => {
  const around = ['\uFEFF', '\u00A0', '\u200B', '\u2060', '\u202A', '\u3000', ' \n'];

  test.each(around)('%j around both values is no matter', async (invisible) => {
    world.putAccount('acme', month);
    const { value = '' } = world.aws.parameters.get(nameOf('config')) ?? {};
    put('token', `${invisible}${token}${invisible}`);
    put('config', `${invisible}${value}${invisible}`);

    expect(await firedAt(0)).toEqual([over]);
  });

  test.each([
    [`"${token}"`, 'quotation marks around it'],
    [`'${token}'`, 'quotation marks around it'],
    [`\u201C${token}\u201D`, 'quotation marks around it'],
    [`NORTHFLANK_TOKEN=${token}`, 'a name and "=" before it'],
    [`export NORTHFLANK_TOKEN="${token}"`, 'a name and "=" before it'],
    [`Bearer ${token}`, 'the word of an Authorization header before it, such as "Bearer"'],
    [`Token ${token}`, 'the word of an Authorization header before it, such as "Bearer"'],
    [
      `Authorization: Bearer ${token}`,
      'the word of an Authorization header before it, such as "Bearer"',
    ],
    [`{"token":"${token}"}`, 'JSON'],
    ['<token>', 'a placeholder such as <token>'],
    ['YOUR_API_TOKEN', 'a placeholder such as <token>'],
    ['xxx', 'a placeholder such as <token>'],
    ['nf-xxxxxxxxxxxx', 'a placeholder such as <token>'],
    ['$NORTHFLANK_TOKEN', 'a placeholder such as <token>'],
  ])('%s in place of a token is named without it', async (text, found) => {
    world.putAccount('acme', month);
    put('token', text);

    const [problem, ...others] = noticesOf(await messagesAt(0), 'invalid-config');

    expect(others).toEqual([]);
    expect(problem?.reason).toContain(
      `${nameOf('token')}: expected the API token and nothing else, got ${found}.`,
    );
    expect(problem?.reason).not.toContain(token);
  });

  test('a token that ends with "=", as base64 does, is one', async () => {
    world.putAccount('acme', month);
    put('token', 'bmYtc2VjcmV0LXRva2Vu==');

    expect((await messagesAt(0)).flatMap(({ notices }) => notices.map(({ kind }) => kind))).toEqual(
      ['read-error'],
    );
  });

  test.each([
    [
      '{\u00A0"budgets": []}',
      'not JSON, line 1, column 2: expected a value or a key in quotation marks, got U+00A0',
    ],
    [
      '{"budgets": [], "teamId": "acme\u200B"}',
      'teamId: expected no character that cannot be seen, got U+200B in "acme[U+200B]"',
    ],
    [
      '{"budgets": [{"name": "a\u202Eb", "limit": 1, "per": "day"}]}',
      'budgets[0].name: expected no character that cannot be seen, got U+202E in "a[U+202E]b"',
    ],
    [
      '{"budgets": [], "timeZone": "Europe/Berlin\u00A0"}',
      'timeZone: expected an IANA time zone such as "Europe/Berlin", got "Europe/Berlin[U+00A0]"',
    ],
  ])('%j inside JSON is named', async (text, expected) => {
    world.putAccount('acme', month);
    put('config', text);

    const [problem] = noticesOf(await messagesAt(0), 'invalid-config');

    expect(problem?.reason).toContain(`${nameOf('config')}: ${expected}.`);
  });

  test('in a config that is a secret only the character is shown', async () => {
    putSecure({ budgets: [], teamId: 'hidden\u200Bteam' });

    const [problem] = noticesOf(await messagesAt(0), 'invalid-config');

    expect(problem?.reason).toContain(
      'teamId: expected no character that cannot be seen, got U+200B.',
    );
    expect(problem?.reason).not.toContain('hidden');
  });
});

describe('a config', () => {
  test.each([
    [{ ...everything, thresholds: [0.5, 0.8, 1] }, 'thresholds: expected a percentage above 1'],
    [{ ...everything, limit: 1e-13 }, 'limit: expected a number from 0.000001 to 1e15, got 1e-13'],
    [
      { ...everything, thresholds: [1e-200, 50] },
      'thresholds[0]: expected a percentage from 0.01 to 1000',
    ],
  ])('with %j is refused', async (budget, expected) => {
    world.putAccount('acme', { budgets: [budget] });

    const [problem] = noticesOf(await messagesAt(0), 'invalid-config');

    expect(problem?.reason).toContain(`budgets[0].${expected}`);
  });

  test('mutes until a moment without seconds', async () => {
    world.putAccount('acme', { ...month, mutedUntil: '2026-11-21T11:00Z' });
    expect(await firedAt(0)).toEqual([]);

    expect(await firedAt(60)).toEqual([over]);
  });
});

test('an hour budget over a provider that counts by the day is refused by the function', async () => {
  const provider = providers.find(({ bucket }) => bucket === 'day') ?? expect.fail('no provider');
  const accounts = startAccounts[provider.id] ?? expect.fail(`no accounts at ${provider.id}`);
  const daily = await startProviderWorld({ provider, startAccounts: accounts });
  await daily.reset(at(0));
  const name = `${daily.environment().PARAMETER_ROOT}/${provider.id}/acme/config`;
  const config = JSON.parse(daily.aws.parameters.get(name)?.value ?? '');
  const budgets = [{ ...config.budgets[0], per: 'hour' }];
  daily.aws.parameters.put(name, JSON.stringify({ ...config, budgets }));

  await daily.check();
  const [problem] = noticesOf(daily.takeMessages(), 'invalid-config');
  await daily.close();

  expect(problem?.reason).toContain(
    `budgets[0].per: expected "day" or longer, as ${provider.name} reports usage by the day, got "hour"`,
  );
});
