import { describe, expect, test } from 'vitest';
import { type FetchToMerge, mergeUsage } from '../../functions/ledger/merge-usage.ts';
import type { PlannedReading } from '../../functions/ledger/plan-reading.ts';
import { toDays, type UsageDay } from '../../functions/ledger/usage-day.ts';
import { decimal } from '../../functions/pricing/money.ts';
import type { Usage, UsageFetch } from '../../functions/providers/provider.ts';

const now = Date.parse('2026-11-21T10:20:00Z');
const hourMs = 3_600_000;
const window = {
  start: Date.parse('2026-11-19T00:00:00Z'),
  end: Date.parse('2026-11-22T00:00:00Z'),
};
const provider = { dayZone: 'UTC', settlesAfterHours: 48 };
const coverage = {
  knownFrom: '2026-10-17',
  settledUntil: '2026-11-19',
  readAgainOn: '2026-11-21',
  tokenVersion: 1,
  readAt: now - hourMs,
};
const state = { coverage };
const reading: PlannedReading = { window, reach: 'unsettled' };

function merge(changed: Partial<FetchToMerge>) {
  return mergeUsage({
    fetched: complete(),
    reading,
    state,
    days: [],
    provider,
    tokenVersion: 1,
    now,
    ...changed,
  });
}

function row(start: string, cost: string): Usage {
  return {
    meter: 'gpu',
    start: Date.parse(start),
    end: Date.parse(start) + hourMs,
    cost: decimal(cost),
  };
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

    const merged = merge({
      fetched: complete(row('2026-11-20T05:00Z', '3')),
      days,
    });

    expect(
      merged.days.map((day) => [day.date, day.usage.map((usage) => usage.cost?.toFixed())]),
    ).toEqual([
      ['2026-11-01', ['7']],
      ['2026-11-20', ['3']],
    ]);
    expect(merged.complete).toBe(true);
  });

  test('asks to write only the days that changed', () => {
    const days = daysOf(row('2026-11-19T05:00Z', '1'), row('2026-11-20T05:00Z', '1'));

    const merged = merge({
      fetched: complete(
        row('2026-11-20T05:00Z', '1'),
        row('2026-11-19T05:00Z', '1'),
        row('2026-11-21T05:00Z', '4'),
      ),
      days,
    });

    expect(merged.changed.map((day) => day.date)).toEqual(['2026-11-21']);
  });

  test('writes a day whose costs are for something else than was known, and no other', () => {
    const labelled = (...labels: string[]) => ({
      ...row('2026-11-20T05:00Z', '2'),
      labels: labels.map((label) => ({ label, cost: decimal('1') })),
    });
    const days = daysOf(labelled('large', 'small'));

    expect(merge({ days, fetched: complete(labelled('small', 'large')) }).changed).toEqual([]);
    expect(merge({ days, fetched: complete(labelled('small', 'new')) }).changed).toHaveLength(1);
  });

  test('writes a day whose rows, zeros, were all taken back', () => {
    const days = daysOf(row('2026-11-19T05:00Z', '0'), row('2026-11-20T05:00Z', '1'));

    const merged = merge({
      fetched: complete(row('2026-11-20T05:00Z', '1')),
      days,
    });

    expect(merged.changed).toMatchObject([{ date: '2026-11-19', usage: [] }]);
  });

  test('moves on what is settled and when it was read', () => {
    const merged = merge({});

    expect(merged.coverage).toEqual({ ...coverage, readAt: now });
  });

  test('of the first check sets from when on all is known', () => {
    const merged = merge({ state: {}, reading: { window, reach: 'all' } });

    expect(merged.coverage?.knownFrom).toBe('2026-11-19');
  });
});

describe.each<UsageFetch>([
  { status: 'incomplete', reason: 'The cursor came twice.' },
  { status: 'failed', failure: 'unreadable', reason: 'HTTP 500.' },
])('a fetch that ended $status', (fetched) => {
  test('changes nothing and is not complete', () => {
    const days = daysOf(row('2026-11-20T05:00Z', '1'));

    const merged = merge({ fetched, days });

    expect(merged).toEqual({ days, changed: [], coverage, complete: false });
  });
});

