import { describe, expect, test } from 'vitest';
import { alertsWith } from '../../../cli/backtest/alerts-with-limit.ts';
import { historyOf } from '../../../cli/backtest/history.ts';
import { type AccountReplay, replayAccount } from '../../../cli/backtest/replay.ts';
import type { TimedNotice } from '../../../cli/backtest/replayed.ts';
import type { Account } from '../../../functions/config/account.ts';
import { readConfigText } from '../../../functions/config/read-accounts.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import type { Provider, Usage } from '../../../functions/providers/provider.ts';
import { influxdb } from '../../../functions/providers/vendors/influxdb.ts';
import { northflank } from '../../../functions/providers/vendors/northflank.ts';
import { replay as replayStory, shop, videos } from '../../support/replayed-accounts.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const from = Date.parse('2026-11-01T00:00:00Z');

function accountOf(provider: Provider, config: object): Account {
  const text = JSON.stringify(config);
  const read = readConfigText(text, provider);
  if (read === undefined) throw new Error('expected a valid config');
  const parameter = `/cost-alerts/${provider.id}/acme/config`;
  const source = { config: text, tokenVersion: 1 };
  return { provider: provider.id, name: 'acme', token: 'a-token', config: read, parameter, source };
}

/** A dollar for each of these hours after `from`. */
function dollars(...hours: number[]): Usage[] {
  return hours.map((hour) => {
    const start = from + hour * hourMs;
    return { meter: 'gpu', start, end: start + hourMs, cost: decimal('1') };
  });
}

function replay(config: object, usage: readonly Usage[], changed: Partial<AccountReplay> = {}) {
  const window = { start: from - 40 * dayMs, end: from + 40 * dayMs, readAt: from + 40 * dayMs };
  return replayAccount({
    account: accountOf(northflank, config),
    provider: northflank,
    history: historyOf(usage, window, 'UTC'),
    region: 'eu-west-1',
    from,
    until: from + 3 * dayMs,
    ...changed,
  });
}

function lines(notices: readonly TimedNotice[]): string[] {
  return notices.map(({ at, notice }) => `${new Date(at).toISOString().slice(0, 16)} ${notice.id}`);
}

const byDay = { name: 'gpu', meter: 'gpu', limit: 4, per: 'day', thresholds: [50, 80, 100] };
const byMonth = { name: 'month', limit: 10, per: 'month', thresholds: [100] };

describe('a replayed account', () => {
  test('is checked at each full hour, and at the end', () => {
    const replayed = replay({ budgets: [] }, [], { from: from + 1, until: from + 5.5 * hourMs });

    expect(replayed).toMatchObject({ from: from + hourMs, until: from + 5.5 * hourMs, checks: 6 });
  });

  test('has an alert for each threshold of each period when its hour is over', () => {
    const replayed = replay({ budgets: [byDay] }, dollars(1, 2, 3, 30, 31));

    expect(lines(replayed.notices)).toEqual([
      '2026-11-01T03:00 northflank/acme/gpu/2026-11-01/50',
      '2026-11-02T08:00 northflank/acme/gpu/2026-11-02/50',
    ]);
  });

  test('gives each budget its own', () => {
    const { budgets, notices } = replay({ budgets: [byDay, byMonth] }, dollars(1, 2, 3, 4));

    expect(budgets.map(({ notices: own }) => lines(own))).toEqual([lines(notices), []]);
  });

  test('keeps the actuals of a budget, a point for each change', () => {
    const { budgets } = replay({ budgets: [byDay] }, dollars(1, 2, 30));

    const [first, second] = budgets[0]?.periods ?? [];

    expect(first?.period.id).toBe('2026-11-01');
    expect(first?.points).toEqual([
      { at: from + hourMs, actual: '0' },
      { at: from + 2 * hourMs, actual: '1' },
      { at: from + 3 * hourMs, actual: '2' },
    ]);
    expect(first).toMatchObject({ percent: 50 });
    expect(second).toMatchObject({ percent: 25 });
  });

  test('has a forecast only in periods that were still open at the last check', () => {
    const { budgets } = replay({ budgets: [byDay] }, dollars(1, 60), {
      until: from + 2.5 * dayMs + hourMs,
    });

    expect(budgets[0]?.periods.map(({ forecast }) => forecast)).toEqual([
      undefined,
      undefined,
      expect.stringMatching(/^1\.8\d+$/),
    ]);
  });

  test('counts the alerts of thirty days', () => {
    const { budgets } = replay({ budgets: [byDay] }, dollars(1, 2, 30, 31), {
      until: from + 15 * dayMs - hourMs,
    });

    expect(budgets[0]?.alertsAMonth).toEqual({ budget: 4, forecast: 0 });
  });

  test('is replayed without its mute, and says so', () => {
    const config = { budgets: [byDay], mutedUntil: '2026-12-01T00:00:00Z' };

    const replayed = replay(config, dollars(1, 2), { remarks: ['Another one.'] });

    expect(replayed.notices).toHaveLength(1);
    expect(replayed.remarks).toEqual([
      'Another one.',
      'The account is muted now; the replay ignores the mute.',
    ]);
  });

  test('marks the budgets that are only tried', () => {
    const config = { budgets: [byDay, byMonth] };

    const { budgets } = replay(config, [], { tried: new Set(['month']) });

    expect(budgets.map(({ isTried }) => isTried)).toEqual([false, true]);
  });

  test('says why a budget is not known where the history begins within its period', () => {
    const window = { start: from + dayMs, end: from + 4 * dayMs, readAt: from + 4 * dayMs };

    const { budgets } = replay({ budgets: [byMonth] }, dollars(30), {
      history: historyOf(dollars(30), window, 'UTC'),
      from: from + dayMs,
    });

    expect(budgets[0]?.periods).toMatchObject([
      { points: [], unknown: expect.stringContaining('Usage is known from 2 November 2026') },
    ]);
    expect(budgets[0]?.notices).toEqual([]);
  });
});

