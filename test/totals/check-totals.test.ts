/** Totals over summaries of accounts, over the embedded AWS and a simulated European Central Bank. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answering } from '../../cli/demo/vendors/server.ts';
import type { BudgetNotice } from '../../functions/alerts/notice.ts';
import { cuttingOff, htmlPage } from '../support/faults/servers.ts';
import { startWatchedTotals, type WatchedTotals } from './watched-totals.ts';

let world: WatchedTotals;

beforeAll(async () => {
  world = await startWatchedTotals();
});

afterAll(() => world.close());

/** A Friday. */
beforeEach(() => world.reset('2026-11-20T10:10:00Z'));

const monthly = { limit: 300, currency: 'USD', per: 'month' };
const readAt = (time: string) => ({ readAt: Date.parse(`2026-11-20T${time}:00Z`) });
const days = (count: number, amount: string | null) => Array<string | null>(count).fill(amount);

describe('a total', () => {
  test('asks for nothing but parameters and its own summaries where there is none', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '10') });
    world.aws.requests.clear();

    const run = await world.check();

    expect(run).toMatchObject({ totals: 0, delivery: { published: 0 } });
    expect(world.ecb.requests).toHaveLength(0);
    expect(world.takeMessages()).toEqual([]);
  });

  test('is the sum of its accounts, and fires once for its highest threshold, with accounts and then meters', async () => {
    await world.putCosts('northflank/acme', {
      daily: [...days(50, '5'), ...days(20, '10')],
      meters: { gpu: [...days(42, '4'), ...days(20, '9')], cpu: days(62, '1') },
    });
    await world.putCosts('influxdb/metrics', { daily: days(70, '6.5') });
    world.putTotal('all', monthly);

    const run = await world.check();
    await world.check();

    expect(run).toMatchObject({ totals: 1, unknown: {}, invalid: [], delivery: { published: 1 } });
    const [notice, ...others] = world.takeNotices() as BudgetNotice[];
    expect(others).toEqual([]);
    expect(notice).toMatchObject({
      id: 'totals/all/2026-11-01/100',
      kind: 'total',
      status: 'firing',
      severity: 'critical',
      provider: 'totals',
      account: 'all',
      limit: '300',
      actual: '330.00',
      percent: 110,
      basis: 'billed',
      total: { accounts: 2 },
      links: { provider: 'https://northflank.example/bill' },
    });
    expect(notice?.drivers).toMatchObject([
      { account: 'northflank/acme', amount: '200.00', previousPeriod: '155.00', change: '45.00' },
      { account: 'influxdb/metrics', amount: '130.00', previousPeriod: '201.50' },
      { account: 'northflank/acme', meter: 'gpu', amount: '180.00', previousPeriod: '124.00' },
      { account: 'northflank/acme', meter: 'cpu', amount: '20.00' },
    ]);
    expect(notice?.reason).toMatch(
      /^Total all is over budget: 330\.00 of 300 USD this month \(110\.0 %\)\./,
    );
    expect(notice?.nextStep).toBe(
      `Biggest change: northflank/acme gpu 180.00 USD (whole month before: 124.00 USD). Stop what you don't need of northflank/acme gpu, or raise "limit" in ${world.root()}/totals/all.`,
    );
    expect(await world.summaryOf('all')).toMatchObject({
      currency: 'USD',
      firing: [{ kind: 'budget', budget: 'all', threshold: 100 }],
      budgets: [
        { name: 'all', actual: '330', percent: 110, forecast: { point: expect.any(String) } },
      ],
    });
  });

  test('leaves what it cost by day and account, from the day on which all are known', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '5') });
    await world.putCosts('influxdb/metrics', { daily: [...days(30, '6.5'), ...days(10, '0')] });
    world.putTotal('all', monthly);

    await world.check();

    const { costs } = (await world.summaryOf('all')) ?? {};
    expect(costs).toEqual({
      from: '2026-10-12',
      basis: 'billed',
      total: [...days(30, '11.5'), ...days(10, '5')],
      meters: [
        { meter: 'influxdb/metrics', costs: [...days(30, '6.5'), ...days(10, '0')] },
        { meter: 'northflank/acme', costs: days(40, '5') },
      ],
    });
  });

  test('of many accounts leaves the largest by day, and the others together', async () => {
    const names = Array.from({ length: 11 }, (_, index) => `northflank/a${index}`);
    for (const [index, name] of names.entries()) {
      await world.putCosts(name, { daily: days(3, `${index}.5`) });
    }
    world.putTotal('all', monthly);

    await world.check();

    const { meters = [] } = (await world.summaryOf('all'))?.costs ?? {};
    expect(meters.map(({ meter }) => meter)).toEqual([...names.slice(4).toReversed(), '4 others']);
    expect(meters.at(-1)?.costs).toEqual(days(3, '8'));
  });

  test('is over the accounts that its patterns name, and no others', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '10') });
    await world.putCosts('northflank/shop', { daily: days(70, '1') });
    await world.putCosts('tpstreams/acme', { daily: days(70, '100') });
    world.putTotal('platform', { ...monthly, accounts: ['northflank/*'] });
    world.putTotal('shop', { ...monthly, accounts: ['northflank/shop'] });

    await world.check();

    const [platform, shop] = [await world.summaryOf('platform'), await world.summaryOf('shop')];
    expect(platform?.budgets).toMatchObject([{ actual: '220' }]);
    expect(shop?.budgets).toMatchObject([{ actual: '20' }]);
  });

  test('is forecast to be over, once, before it is', async () => {
    const daily = days(66, '12');
    world.putTotal('all', monthly);
    for (const day of [16, 17, 18]) {
      world.setClock(`2026-11-${day}T10:10:00Z`);
      await world.putCosts('northflank/acme', { daily });
      await world.check();
    }

    expect(world.takeNotices()).toMatchObject([
      { kind: 'forecast', id: 'totals/all/2026-11-01/forecast', total: { accounts: 1 } },
    ]);
  });

  test('is resolved by a higher limit, after two complete checks', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '20') });
    world.putTotal('all', monthly);
    await world.check();
    world.takeNotices();
    world.putTotal('all', { ...monthly, limit: 900 });

    // At once after the edit, and tried again: nothing was read in between.
    for (let check = 0; check < 3; check += 1) await world.check();
    const before = world.takeNotices();
    await world.putCosts('northflank/acme', { daily: days(70, '20'), rest: readAt('11:05') });
    await world.check();

    expect(before).toEqual([]);
    expect(world.takeNotices()).toMatchObject([
      { kind: 'total', status: 'resolved', severity: 'info', threshold: 100 },
    ]);
  });

  test('fires again, once, after an edit that is still over', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '20') });
    world.putTotal('all', monthly);
    await world.check();
    world.takeNotices();
    world.putTotal('all', { ...monthly, limit: 350 });

    await world.check();
    await world.check();

    expect(world.takeNotices()).toMatchObject([{ id: 'totals/all/2026-11-01/100/edit-1' }]);
  });

  test('publishes nothing while it is muted, and what still fires afterwards', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '20') });
    const mute = { mutedUntil: '2026-11-20T12:00Z', mutedBecause: 'load test' };
    world.putTotal('all', { ...monthly, ...mute });
    await world.check();
    expect(world.takeNotices()).toEqual([]);
    expect(await world.summaryOf('all')).toMatchObject({
      mutedUntil: Date.parse(mute.mutedUntil),
      mutedBecause: 'load test',
    });
    world.setClock('2026-11-20T13:10:00Z');

    await world.check();

    expect(world.takeNotices()).toMatchObject([{ kind: 'total', threshold: 100 }]);
  });

  test('says at the end of a mute what would have fired meanwhile, once it is known that it is over', async () => {
    const mute = { mutedUntil: '2026-11-20T12:00Z', mutedBecause: 'load test' };
    await world.putCosts('northflank/acme', { daily: days(70, '20') });
    world.putTotal('all', { ...monthly, ...mute });
    await world.check();
    await world.putCosts('northflank/acme', { daily: days(70, '5') });
    world.setClock('2026-11-20T13:10:00Z');
    await world.putCosts('northflank/acme', {
      daily: days(70, '5'),
      rest: { readAt: Date.parse('2026-11-18T10:10:00Z') },
    });
    await world.check();
    expect(world.takeNotices()).toEqual([]);
    await world.putCosts('northflank/acme', { daily: days(70, '5') });

    await world.check();
    await world.check();

    expect(world.takeNotices()).toMatchObject([
      {
        id: 'totals/all/muted/2026-11-20T10:10:00Z/resolved',
        reason:
          'Total all is no longer muted (load test). One alert would have fired meanwhile and is over: its budget at 133.3 % on 20 November.',
      },
    ]);
  });

  test('goes on by its last good parameter after a bad edit, and says what is wrong with it once', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '5') });
    world.putTotal('all', monthly);
    await world.check();
    world.putTotal('all', { ...monthly, limit: 'much' });
    await world.putCosts('northflank/acme', { daily: days(70, '20') });

    const run = await world.check();
    await world.check();

    expect(run.invalid).toEqual([
      `${world.root()}/totals/all: limit: expected a number above 0, got "much"`,
    ]);
    const notices = world.takeNotices();
    expect(notices.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'total firing',
      'invalid-config firing',
    ]);
    world.putTotal('all', monthly);
    await world.check();
    expect(world.takeNotices()).toMatchObject([{ kind: 'invalid-config', status: 'resolved' }]);
  });

  test('that is a secret goes on by its last version too, and the ledger holds no text of it', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '20') });
    world.putTotal('all', monthly, 'SecureString');
    await world.check();
    expect(world.takeNotices()).toHaveLength(1);
    world.putTotal('all', '{', 'SecureString');

    await world.check();

    expect(world.takeNotices()).toMatchObject([{ kind: 'invalid-config' }]);
    expect(await world.summaryOf('all')).toMatchObject({ budgets: [{ actual: '400' }] });
  });

  test('that never was valid is reported, and nothing else', async () => {
    world.putTotal('all', { ...monthly, per: 'hour' });

    await world.check();

    const [notice] = world.takeNotices();
    expect(notice).toMatchObject({ kind: 'invalid-config', provider: 'totals', account: 'all' });
    expect(notice?.nextStep).toContain('the total is not watched');
  });

  test('that is gone leaves no summary', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '5') });
    world.putTotal('all', monthly);
    await world.check();
    world.aws.parameters.delete(`${world.root()}/totals/all`);

    await world.check();

    expect(await world.summaryOf('all')).toBeUndefined();
  });
});