describe('a complete answer that takes away', () => {
  const dates = ['2026-11-19', '2026-11-20'];
  const known = toDays(
    dates.map((date) => row(`${date}T05:00Z`, '10')),
    window,
    'UTC',
  ).filter((day) => day.usage.length > 0);
  const answered = (first: string, second: string, ...more: Usage[]) =>
    complete(row('2026-11-19T05:00Z', first), row('2026-11-20T05:00Z', second), ...more);

  test.each<[string, UsageFetch, boolean]>([
    ['everything', complete(), false],
    ['a day', complete(row('2026-11-20T05:00Z', '10')), false],
    ['all but zeros of a day', answered('0', '10'), false],
    ['a fifth', answered('10', '6'), false],
    ['a fifth in parts', answered('8', '8'), false],
    ['less than a fifth', answered('10', '6.01'), true],
    ['nothing', answered('10', '10'), true],
    ['nothing, and adds', answered('12', '10'), true],
  ])('%s', (_, fetched, isBelieved) => {
    expect(merge({ fetched, days: known }).complete).toBe(isBelieved);
  });

  test('much is believed when three checks in a row say the same', () => {
    const fetched = answered('10', '5');
    const first = merge({ fetched, days: known });
    const second = merge({ fetched, days: first.days, state: stateOf(first) });
    const third = merge({ fetched, days: second.days, state: stateOf(second) });

    expect([first, second].map(({ complete, changed }) => [complete, changed])).toEqual([
      [false, []],
      [false, []],
    ]);
    expect(third).toMatchObject({ complete: true, changed: [{ date: '2026-11-20' }] });
    expect(third.shrunk).toBeUndefined();
  });

  test.each<[string, UsageFetch]>([
    ['a failed check', { status: 'failed', failure: 'unreadable', reason: 'HTTP 500.' }],
    ['an incomplete check', { status: 'incomplete', reason: 'The cursor came twice.' }],
    ['another answer', answered('10', '4')],
    ['an answer with everything', answered('10', '10')],
  ])('much is not believed with %s in between', (_, between) => {
    const fetched = answered('10', '5');
    let merged = merge({ days: known, fetched });
    for (const next of [fetched, between, fetched, fetched]) {
      merged = merge({ fetched: next, days: merged.days, state: stateOf(merged) });
      expect(merged.changed).toEqual([]);
    }

    expect(merged).toMatchObject({ complete: false, shrunk: { checks: 2 } });
  });

  test('much keeps what grew, and is no reading of what is settled', () => {
    const late = row('2026-11-21T05:00Z', '50');
    const before = { ...coverage, settledUntil: '2026-11-18', readAgainOn: '2026-11-20' };

    const merged = merge({
      fetched: answered('12', '1', late),
      days: known,
      state: { coverage: before },
    });

    expect(merged.changed.map(({ date }) => date)).toEqual(['2026-11-19', '2026-11-21']);
    expect(merged.days.map(({ usage }) => usage[0]?.cost?.toFixed())).toEqual(['12', '10', '50']);
    expect(merged.coverage).toEqual({ ...before, readAt: now });
  });

  test('all of one meter is seen beside another that is only counted, too', () => {
    const counted = (meter: string, quantity: string): Usage => ({
      meter,
      start: window.start,
      end: window.start + hourMs,
      quantity: decimal(quantity),
    });
    const days = daysOf(counted('queries', '10'), counted('data-in', '1000000'));

    expect(merge({ fetched: complete(counted('data-in', '1000000')), days }).complete).toBe(false);
  });
});

describe('while no usage arrives', () => {
  const idle = { coverage: { ...coverage, settledUntil: '2026-11-10' } };
  const fromThe10th = { start: Date.parse('2026-11-10T00:00:00Z'), end: window.end };

  test('no day settles after the last one that has any', () => {
    const fetched = complete(row('2026-11-10T05:00Z', '1'));
    const merged = merge({
      fetched,
      reading: { window: fromThe10th, reach: 'unsettled' },
      state: idle,
    });

    expect(merged.coverage?.settledUntil).toBe('2026-11-10');
  });

  test('a reading of only the latest days settles none', () => {
    const fetched = complete(row('2026-11-21T05:00Z', '1'));

    expect(
      merge({ fetched, state: idle, reading: { window, reach: 'latest' } }).coverage?.settledUntil,
    ).toBe('2026-11-10');
    expect(
      merge({ fetched, state: idle, reading: { window: fromThe10th, reach: 'again' } }).coverage
        ?.settledUntil,
    ).toBe('2026-11-19');
  });
});

describe('from when on usage is known', () => {
  const first: Partial<FetchToMerge> = { state: {}, reading: { window, reach: 'all' } };
  const fromOf = (changed: Partial<FetchToMerge>) => merge(changed).coverage?.usageFrom;

  test('is the first day of which the first reading brought any', () => {
    expect(fromOf({ ...first, fetched: complete(row('2026-11-20T05:00Z', '1')) })).toBe(
      '2026-11-20',
    );
    expect(fromOf({ ...first, fetched: complete(row('2026-11-19T05:00Z', '1')) })).toBeUndefined();
    expect(fromOf({ ...first, fetched: complete() })).toBe('2026-11-21');
  });

  test('stays so, unless older usage comes', () => {
    const known = { ...coverage, knownFrom: '2026-11-18', usageFrom: '2026-11-20' };
    const later = { state: { coverage: known } };

    expect(fromOf({ ...later, fetched: complete(row('2026-11-21T05:00Z', '1')) })).toBe(
      '2026-11-20',
    );
    expect(fromOf({ ...later, fetched: complete(row('2026-11-19T05:00Z', '1')) })).toBe(
      '2026-11-19',
    );
  });
});

test('what the table has of days before all that is known does not count', () => {
  const left = daysOf(row('2026-11-20T05:00Z', '1'));

  expect(
    merge({ fetched: complete(), days: left, state: {}, reading: { window, reach: 'all' } }),
  ).toMatchObject({
    days: [{ date: '2026-11-20', usage: [] }],
    changed: [{ date: '2026-11-20', usage: [] }],
    complete: true,
  });
});

function stateOf({ coverage, shrunk }: ReturnType<typeof merge>) {
  return { coverage: coverage as NonNullable<typeof coverage>, ...(shrunk && { shrunk }) };
}
