import { describe, expect, test } from 'vitest';
import { dataWith, lastWeeks, silenceSince } from '../../functions/alerts/silence.ts';
import { dateAfter } from '../../functions/ledger/usage-day.ts';

const hourMs = 3_600_000;
const mondays = ['2026-10-26', '2026-11-02', '2026-11-09', '2026-11-16'] as const;

/** The days of four weeks that are so many days after their Monday. */
function weeks(...daysAfter: number[]): string[] {
  return mondays.flatMap((monday) => daysAfter.map((days) => dateAfter(monday, days))).sort();
}

/** The first full hour at which the account is silent; data end with the last of the days. */
function silentFrom(days: readonly string[], settlesAfterHours = 48): string | undefined {
  const until = Date.parse(`${days.at(-1)}T24:00:00Z`);
  const known = { until, days };
  for (let hours = 0; hours < 40 * 24; hours += 1) {
    const now = until + hours * hourMs;
    const moment = { now, settlesAfterMs: settlesAfterHours * hourMs, dayZone: 'UTC' };
    if (silenceSince(known, moment) !== undefined) return new Date(now).toISOString().slice(0, 13);
  }
  return undefined;
}

describe('silence', () => {
  test.each<[string, string[], string | undefined]>([
    ['used every day, two days later', weeks(0, 1, 2, 3, 4, 5, 6), '2026-11-25T01'],
    ['idle every weekend, on the third working day', weeks(0, 1, 2, 3, 4), '2026-11-25T01'],
    [
      'used every Monday, Wednesday and Friday, on the third such day',
      weeks(0, 2, 4),
      '2026-11-27T01',
    ],
    [
      'used on four days only, where these were in a row',
      weeks(3, 4, 5, 6).slice(-4),
      '2026-11-25T01',
    ],
    ['used on three days only, never', weeks(4, 5, 6).slice(-3), undefined],
    [
      'used every third day, never',
      ['10-27', '10-30', '11-02', '11-05', '11-08', '11-11', '11-14', '11-17', '11-20'].map(
        (day) => `2026-${day}`,
      ),
      undefined,
    ],
  ])('of an account %s', (_, days, expected) => {
    expect(silentFrom(days)).toBe(expected);
  });

  test('takes longer where data take longer to settle', () => {
    expect(silentFrom(weeks(0, 1, 2, 3, 4), 72)).toBe('2026-11-26T01');
  });
});

describe('known data', () => {
  test('keep what has vanished, and four weeks of days', () => {
    const known = { until: 7, days: ['2026-10-19', '2026-11-15'] };

    expect(dataWith(known, { until: 5, days: ['2026-11-14'] })).toEqual({
      until: 7,
      days: ['2026-10-19', '2026-11-14', '2026-11-15'],
    });
    expect(dataWith(known, { until: 9, days: ['2026-11-16'] })).toEqual({
      until: 9,
      days: ['2026-11-15', '2026-11-16'],
    });
    expect(dataWith(known, undefined)).toBe(known);
    expect(lastWeeks([])).toEqual([]);
  });
});
