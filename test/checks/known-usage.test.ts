/** What is known must belong to what is watched: whole checks, their table and their requests. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answering } from '../../cli/demo/vendors/server.ts';
import { alertsIn, startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

const dayMs = 86_400_000;
const budgets = [{ name: 'everything', limit: 200, per: 'month' }];

let world: WatchedWorld;
let client: DynamoDBDocumentClient;

beforeAll(async () => {
  world = await startWatchedWorld();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: world.aws.endpoint, region: 'us-east-1', credentials }),
  );
});

afterAll(async () => {
  client.destroy();
  await world.close();
});

beforeEach(() => world.reset('2026-11-20T10:05:00Z'));

/** One row a day over the days, at its start, each of the amount in USD. */
function daily(from: string, until: string, gpu: string) {
  const days = (Date.parse(until) - Date.parse(from)) / dayMs;
  return Array.from({ length: days }, (_, day) => ({
    start: Date.parse(from) + day * dayMs,
    amounts: { gpu },
  }));
}

/** Dates of the day items in the table, each as often as it is there. */
async function storedDays(): Promise<string[]> {
  const { TABLE_NAME } = world.environment();
  const { Items = [] } = await client.send(new ScanCommand({ TableName: TABLE_NAME }));
  const keys = Items.map(({ sk }) => String(sk)).filter((sk) => sk.startsWith('day#'));
  return keys.map((sk) => sk.slice(-'2026-11-21'.length)).sort();
}

/** What a check at the time asked Northflank for: requests, and days from the first of them on. */
async function asked(at: string) {
  const before = world.northflank.requests.length;
  world.setClock(at);
  await world.check();
  const requests = world.northflank.requests.slice(before);
  const starts = requests.map(({ url }) => Number(url.searchParams.get('startTime')));
  const first = new Date(Math.min(...starts) * 1000).toISOString().slice(0, 10);
  return { requests: requests.length, first };
}

describe('another scope', () => {
  const small = { teamId: 'small', budgets };
  const big = { teamId: 'big', budgets };

  beforeEach(async () => {
    world.setTeamRows('small', daily('2026-10-01', '2026-11-25', '1'));
    world.setTeamRows('big', daily('2026-11-01', '2026-11-25', '10'));
    world.putAccount('acme', small);
    await world.check();
    world.putAccount('acme', big);
    world.setClock('2026-11-20T11:05:00Z');
  });

  test('leaves nothing of the old one in the table', async () => {
    expect(await storedDays()).toContain('2026-10-20');

    await world.check();

    expect(await storedDays()).toEqual(daily('2026-11-01', '2026-11-21', '1').map(dateOf));
  });

  test.each(['BatchWriteItem', 'Query', 'UpdateItem'])(
    'is read whole by the next check where %s breaks at any point, and never mixed',
    async (operation) => {
      for (const after of [0, 1, 2]) {
        world.aws.faults.set(`dynamodb:${operation}`, 'deny', 1, after);
        // The first query is that of the register: without it a run checks nothing.
        await world.check().catch(() => undefined);
        world.aws.faults.clear();
      }
      await world.check();
      expect(alertsIn(world.takeMessages())).toEqual([
        'acme: budget everything 100 % at 200.00 of 200 USD',
      ]);
      world.setClock('2026-11-21T00:05:00Z');
      await world.check();

      expect(await storedDays()).toEqual(daily('2026-11-01', '2026-11-22', '1').map(dateOf));
    },
  );

  test('that could not be read is nothing known: the old figures are not its own', async () => {
    world.aws.faults.set('dynamodb:BatchWriteItem', 'deny');
    await world.check();
    world.aws.faults.clear();
    world.putAccount('acme', { ...small, budgets: [{ ...budgets[0], limit: 20 }] });

    await world.check();

    expect(alertsIn(world.takeMessages())).toEqual([
      'acme: budget everything 100 % at 20.00 of 20 USD',
    ]);
  });
});