describe('a total is unknown, and says so,', () => {
  test('while an account has not been read for longer than its usage takes to settle', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '20') });
    world.putTotal('all', monthly);
    world.setClock('2026-11-22T11:10:00Z');
    await world.putCosts('influxdb/metrics', { daily: days(70, '1') });

    const run = await world.check();

    const reason = 'northflank/acme has not been read for longer than usage takes to settle there.';
    expect(run.unknown).toEqual({ all: reason });
    expect((await world.summaryOf('all'))?.budgets).toMatchObject([{ unknownBecause: reason }]);
    expect(world.takeNotices()).toEqual([]);
  });

  test('with an alert after a day, as the account has had its own for long', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '20') });
    world.putTotal('all', monthly);
    for (const hour of ['22T11', '22T12', '22T13', '23T10']) {
      world.setClock(`2026-11-${hour}:10:00Z`);
      await world.check();
    }
    expect(world.takeNotices()).toEqual([]);
    world.setClock('2026-11-23T11:10:00Z');
    await world.check();
    await world.check();
    const [notice, ...others] = world.takeNotices();
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ kind: 'read-error', status: 'firing', account: 'all' });
    expect(notice?.reason).toContain('since 22 November 2026, 11:10 (UTC): northflank/acme has');
    for (const hour of ['12', '13', '14']) {
      world.setClock(`2026-11-23T${hour}:10:00Z`);
      await world.putCosts('northflank/acme', { daily: days(70, '1') });
      await world.check();
      await world.check();
      if (hour !== '14') expect(world.takeNotices()).toEqual([]);
    }

    expect(world.takeNotices()).toMatchObject([{ kind: 'read-error', status: 'resolved' }]);
  });

  test('where an account it names is not there, with an alert if that lasts', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, '20') });
    world.putTotal('all', { ...monthly, accounts: ['northflank/acm'] });

    for (let check = 0; check < 4; check += 1) await world.check();

    const [notice, ...others] = world.takeNotices();
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ kind: 'read-error', severity: 'warning', account: 'all' });
    expect(notice?.reason).toContain(
      'There is no account "northflank/acm" (did you mean "northflank/acme"?).',
    );
    expect(notice?.nextStep).not.toContain('status page');
  });

  test('where nothing of what was used has a price', async () => {
    await world.putCosts('northflank/acme', { daily: days(70, null) });
    world.putTotal('all', monthly);

    const run = await world.check();

    expect(run.unknown.all).toContain('northflank/acme, but its price is not known');
  });
});

