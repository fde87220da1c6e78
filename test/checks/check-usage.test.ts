/** Whole checks of accounts at a simulated Northflank, over the embedded AWS. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answeringJson } from '../../cli/demo/vendors/server.ts';
import { problemLine } from '../../functions/config/problem.ts';
import {
  alertsIn,
  startWatchedWorld,
  timeForAccounts,
  type WatchedWorld,
} from '../support/watched-world.ts';

const now = '2026-11-21T10:05:00Z';
const month = { budgets: [{ name: 'everything', limit: 200, per: 'month' }] };

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

beforeEach(() => world.reset(now));

/** An hour's row of one meter. */
function hour(at: string, gpu: string) {
  return { start: Date.parse(at), amounts: { gpu } };
}

describe('one check', () => {
  test('alerts on an account that is over budget, with the numbers', async () => {
    world.putAccount('acme', month);
    world.setRows([hour('2026-11-05T10:00Z', '203.17'), hour('2026-10-30T10:00Z', '999')]);

    const run = await world.check();

    expect(run.checks).toMatchObject([{ account: 'acme', fetch: { status: 'complete' } }]);
    expect(world.takeMessages()).toMatchObject([
      {
        schema: 'cost-alerts/1',
        at: '2026-11-21T10:05:00Z',
        severity: 'critical',
        notices: [
          {
            id: 'northflank/acme/everything/2026-11-01/100',
            kind: 'budget',
            limit: '200',
            actual: '203.17',
            percent: 101.6,
            threshold: 100,
            basis: 'billed',
            drivers: [{ meter: 'gpu', amount: '203.17', share: 1 }],
          },
        ],
      },
    ]);
  });

  test('publishes nothing where nothing fires, and remembers what it read', async () => {
    world.putAccount('acme', month);
    world.setRows([hour('2026-11-05T10:00Z', '1')]);

    const run = await world.check();

    expect(world.takeMessages()).toEqual([]);
    expect(run.checks).toMatchObject([{ fetch: { status: 'complete' }, outbox: { entries: [] } }]);
  });

  test('of two budgets that cross at once gives one message, the gravest first', async () => {
    world.putAccount('acme', {
      budgets: [
        { name: 'roomy', limit: 250, per: 'month' },
        { name: 'tight', meter: 'gpu', limit: 100, per: 'month' },
      ],
    });
    world.setRows([hour('2026-11-05T10:00Z', '203.17')]);

    await world.check();

    const messages = world.takeMessages();
    expect(messages).toHaveLength(1);
    expect(alertsIn(messages)).toEqual([
      'acme: budget tight 150 % at 203.17 of 100 USD',
      'acme: budget roomy 80 % at 203.17 of 250 USD',
    ]);
  });
});

test('a percent that no double holds exactly is stored and published at its highest', async () => {
  world.putAccount('acme', { budgets: [{ name: 'tiny', limit: 0.000001, per: 'month' }] });
  world.setRows([hour('2026-11-05T10:00Z', '9000000000')]);

  const run = await world.check();
  await world.check();

  expect(run.faults).toEqual([]);
  const [message] = world.takeMessages();
  expect(message?.notices).toMatchObject([{ percent: 1e12, actual: '9000000000.00' }]);
});

describe('a bad account', () => {
  test('is named and does not stop the others', async () => {
    world.putAccount('bad', { budgets: [{ name: 'x', limit: '15', per: 'day' }] });
    world.putAccount('good', month);
    world.setRows([hour('2026-11-05T10:00Z', '203.17')]);

    const run = await world.check();

    expect(run.invalidConfig.flatMap(({ problems }) => problems.map(problemLine))).toEqual([
      expect.stringMatching(
        /^\/cost-alerts-\d+\/northflank\/bad\/config: budgets\[0\]\.limit: expected a number above 0, got "15"$/,
      ),
    ]);
    expect(alertsIn(world.takeMessages())).toEqual([
      'bad: invalid-config',
      'good: budget everything 100 % at 203.17 of 200 USD',
    ]);
  });
});

