import { describe, expect, test } from 'vitest';
import { dataWith, lastWeeks, noDataSince } from '../../functions/alerts/no-data.ts';
import {
  type HealthState,
  nextHealthState,
  type ReadResult,
} from '../../functions/alerts/read-error.ts';
import { DAY_MS, HOUR_MS } from '../../functions/config/durations.ts';
import { dateAfter } from '../../functions/ledger/usage-day.ts';

describe('health transitions', () => {
  const start = Date.parse('2026-11-21T10:05:00Z');
  const calm = { settlesAfterMs: 48 * HOUR_MS, dayZone: 'UTC', tokenVersion: 1, muted: false };

  const refused: ReadResult = { isComplete: false, isRefused: true, reason: 'HTTP 401.' };
  const broken: ReadResult = { isComplete: false, isRefused: false, reason: 'HTTP 500.' };
  const fine: ReadResult = dataUntil(start);

  /** Data up to an instant, on so many days up to then without a gap. */
  function dataUntil(until: number, activeDays = 7): ReadResult {
    const days = Array.from({ length: activeDays }, (_, index) =>
      isoDate(until - 1 - index * DAY_MS),
    );
    return { isComplete: true, data: { until, days: days.reverse() } };
  }

  /** Data up to so many hours before the start. */
  function noDataFor(hours: number, activeDays = 7): ReadResult {
    return dataUntil(start - hours * HOUR_MS, activeDays);
  }

  function isoDate(at: number): string {
    return new Date(at).toISOString().slice(0, '2026-11-21'.length);
  }

  /** What fires or is resolved at checks one hour apart; a number is a pause of so many hours before the next check. */
  function play(
    steps: readonly (ReadResult | 'mute' | 'unmute' | 'new token' | number)[],
  ): string[][] {
    let state: HealthState = { failedChecks: 0 };
    let now = start;
    let muted = false;
    let tokenVersion = 1;
    const alerts: string[][] = [];
    for (const step of steps) {
      if (typeof step === 'number') now += (step - 1) * HOUR_MS;
      else if (step === 'new token') tokenVersion += 1;
      else if (typeof step === 'string') muted = step === 'mute';
      else {
        const outcome = nextHealthState(state, step, { ...calm, now, muted, tokenVersion });
        state = outcome.state;
        alerts.push(
          outcome.events.map((event) =>
            event.status === 'resolved' ? `resolved ${event.kind}` : event.kind,
          ),
        );
        now += HOUR_MS;
      }
    }
    return alerts;
  }

  describe('a read error', () => {
    test.each<[string, Parameters<typeof play>[0], string[][]]>([
      ['a refused token at once', [refused], [['read-error']]],
      ['a refused token once', [refused, refused, refused], [['read-error'], [], []]],
      [
        'anything else after three failures in a row',
        [broken, broken, broken, broken],
        [[], [], ['read-error'], []],
      ],
      [
        'nothing where a complete check comes between',
        [broken, broken, fine, broken, broken],
        [[], [], [], [], []],
      ],
      [
        'a refused token after two other failures',
        [broken, broken, refused],
        [[], [], ['read-error']],
      ],
      [
        'nothing new where the failure changes',
        [refused, broken, refused],
        [['read-error'], [], []],
      ],
      [
        'it again each day that it lasts',
        [refused, 23, refused, refused, 24, refused],
        [['read-error'], [], ['read-error'], ['read-error']],
      ],
      [
        'it again by a check that comes once a day and some minutes early',
        [refused, 24 - 5 / 60, refused, 24 - 5 / 60, refused],
        [['read-error'], ['read-error'], ['read-error']],
      ],
      [
        'that it is over after three good checks in a row',
        [refused, fine, fine, refused, fine, fine, fine, fine],
        [['read-error'], [], [], [], [], [], ['resolved read-error'], []],
      ],
      [
        'that it is over at once where a new token works',
        [refused, refused, 'new token', fine, fine],
        [['read-error'], [], ['resolved read-error'], []],
      ],
      [
        'a new token that is refused as well at once',
        [refused, 'new token', refused, refused],
        [['read-error'], ['read-error'], []],
      ],
      ['nothing of an end where nothing fired', [broken, broken, fine], [[], [], []]],
      [
        'a refused token at once where it is unreadable for another reason',
        [broken, broken, broken, refused, broken],
        [[], [], ['read-error'], ['read-error'], []],
      ],
      [
        'the same cause once in a day, though it was over in between',
        [refused, fine, fine, fine, refused, 20, refused],
        [['read-error'], [], [], ['resolved read-error'], [], ['read-error']],
      ],
      [
        'another cause, where the first one is resolved',
        [refused, fine, fine, fine, broken, broken, broken],
        [['read-error'], [], [], ['resolved read-error'], [], [], ['read-error']],
      ],
      [
        'one a day of a token that is refused every second time',
        Array.from({ length: 49 }, (_, index) => (index % 2 === 0 ? refused : fine)),
        Array.from({ length: 49 }, (_, index) => (index % 24 === 0 ? ['read-error'] : [])),
      ],
      [
        'nothing in a mute, and at its end what still fires',
        ['mute', refused, refused, 'unmute', refused],
        [[], [], ['read-error']],
      ],
      [
        'nothing after a mute in which it ended',
        ['mute', refused, fine, 'unmute', fine],
        [[], [], []],
      ],
      [
        'nothing of an end that came in a mute',
        [refused, 'mute', fine, fine, fine, 'unmute', fine],
        [['read-error'], [], [], [], []],
      ],
    ])('reports %s', (_, steps, expected) => {
      expect(play(steps)).toEqual(expected);
    });

    test('counts how often it fired, from the time of the first failure', () => {
      const first = nextHealthState({ failedChecks: 0 }, refused, { ...calm, now: start });

      const next = nextHealthState(first.state, refused, { ...calm, now: start + 24 * HOUR_MS });

      expect(next.events).toMatchObject([{ kind: 'read-error', since: start, times: 2 }]);
    });

    test('that comes and goes is reported as such', () => {
      let state: HealthState = { failedChecks: 0 };
      const alerts = [refused, fine, refused].flatMap((result, index) => {
        const outcome = nextHealthState(state, result, {
          ...calm,
          now: start + index * 12 * HOUR_MS,
        });
        state = outcome.state;
        return outcome.events;
      });

      expect(alerts).toMatchObject([
        { kind: 'read-error', since: start, times: 1, isUnsteady: false },
        { kind: 'read-error', since: start, times: 2, isUnsteady: true },
      ]);
    });
  });

  describe('missing data', () => {
    test.each<[string, Parameters<typeof play>[0], string[][]]>([
      ['nothing as long as data may still come', [noDataFor(48)], [[]]],
      [
        'it once, when that is over',
        [noDataFor(49), noDataFor(49), 30, noDataFor(49)],
        [['no-data'], [], []],
      ],
      ['nothing of an account that is used on few days', [noDataFor(49, 3)], [[]]],
      ['it where there was data on four days in a row', [noDataFor(49, 4)], [['no-data']]],
      ['nothing of an account without any data', [{ isComplete: true }], [[]]],
      [
        'that it is over when there is new usage',
        [noDataFor(49), fine],
        [['no-data'], ['resolved no-data']],
      ],
      [
        'no end where older usage is corrected or forgotten',
        [noDataFor(49), noDataFor(60), { isComplete: true }],
        [['no-data'], [], []],
      ],
      [
        'nothing in a mute, and at its end what still fires',
        ['mute', noDataFor(49), 'unmute', noDataFor(49)],
        [[], ['no-data']],
      ],
      [
        'a read error on top of it, and only the end of that',
        [noDataFor(49), refused, noDataFor(49), noDataFor(49), noDataFor(49), noDataFor(49)],
        [['no-data'], ['read-error'], [], [], ['resolved read-error'], []],
      ],
    ])('reports %s', (_, steps, expected) => {
      const alerts = play(steps);

      expect(alerts).toEqual(expected);
    });

    test('is measured by what is remembered, where what is read no longer shows it', () => {
      expect(play([noDataFor(1), 400, { isComplete: true }])).toEqual([[], ['no-data']]);
    });
  });
});

describe('missing data', () => {
  const mondays = ['2026-10-26', '2026-11-02', '2026-11-09', '2026-11-16'] as const;

  /** The days of four weeks that are so many days after their Monday. */
  function weeks(...daysAfter: number[]): string[] {
    return mondays.flatMap((monday) => daysAfter.map((days) => dateAfter(monday, days))).sort();
  }

  /** The first full hour at which the alert fires; data end with the last of the days. */
  function firesFrom(days: readonly string[], settlesAfterHours = 48): string | undefined {
    const until = Date.parse(`${days.at(-1)}T24:00:00Z`);
    const known = { until, days };
    for (let hours = 0; hours < 40 * 24; hours += 1) {
      const now = until + hours * HOUR_MS;
      const moment = { now, settlesAfterMs: settlesAfterHours * HOUR_MS, dayZone: 'UTC' };
      if (noDataSince(known, moment) !== undefined) return new Date(now).toISOString().slice(0, 13);
    }
    return undefined;
  }

  describe('fires', () => {
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
      expect(firesFrom(days)).toBe(expected);
    });

    test('takes longer where data take longer to settle', () => {
      expect(firesFrom(weeks(0, 1, 2, 3, 4), 72)).toBe('2026-11-26T01');
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
});
