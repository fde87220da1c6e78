import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../functions/config/durations.ts';
import { connectTotals } from '../../functions/totals/environment.ts';
import { checkSilence } from '../../functions/totals/silence.ts';
import { startWatchedTotals, type WatchedTotals } from './watched-totals.ts';

const start = Date.parse('2026-11-20T10:10:00Z');
let world: WatchedTotals;
let now = start;

beforeAll(async () => {
  world = await startWatchedTotals();
});

afterAll(() => world.close());

beforeEach(async () => {
  now = start;
  await world.reset(new Date(now).toISOString());
  for (const name of ['northflank/acme', 'northflank/shop', 'influxdb/metrics']) await read(name);
  await pass(0);
});

/** An account is read at the clock's time. */
async function read(name: string, rest = {}): Promise<void> {
  await world.putCosts(name, { daily: ['1'], rest });
}

/** So many hourly runs over all totals; what they publish. */
async function later(hours: number, environment: Record<string, string> = {}) {
  for (let hour = 0; hour < hours; hour += 1) await pass(1, environment);
  return world.takeNotices().map(({ id, severity, reason }) => ({ id, severity, reason }));
}

/** The run after so many hours. */
async function pass(hours: number, environment: Record<string, string> = {}): Promise<void> {
  now += hours * HOUR_MS;
  world.setClock(new Date(now).toISOString());
  const connected = connectTotals({
    ...world.environment(),
    SILENT_AFTER_MINUTES: '180',
    ...environment,
  });
  await checkSilence(connected({ now, signal: AbortSignal.timeout(60_000), timeLeftMs: 60_000 }));
}

test('a provider of which nothing was read for three periods fires once, by name, and is resolved', async () => {
  expect(await later(2)).toEqual([]);
  await read('influxdb/metrics');

  expect(await later(1)).toEqual([
    {
      id: 'northflank/read-error/2026-11-20T10:05:00Z',
      severity: 'critical',
      reason:
        'No northflank account has been read completely since 20 November 2026, 10:05 (UTC): its checks fail or have stopped, or the provider is down.',
    },
  ]);
  const { subject, bodies } = world.aws.published.at(-1) ?? {};
  expect(subject).toBe('[critical] northflank is unreadable');
  expect(bodies?.email).toContain('watch the bill yourself');
  expect(bodies?.https).toContain('northflank is unreadable');
  await read('influxdb/metrics');
  expect(await later(1)).toEqual([]);
  await read('northflank/shop');
  await read('influxdb/metrics');
  expect(await later(1)).toEqual([
    {
      id: 'northflank/read-error/2026-11-20T10:05:00Z/resolved',
      severity: 'info',
      reason:
        'Accounts of northflank are read again. None was since 20 November 2026, 10:05 (UTC).',
    },
  ]);
  expect(await later(1)).toEqual([]);
});

test('while it lasts it fires once a day, and not where each account has its own alert by then', async () => {
  const events = await later(3 + 24 + 24);
  const ids = events.map(({ id }) => id).filter((id) => id.startsWith('northflank/'));

  const first = 'northflank/read-error/2026-11-20T10:05:00Z';
  expect(ids).toEqual([first, `${first}/2`, `${first}/3`]);
  expect(events.at(-1)?.reason).toMatch(
    /^Still no influxdb account has been read completely since /,
  );
  for (const name of ['northflank/acme', 'northflank/shop', 'influxdb/metrics']) {
    await world.putCosts(name, {
      daily: ['1'],
      rest: { readAt: start, problems: { unreadableSince: start } },
    });
  }
  expect(await later(30)).toEqual([]);
  for (const name of ['northflank/acme', 'influxdb/metrics']) await read(name);
  expect((await later(1)).map(({ id }) => id)).toEqual([
    `${first}/resolved`,
    'influxdb/read-error/2026-11-20T10:05:00Z/resolved',
  ]);
});

test('one account that is read is enough', async () => {
  await later(2);
  await read('northflank/shop');
  await read('influxdb/metrics');

  expect(await later(2)).toEqual([]);
});

test('several providers fire together', async () => {
  const before = world.aws.published.length;
  expect((await later(4)).map(({ id }) => id.split('/')[0])).toEqual(['northflank', 'influxdb']);
  expect(world.aws.published).toHaveLength(before + 1);
});

describe('nothing is said', () => {
  test('after a pause, until the checks had time to read again', async () => {
    await pass(24);

    expect(await later(2)).toEqual([]);
    await read('influxdb/metrics');
    expect((await later(1)).map(({ id }) => id.split('/')[0])).toEqual(['northflank']);
  });

  test('where each account has an alert of its own, or is muted, until one has neither', async () => {
    const unreadable = { problems: { unreadableSince: start } };
    const muted = { mutedUntil: start + 5 * HOUR_MS };
    await read('northflank/acme', unreadable);
    await read('northflank/shop', muted);
    await read('influxdb/metrics', muted);

    expect(await later(4)).toEqual([]);
    expect((await later(1)).map(({ id }) => id.split('/')[0])).toEqual(['northflank', 'influxdb']);
  });

  test('of a provider that is no longer deployed', async () => {
    await later(4);

    expect(await later(1, { PROVIDERS: 'northflank' })).toEqual([]);
    expect(await later(1, { PROVIDERS: 'northflank' })).toEqual([]);
  });

  test('where checks are too rare', async () => {
    const { SILENT_AFTER_MINUTES: _, ...environment } = world.environment();
    const run = connectTotals(environment);
    const deps = run({ now: now + 9 * HOUR_MS, signal: AbortSignal.timeout(9_000), timeLeftMs: 9 });

    expect(await checkSilence(deps)).toMatchObject({ silent: [], delivery: { published: 0 } });
  });
});

test('what could not be published is published by the next run', async () => {
  world.aws.faults.set('sns', 'deny');
  expect(await later(4)).toEqual([]);
  world.aws.faults.clear();

  expect(await later(1)).toHaveLength(2);
});
