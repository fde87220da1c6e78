import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSeries } from '../../bench/foresight.ts';
import { answerAnomaly } from '../../bench/foresight-answers.ts';
import { anomalyDetector, type Episode, episodeAfter } from '../../functions/foresight/anomaly.ts';
import { dateOf, dayNumber } from '../../functions/ledger/usage-day.ts';
import reference from './reference.json' with { type: 'json' };

const firstDay = '2026-09-01';
const on = (date: string) => dayNumber(date) - dayNumber(firstDay);

/** 10 a day with a little unrest, apart from the days that are named. */
function daily(count: number, changed: Readonly<Record<string, number | undefined>> = {}) {
  const values: (number | undefined)[] = Array.from({ length: count }, (_, day) => {
    const date = dateOf(dayNumber(firstDay) + day);
    return date in changed ? changed[date] : 10 + ((day * 7) % 5) / 10;
  });
  return { firstDay, values };
}

function hits(series: ReturnType<typeof daily>): string[] {
  const judge = anomalyDetector(series);
  const days = [...series.values.keys()].filter((day) => judge(day)?.hit);
  return days.map((day) => dateOf(dayNumber(firstDay) + day));
}

describe('anomalyDetector', () => {
  test.each(reference.anomalies)(
    'finds what the reference finds in $series',
    ({ series, alerts, open }) => {
      const found = readSeries().find(({ name }) => name === series);
      if (!found) throw new Error(`expected the series ${series}`);
      const { firstDay: from, values } = found;

      const task = { id: series, task: 'anomaly', from, values, firstDay: 21 } as const;
      const own = answerAnomaly({ ...task, days: values.length - 21 });

      expect(own).toEqual({ id: series, alerts, open });
      expect(alerts.length).toBeGreaterThan(0);
    },
  );

  test('says what was usual and what came on top', () => {
    const judged = anomalyDetector(daily(60, { '2026-10-20': 65 }))(on('2026-10-20'));

    expect(judged?.hit).toBe(true);
    expect(judged?.usual).toBeCloseTo(10.2, 0);
    expect(judged?.excess).toBeCloseTo(65 - (judged?.usual ?? 0), 9);
  });

  test('judges from 21 complete days on', () => {
    for (const [day, expected] of [
      [20, undefined],
      [21, true],
    ] as const) {
      const judge = anomalyDetector(daily(40, { [dateOf(dayNumber(firstDay) + day)]: 90 }));

      expect(judge(day)?.hit).toBe(expected);
    }
  });

  test('finds two days in a row of which neither alone is enough', () => {
    const one = { '2026-10-20': 13.9 };

    expect(hits(daily(60, one))).toEqual([]);
    expect(hits(daily(60, { ...one, '2026-10-21': 13.9 }))).toEqual(['2026-10-21']);
  });

  test('does not judge an unknown day, nor the next by it, nor one with three unknown in the week before', () => {
    const blind = { '2026-10-20': undefined };
    const week = { ...blind, '2026-10-18': undefined, '2026-10-16': undefined };
    const judge = anomalyDetector(daily(60, { ...blind, '2026-10-21': 13.9 }));

    expect(judge(on('2026-10-20'))).toBeUndefined();
    expect(judge(on('2026-10-21'))?.hit).toBe(false);
    expect(hits(daily(60, { ...blind, '2026-10-21': 65 }))).toEqual(['2026-10-21']);
    expect(
      anomalyDetector(daily(60, { ...week, '2026-10-21': 65 }))(on('2026-10-21')),
    ).toBeUndefined();
    expect(judge(60)).toBeUndefined();
    expect(judge(-1)).toBeUndefined();
  });

  test('takes a charge for usual that came on the same day of the last month, give or take a day', () => {
    expect(hits(daily(80, { '2026-10-05': 100, '2026-11-05': 100 }))).toEqual(['2026-10-05']);
    expect(hits(daily(80, { '2026-10-05': 100, '2026-11-06': 150 }))).toEqual(['2026-10-05']);
    expect(hits(daily(80, { '2026-10-05': 100, '2026-11-07': 100 }))).toHaveLength(2);
    expect(hits(daily(80, { '2026-10-05': 100, '2026-11-05': 200 }))).toHaveLength(2);
  });

  test('knows that a month may have no such day', () => {
    const fees = { '2027-02-28': 100, '2027-03-31': 100, '2027-04-30': 100 };

    expect(hits(daily(250, fees))).toEqual(['2027-02-28']);
  });

  test('asks for the minimum, and for a tenth of what the account usually costs', () => {
    const judge = anomalyDetector(daily(60, { '2026-10-20': 65 }));
    const isHit = (minimum: number, accountUsual: number) =>
      judge(on('2026-10-20'), { minimum, accountUsual })?.hit;

    expect(isHit(50, 500)).toBe(true);
    expect(isHit(56, 10)).toBe(false);
    expect(isHit(1, 600)).toBe(false);
  });

  test('tells any use of what was never used', () => {
    const zero = { firstDay, values: Array<number>(30).fill(0) };
    const used = { firstDay, values: [...zero.values, 5] };

    expect(hits(zero)).toEqual([]);
    expect(anomalyDetector(used)(30)).toEqual({ hit: true, usual: 0, excess: 5 });
  });

  test('never fires downwards, nor for a correction', () => {
    fc.assert(
      fc.property(fc.double({ min: -500, max: 10, noNaN: true }), (value) => {
        const series = daily(60, { '2026-10-20': value, '2026-10-21': value });

        expect(anomalyDetector(series)(on('2026-10-20'))?.hit).toBe(false);
        expect(anomalyDetector(series)(on('2026-10-21'))?.hit).toBe(false);
      }),
    );
  });

  test('judges a day the same, whatever comes after it and in whatever order', () => {
    const value = fc.option(fc.double({ min: -5, max: 200, noNaN: true }), {
      nil: undefined,
      freq: 12,
    });
    fc.assert(
      fc.property(fc.array(value, { minLength: 40, maxLength: 90 }), (values) => {
        const whole = anomalyDetector({ firstDay, values });
        const backwards = [...values.keys()].reverse().map((day) => whole(day));

        for (const day of values.keys()) {
          const sofar = anomalyDetector({ firstDay, values: values.slice(0, day + 1) });
          expect(backwards[values.length - 1 - day]).toEqual(sofar(day));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('scales with the series', () => {
    const values = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 40, maxLength: 90 });
    // Powers of two, so that nothing is rounded.
    fc.assert(
      fc.property(values, fc.integer({ min: -6, max: 12 }), (amounts, exponent) => {
        const by = 2 ** exponent;
        const judge = anomalyDetector({ firstDay, values: amounts });
        const scaled = anomalyDetector({ firstDay, values: amounts.map((value) => value * by) });

        for (const day of amounts.keys()) {
          const own = judge(day);
          expect(scaled(day)).toEqual(
            own && { hit: own.hit, usual: own.usual * by, excess: own.excess * by },
          );
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('episodeAfter', () => {
  function episodes(marks: string): (Episode | undefined)[] {
    let episode: Episode | undefined;
    return [...marks].map((mark, day) => {
      const hit = mark === '?' ? undefined : mark === '!';
      episode = episodeAfter(episode, `day ${day}`, hit);
      return episode;
    });
  }

  test.each([
    ['.!...', [false, true, true, true, false]],
    ['!..!...', [true, true, true, true, true, true, false]],
    ['!.?..', [true, true, true, true, false]],
    ['?..', [false, false, false]],
    ['!...!', [true, true, true, false, true]],
  ])('%s', (marks, firing) => {
    expect(episodes(marks).map((episode) => episode !== undefined)).toEqual(firing);
  });

  test('remembers its first day, and counts calm ones since the last unusual one', () => {
    expect(episodes('.!.!.').at(-1)).toEqual({ since: 'day 1', calmDays: 1 });
  });

  test('a lasting step fires once, and is over when it is usual', () => {
    const judge = anomalyDetector(daily(60));
    const step = anomalyDetector({
      firstDay,
      values: daily(60).values.map((value, day) => (day >= 40 ? 2 * (value ?? 0) : value)),
    });
    let episode: Episode | undefined;
    const firing: number[] = [];
    for (let day = 21; day < 60; day += 1) {
      expect(judge(day)?.hit).toBe(false);
      episode = episodeAfter(episode, String(day), step(day)?.hit);
      if (episode) firing.push(day);
    }

    expect(firing[0]).toBe(40);
    expect(firing).toEqual(firing.map((_, index) => 40 + index));
    expect(firing.at(-1)).toBeLessThan(55);
  });
});
