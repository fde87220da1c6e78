import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSeries } from '../../bench/foresight.ts';
import { median, usualOf, usualOn } from '../../functions/foresight/usual.ts';
import { dateOf, dayNumber } from '../../functions/ledger/usage-day.ts';
import reference from './reference.json' with { type: 'json' };

/** A Tuesday. */
const firstDay = '2026-09-01';
const days = (count: number, value: (day: number) => number | undefined) =>
  Array.from({ length: count }, (_, day) => value(day));
/** A gap on each of these days. */
const without = (values: readonly (number | undefined)[], gaps: readonly number[]) =>
  values.map((value, day) => (gaps.includes(day) ? undefined : value));
const amounts = (minLength: number) =>
  fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength, maxLength: 100 });

describe('usualOf', () => {
  test.each(reference.forecasts)(
    'equals the reference: $series, $end days',
    ({ series, end, usual }) => {
      const found = readSeries().find(({ name }) => name === series);

      const own = found && usualOf(found, end);

      expect(own?.level).toBeCloseTo(usual.level, 9);
      expect(own?.errorOfDay).toBeCloseTo(usual.errorOfDay, 9);
      expect(own?.errorOfTwoDays).toBeCloseTo(usual.errorOfTwoDays, 9);
      for (const [day, factor] of usual.factors.entries()) {
        expect(own?.factors[day]).toBeCloseTo(factor, 9);
      }
    },
  );

  test('knows nothing before 14 complete days, and of unknown ones as many more', () => {
    const values = days(15, () => 5);

    expect(usualOf({ firstDay, values: values.slice(0, 13) })).toBeUndefined();
    expect(usualOf({ firstDay, values: values.slice(0, 14) })?.level).toBe(5);
    expect(usualOf({ firstDay, values: without(values, [2, 3]) })).toBeUndefined();
    expect(usualOf({ firstDay, values: without(values, [2]) })?.level).toBe(5);
  });

  test('bears two unknown days among the last seven, not three', () => {
    const values = days(40, () => 5);

    expect(usualOf({ firstDay, values: without(values, [33, 39]) })?.level).toBe(5);
    expect(usualOf({ firstDay, values: without(values, [33, 36, 39]) })).toBeUndefined();
    expect(usualOf({ firstDay, values: without(values, [32, 33, 39]) })?.level).toBe(5);
  });

  test('finds working weeks, also where a day in some of them is unknown', () => {
    const isWeekend = (day: number) => (dayNumber(firstDay) + day + 3) % 7 >= 5;
    const values = days(70, (day) => (isWeekend(day) ? 2 : 10));

    const whole = usualOf({ firstDay, values });
    const gapped = usualOf({ firstDay, values: without(values, [5, 20, 21, 50]) });

    const everyEighth = usualOf({
      firstDay,
      values: values.map((value, day) => (day % 8 === 5 ? undefined : value)),
    });

    for (const usual of [whole, gapped, everyEighth]) {
      const [tuesday, saturday] = ['2026-11-10', '2026-11-14'].map(dayNumber);
      expect(usual && usualOn(usual, tuesday ?? 0)).toBeGreaterThan(8.5);
      expect(usual && usualOn(usual, saturday ?? 0)).toBeLessThan(4);
    }
  });

  test('takes a runaway of one day for no more than 1.5 of what is usual', () => {
    const values = days(30, (day) => (day === 28 ? 700 : 7));

    expect(usualOf({ firstDay, values })?.level).toBeCloseTo((6 * 7 + 1.5 * 7) / 7, 0);
  });

  test('forgets what is older than 84 days', () => {
    const recent = days(84, (day) => 5 + (day % 7));
    const older = '2026-08-25';

    const usual = usualOf({ firstDay, values: recent });

    expect(usualOf({ firstDay: older, values: [...days(7, () => 900), ...recent] })).toEqual(usual);
  });

  test('is 0 where all is 0, or where corrections outweigh the rest', () => {
    const zero = usualOf({ firstDay, values: days(30, () => 0) });

    expect(zero).toEqual({ level: 0, factors: Array(7).fill(1), errorOfDay: 1, errorOfTwoDays: 1 });
    expect(usualOf({ firstDay, values: days(30, () => -3) })?.level).toBe(0);
    expect(
      usualOf({ firstDay, values: days(30, (day) => (day === 27 ? -500 : 7)) })?.level,
    ).toBeGreaterThan(6);
  });

  test('scales with the series', () => {
    fc.assert(
      fc.property(amounts(14), fc.double({ min: 0.001, max: 1000, noNaN: true }), (values, by) => {
        const usual = usualOf({ firstDay, values });
        const scaled = usualOf({ firstDay, values: values.map((value) => value * by) });

        expect((scaled?.level ?? 0) / ((usual?.level ?? 0) * by)).toBeCloseTo(1, 9);
        expect(scaled?.errorOfDay).toBeCloseTo(usual?.errorOfDay ?? 0, 6);
        expect(scaled?.errorOfTwoDays).toBeCloseTo(usual?.errorOfTwoDays ?? 0, 6);
      }),
    );
  });

  test('never reads an unknown day as 0: a constant series with gaps is the constant', () => {
    const gaps = fc.uniqueArray(fc.nat(59), { maxLength: 20 });
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1000, noNaN: true }), gaps, (value, unknown) => {
        const usual = usualOf({
          firstDay,
          values: without(
            days(60, () => value),
            unknown,
          ),
        });

        expect(usual === undefined).toBe(unknown.filter((day) => day >= 53).length > 2);
        if (usual) {
          expect(usual.level / value).toBeCloseTo(1, 9);
          expect(usual.errorOfDay).toBeCloseTo(0, 9);
        }
      }),
    );
  });

  test('refuses a first day that is none', () => {
    const values = days(20, () => 1);

    expect(() => usualOf({ firstDay: 'soon', values })).toThrow(
      'expected a day such as 2026-09-01, got "soon"',
    );
  });
});

test('a date comes back from its number', () => {
  expect(dayNumber('1970-01-02')).toBe(1);
  expect(dateOf(dayNumber('2028-02-29') + 1)).toBe('2028-03-01');
});

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
  [[], Number.NaN],
  [[-1, -5, 0, -5], -3],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});
