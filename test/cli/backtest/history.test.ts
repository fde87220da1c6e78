import { describe, expect, test } from 'vitest';
import {
  answerAt,
  firstUsage,
  type HistoryRequest,
  historyOf,
  loadHistory,
} from '../../../cli/backtest/history.ts';
import type { AccountLedger } from '../../../functions/checks/account/check-account.ts';
import type { Account } from '../../../functions/config/account.ts';
import { DAY_MS, HOUR_MS } from '../../../functions/config/durations.ts';
import type { Meter } from '../../../functions/config/meter.ts';
import { readConfigText } from '../../../functions/config/read-accounts.ts';
import { scopeOf } from '../../../functions/ledger/scope.ts';
import { dayNamed } from '../../../functions/ledger/usage-day.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import type { Interval, Usage, UsageFetch } from '../../../functions/providers/provider.ts';
import { northflank } from '../../../functions/providers/vendors/northflank.ts';

describe('history', () => {
  const first = Date.parse('2026-11-01T00:00:00Z');
  const meters: readonly Meter[] = [
    { id: 'traffic', name: 'Traffic', kind: 'flow', unit: 'GB' },
    { id: 'storage', name: 'Storage', kind: 'level', unit: 'GB' },
  ];
  const byHour = { meters, bucket: 'hour' } as const;
  const byDay = { meters, bucket: 'day' } as const;

  function hour(index: number, quantity = '1'): Usage {
    const start = first + index * HOUR_MS;
    return { meter: 'traffic', start, end: start + HOUR_MS, quantity: decimal(quantity) };
  }

  function day(index: number, changed: Partial<Usage> = {}): Usage {
    const start = first + index * DAY_MS;
    return { meter: 'traffic', start, end: start + DAY_MS, quantity: decimal('48'), ...changed };
  }

  function twoDays(usage: readonly Usage[], readAt = first + 3 * DAY_MS) {
    return historyOf(usage, { start: first, end: first + 2 * DAY_MS, readAt }, 'UTC');
  }

  function usageOf(fetched: UsageFetch): readonly Usage[] {
    return fetched.status === 'complete' ? fetched.usage : [];
  }

  const all = { start: first, end: first + 2 * DAY_MS };

  describe('usage by the hour', () => {
    test.each([
      ['is there when its hour is over', 26, [hour(0), hour(24), hour(25)]],
      ['is not there while its hour lasts', 25.9, [hour(0), hour(24)]],
    ])('%s', (_, hours, expected) => {
      const history = twoDays([hour(0), hour(24), hour(25), hour(26)]);

      const answer = answerAt(history, all, first + hours * HOUR_MS, byHour);

      expect(usageOf(answer)).toEqual(expected);
    });
  });

  describe('usage by the day', () => {
    test.each([
      ['a flow comes by the share of the day that has passed', day(1), '12'],
      [
        'a share is cut after nine decimals',
        day(1, { quantity: decimal('0.000000007') }),
        '0.000000001',
      ],
      ['a level is there in full', day(1, { meter: 'storage', quantity: decimal('800') }), '800'],
    ])('%s', (_, row, expected) => {
      const answer = answerAt(twoDays([day(0), row]), all, first + 30 * HOUR_MS, byDay);

      expect(usageOf(answer)).toEqual([day(0), { ...row, quantity: decimal(expected) }]);
    });

    test('a cost comes by its share like a quantity', () => {
      const history = twoDays([day(1, { cost: decimal('1.44') })]);

      const answer = answerAt(history, all, first + 36 * HOUR_MS, byDay);

      expect(usageOf(answer)).toEqual([day(1, { quantity: decimal('24'), cost: decimal('0.72') })]);
    });

    test.each([
      ['of what was counted when it was read', 30, '24'],
      ['all of that from then on', 36, '48'],
      ['all of that later', 40, '48'],
    ])(
      'a day that was in progress when it was read comes by its share %s',
      (_, hours, expected) => {
        const history = twoDays([day(1)], first + 36 * HOUR_MS);

        const answer = answerAt(history, all, first + hours * HOUR_MS, byDay);

        expect(usageOf(answer)).toEqual([day(1, { quantity: decimal(expected) })]);
      },
    );

    test('a day that begins now is not there yet', () => {
      const answer = answerAt(twoDays([day(1)]), all, first + DAY_MS, byDay);

      expect(usageOf(answer)).toEqual([]);
    });
  });

  test('an answer holds the days that were asked for, and no others', () => {
    const history = twoDays([hour(0), hour(24)]);

    const answer = answerAt(history, { start: first + DAY_MS, end: all.end }, all.end, byHour);

    expect(usageOf(answer)).toEqual([hour(24)]);
  });

  test('the first usage is the start of its day', () => {
    expect(firstUsage(twoDays([hour(30)]))).toBe(first + DAY_MS);
    expect(firstUsage(twoDays([]))).toBeUndefined();
  });
});

