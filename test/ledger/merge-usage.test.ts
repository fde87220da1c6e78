import { describe, expect, test } from 'vitest';
import { mergeUsage, windowToFetch } from '../../functions/ledger/merge-usage.ts';
import { toDays, type UsageDay } from '../../functions/ledger/usage-day.ts';
import type { Usage, UsageFetch } from '../../functions/providers/provider.ts';

const now = Date.parse('2026-11-21T10:20:00Z');
const hourMs = 3_600_000;
const window = {
  start: Date.parse('2026-11-19T00:00:00Z'),
  end: Date.parse('2026-11-22T00:00:00Z'),
};
const provider = { dayZone: 'UTC', settlesAfterHours: 48 };
const coverage = { knownFrom: '2026-10-17', settledUntil: '2026-11-19', readAt: now - hourMs };
const state = { coverage, vanishedChecks: 0 };

function row(start: string, cost: string): Usage {
  return { meter: 'gpu', start: Date.parse(start), end: Date.parse(start) + hourMs, cost };
}

function complete(...usage: Usage[]): UsageFetch {
  return { status: 'complete', usage, remarks: [] };
}

function daysOf(...usage: Usage[]): UsageDay[] {
  return toDays(usage, window, 'UTC').filter((day) => day.usage.length > 0);
}

describe('a complete fetch', () => {
  test('replaces whole days and leaves the others', () => {
    const old = toDays(
      [row('2026-11-01T05:00Z', '7')],
      { start: Date.parse('2026-11-01'), end: Date.parse('2026-11-02') },
      'UTC',
    );
    const days = [...old, ...daysOf(row('2026-11-20T05:00Z', '1'), row('2026-11-20T06:00Z', '2'))];

    const merged = mergeUsage({
      fetched: complete(row('2026-11-20T05:00Z', '3')),
      window,
      state,
      days,
      provider,
      now,
    });

    expect(merged.days.map((day) => [day.date, day.usage.map((usage) => usage.cost)])).toEqual([
      ['2026-11-01', ['7']],
      ['2026-11-20', ['3']],
    ]);
    expect(merged.complete).toBe(true);
  });

  test('asks to write only the days that changed', () => {
    const days = daysOf(row('2026-11-19T05:00Z', '1'), row('2026-11-20T05:00Z', '1'));

    const merged = mergeUsage({
      fetched: complete(
        row('2026-11-20T05:00Z', '1'),
        row('2026-11-19T05:00Z', '1'),
        row('2026-11-21T05:00Z', '4'),
      ),
      window,
      state,
      days,
      provider,
      now,
    });

    expect(merged.changed.map((day) => day.date)).toEqual(['2026-11-21']);
  });

  test('writes a day whose rows were all taken back', () => {
    const days = daysOf(row('2026-11-19T05:00Z', '1'), row('2026-11-20T05:00Z', '1'));

    const merged = mergeUsage({
      fetched: complete(row('2026-11-20T05:00Z', '1')),
      window,
      state,
      days,
      provider,
      now,
    });

    expect(merged.changed).toMatchObject([{ date: '2026-11-19', usage: [] }]);
  });

  test('moves on what is settled and when it was read', () => {
    const merged = mergeUsage({ fetched: complete(), window, state, days: [], provider, now });

    expect(merged.coverage).toEqual({
      knownFrom: '2026-10-17',
      settledUntil: '2026-11-19',
      readAt: now,
    });
  });

  test('of the first check sets from when on all is known', () => {
    const merged = mergeUsage({
      fetched: complete(),
      window,
      state: { vanishedChecks: 0 },
      days: [],
      provider,
      now,
    });

    expect(merged.coverage?.knownFrom).toBe('2026-11-19');
  });
});

describe.each<UsageFetch>([
  { status: 'incomplete', reason: 'The cursor came twice.' },
  { status: 'failed', failure: 'unreadable', reason: 'HTTP 500.' },
])('a fetch that ended $status', (fetched) => {
  test('changes nothing and is not complete', () => {
    const days = daysOf(row('2026-11-20T05:00Z', '1'));

    const merged = mergeUsage({ fetched, window, state, days, provider, now });

    expect(merged).toEqual({ days, changed: [], coverage, vanishedChecks: 0, complete: false });
  });
});

describe('a complete answer in which everything known has vanished', () => {
  const days = daysOf(row('2026-11-20T05:00Z', '1'));
  const afterChecks = (vanishedChecks: number) =>
    mergeUsage({
      fetched: complete(),
      window,
      state: { coverage, vanishedChecks },
      days,
      provider,
      now,
    });

  test('is not believed twice', () => {
    expect(afterChecks(0)).toEqual({
      days,
      changed: [],
      coverage,
      vanishedChecks: 1,
      complete: false,
    });
    expect(afterChecks(1)).toMatchObject({ changed: [], vanishedChecks: 2, complete: false });
  });

  test('is believed the third time in a row', () => {
    expect(afterChecks(2)).toMatchObject({
      changed: [{ date: '2026-11-20', usage: [] }],
      vanishedChecks: 0,
      complete: true,
    });
  });

  test('counts from one again after any usage', () => {
    const merged = mergeUsage({
      fetched: complete(row('2026-11-20T05:00Z', '1')),
      window,
      state: { coverage, vanishedChecks: 2 },
      days,
      provider,
      now,
    });

    expect(merged.vanishedChecks).toBe(0);
  });

  test('is an ordinary answer where nothing was known', () => {
    const merged = mergeUsage({ fetched: complete(), window, state, days: [], provider, now });

    expect(merged.complete).toBe(true);
  });
});

describe('the window to fetch', () => {
  const midnight = (date: string) => Date.parse(`${date}T00:00:00Z`);

  test.each([
    ['everything needed at the first check', '2026-10-17', undefined, '2026-10-17'],
    ['the unsettled days later', '2026-11-01', coverage, '2026-11-19'],
    [
      'all days since the last settled one after an outage',
      '2026-11-01',
      { ...coverage, settledUntil: '2026-11-03' },
      '2026-11-03',
    ],
    [
      'everything from the first needed day where a budget reaches further back',
      '2026-01-01',
      coverage,
      '2026-01-01',
    ],
  ])('is %s', (_, needed, known, from) => {
    expect(windowToFetch(midnight(needed) + 5, known, 'UTC', now)).toEqual({
      start: midnight(from),
      end: midnight('2026-11-22'),
    });
  });

  test('consists of whole days of the provider, whatever the zone', () => {
    const { start, end } = windowToFetch(now, undefined, 'Asia/Kolkata', now);

    expect(new Date(start).toISOString()).toBe('2026-11-20T18:30:00.000Z');
    expect(new Date(end).toISOString()).toBe('2026-11-21T18:30:00.000Z');
  });
});
