import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import { type Calendar, dayItem, type Queued } from '../../functions/ledger/items.ts';
import { openLedger, type RunLedger } from '../../functions/ledger/ledger.ts';
import { runOf } from '../../functions/ledger/register.ts';
import { dateAfter, dayNamed, toDays, type UsageDay } from '../../functions/ledger/usage-day.ts';
import { decimal } from '../../functions/pricing/money.ts';

interface TimedNotice {
  readonly thresholds: readonly number[];
}

let aws: EmbeddedAws;
let client: DynamoDBDocumentClient;
let ledger: RunLedger<TimedNotice, Queued>;
let account = 0;
const calendar: Calendar = { dayZone: 'UTC', bucket: 'hour' };
let key = { provider: 'northflank', account: 'acme', scope: 'team-a', calendar };

beforeAll(async () => {
  aws = await startEmbeddedAws();
  await aws.createTable('ledger');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials }),
  );
  ledger = openLedger(client, 'ledger');
});

afterAll(async () => {
  client.destroy();
  await aws.close();
});

beforeEach(() => {
  account += 1;
  key = { provider: 'northflank', account: `acme-${account}`, scope: 'team-a', calendar };
  aws.requests.clear();
});

const shrunk = { answer: 'less', checks: 2 };

function dayWith(date: string, cost: string, hours = 24): UsageDay {
  const day = dayNamed(date, 'UTC');
  const usage = Array.from({ length: hours }, (_, hour) => {
    const start = day.start + hour * 3_600_000;
    return { meter: 'gpu', start, end: start + 3_600_000, cost: decimal(cost) };
  });
  return { ...day, usage };
}

function entry(id: string): Queued {
  return { message: { id, at: '2026-11-21T10:05:00Z' } };
}

function idsOf(outbox: readonly Queued[]): string[] {
  return outbox.map(({ message }) => message.id);
}

describe('an account that was never checked', () => {
  test('reads as version 0 without days', async () => {
    const known = await ledger.read(key, '2026-11-01', '2026-11-21');

    expect(known).toEqual({ state: { version: 0, outbox: [] }, days: [] });
  });
});