describe('load history', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  const complete = (usage: readonly Usage[]): UsageFetch => ({
    status: 'complete',
    usage,
    remarks: [],
  });
  const unreadable: UsageFetch = { status: 'failed', failure: 'unreadable', reason: 'No answer.' };
  const rejected: UsageFetch = { status: 'failed', failure: 'rejected', reason: 'HTTP 401.' };

  function usageOn(date: string, cost = '1'): Usage {
    const start = Date.parse(`${date}T05:00:00Z`);
    return { meter: 'cpu', start, end: start + HOUR_MS, cost: decimal(cost) };
  }

  /** Days as ledger items hold them, known from the first of them on and settled up to the day named. */
  function ledgerOf(dates: readonly string[], settledUntil: string): Pick<AccountLedger, 'read'> {
    const [knownFrom = settledUntil] = dates;
    return {
      read: async () => ({
        state: {
          version: 3,
          outbox: [],
          scope: scopeOf(account().config),
          coverage: {
            knownFrom,
            settledUntil,
            readAgainOn: '2026-11-21',
            tokenVersion: 1,
            readAt: now - HOUR_MS,
          },
        },
        days: dates.map((date) => ({ ...dayNamed(date, 'UTC'), usage: [usageOn(date, '7')] })),
      }),
    };
  }

  const neverChecked: Pick<AccountLedger, 'read'> = {
    read: async () => ({ state: { version: 0, outbox: [] }, days: [] }),
  };

  function account(budgets: readonly object[] = []): Account {
    const text = JSON.stringify({ budgets });
    const config = readConfigText(text, northflank);
    if (config === undefined) throw new Error('expected a valid config');
    const parameter = '/cost-alerts/northflank/acme/config';
    const source = { config: text, tokenVersion: 1 };
    return { provider: 'northflank', name: 'acme', token: 'a-token', config, parameter, source };
  }

  /** What was asked of the provider, as `2026-10-02/2026-11-22`, and what came of it. */
  async function load(
    answer: (window: Interval) => UsageFetch,
    changed: Partial<HistoryRequest> = {},
  ) {
    const asked: string[] = [];
    const loaded = await loadHistory({
      account: account(),
      provider: {
        ...northflank,
        fetchUsage: async ({ window }) => {
          asked.push([window.start, window.end].map(dateOf).join('/'));
          return answer(window);
        },
      },
      days: 10,
      now,
      signal: AbortSignal.timeout(60_000),
      timeLeftMs: 60_000,
      ...changed,
    });
    return { asked, loaded };
  }

  function dateOf(at: number): string {
    return new Date(at).toISOString().slice(0, 10);
  }

  /** Dates and costs of the days with usage. */
  function costsIn(loaded: Awaited<ReturnType<typeof loadHistory>>): string[] {
    if ('failure' in loaded) throw new Error(loaded.failure);
    return loaded.history.days.flatMap(({ date, usage }) =>
      usage.map(({ cost }) => `${date} ${cost}`),
    );
  }

  describe('a history from the provider alone', () => {
    test('reaches back as far as the first check would ask', async () => {
      const first = usageOn('2026-09-02');

      const { asked, loaded } = await load(() => complete([first, usageOn('2026-11-20')]));

      // 10 days before now, and the 35 days of a first check before that.
      expect(asked).toEqual(['2026-09-02/2026-11-22']);
      expect(costsIn(loaded)).toEqual(['2026-09-02 1', '2026-11-20 1']);
      expect(loaded).toMatchObject({ from: Date.parse('2026-11-11T10:00:00Z'), remarks: [] });
      expect(loaded).toMatchObject({ history: { readAt: now } });
    });

    test('reaches back to the beginning of the longest period', async () => {
      const budgets = [{ name: 'all', limit: 9, per: 'year' }];

      const { asked } = await load(() => complete([]), { account: account(budgets) });

      expect(asked).toEqual(['2025-01-01/2026-11-22']);
    });

    test('begins with the first usage, and says so', async () => {
      const { loaded } = await load(() => complete([usageOn('2026-11-15')]));

      expect(loaded).toMatchObject({
        from: Date.parse('2026-11-15T00:00:00Z'),
        remarks: ['Northflank has no usage before 15 November 2026.'],
      });
    });

    test('is of 35 days where more cannot be read', async () => {
      const isLong = ({ start, end }: Interval) => end - start > 40 * 24 * HOUR_MS;

      const { asked, loaded } = await load(
        (window) => (isLong(window) ? unreadable : complete([usageOn('2026-11-01')])),
        { days: 90 },
      );

      expect(asked).toEqual(['2026-06-14/2026-11-22', '2026-10-17/2026-11-22']);
      expect(loaded).toMatchObject({
        from: Date.parse('2026-11-01T00:00:00Z'),
        remarks: [
          'Only the last 35 days are readable: No answer.',
          'Northflank has no usage before 1 November 2026.',
        ],
      });
    });

    test.each([
      ['nothing can be read', unreadable, ['2026-09-02/2026-11-22', '2026-10-17/2026-11-22']],
      ['the token is refused, without asking again', rejected, ['2026-09-02/2026-11-22']],
    ])('is a failure where %s', async (_, answer, expected) => {
      const { asked, loaded } = await load(() => answer);

      expect(asked).toEqual(expected);
      expect(loaded).toMatchObject({ failure: (answer as { reason: string }).reason });
    });

    test('is no other where the ledger has never seen the account', async () => {
      const { asked } = await load(() => complete([]), { ledger: neverChecked });

      expect(asked).toEqual(['2026-09-02/2026-11-22']);
    });
  });

  describe('a history from the ledger', () => {
    const dates = ['2026-11-05', '2026-11-12', '2026-11-20'];
    const ledger = ledgerOf(dates, '2026-11-19');

    test('asks the provider only for what is older, and for what is not settled', async () => {
      const { asked, loaded } = await load(
        ({ start }) =>
          complete([usageOn(dateOf(start) === '2026-11-19' ? '2026-11-20' : '2026-10-20')]),
        { ledger },
      );

      expect(asked).toEqual(['2026-11-19/2026-11-22', '2026-09-02/2026-11-05']);
      expect(costsIn(loaded)).toEqual([
        '2026-10-20 1',
        '2026-11-05 7',
        '2026-11-12 7',
        '2026-11-20 1',
      ]);
      expect(loaded).toMatchObject({ from: Date.parse('2026-11-11T10:00:00Z'), remarks: [] });
    });

    test('does without the provider where that gives nothing, and says so', async () => {
      const { loaded } = await load(() => rejected, { ledger });

      expect(costsIn(loaded)).toEqual(['2026-11-05 7', '2026-11-12 7', '2026-11-20 7']);
      expect(loaded).toMatchObject({ history: { readAt: now - HOUR_MS } });
      expect(loaded).toMatchObject({
        from: Date.parse('2026-11-11T10:00:00Z'),
        remarks: [
          'Usage since the last check is missing: HTTP 401.',
          'Usage before the first check is missing: HTTP 401.',
        ],
      });
    });

    test('begins where the ledger does if that is later than was asked for', async () => {
      const { loaded } = await load(() => rejected, { ledger, days: 30 });

      expect(loaded).toMatchObject({ from: Date.parse('2026-11-05T00:00:00Z') });
    });
  });
});