describe('the days of a replayed account', () => {
  test('are those of the checks, with what each meter cost', () => {
    const { days } = replay({ budgets: [] }, dollars(-5, 1, 2, 30), {
      until: from + 2 * dayMs - 1,
    });

    const gpu = (cost: string) => [{ meter: 'gpu', name: 'GPU', cost }];
    expect(days).toEqual([
      { date: '2026-11-01', meters: gpu('2') },
      { date: '2026-11-02', meters: gpu('1') },
    ]);
  });

  test('have quantities beside costs, where the provider counts', () => {
    const usage = [{ ...(dollars(1)[0] as Usage), meter: 'data-in', quantity: decimal('400') }];
    const rows = usage.map(({ cost: _, ...row }) => row);
    const window = { start: from - 40 * dayMs, end: from + 40 * dayMs, readAt: from + 40 * dayMs };

    const { days } = replay({ budgets: [] }, [], {
      account: accountOf(influxdb, { orgId: '5f0a1c2d3e4b5a69', budgets: [] }),
      provider: influxdb,
      history: historyOf(rows, window, 'UTC'),
      until: from + hourMs * 5,
    });

    expect(days).toEqual([
      {
        date: '2026-11-01',
        meters: [{ meter: 'data-in', name: 'Data in', cost: '1', quantity: '400', unit: 'MB' }],
      },
    ]);
  });
});

describe('the forecasts of a replayed budget', () => {
  const [month, week] = replayStory(shop()).budgets;

  test('are those of the deployed checks: with its own limit the same alerts fire at the same time', () => {
    for (const replayed of [month, week, replayStory(videos()).budgets[0]]) {
      const { budget, periods = [], notices = [] } = replayed ?? {};
      const own = budget && alertsWith(budget, periods);

      expect(
        own?.map(({ at, kind, status, actual }) => [at, kind, status, Number(actual)]),
      ).toEqual(
        notices.map(({ at, notice: { kind, status, ...rest } }) => {
          const { actual } = rest as { readonly actual: string };
          return [at, kind, status, expect.closeTo(Number(actual), 1)];
        }),
      );
      expect(notices.length).toBeGreaterThan(0);
    }
  });

  test('are one for each complete day, ascending', () => {
    const [ended] = month?.periods.filter(({ period }) => period.id === '2026-10-01') ?? [];

    const days = ended?.forecasts?.map(({ completeDays }) => completeDays);
    expect(days).toEqual([...(days ?? [])].sort((a, b) => a - b));
    expect(days?.slice(-31)).toEqual(Array.from({ length: 31 }, (_, day) => day));
  });

  test('count a meter that is used for two hours a night as complete when the day is', () => {
    const usual = week?.periods.filter(({ period }) => period.id > '2026-10-26') ?? [];
    const points = usual.flatMap(({ forecasts = [] }) =>
      forecasts.map(({ point }) => Number(point)),
    );

    // A week of it costs 9.10.
    expect(points.length).toBeGreaterThan(15);
    expect(Math.max(...points)).toBeLessThan(9.2);
  });
});