describe('later checks', () => {
  test('ask the provider for the unsettled days only, in one request', async () => {
    world.putAccount('acme', month);
    world.setRows([hour('2026-11-20T10:00Z', '1')]);
    await world.check();
    const before = world.northflank.requests.length;
    world.setClock('2026-11-21T11:05:00Z');

    await world.check();

    const asked = world.northflank.requests.slice(before);
    expect(asked.map(({ url }) => url.searchParams.get('startTime'))).toEqual([
      String(Date.parse('2026-11-19T00:00:00Z') / 1000),
    ]);
  });

  test('of the first day of a month know the month before without asking for it', async () => {
    world.putAccount('acme', month);
    world.setRows([
      hour('2026-10-17T10:00Z', '1'),
      hour('2026-11-05T10:00Z', '150'),
      hour('2026-12-01T00:00Z', '160'),
    ]);
    await world.check();
    world.takeMessages();
    world.setClock('2026-11-30T10:05:00Z');
    await world.check();
    world.setClock('2026-12-01T10:05:00Z');

    await world.check();

    expect(world.takeMessages()).toMatchObject([
      {
        notices: [
          {
            id: 'northflank/acme/everything/2026-12-01/80',
            actual: '160.00',
            drivers: [{ meter: 'gpu', amount: '160.00', previousPeriod: '150.00' }],
          },
        ],
      },
    ]);
  });

  test('fetch further back when a budget of a longer period is added', async () => {
    world.putAccount('acme', month);
    world.setRows([hour('2026-02-05T10:00Z', '70'), hour('2026-11-05T10:00Z', '60')]);
    await world.check();
    world.takeMessages();
    world.putAccount('acme', { budgets: [{ name: 'yearly', limit: 100, per: 'year' }] });

    await world.check();

    expect(world.takeMessages()).toMatchObject([
      { notices: [{ budget: 'yearly', actual: '130.00' }] },
    ]);
  });

  test('after an outage read all days that were missed', async () => {
    world.putAccount('acme', month);
    await world.check();
    world.setRows([hour('2026-11-23T10:00Z', '203.17')]);
    world.setClock('2026-11-29T10:05:00Z');

    await world.check();

    expect(alertsIn(world.takeMessages())).toEqual([
      'acme: budget everything 100 % at 203.17 of 200 USD',
    ]);
  });
});

describe('a provider that fails', () => {
  test('takes nothing back and is not read as 0', async () => {
    world.putAccount('acme', month);
    world.setRows([hour('2026-11-05T10:00Z', '203.17')]);
    await world.check();
    world.takeMessages();
    world.northflank.faults.add(({ response }) => response.writeHead(403).end());

    const run = await world.check();

    expect(run.checks).toMatchObject([{ fetch: { status: 'failed' } }]);
    expect(alertsIn(world.takeMessages())).toEqual(['acme: read-error']);
  });
});