describe('requests to the provider', () => {
  test('are one a check but the first of a day, which reads the open periods again', async () => {
    world.putAccount('acme', { budgets });
    world.setRows(daily('2026-10-01', '2026-12-01', '0.1'));
    await asked('2026-11-20T10:05:00Z');

    expect(await asked('2026-11-20T11:05:00Z')).toEqual({ requests: 1, first: '2026-11-18' });
    expect(await asked('2026-11-20T23:05:00Z')).toEqual({ requests: 1, first: '2026-11-18' });
    expect(await asked('2026-11-21T00:05:00Z')).toMatchObject({ first: '2026-11-01' });
    expect(await asked('2026-11-21T01:05:00Z')).toEqual({ requests: 1, first: '2026-11-19' });
  });

  test('are one for an account that has been idle for months', async () => {
    world.putAccount('acme', { budgets: [{ ...budgets[0], per: 'year' }] });
    world.setRows(daily('2026-03-01', '2026-06-01', '1'));
    await asked('2026-11-20T10:05:00Z');

    expect(await asked('2026-11-20T11:05:00Z')).toEqual({ requests: 1, first: '2026-10-17' });
    expect(await asked('2026-11-21T00:05:00Z')).toEqual({ requests: 1, first: '2026-05-31' });
    expect(await asked('2026-11-21T01:05:00Z')).toEqual({ requests: 1, first: '2026-10-18' });
  });

  test('of a failed first check of a day are made again', async () => {
    world.putAccount('acme', { budgets });
    world.setRows(daily('2026-10-01', '2026-12-01', '0.1'));
    await asked('2026-11-20T10:05:00Z');
    world.northflank.faults.add(answering({ status: 404, body: '' }));
    await asked('2026-11-21T00:05:00Z');
    world.northflank.faults.clear();

    expect(await asked('2026-11-21T01:05:00Z')).toMatchObject({ first: '2026-11-01' });
  });
});

describe('a figure that begins before usage is known', () => {
  const words = 'Usage is known from 21 September 2026 on.';

  beforeEach(async () => {
    world.putAccount('acme', {
      budgets: [{ name: 'year', limit: 1000, per: 'year', thresholds: [50] }],
    });
    world.setRows(daily('2026-09-21', '2026-11-21', '10'));
    await world.check();
  });

  test('says so, in every form', () => {
    const [published] = world.aws.published.slice(-1);
    const texts = Object.entries(published?.bodies ?? {});

    expect(texts.map(([form]) => form)).toEqual(expect.arrayContaining(['email', 'sms', 'https']));
    for (const [form, text] of texts) {
      expect(text.replaceAll(/\s+/g, ' '), form).toContain(
        form === 'sms' ? 'Usage known from 21 Sep on.' : words,
      );
    }
  });

  test('says so to programs, calls no previous period 0, and goes on at the rate of what is known', () => {
    const [message] = world.takeMessages();

    expect(message?.notices).toMatchObject([{ actual: '610.00', usageFrom: '2026-09-21' }]);
    const [notice] = message?.notices ?? [];
    expect(notice).toMatchObject({ drivers: [{ meter: 'gpu' }] });
    expect(JSON.stringify(notice)).not.toContain('previousPeriod');
    // 610 so far, and 10 a day from the end of the data on.
    expect(notice).toMatchObject({ forecast: { point: '1029.58' } });
  });
});

test('a figure that begins when usage is known says nothing of it', async () => {
  world.putAccount('acme', { budgets });
  world.setRows(daily('2026-09-21', '2026-11-21', '10'));

  await world.check();

  const [notice] = world.takeMessages()[0]?.notices ?? [];
  expect(notice).not.toHaveProperty('usageFrom');
  expect(notice?.reason).not.toContain('known from');
});

function dateOf({ start }: { readonly start: number }): string {
  return new Date(start).toISOString().slice(0, 10);
}
