/** What each check leaves for those who have no token, on whole checks over the embedded table. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { workOut } from '../../../functions/checks/account/charge-days.ts';
import { summaryOf } from '../../../functions/checks/account/summary.ts';
import type { AccountSummary } from '../../../functions/ledger/account-summary.ts';
import { dayNamed } from '../../../functions/ledger/usage-day.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { tpstreams } from '../../../functions/providers/vendors/tpstreams.ts';
import { startWatchedWorld, type WatchedWorld } from '../../support/watched-world.ts';

const DAY_MS = 86_400_000;
const month = { budgets: [{ name: 'everything', limit: 200, per: 'month' }] };

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

beforeEach(() => world.reset('2026-11-21T10:05:00Z'));

async function summaryOfAcme(): Promise<AccountSummary | undefined> {
  return (await world.summaries()).find(({ account }) => account === 'acme')?.summary;
}

/** So many days up to yesterday, each with the same costs. */
function daily(days: number, amounts: Record<string, string>) {
  return Array.from({ length: days }, (_, index) => ({
    start: Date.parse('2026-11-20T10:00Z') - index * DAY_MS,
    amounts,
  }));
}

describe('a check leaves', () => {
  test('what each day cost, in all and by meter, exactly, up to today', async () => {
    world.putAccount('acme', month);
    world.setRows([
      ...daily(70, { gpu: '1.1', cpu: '0.203' }),
      { start: Date.parse('2026-11-21T08:00Z'), amounts: { gpu: '0.5' } },
    ]);

    await world.check();

    const { costs, readAt, dataUntil, ...summary } = (await summaryOfAcme()) ?? {};
    expect(costs?.from).toBe('2026-09-12');
    expect(costs?.total).toEqual([...Array(70).fill('1.303'), '0.5']);
    expect(costs?.meters).toEqual([
      { meter: 'cpu', costs: [...Array(61).fill('0.203'), '0'] },
      { meter: 'gpu', costs: [...Array(61).fill('1.1'), '0.5'] },
    ]);
    expect(readAt).toBe(Date.parse('2026-11-21T10:05Z'));
    expect(dataUntil).toBe(Date.parse('2026-11-21T09:00Z'));
    expect(summary).toMatchObject({ currency: 'USD', dayZone: 'UTC', firing: [], problems: {} });
  });

  test('where each budget is, and where it and the month are heading', async () => {
    world.putAccount('acme', month);
    world.setRows(daily(70, { gpu: '5' }));

    await world.check();

    const { budgets, forecast } = (await summaryOfAcme()) ?? {};
    expect(budgets).toEqual([
      {
        name: 'everything',
        measure: 'cost',
        unit: 'USD',
        per: 'month',
        limit: '200',
        start: Date.parse('2026-11-01T00:00Z'),
        end: Date.parse('2026-12-01T00:00Z'),
        timeZone: 'UTC',
        actual: '100',
        percent: 50,
        forecast: expect.objectContaining({ point: expect.stringMatching(/^1[45]\d/) }),
      },
    ]);
    expect(forecast).toEqual(budgets?.[0]?.forecast);
  });

  test('what fires, and since when', async () => {
    world.putAccount('acme', month);
    world.setRows([{ start: Date.parse('2026-11-05T10:00Z'), amounts: { gpu: '203.17' } }]);
    await world.check();
    world.setRows([{ start: Date.parse('2026-11-05T10:00Z'), amounts: { gpu: '303.17' } }]);
    world.setClock('2026-11-21T11:05:00Z');

    await world.check();

    const since = Date.parse('2026-11-21T10:05Z');
    expect((await summaryOfAcme())?.firing).toEqual([
      { kind: 'budget', budget: 'everything', threshold: 150, since },
    ]);
  });

  test('since when it cannot be read, with the costs that were known before', async () => {
    world.putAccount('acme', month);
    world.setRows(daily(30, { gpu: '5' }));
    await world.check();
    const before = await summaryOfAcme();
    world.setClock('2026-11-24T10:05:00Z');
    world.northflank.faults.add(({ response }) => response.writeHead(403).end());

    await world.check();

    const since = Date.parse('2026-11-24T10:05Z');
    const after = await summaryOfAcme();
    expect(after).toMatchObject({
      problems: { unreadableSince: since },
      firing: [{ kind: 'read-error', since }],
      readAt: before?.readAt,
    });
    expect(after?.costs).toEqual(before?.costs);
  });

  test('how many parameters are invalid, with the costs that were known before', async () => {
    world.putAccount('acme', month);
    world.setRows(daily(30, { gpu: '5' }));
    await world.check();
    const before = await summaryOfAcme();
    world.aws.parameters.put(`${world.environment().PARAMETER_ROOT}/northflank/acme/config`, '{');

    await world.check();

    const after = await summaryOfAcme();
    expect(after?.problems).toEqual({ invalidParameters: 1 });
    expect(after?.costs?.total).toEqual(before?.costs?.total);
  });

  test('of an account that never was valid only that', async () => {
    world.putAccount('acme', { budgets: 'none' });

    await world.check();

    expect(await summaryOfAcme()).toEqual({
      firing: [{ kind: 'invalid-config', since: Date.parse('2026-11-21T10:05Z') }],
      problems: { invalidParameters: 1 },
    });
  });

  test('until when it is muted and why, and nothing of that when the mute is over', async () => {
    world.putAccount('acme', {
      ...month,
      mutedUntil: '2026-11-22T00:00:00Z',
      mutedBecause: 'load test',
    });
    await world.check();
    const muted = await summaryOfAcme();
    world.setClock('2026-11-22T10:05:00Z');
    await world.check();

    expect(muted).toMatchObject({
      mutedUntil: Date.parse('2026-11-22T00:00Z'),
      mutedBecause: 'load test',
    });
    const after = await summaryOfAcme();
    expect(after).not.toHaveProperty('mutedUntil');
    expect(after).not.toHaveProperty('mutedBecause');
  });

  test('nothing of an account that left the register', async () => {
    world.putAccount('acme', month);
    world.putAccount('beta', month);
    await world.check();
    world.deleteAccount('acme');

    await world.check();
    world.setClock('2026-11-21T11:05:00Z');
    await world.check();

    expect((await world.summaries()).map(({ account }) => account)).toEqual(['beta']);
  });

  test('nothing of accounts of which none is left, until they are back', async () => {
    world.putAccount('acme', month);
    await world.check();
    world.deleteAccount('acme');

    await world.check();

    expect(await world.summaries()).toEqual([]);
    world.putAccount('acme', month);
    await world.check();
    expect((await world.summaries()).map(({ account }) => account)).toEqual(['acme']);
  });
});

