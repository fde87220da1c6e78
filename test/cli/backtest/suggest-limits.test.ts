import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertsWith } from '../../../cli/backtest/alerts-with-limit.ts';
import type { ReplayedPeriod } from '../../../cli/backtest/replayed.ts';
import { suggestLimits } from '../../../cli/backtest/suggest-limits.ts';
import type { Budget } from '../../../functions/config/account.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const start = Date.parse('2026-11-01T00:00:00Z');

function budget(thresholds: readonly number[], limit = '1'): Budget {
  return { name: 'everything', measure: 'cost', limit, per: 'day', thresholds };
}

/** Days one after the other, with actuals hour by hour. */
function days(...actuals: readonly (readonly string[])[]): ReplayedPeriod[] {
  return actuals.map((ofDay, index) => {
    const begin = start + index * dayMs;
    const id = new Date(begin).toISOString().slice(0, 10);
    return {
      period: { id, start: begin, end: begin + dayMs, timeZone: 'UTC' },
      points: ofDay.map((actual, hour) => ({ at: begin + hour * hourMs, actual })),
    };
  });
}

describe('the lowest limit without alerts', () => {
  test.each([
    ['the next number after the peak', [100], ['7.5', '12'], '12.1'],
    ['with all of its thresholds', [50, 80, 100], ['7.5', '12'], '24.1'],
    ['of three significant digits', [100], ['1234.56'], '1240'],
    ['of three significant digits below 1', [100], ['0.012349'], '0.0124'],
    ['above one that is round already', [100], ['200'], '201'],
    ['above one that is just below a power of ten', [100], ['99.95'], '100'],
  ])('is %s', (_, thresholds, peaks, expected) => {
    const { noAlertLimit } = suggestLimits(
      budget(thresholds),
      days(...peaks.map((peak) => [peak])),
    );

    expect(noAlertLimit).toBe(expected);
  });

  test('looks at actuals within a day, too', () => {
    const { noAlertLimit } = suggestLimits(budget([100]), days(['5', '30', '10'], ['12']));

    expect(noAlertLimit).toBe('30.1');
  });

  test.each([
    ['there were no periods', days()],
    ['nothing was known', days([])],
    ['nothing was used', days(['0'], ['0'])],
    ['there were only corrections', days(['-4'])],
  ])('is not there where %s', (_, periods) => {
    expect(suggestLimits(budget([100]), periods)).toEqual({});
  });
});

describe('the lowest limit with one alert', () => {
  test.each([
    ['just above the second highest peak', [100], [['20'], ['12'], ['15']], '15.1'],
    ['above the next threshold of the same day', [50, 100], [['10', '20'], ['1']], '20.1'],
    ['with a threshold of another day between', [50, 100], [['20'], ['12']], '24.1'],
    ['above that threshold even where one check crosses both', [50, 100], [['20'], ['1']], '20.1'],
    ['with as many digits as it takes', [100], [['1000.4'], ['1000.3']], '1000.4'],
    ['above the first doubling of the highest threshold', [100], [['0', '12.345']], '6.18'],
  ])('is %s', (_, thresholds, actuals, expected) => {
    const { oneAlertLimit } = suggestLimits(budget(thresholds), days(...actuals));

    expect(oneAlertLimit).toBe(expected);
  });

  test.each([
    ['two days have the same total', [100], [['12'], ['12']]],
    ['the alert would have been resolved', [100], [['20', '5', '5'], ['6']]],
  ])('is not there where %s', (_, thresholds, actuals) => {
    const { oneAlertLimit } = suggestLimits(budget(thresholds), days(...actuals));

    expect(oneAlertLimit).toBeUndefined();
  });
});

test('suggestions hold for whatever was replayed, and a limit a little lower has alerts', () => {
  const amount = fc.integer({ min: 1, max: 99_999 }).map((cents) => (cents / 100).toFixed(2));
  const day = fc.array(amount, { minLength: 1, maxLength: 6 });
  const thresholds = fc.uniqueArray(fc.integer({ min: 1, max: 150 }), {
    minLength: 1,
    maxLength: 4,
  });
  const ascending = thresholds.map((some) => some.toSorted((a, b) => a - b));

  fc.assert(
    fc.property(fc.array(day, { minLength: 1, maxLength: 8 }), ascending, (actuals, some) => {
      const periods = days(...actuals);
      const { noAlertLimit = '', oneAlertLimit } = suggestLimits(budget(some), periods);

      expect(alertsWith(budget(some, noAlertLimit), periods)).toEqual([]);
      const lower = String(Number(noAlertLimit) * 0.989);
      expect(alertsWith(budget(some, lower), periods)).not.toEqual([]);
      if (oneAlertLimit !== undefined) {
        expect(alertsWith(budget(some, oneAlertLimit), periods)).toHaveLength(1);
      }
    }),
  );
});
