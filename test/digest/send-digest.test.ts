/** The digest, from the checks of accounts to what subscribers get, over the embedded AWS. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bodyFor } from '../../cli/demo/aws/sns.ts';
import type { Message } from '../../functions/alerts/notice.ts';
import {
  connectDigest,
  type DigestDeps,
  type DigestRun,
  sendDigest,
} from '../../functions/digest/send-digest.ts';
import { slackMessage } from '../../functions/messages/slack/slack.ts';
import { checkTotals } from '../../functions/totals/check-totals.ts';
import { connectTotals } from '../../functions/totals/environment.ts';
import { startWatchedWorld, topicName, type WatchedWorld } from '../support/watched-world.ts';

const DAY_MS = 86_400_000;
const month = { budgets: [{ name: 'everything', limit: 200, per: 'month' }] };
const email = (endpoint: string, rest = {}) => ({ protocol: 'email', endpoint, ...rest });
/** A Monday. */
const monday = '2026-11-23T08:00:10Z';

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

beforeEach(async () => {
  await world.reset('2026-11-23T07:05:00Z');
  world.aws.createTopic(topicName, [email('ops@example.com'), email('cto@example.com')]);
});

interface Sending extends Partial<DigestDeps> {
  readonly environment?: Record<string, string>;
}

function send(at = monday, { environment = {}, ...changed }: Sending = {}): Promise<DigestRun> {
  world.setClock(at);
  const connected = connectDigest({
    ...world.environment(),
    PROVIDERS: 'northflank,influxdb',
    DIGEST: 'weekly',
    DIGEST_TIME_ZONE: 'Europe/Berlin',
    ...environment,
  });
  const now = Date.parse(at);
  return sendDigest({ ...connected({ now, signal: AbortSignal.timeout(30_000) }), ...changed });
}

function takeDigest(): Message['digest'] {
  const messages = world.takeMessages().filter(({ digest }) => digest);
  expect(messages).toHaveLength(1);
  return messages[0]?.digest;
}

function daily(days: number, amounts: Record<string, string>, last = '2026-11-22T10:00Z') {
  return Array.from({ length: days }, (_, index) => ({
    start: Date.parse(last) - index * DAY_MS,
    amounts,
  }));
}