describe('the outbox', () => {
  test('keeps what SNS did not take, and the next run sends it with the same id', async () => {
    world.putAccount('acme', month);
    world.setRows([hour('2026-11-05T10:00Z', '203.17')]);
    world.aws.faults.set('sns', 'deny');
    const failed = await world.check();
    world.aws.faults.clear();
    world.setClock('2026-11-21T11:05:00Z');

    const next = await world.check();

    expect(failed.delivery).toMatchObject({
      published: 0,
      failures: [expect.stringContaining('AuthorizationError')],
    });
    expect(next.delivery).toEqual({ published: 1, failures: [] });
    expect(world.takeMessages()).toMatchObject([{ at: '2026-11-21T10:05:00Z' }]);
  });

  test('sends an older message before a newer one', async () => {
    world.putAccount('acme', month);
    world.setRows([hour('2026-11-05T10:00Z', '160')]);
    world.aws.faults.set('sns', 'deny');
    await world.check();
    world.aws.faults.clear();
    world.setRows([hour('2026-11-05T10:00Z', '160'), hour('2026-11-20T10:00Z', '80')]);
    world.setClock('2026-11-21T11:05:00Z');

    await world.check();

    expect(alertsIn(world.takeMessages())).toEqual([
      'acme: budget everything 80 % at 160.00 of 200 USD',
      'acme: budget everything 100 % at 240.00 of 200 USD',
    ]);
  });

  test('is empty after it was sent', async () => {
    world.putAccount('acme', month);
    world.setRows([hour('2026-11-05T10:00Z', '203.17')]);

    await world.check();
    const again = await world.check();

    expect(world.takeMessages()).toHaveLength(1);
    expect(again.delivery).toEqual({ published: 0, failures: [] });
  });

  test('that is full after days without SNS holds what is new back until it is empty', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `budget ${index} ${'x'.repeat(50)}`);
    const budgets = (limit: number) => names.map((name) => ({ name, limit, per: 'month' }));
    world.setRows([hour('2026-11-05T10:00Z', '1000')]);
    world.aws.faults.set('sns', 'deny');
    for (const limit of [100, 200, 300, 500]) {
      world.putAccount('acme', { budgets: budgets(limit) });
      await world.check();
    }
    world.aws.faults.clear();

    await world.check();
    const waiting = alertsIn(world.takeMessages());
    await world.check();
    const held = alertsIn(world.takeMessages());

    expect(waiting.length).toBeGreaterThan(80);
    expect(waiting.filter((line) => line.includes('of 500 USD'))).toEqual([]);
    expect(held.length).toBeGreaterThan(30);
    expect(held.every((line) => line.includes('at 1000.00 of 500 USD'))).toBe(true);
  });

  test('sends a second copy with the same id where it could not be cleared', async () => {
    world.putAccount('acme', month);
    world.setRows([hour('2026-11-05T10:00Z', '203.17')]);
    // After the state, the summary, the turn and the claim.
    world.aws.faults.set('dynamodb:UpdateItem', 'deny', 1, 4);

    const { delivery } = await world.check();
    world.setClock('2026-11-21T10:08:00Z');
    await world.check();

    expect(delivery).toMatchObject({
      published: 1,
      failures: [
        expect.stringMatching(/published, but not cleared for northflank\/acme: AccessDenied/),
      ],
    });
    const ids = world.takeMessages().map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('many accounts', () => {
  const accounts = Array.from({ length: 6 }, (_, index) => `acme-${index + 1}`);

  test('up to five that alert in one check get a message each', async () => {
    for (const account of accounts.slice(0, 5)) world.putAccount(account, month);
    world.setRows([hour('2026-11-05T10:00Z', '203.17')]);

    await world.check();

    expect(world.takeMessages()).toHaveLength(5);
  });

  test('more than five become one combined message', async () => {
    for (const account of accounts) world.putAccount(account, month);
    world.setRows([hour('2026-11-05T10:00Z', '203.17')]);

    const run = await world.check();

    const messages = world.takeMessages();
    expect(messages).toHaveLength(1);
    expect(alertsIn(messages)).toHaveLength(6);
    expect(run.delivery.published).toBe(1);
  });

  test('combined are sent again under the same id, also where a part was cleared already', async () => {
    for (const account of accounts) world.putAccount(account, month);
    world.setRows([hour('2026-11-05T10:00Z', '203.17')]);
    world.aws.faults.set('sns', 'deny');
    await world.check();
    world.aws.faults.clear();

    await world.check();
    const [message] = world.takeMessages();
    const again = await world.check();

    expect(message?.notices).toHaveLength(6);
    expect(again.delivery.published).toBe(0);
  });

  test('are all checked in the end, though time runs out in every run', async () => {
    for (const account of [...accounts, ...accounts.map((name) => `${name}-b`)]) {
      world.putAccount(account, month);
    }
    const seen = new Set<string>();
    for (let run = 0; run < 4; run += 1) {
      const { checks } = await world.check({ timeLeftMs: timeForAccounts(4) });
      for (const { account } of checks) seen.add(account);
      expect(checks).toHaveLength(4);
    }

    expect(seen.size).toBe(12);
  });
});

describe('two runs at once', () => {
  test('publish an alert once', async () => {
    world.putAccount('acme', month);
    world.setRows([hour('2026-11-05T10:00Z', '203.17')]);

    await Promise.all([world.check(), world.check(), world.check()]);

    expect(world.takeMessages()).toHaveLength(1);
  });
});

describe('a run that cannot do its work', () => {
  test('rejects where Parameter Store does not answer', async () => {
    world.putAccount('acme', month);
    world.aws.faults.set('ssm', 'deny');

    await expect(world.check()).rejects.toThrow(/northflank: expected its parameters/);
  });

  test('reports the accounts whose ledger failed and goes on with the others', async () => {
    world.putAccount('acme', month);
    world.putAccount('beta', month);
    world.setRows([hour('2026-11-05T10:00Z', '203.17')]);
    // After the register.
    world.aws.faults.set('dynamodb:Query', 'deny', 1, 1);

    const run = await world.check();

    expect(run.faults).toHaveLength(1);
    expect(world.takeMessages()).toHaveLength(1);
  });
});

/** Rows that are not one an hour, or not of categories that are known. */
describe('rows of Northflank', () => {
  const timestamp = Date.UTC(2026, 10, 12, 9) / 1000;

  /** What fires at the first check of an account that may spend 100 USD a month, and how it read it. */
  async function check(rows: readonly object[]) {
    world.putAccount('acme', { budgets: [{ name: 'everything', limit: 100, per: 'month' }] });
    const usage = rows.map((row) => ({ timestamp, currency: 'usd', ...row }));
    world.northflank.faults.add(answeringJson({ data: { usage } }));
    const { checks } = await world.check();
    const messages = world.takeMessages();
    const drivers = messages
      .flatMap(({ notices }) => notices)
      .flatMap((notice) => ('drivers' in notice ? notice.drivers.map(({ meter }) => meter) : []));
    return { alerts: alertsIn(messages), drivers, read: checks.map(({ fetch }) => fetch.status) };
  }

  test('rows of two regions add up, each once', async () => {
    const regions = ['eu', 'us'].map((region) => ({ region, paas: { price: { gpu: 60 } } }));

    expect(await check([...regions, ...regions])).toEqual({
      alerts: ['acme: budget everything 100 % at 120.00 of 100 USD'],
      drivers: ['gpu'],
      read: ['complete'],
    });
  });

  test('two amounts for one settled hour are a failed reading, and no amount', async () => {
    const rows = [120, 60].map((gpu) => ({ paas: { price: { gpu } } }));

    expect(await check(rows)).toEqual({ alerts: [], drivers: [], read: ['failed'] });
  });

  test('a category that nobody knows counts as other', async () => {
    const row = { paas: { price: { cpu: 20 } }, commitments: { price: { total: 100 } } };

    expect(await check([row])).toEqual({
      alerts: ['acme: budget everything 100 % at 120.00 of 100 USD'],
      drivers: ['other', 'cpu'],
      read: ['complete'],
    });
  });

  test('float noise is no meter', async () => {
    const row = { total: 120.00000000000001, paas: { price: { cpu: 120, gpu: 2e-16 } } };

    expect(await check([row])).toEqual({
      alerts: ['acme: budget everything 100 % at 120.00 of 100 USD'],
      drivers: ['cpu'],
      read: ['complete'],
    });
  });
});
