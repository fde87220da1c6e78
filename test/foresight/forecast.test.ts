import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSeries } from '../../bench/foresight.ts';
import {
  type DayAhead,
  forecastPeriod,
  forecastRest,
  reachesLimitAt,
  recordOf,
} from '../../functions/foresight/forecast.ts';
import { type Usual, usualOf } from '../../functions/foresight/usual.ts';
import { dateOf, dayNumber } from '../../functions/ledger/usage-day.ts';
import reference from './reference.json' with { type: 'json' };

const steady: Usual = {
  level: 10,
  factors: Array(7).fill(1),
  errorOfDay: 0.1,
  errorOfTwoDays: 0.1,
};

function daysFrom(date: string, count: number): DayAhead[] {
  const first = dayNumber(date);
  return Array.from({ length: count }, (_, index) => ({ date: dateOf(first + index), share: 1 }));
}

function constant(count: number, value: number) {
  return { firstDay: '2026-09-01', values: Array<number | undefined>(count).fill(value) };
}

describe('forecastRest', () => {
  test.each(reference.forecasts)(
    'equals the reference: $series, $end days',
    ({ series, end, rest }) => {
      const found = readSeries().find(({ name }) => name === series);
      const usual = found && usualOf(found, end);
      if (!usual) throw new Error('expected a series with enough history');

      const ahead = daysFrom(dateOf(dayNumber(found.firstDay) + end), 10);

      const own = forecastRest(usual, ahead);
      for (const key of ['point', 'low', 'high'] as const) {
        expect(own[key] / rest[key]).toBeCloseTo(1, 9);
      }
    },
  );

  test('is 0, and certain, where nothing is ahead', () => {
    expect(forecastRest(steady, [])).toEqual({ point: 0, low: 0, high: 0 });
  });

  test('counts the unfinished day by its share', () => {
    const [today = { date: '', share: 0 }, ...later] = daysFrom('2026-11-21', 10);

    expect(forecastRest(steady, [{ ...today, share: 0.25 }, ...later]).point).toBeCloseTo(92.5, 9);
    const minutes = forecastRest(steady, [{ ...today, share: 0.001 }]);
    expect(minutes.high).toBeLessThan(0.02);
  });

  test('is of a constant series that series', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1e6, noNaN: true }),
        fc.integer({ min: 14, max: 120 }),
        fc.integer({ min: 1, max: 60 }),
        (value, history, count) => {
          const usual = usualOf(constant(history, value)) ?? steady;

          const { point, low, high } = forecastRest(usual, daysFrom('2027-01-01', count));

          expect(point / (value * count)).toBeCloseTo(1, 9);
          expect(low).toBeLessThan(point);
          expect(high).toBeGreaterThan(point);
        },
      ),
    );
  });

  test('is 0 where all was 0, and never below 0 after corrections', () => {
    for (const value of [0, -4]) {
      const usual = usualOf(constant(30, value)) ?? steady;

      const rest = forecastRest(usual, daysFrom('2026-10-01', 20));

      expect(rest).toEqual({ point: 0, low: 0, high: 0 });
    }
  });
});

describe('forecastPeriod', () => {
  const ahead = daysFrom('2026-11-21', 10);

  test('of a flow is the actual and the rest', () => {
    const { point, low, high } = forecastPeriod(
      { kind: 'flow', actual: 200, knownDays: 20 },
      steady,
      ahead,
    );

    expect(point).toBeCloseTo(300, 9);
    expect(200 < low && low < 300 && 300 < high).toBe(true);
  });

  test('of a level is the mean, in which unknown days do not count', () => {
    const level = { kind: 'level', actual: 25, knownDays: 20 } as const;

    expect(forecastPeriod(level, steady, ahead).point).toBeCloseTo((25 * 20 + 10 * 10) / 30, 9);
    expect(forecastPeriod({ ...level, knownDays: 10 }, steady, ahead).point).toBeCloseTo(17.5, 9);
    expect(forecastPeriod({ ...level, knownDays: 0 }, steady, ahead).point).toBeCloseTo(10, 9);
    expect(forecastPeriod({ ...level, knownDays: 0 }, steady, []).point).toBe(25);
  });

  test('goes on from an actual below 0 or of 0', () => {
    for (const actual of [-20, 0]) {
      const soFar = { kind: 'flow', actual, knownDays: 20 } as const;

      expect(forecastPeriod(soFar, steady, ahead).point).toBeCloseTo(actual + 100, 9);
    }
  });
});

describe('reachesLimitAt', () => {
  const ahead = daysFrom('2026-11-21', 10);
  const soFar = { kind: 'flow', actual: 200, knownDays: 20 } as const;

  test.each([
    [205, '2026-11-21'],
    [210, '2026-11-21'],
    [211, '2026-11-22'],
    [300, '2026-11-30'],
    [301, undefined],
    [200, undefined],
    [150, undefined],
  ])('a limit of %d: %s', (limit, day) => {
    expect(reachesLimitAt(soFar, limit, steady, ahead)).toBe(day);
  });

  test('of a level is the day on which the mean does', () => {
    const level = { kind: 'level', actual: 5, knownDays: 20 } as const;

    expect(reachesLimitAt(level, 6, steady, ahead)).toBe('2026-11-25');
    expect(reachesLimitAt(level, 9, steady, ahead)).toBeUndefined();
  });
});

describe('recordOf', () => {
  const september = { firstDay: '2026-09-01', days: 30 };
  const october = { firstDay: '2026-10-01', days: 31 };

  test('says how far past forecasts were off: here the second half of October doubled', () => {
    const doubled = constant(61, 10);
    const values = doubled.values.map((value, day) => (value ?? 0) * (day >= 46 ? 2 : 1));

    const record = recordOf({ ...doubled, values }, [september, october], 5);

    // September had no 14 days of history by then.
    expect(record?.periods).toBe(1);
    expect(record?.medianError).toBeCloseTo(1 - 310 / (160 + 300), 9);
  });

  test('is exact for a constant series, and takes all periods that it can', () => {
    const record = recordOf(constant(61, 7), [september, october], 15);

    expect(record).toEqual({ medianError: expect.closeTo(0, 9), periods: 2 });
  });

  test('is left out with less than two months, and without a period that is wholly known', () => {
    const gapped = constant(61, 7);
    gapped.values[45] = undefined;
    const zero = constant(61, 0);

    expect(recordOf(constant(60, 7), [september], 15)).toBeDefined();
    expect(recordOf(constant(59, 7), [september], 15)).toBeUndefined();
    expect(recordOf(gapped, [october], 3)).toBeUndefined();
    expect(recordOf(zero, [october], 3)).toBeUndefined();
    expect(recordOf(constant(61, 7), [], 3)).toBeUndefined();
    expect(recordOf(constant(61, 7), [october], 31)).toBeUndefined();
    expect(recordOf(constant(61, 7), [{ firstDay: '2026-08-01', days: 31 }], 3)).toBeUndefined();
    expect(recordOf(constant(61, 7), [{ firstDay: '2026-11-01', days: 30 }], 3)).toBeUndefined();
  });
});