describe('usage days', () => {
  test('read back as they were written, hour by hour', async () => {
    const day: UsageDay = {
      ...dayNamed('2026-11-20', 'UTC'),
      usage: [
        {
          meter: 'gpu',
          start: Date.parse('2026-11-20T03:00Z'),
          end: Date.parse('2026-11-20T04:00Z'),
          cost: decimal('0.003'),
          quantity: decimal('2'),
        },
        {
          meter: 'gpu',
          start: Date.parse('2026-11-20T07:00Z'),
          end: Date.parse('2026-11-20T08:00Z'),
          cost: decimal('-1'),
        },
        {
          meter: 'data-in',
          start: Date.parse('2026-11-20T07:00Z'),
          end: Date.parse('2026-11-20T08:00Z'),
          quantity: decimal('12345678901234567890.000000000001'),
        },
      ],
    };

    await ledger.replaceDays(key, [day]);

    const { days } = await ledger.read(key, '2026-11-01', '2026-11-21');
    expect(days).toEqual([day]);
  });

  test('replace what was known of the day, and nothing else', async () => {
    await ledger.replaceDays(key, [dayWith('2026-11-19', '1'), dayWith('2026-11-20', '1')]);

    await ledger.replaceDays(key, [dayWith('2026-11-20', '2', 3)]);

    const { days } = await ledger.read(key, '2026-11-01', '2026-11-21');
    expect(days.map((day) => [day.date, day.usage.length])).toEqual([
      ['2026-11-19', 24],
      ['2026-11-20', 3],
    ]);
  });

  test('before the asked day are not read', async () => {
    await ledger.replaceDays(key, [dayWith('2026-10-31', '1'), dayWith('2026-11-01', '1')]);

    const { days } = await ledger.read(key, '2026-11-01', '2026-11-21');

    expect(days.map((day) => day.date)).toEqual(['2026-11-01']);
  });

  test('of another account or one whose name begins alike are not read', async () => {
    await ledger.replaceDays({ ...key, account: `${key.account}2` }, [dayWith('2026-11-20', '1')]);

    const { days } = await ledger.read(key, '2026-11-01', '2026-11-21');

    expect(days).toEqual([]);
  });

  test('of another scope are not read, and not replaced', async () => {
    const other = { ...key, scope: 'team-b' };
    await ledger.replaceDays(key, [dayWith('2026-11-20', '1')]);
    await ledger.replaceDays(other, [dayWith('2026-11-20', '2', 3), dayWith('2026-11-21', '2')]);

    const { days } = await ledger.read(key, '2026-11-01', '2026-11-21');

    expect(days).toEqual([dayWith('2026-11-20', '1')]);
  });

  test('of all other scopes are deleted, those of this one and the state are kept', async () => {
    const other = { ...key, scope: 'team-b' };
    const many = Array.from({ length: 60 }, (_, index) =>
      dayWith(dateAfter('2026-09-01', index), '1', 1),
    );
    await ledger.replaceDays(key, [dayWith('2026-11-20', '1')]);
    await ledger.replaceDays(other, many);
    await ledger.saveState(key, 0, {}, [entry('first')], 0);

    await ledger.deleteDays(await ledger.daysOfOtherScopes(key));

    const kept = await ledger.read(key, '2026-01-01', '2026-11-21');
    const gone = await ledger.read(other, '2026-01-01', '2026-11-21');
    expect(kept).toMatchObject({
      state: { outbox: [entry('first')] },
      days: [{ date: '2026-11-20' }],
    });
    expect(gone.days).toEqual([]);
  });

  test.each(['constructor', '__proto__', 'toString'])(
    'of a meter named %s read back as others do',
    async (meter) => {
      const day = dayWith('2026-11-20', '1', 2);
      const named = { ...day, usage: day.usage.map((row) => ({ ...row, meter })) };

      await ledger.replaceDays(key, [named]);

      expect((await ledger.read(key, '2026-11-20', '2026-11-20')).days).toEqual([named]);
    },
  );

  test('of 900 days read back whole, in order, with the state', async () => {
    const all = Array.from({ length: 900 }, (_, index) =>
      dayWith(dateAfter('2024-06-01', index), '1.23'),
    );
    await ledger.replaceDays(key, all);
    await ledger.saveState(key, 0, {}, [entry('first')], 0);

    const { days, state } = await ledger.read(key, '2024-06-01', dateAfter('2024-06-01', 899));

    expect(days.map((day) => day.date)).toEqual(all.map((day) => day.date));
    expect(state.outbox).toEqual([entry('first')]);
  });

  test('of a provider with day buckets in its own zone keep their bounds', async () => {
    const daily = { ...key, calendar: { dayZone: 'Asia/Kolkata', bucket: 'day' } } as const;
    const day = dayNamed('2026-11-20', 'Asia/Kolkata');
    const usage = [{ meter: 'bandwidth', start: day.start, end: day.end, quantity: decimal('5') }];

    await ledger.replaceDays(daily, [{ ...day, usage }]);

    const { days } = await ledger.read(daily, '2026-11-20', '2026-11-21');
    expect(days).toEqual([{ ...day, usage }]);
    expect(new Date(day.start).toISOString()).toBe('2026-11-19T18:30:00.000Z');
  });

  test('keep what their costs are for, and what is too much of it as one', async () => {
    const daily = { ...key, calendar: { dayZone: 'UTC', bucket: 'day' } } as const;
    const day = dayNamed('2026-11-20', 'UTC');
    const models = Array.from({ length: 5_000 }, (_, index) => ({
      label: `model ${index} ${'x'.repeat(45)}`,
      cost: decimal(`${index + 1}.000000000001`),
    }));
    const span = { start: day.start, end: day.end };
    const usage = [
      { meter: 'output', ...span, cost: decimal('12502500.000000005'), labels: models },
      {
        meter: 'input',
        ...span,
        cost: decimal('-1.5'),
        labels: [{ label: 'zeta', cost: decimal('-1.5') }],
      },
      { meter: 'other', ...span, cost: decimal('2') },
    ];
    const days = toDays(usage, day, 'UTC');

    await ledger.replaceDays(daily, days);

    const read = await ledger.read(daily, '2026-11-20', '2026-11-20');
    expect(read.days).toEqual(days);
    const [output, input, other] = read.days[0]?.usage ?? [];
    expect(output?.labels).toHaveLength(21);
    expect(output?.labels).toContainEqual({
      label: models[4_980]?.label,
      cost: decimal('4981.000000000001'),
    });
    expect(output?.labels?.find(({ label }) => label === 'other')?.cost.toFixed()).toBe(
      '12402690.00000000498',
    );
    expect(input?.labels).toEqual([{ label: 'other', cost: decimal('-1.5') }]);
    expect(other).not.toHaveProperty('labels');
    const [written] = days;
    expect(JSON.stringify(written && dayItem(daily, written)).length).toBeLessThan(5_000);
  });

  test('stay far under the limit of an item: 24 hours of 8 meters with 20 digits in under 20 KB', () => {
    const meters = [
      'cpu',
      'memory',
      'storage',
      'gpu',
      'byoc',
      'egress-ip',
      'load-balancer',
      'other',
    ];
    const usage = meters.flatMap((meter) =>
      dayWith('2026-11-20', '123.45678901234567891', 24).usage.map((row) => ({ ...row, meter })),
    );

    const item = dayItem(key, { ...dayNamed('2026-11-20', 'UTC'), usage });

    expect(JSON.stringify(item).length).toBeLessThan(20_000);
  });
});