describe('a digest', () => {
  test('says of each account and in total what the last week cost, and where it is heading', async () => {
    world.putAccount('acme', month);
    world.putAccount('shop', { ...month, teamId: 'shop' });
    world.setRows([
      ...daily(7, { gpu: '12.5', cpu: '1' }),
      ...daily(60, { gpu: '5', cpu: '1' }, '2026-11-15T10:00Z'),
    ]);
    world.setTeamRows('shop', daily(60, { cpu: '2' }));
    await world.check();
    world.takeMessages();

    const run = await send();

    expect(run).toMatchObject({ accounts: 2, published: 1 });
    const digest = takeDigest();
    expect(digest).toMatchObject({
      every: 'weekly',
      dueAt: '2026-11-23T07:00:00Z',
      nextAt: '2026-11-30T07:00:00Z',
      counts: { accounts: 2, red: 0, unread: 0, withoutBudget: 0 },
      subscribers: { confirmed: 2, unconfirmed: 0, lost: 0 },
    });
    expect(digest?.totals).toEqual([
      {
        currency: 'USD',
        accounts: 2,
        unknown: 0,
        lately: '108.5',
        change: '52.5',
        month: '228.5',
        monthChange: '52.5',
        forecast: expect.any(String),
      },
    ]);
    expect(digest?.accounts).toMatchObject([
      { account: 'acme', lately: '94.5', change: '52.5', budget: { actual: '184.5' } },
      { account: 'shop', lately: '14', change: '0', budget: { actual: '44' } },
    ]);
    expect(digest?.movers).toEqual([
      {
        provider: 'northflank',
        account: 'acme',
        meter: 'gpu',
        currency: 'USD',
        lately: '87.5',
        change: '52.5',
      },
    ]);
  });

  test('lists totals with what they come to, or why that is not known', async () => {
    const root = world.environment().PARAMETER_ROOT;
    const total = { limit: 200, currency: 'USD', per: 'month' };
    const mute = { mutedUntil: '2026-11-30T00:00Z', mutedBecause: 'audit' };
    const put = (name: string, config: object) =>
      world.aws.parameters.put(`${root}/totals/${name}`, JSON.stringify(config));
    put('all', total);
    put('eu', { ...total, accounts: ['northflank/amce'], ...mute });
    world.putAccount('acme', month);
    world.setRows(daily(60, { gpu: '10' }));
    await world.check();
    const connected = connectTotals({ ...world.environment(), PROVIDERS: 'northflank' });
    const signal = AbortSignal.timeout(5_000);
    await checkTotals(connected({ now: Date.parse(monday), signal, timeLeftMs: 60_000 }));
    world.takeMessages();

    await send();

    const digest = takeDigest();
    expect(digest?.counts).toMatchObject({ accounts: 1, totals: 2, red: 2, muted: 0 });
    expect(digest?.totalBudgets).toMatchObject([
      { account: 'all', budget: { actual: '220', limit: '200', percent: 110 } },
      {
        account: 'eu',
        unknownBecause: 'There is no account "northflank/amce" (did you mean "northflank/acme"?).',
        mutedBecause: 'audit',
      },
    ]);
  });

  test('says what the month cost, where it is the first after its end', async () => {
    world.setClock('2026-11-02T06:05:00Z');
    world.putAccount('acme', month);
    world.setRows(daily(60, { gpu: '2' }, '2026-11-01T10:00Z'));
    await world.check();
    world.takeMessages();

    await send('2026-11-02T07:00:05Z');

    expect(takeDigest()?.accounts[0]).toMatchObject({
      endedMonth: { month: '2026-10', amount: '62' },
    });
  });

  test('comes where there is nothing to report, and says when the next one does', async () => {
    expect(await send()).toMatchObject({ accounts: 0, published: 1 });

    const published = world.aws.published.at(-1);
    expect(published?.subject).toBe('[info] Weekly digest: no accounts yet');
    expect(published?.bodies.email).toContain(
      'Next digest: Monday, 30 November 2026, 08:00 (Europe/Berlin)',
    );
  });

  test('in every form: email, SMS, chat, Slack and JSON', async () => {
    world.putAccount('acme', month);
    world.setRows(daily(60, { gpu: '12.5' }));
    await world.check();

    await send();

    const published = world.aws.published.at(-1);
    if (!published) throw new Error('expected a digest');
    expect(published.attributes).toEqual({
      kinds: { type: 'String.Array', value: '["digest"]' },
      severity: { type: 'String', value: 'info' },
    });
    expect(published.subject).toContain('87.50 USD (+0.00), 1 budget over');
    expect(bodyFor(published, 'email').split('\n').length).toBeLessThan(25);
    expect(bodyFor(published, 'sms').length).toBeLessThanOrEqual(140);
    expect(bodyFor(published, 'sms')).toContain('1 budget over');
    expect(JSON.parse(bodyFor(published, 'https'))).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { description: expect.stringContaining('everything 275 of 200 USD (137.5 %)') },
    });
    const { kind, message } = slackMessage({ message: bodyFor(published, 'lambda') }, 'eu-west-1');
    expect(kind).toBe('notices');
    expect(JSON.stringify(message.blocks)).toContain('┃█');
  });

  test('names what is wrong with an account', async () => {
    const root = world.environment().PARAMETER_ROOT;
    world.putAccount('muted', {
      ...month,
      mutedUntil: '2026-12-01T08:00:00Z',
      mutedBecause: 'load test',
    });
    world.putAccount('without', { budgets: [] });
    world.putAccount('broken', month);
    world.putAccount('unread', month);
    await world.check();
    world.aws.parameters.put(`${root}/northflank/broken/config`, '{');
    world.aws.parameters.put(`${root}/northflank/unread/token`, 'other', 'SecureString');
    await world.check();
    world.takeMessages();

    await send();

    const published = world.aws.published.at(-1);
    const text = published?.bodies.email ?? '';
    expect(text).toMatch(
      /northflank\/muted.*\n +muted until 1 December 2026, 08:00 \(UTC\): load test/,
    );
    expect(text).toMatch(/northflank\/without.* no budget/);
    expect(text).toMatch(/northflank\/broken.*\n +1 invalid parameter/);
    expect(text).toMatch(/northflank\/unread.*\n +not read since 23 November 2026, 07:05 \(UTC\)/);
    expect(takeDigest()?.counts).toMatchObject({
      accounts: 4,
      muted: 1,
      withoutBudget: 1,
      invalid: 1,
      unread: 1,
    });
  });
});