test('neither token nor config is in it', async () => {
  world.putAccount('acme', { ...month, teamId: 'marked-team' });
  world.setRows(daily(3, { gpu: '5' }));

  await world.check();

  const text = JSON.stringify(await world.summaries());
  expect(text).toContain('everything');
  expect(text).not.toMatch(/nf-secret-token|marked-team|baseUrl/);
});

test('of a long history are the last 400 days, by meter the last 62', async () => {
  world.putAccount('acme', { budgets: [{ name: 'year', limit: 9000, per: 'year' }] });
  world.setRows(daily(500, { gpu: '2' }));

  await world.check();

  const { costs } = (await summaryOfAcme()) ?? {};
  expect(costs?.total).toHaveLength(400);
  expect(costs?.meters[0]?.costs).toHaveLength(62);
});

test('a day of which nothing is priced is unknown, and one without usage is 0', () => {
  const coverage = {
    knownFrom: '2026-11-18',
    settledUntil: '2026-11-19',
    readAgainOn: '2026-11-21',
    tokenVersion: 1,
    readAt: Date.parse('2026-11-21T10:00Z'),
  };
  const used = (date: string, meter: string) => {
    const { start, end } = dayNamed(date, 'Asia/Kolkata');
    return { date, start, end, usage: [{ meter, start, end, quantity: decimal('3') }] };
  };
  const config = {
    options: {},
    baseUrl: 'https://example.com',
    timeZone: 'UTC',
    currency: 'USD',
    budgets: [],
    prices: { bandwidth: { per: 'GB', tiers: [{ price: '0.05' }] } },
  };
  const parameter = '/cost-alerts/tpstreams/acme/config';
  const source = { tokenVersion: 1 };

  const days = [used('2026-11-18', 'bandwidth'), used('2026-11-20', 'live-stream')];
  const now = coverage.readAt;
  const { costs } = summaryOf({
    account: { provider: 'tpstreams', name: 'acme', token: '', config, parameter, source },
    provider: tpstreams,
    assessment: {
      next: { coverage },
      readings: [],
      workings: workOut({ config, provider: tpstreams, days, coverage, now }),
    },
    now,
  });

  expect(costs).toEqual({
    from: '2026-11-18',
    basis: 'estimated',
    total: ['0.15', '0', null, '0'],
    meters: [
      { meter: 'bandwidth', costs: ['0.15', '0', '0', '0'] },
      { meter: 'live-stream', costs: ['0', '0', null, '0'] },
    ],
  });
});