describe('the state', () => {
  test('is written by the one that read it last, and by no other', async () => {
    const first = await ledger.saveState(key, 0, { alerts: { thresholds: [50] } }, [], 0);
    const second = await ledger.saveState(key, 0, { alerts: { thresholds: [99] } }, [], 0);

    const { state } = await ledger.read(key, '2026-11-01', '2026-11-21');
    expect([first, second]).toEqual([true, false]);
    expect(state).toMatchObject({ version: 1, alerts: { thresholds: [50] } });
  });

  test('of two runs at once is written by exactly one, fifty times', async () => {
    for (let version = 0; version < 50; version += 1) {
      const results = await Promise.all([
        ledger.saveState(key, version, {}, [entry('a')], 0),
        ledger.saveState(key, version, {}, [entry('b')], 0),
      ]);

      expect(results.toSorted()).toEqual([false, true]);
    }
  });

  test('throws what is not a lost race', async () => {
    aws.faults.set('dynamodb', 'deny');

    const saving = ledger.saveState(key, 0, {}, [], 0);

    await expect(saving).rejects.toMatchObject({ name: 'AccessDeniedException' });
    aws.faults.clear();
  });

  test('comes with 62 days in one round trip', async () => {
    const all = Array.from({ length: 62 }, (_, index) =>
      dayWith(dateAfter('2026-10-01', index), '1.23'),
    );
    await ledger.replaceDays(key, all);
    aws.requests.clear();

    await ledger.read(key, '2026-10-01', '2026-12-01');

    expect(Object.fromEntries(aws.requests)).toEqual({ 'dynamodb:Query': 1 });
  });
});

describe('the outbox', () => {
  const known = { shrunk, alerts: { thresholds: [50] } };
  const claim = { by: 'run A', until: 1_000 };

  beforeEach(async () => {
    await ledger.saveState(key, 0, known, [entry('b'), entry('a')], 0);
  });

  test('keeps what a state write adds while another run clears, and the other way round', async () => {
    await ledger.claimOutbox(key, claim, 0, { ids: ['a'], as: 'a' });
    const [saved, left] = await Promise.all([
      ledger.saveState(
        key,
        1,
        { ...known, shrunk: { answer: 'less', checks: 3 } },
        [entry('c')],
        0,
      ),
      ledger.settleOutbox(key, 'run A', ['a']),
    ]);

    const state = await ledger.readState(key);
    expect(saved).toBe(true);
    expect(state).toEqual({
      ...known,
      shrunk: { answer: 'less', checks: 3 },
      version: 2,
      outbox: state.outbox,
    });
    expect(idsOf(state.outbox)).toEqual(['b', 'c']);
    expect(idsOf(left)).toContain('b');
  });

  test('is claimed by one run of many', async () => {
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, run) =>
        ledger.claimOutbox(key, { by: `run ${run}`, until: 1_000 }, 0, { ids: ['a'], as: 'a' }),
      ),
    );

    expect(claims.filter((isOurs) => isOurs)).toEqual([true]);
  });

  test('is claimed by another run only when the lease is over, or when it was given back', async () => {
    const other = { by: 'run B', until: 3_000 };
    await ledger.claimOutbox(key, claim, 0, { ids: ['a'], as: 'a' });

    const held = await ledger.claimOutbox(key, other, 999, { ids: ['b'], as: 'b' });
    const again = await ledger.claimOutbox(key, { ...claim, until: 2_000 }, 999, {
      ids: ['b'],
      as: 'b',
    });
    const over = await ledger.claimOutbox(key, other, 2_000, { ids: ['a'], as: 'a' });
    const late = idsOf(await ledger.settleOutbox(key, 'run A', ['a']));
    const stillHeld = await ledger.claimOutbox(key, claim, 2_500, { ids: ['b'], as: 'b' });
    const left = idsOf(await ledger.settleOutbox(key, 'run B', ['a']));
    const free = await ledger.claimOutbox(key, claim, 2_500, { ids: ['b'], as: 'b' });

    expect([held, again, over, stillHeld, free]).toEqual([false, true, true, false, true]);
    expect([late, left]).toEqual([['b'], ['b']]);
  });

  test('is not claimed for what was cleared, or was to go out as part of another message', async () => {
    await ledger.claimOutbox(key, claim, 0, { ids: ['a'], as: 'c' });
    await ledger.settleOutbox(key, 'run A', []);
    const apart = await ledger.claimOutbox(key, claim, 0, { ids: ['a'], as: 'a' });
    const otherwise = await ledger.claimOutbox(key, claim, 0, { ids: ['a'], as: 'd' });
    const together = await ledger.claimOutbox(key, claim, 0, { ids: ['a'], as: 'c' });
    await ledger.settleOutbox(key, 'run A', ['a']);
    const cleared = await ledger.claimOutbox(key, claim, 0, { ids: ['a'], as: 'a' });

    expect([apart, otherwise, together, cleared]).toEqual([false, false, true, false]);
  });
});