describe('costs in other currencies', () => {
  const perEuro: Record<string, Record<string, string>> = {
    USD: { '2026-11-18': '1.20', '2026-11-19': '1.25' },
    INR: { '2026-11-18': '100', '2026-11-19': '125' },
    JPY: { '2026-11-18': '150', '2026-11-19': '200' },
  };
  const rateOn = (currency: string, date: string) => {
    const rates = perEuro[currency];
    return rates && (rates[date] ?? (date < '2026-11-18' ? rates['2026-11-18'] : undefined));
  };
  const daily = (...last: string[]) => [...days(70 - last.length, '0'), ...last];

  beforeEach(() => world.reset('2026-11-20T10:10:00Z', { rateOn }));

  test('convert by the rate of their day, or the last before it, over the euro', async () => {
    await world.putCosts('tpstreams/school', {
      currency: 'INR',
      // 18, 19 and 20 November, of which there is no rate yet.
      daily: daily('1000', '1000', '500'),
    });
    await world.putCosts('northflank/acme', { daily: daily('1') });
    await world.putCosts('influxdb/tokyo', { currency: 'JPY', daily: daily('400', '0', '0') });
    world.putTotal('all', { ...monthly, limit: 20 });

    await world.check();

    // 1000 × 1.20/100 + 1000 × 1.25/125 + 500 × 1.25/125 + 1 + 400 × 1.20/150
    expect(await world.summaryOf('all')).toMatchObject({ budgets: [{ actual: '31.2' }] });
    const [notice] = world.takeNotices() as BudgetNotice[];
    expect(notice).toMatchObject({
      basis: 'mixed',
      total: {
        conversions: [
          { currency: 'INR', on: '2026-11-19' },
          { currency: 'JPY', on: '2026-11-19' },
        ],
      },
    });
    expect(notice?.reason).toContain(
      "INR, JPY are converted to USD by the ECB's reference rate of each day, the latest of 19 November 2026.",
    );
  });

  test('are asked for once a day, each currency once', async () => {
    await world.putCosts('tpstreams/school', { currency: 'INR', daily: daily('1000') });
    world.putTotal('all', monthly);
    const before = world.ecb.requests.length;
    await world.check();
    await world.check();
    expect(world.ecb.requests.length - before).toBe(1);
    const path = '/service/data/EXR/D.INR+USD.EUR.SP00.A';
    expect(world.ecb.requests.at(-1)?.url.pathname).toBe(path);
    world.setClock('2026-11-20T16:10:00Z');
    await world.check();
    await world.check();

    expect(world.ecb.requests.length - before).toBe(2);
    expect(world.ecb.requests.at(-1)?.url.searchParams.get('startPeriod')).toBe('2026-11-19');
  });

  test('need no rates where the total has its own', async () => {
    await world.putCosts('tpstreams/school', { currency: 'INR', daily: daily('1000') });
    world.putTotal('all', { ...monthly, limit: 10, rates: { INR: '0.0113' } });
    const before = world.ecb.requests.length;

    await world.check();

    expect(world.ecb.requests.length).toBe(before);
    const [notice] = world.takeNotices() as BudgetNotice[];
    expect(notice).toMatchObject({ actual: '11.30', basis: 'estimated' });
    expect(notice?.reason).toContain("INR is converted to USD by the rates of the total's config.");
  });

  test('into euros need the rate of the account alone', async () => {
    await world.putCosts('northflank/acme', { daily: daily('12.5') });
    world.putTotal('all', { ...monthly, currency: 'EUR' });

    await world.check();

    expect(world.ecb.requests.at(-1)?.url.pathname).toBe('/service/data/EXR/D.USD.EUR.SP00.A');
    expect(await world.summaryOf('all')).toMatchObject({ budgets: [{ actual: '10' }] });
  });

  test('that the bank does not publish make the total unknown, with an alert that names what to do', async () => {
    await world.putCosts('tpstreams/dubai', { currency: 'AED', daily: daily('1000') });
    world.putTotal('all', monthly);

    for (let check = 0; check < 3; check += 1) await world.check();

    const [notice] = world.takeNotices();
    expect(notice?.reason).toContain('There is no reference rate from AED to USD');
    expect(notice?.reason).toContain('"rates": { "AED": "…" }');
    world.putTotal('all', { ...monthly, limit: 900, rates: { AED: '0.27' } });
    for (const time of ['11:05', '12:05', '13:05']) {
      const rest = readAt(time);
      await world.putCosts('tpstreams/dubai', { currency: 'AED', daily: daily('1000'), rest });
      await world.check();
    }
    expect(world.takeNotices()).toMatchObject([{ kind: 'read-error', status: 'resolved' }]);
  });

  test('make it unknown once the last rate is more than seven days old', async () => {
    await world.putCosts('tpstreams/school', { currency: 'INR', daily: daily('1000') });
    world.putTotal('all', monthly);
    world.setClock('2026-11-26T10:10:00Z');
    await world.putCosts('tpstreams/school', { currency: 'INR', daily: daily('1000') });
    expect((await world.check()).unknown).toEqual({});
    world.setClock('2026-11-27T10:10:00Z');
    await world.putCosts('tpstreams/school', { currency: 'INR', daily: daily('1000') });

    const run = await world.check();

    expect(run.unknown.all).toContain('for 27 November 2026');
  });

  const faults = {
    'HTTP 500': answering({ status: 500, body: 'Internal Server Error' }),
    'a truncated answer': cuttingOff,
    'an HTML page': htmlPage(),
    'a rate that is none': answering({
      status: 200,
      body: 'CURRENCY,TIME_PERIOD,OBS_VALUE\r\nINR,2026-11-19,-3\r\n',
    }),
  };

  test.each(Object.entries(faults))('go on by the known rates after %s', async (_, fault) => {
    await world.putCosts('tpstreams/school', { currency: 'INR', daily: daily('1000') });
    world.putTotal('all', monthly);
    await world.check();
    world.setClock('2026-11-21T16:10:00Z');
    await world.putCosts('tpstreams/school', { currency: 'INR', daily: daily('1000', '0') });
    world.ecb.faults.add(fault);

    const run = await world.check();

    expect(run.ratesFailure).toMatch(/^The European Central Bank .+\.$/);
    expect(run.unknown).toEqual({});
    world.ecb.faults.clear();
    expect((await world.check()).ratesFailure).toBeUndefined();
  });

  test('say why there is no rate where the bank could never be asked', async () => {
    await world.putCosts('tpstreams/school', { currency: 'INR', daily: daily('1000') });
    world.putTotal('all', monthly);
    world.ecb.faults.add(answering({ status: 500, body: 'no' }));

    const run = await world.check();

    expect(run.unknown.all).toContain('or could not be asked');
  });
});