describe('each digest is sent once', () => {
  test('however often the function runs for the same moment', async () => {
    await send();
    const runs = [await send(), await send('2026-11-25T07:00:10Z')];

    expect(runs.map(({ published }) => published)).toEqual([0, 0]);
    expect(world.takeMessages()).toHaveLength(1);
  });

  test('and the next one a week later', async () => {
    await send();
    await send('2026-11-30T07:00:10Z');

    const ids = world.takeMessages().map(({ id }) => id);
    expect(ids).toEqual(['digest/2026-11-23T07:00:00Z', 'digest/2026-11-30T07:00:00Z']);
  });

  test('by one of two runs at once', async () => {
    const ends = await Promise.allSettled([send(), send()]);

    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(world.takeMessages()).toHaveLength(1);
    expect(await send()).toMatchObject({ published: 0 });
  });

  test('though SNS was down, under the same id, by the next run', async () => {
    world.aws.faults.set('sns:Publish', 'deny');
    await expect(send()).rejects.toThrow('AuthorizationError');
    world.aws.faults.clear();

    expect(await send('2026-11-23T08:01:10Z')).toMatchObject({ published: 1 });
    expect(world.takeMessages().map(({ id }) => id)).toEqual(['digest/2026-11-23T07:00:00Z']);
  });

  test('though the process was gone between claim and publish, when its lease is over', async () => {
    world.aws.faults.set('sns:Publish', 'deny');
    // The state, the turn and the claim are written; giving the claim back is not.
    world.aws.faults.set('dynamodb:UpdateItem', 'deny', 1, 3);
    await expect(send()).rejects.toThrow();
    world.aws.faults.clear();

    await expect(send('2026-11-23T08:01:10Z')).rejects.toThrow('another run sends this digest');
    expect(await send('2026-11-23T08:03:10Z')).toMatchObject({ published: 1 });
    expect(world.takeMessages().map(({ id }) => id)).toEqual(['digest/2026-11-23T07:00:00Z']);
  });
});

describe('subscribers', () => {
  test('are counted, and missed where one is gone since the last digest', async () => {
    await send();
    const gone = email('cto@example.com', { unsubscribed: true });
    const fresh = email('new@example.com', { confirmed: false });
    world.aws.createTopic(topicName, [email('ops@example.com'), gone, fresh]);
    world.takeMessages();

    const between = await send('2026-11-25T07:00:10Z');
    const next = await send('2026-11-30T07:00:10Z');
    const after = await send('2026-12-01T07:00:10Z');

    expect([between, next, after].map(({ subscribers }) => subscribers.lost)).toEqual([1, 1, 0]);
    expect(takeDigest()?.subscribers).toEqual({ confirmed: 1, unconfirmed: 1, lost: 1 });
    expect(world.aws.published.at(-1)?.bodies.email).toContain(
      'Alerts go to 1 confirmed subscription, 1 not confirmed, 1 gone since the',
    );
  });

  test.each([
    ['no parameter', undefined, /found no parameter/],
    [
      'another address',
      'https://evil.example/hook',
      /expected the URL of a Slack incoming webhook/,
    ],
    ['a webhook', 'https://hooks.slack.com/services/T0/B0/markedSecret', undefined],
  ])('Slack with %s', async (_, url, expected) => {
    const name = '/cost-alerts/slack/webhook-url';
    if (url === undefined) world.aws.parameters.delete(name);
    else world.aws.parameters.put(name, url, 'SecureString');

    await send(monday, { environment: { WEBHOOK_PARAMETER: name } });

    const text = JSON.stringify(world.aws.published.at(-1));
    if (expected) expect(text).toMatch(expected);
    else expect(text).not.toContain('Slack:');
    expect(text).not.toMatch(/markedSecret|evil/);
  });
});

test('ten thousand accounts are read a page at a time, and ten of them shown', async () => {
  const costs = { from: '2026-09-01', total: Array(83).fill('1.25'), meters: [] };
  let alive = 0;
  async function* readSummaries(provider: string) {
    for (let index = 0; provider === 'northflank' && index < 10_000; index += 1) {
      alive += 1;
      const common = { currency: 'USD', dayZone: 'UTC', costs, budgets: [], firing: [] };
      yield { provider, account: `account-${index}`, summary: { ...common, problems: {} } };
    }
  }

  expect(await send(monday, { readSummaries })).toMatchObject({ accounts: 10_000 });

  expect(alive).toBe(10_000);
  const published = world.aws.published.at(-1);
  expect(published?.bodies.email).toContain('87,500.00 USD');
  expect(published?.bodies.email).toContain('and 9,990 more accounts');
  expect(takeDigest()?.accounts).toHaveLength(10);
});

test.each([
  [{ DIGEST: 'hourly' }, /DIGEST/],
  [{ PROVIDERS: '' }, /PROVIDERS/],
])('an environment of %o is refused by name', async (environment, expected) => {
  expect(() => connectDigest({ ...world.environment(), ...environment })).toThrow(expected);
});