describe('turns to publish', () => {
  test('of many functions at once are all a gap apart', async () => {
    const turns = await Promise.all(Array.from({ length: 20 }, () => ledger.takeTurn(5_000, 200)));

    expect(turns.toSorted((a, b) => a - b)).toEqual(turns.map((_, index) => 5_000 + 200 * index));
  });

  test('begin at once after a pause, and where a wrong clock took one that nobody lives to see', async () => {
    const first = await ledger.takeTurn(55_000, 200);
    const behind = await ledger.takeTurn(55_100, 200);
    const later = await ledger.takeTurn(55_500, 200);
    await ledger.takeTurn(99_000_000, 200);
    const healed = await ledger.takeTurn(55_700, 200);
    const next = await ledger.takeTurn(55_700, 200);

    expect([first, behind, later, healed, next]).toEqual([55_000, 55_200, 55_500, 55_700, 55_900]);
  });
});

describe('the register', () => {
  const provider = 'influxdb';

  test('has the accounts, the place where a run goes on, and what was reported of runs, in one round trip', async () => {
    await ledger.addToRegister({ provider, account: 'b.c-d_e' });
    await ledger.addToRegister({ provider, account: 'a' });
    await ledger.addToRegister({ provider, account: 'gone' });
    await ledger.takeFromRegister({ provider, account: 'gone' });
    await ledger.saveNextAccount(provider, 'mmm');
    await ledger.saveState(runOf(provider), 0, { unwatchedAt: 7 }, [], 0);
    aws.requests.clear();

    const { accounts, nextAccount, run } = await ledger.readRegister(provider);

    expect([...accounts]).toEqual(['a', 'b.c-d_e']);
    expect(nextAccount).toBe('mmm');
    expect(run).toMatchObject({ version: 1, unwatchedAt: 7 });
    expect(Object.fromEntries(aws.requests)).toEqual({ 'dynamodb:Query': 1 });
  });

  test('forgets the place when a run reached all, and knows nothing of another provider', async () => {
    await ledger.saveNextAccount(provider, 'mmm');
    await ledger.saveNextAccount(provider, undefined);

    const own = await ledger.readRegister(provider);
    const other = await ledger.readRegister('tpstreams');

    expect(own).not.toHaveProperty('nextAccount');
    expect(other).toEqual({
      accounts: new Set(),
      run: { version: 0, outbox: [] },
    });
  });

  test("lies in a partition that no account's is, within the provider's", async () => {
    await ledger.addToRegister({ provider, account: 'acme' });

    const { Item } = await client.send(
      new GetCommand({ TableName: 'ledger', Key: { pk: 'influxdb/', sk: 'account#acme' } }),
    );

    expect(Item).toBeDefined();
  });
});
