import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KnownPast, suggestLimits } from '../../../cli/backtest/suggest-limits.ts';
import { chargeDay } from '../../../functions/budgets/measure.ts';
import type { Budget } from '../../../functions/config/account.ts';
import { decimal } from '../../../functions/pricing/money.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** A Monday. */
const start = Date.parse('2026-10-05T00:00:00Z');
const gpu = { id: 'gpu', name: 'GPU', kind: 'flow' } as const;
const cpu = { id: 'cpu', name: 'CPU', kind: 'flow' } as const;
const disk = { id: 'disk', name: 'Disk', kind: 'level', unit: 'GB' } as const;

function budget(changed: Partial<Budget> = {}): Budget {
  return {
    name: 'gpu',
    measure: 'cost',
    meter: 'gpu',
    limit: '1',
    per: 'day',
    thresholds: [100],
    ...changed,
  };
}

/** Each day's costs of the GPU, all of them in hours of 8 o'clock on; the other meter costs 100 a day. */
function past(...days: readonly (readonly number[])[]): KnownPast {
  const billed = (meter: string, cost: number, from: number) => ({
    meter,
    start: from,
    end: from + hourMs,
    cost: decimal(String(cost)),
    basis: 'billed' as const,
    quantity: decimal(String(cost)),
  });
  const until = start + days.length * dayMs;
  const date = (at: number) => new Date(at).toISOString().slice(0, 10);
  return {
    settled: {
      days: days.map((hours, index) => {
        const from = start + index * dayMs;
        const own = hours.map((cost, hour) => billed('gpu', cost, from + (8 + hour) * hourMs));
        const level = hours.map((amount, hour) => billed('disk', amount, from + hour * hourMs));
        const charges = [...own, ...level, billed('cpu', 100, from)];
        return chargeDay({ start: from, end: from + dayMs, charges });
      }),
      from: date(start),
      until: date(until),
      completeUntil: date(until),
      completeUntilAt: until,
      dayZone: 'UTC',
    },
    meters: [gpu, cpu, disk],
    timeZone: 'UTC',
    now: until + 9 * hourMs,
  };
}

function times<Value>(count: number, value: Value): Value[] {
  return Array.from({ length: count }, () => value);
}

const steady = times(56, [5]);
const working = Array.from({ length: 56 }, (_, day) => [day % 7 < 5 ? 10 : 1]);

describe('a suggested limit', () => {
  test.each([
    ['of a day is as far above the usual as an anomaly', budget(), steady, '5', '7.01'],
    [
      'leaves room below the lowest threshold',
      budget({ thresholds: [80, 100] }),
      steady,
      '5',
      '8.76',
    ],
    [
      'of an hour is that of the highest hour',
      budget({ per: 'hour' }),
      times(56, [1, 4]),
      '4',
      '5.61',
    ],
    [
      'of a day is that of the highest weekday, as far as eight weeks show it',
      budget(),
      working,
      '8.857142857',
      '19.1',
    ],
  ])('%s', (_, one, days, usual, suggestedLimit) => {
    const found = suggestLimits(one, past(...days));

    expect(found).toEqual({ usual, suggestedLimit });
  });

  test('of a month is the high end of what its days come to', () => {
    const { usual, suggestedLimit } = suggestLimits(budget({ per: 'month' }), past(...steady));

    // November, in which the steady days end.
    expect(Number(usual)).toBeCloseTo(150, 5);
    expect(Number(suggestedLimit)).toBeGreaterThan(150);
    expect(Number(suggestedLimit)).toBeLessThan(180);
  });

  test('of a level is the mean of the period, not a sum', () => {
    const stored = { meter: 'disk', measure: 'usage', unit: 'GB', per: 'month' } as const;
    const { usual } = suggestLimits(budget(stored), past(...steady));

    expect(usual).toBe('5');
  });

  test.each(['day', 'week', 'month'] as const)('per %s is not raised by a runaway', (per) => {
    const before = suggestLimits(budget({ per }), past(...steady));
    const runaway = [...steady.slice(0, -6), [65], [60], [62], [65], [61], [64]];
    const after = suggestLimits(budget({ per }), past(...runaway));

    expect(after).toEqual(before);
  });

  test('is raised by what has lasted for three weeks', () => {
    const { usual } = suggestLimits(budget(), past(...steady, ...times(21, [50])));

    expect(usual).toBe('50');
  });

  test.each([
    ['fewer than 14 days are known', times(13, [5])],
    ['nothing is used any more', [...times(28, [5]), ...times(28, [0])]],
  ])('is not there where %s', (_, days) => {
    expect(suggestLimits(budget(), past(...days))).toEqual({});
  });

  test('is not there for the usage of a meter that is gone', () => {
    const gone = budget({ meter: 'gone', measure: 'usage', unit: 'GB' });

    expect(suggestLimits(gone, past(...steady))).toEqual({});
  });
});

test('a usual day stays below the lowest threshold, and the limit has three digits', () => {
  const day = fc.integer({ min: 100, max: 130 }).map((amount) => [amount / 7]);
  const thresholds = fc.integer({ min: 10, max: 150 });

  fc.assert(
    fc.property(fc.array(day, { minLength: 21, maxLength: 42 }), thresholds, (days, threshold) => {
      const one = budget({ thresholds: [threshold] });
      const { suggestedLimit = '' } = suggestLimits(one, past(...days));

      const highest = Math.max(...days.flat());
      expect((Number(suggestedLimit) * threshold) / 100).toBeGreaterThan(highest);
      expect(suggestedLimit.replace(/^0\.0*|\./g, '').replace(/0+$/, '').length).toBeLessThan(4);
    }),
  );
});
