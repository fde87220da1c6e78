import { describe, expect, test } from 'vitest';
import { type Sight, tellHealth } from '../../functions/alerts/health-transitions.ts';
import type { HealthState } from '../../functions/alerts/state.ts';

const start = Date.parse('2026-11-21T10:05:00Z');
const hourMs = 3_600_000;
const settlesAfterMs = 48 * hourMs;

const refused: Sight = { sees: false, isRejected: true, reason: 'HTTP 401.' };
const broken: Sight = { sees: false, isRejected: false, reason: 'HTTP 500.' };
const fine: Sight = { sees: true, usageUntil: start, activeDays: 7 };

/** Usage up to so many hours before the start, on so many days of the week before. */
function quietFor(hours: number, activeDays = 7): Sight {
  return { sees: true, usageUntil: start - hours * hourMs, activeDays };
}

/** What is told at checks one hour apart; a number is a pause of so many hours before the next check. */
function play(steps: readonly (Sight | 'mute' | 'unmute' | number)[]): string[][] {
  let state: HealthState = { failedChecks: 0 };
  let now = start;
  let muted = false;
  const told: string[][] = [];
  for (const step of steps) {
    if (typeof step === 'number') now += (step - 1) * hourMs;
    else if (typeof step === 'string') muted = step === 'mute';
    else {
      const outcome = tellHealth(state, step, { now, muted, settlesAfterMs });
      state = outcome.state;
      told.push(
        outcome.tellings.map((telling) =>
          telling.kind === 'sighted' ? `sighted after ${telling.was}` : telling.kind,
        ),
      );
      now += hourMs;
    }
  }
  return told;
}

describe('blindness', () => {
  test.each<[string, Parameters<typeof play>[0], string[][]]>([
    ['a refused token at once', [refused], [['blind']]],
    ['a refused token once', [refused, refused, refused], [['blind'], [], []]],
    [
      'anything else after three failures in a row',
      [broken, broken, broken, broken],
      [[], [], ['blind'], []],
    ],
    [
      'nothing where a complete check comes between',
      [broken, broken, fine, broken, broken],
      [[], [], [], [], []],
    ],
    ['a refused token after two other failures', [broken, broken, refused], [[], [], ['blind']]],
    ['nothing new where the failure changes', [refused, broken, refused], [['blind'], [], []]],
    [
      'it again each day that it lasts',
      [refused, 23, refused, refused, 24, refused],
      [['blind'], [], ['blind'], ['blind']],
    ],
    [
      'it again by a check that comes once a day and some minutes early',
      [refused, 24 - 5 / 60, refused, 24 - 5 / 60, refused],
      [['blind'], ['blind'], ['blind']],
    ],
    ['that it is over', [refused, fine, fine], [['blind'], ['sighted after blind'], []]],
    ['nothing of an end where nothing was told', [broken, broken, fine], [[], [], []]],
    [
      'the next one anew',
      [refused, fine, refused],
      [['blind'], ['sighted after blind'], ['blind']],
    ],
    [
      'nothing in a mute, and at its end what still holds',
      ['mute', refused, refused, 'unmute', refused],
      [[], [], ['blind']],
    ],
    [
      'nothing after a mute in which it ended',
      ['mute', refused, fine, 'unmute', fine],
      [[], [], []],
    ],
    [
      'nothing of an end that came in a mute',
      [refused, 'mute', fine, 'unmute', fine],
      [['blind'], [], []],
    ],
  ])('tells %s', (_, steps, expected) => {
    expect(play(steps)).toEqual(expected);
  });

  test('counts how often it was told, from the time of the first failure', () => {
    const first = tellHealth({ failedChecks: 0 }, refused, {
      now: start,
      muted: false,
      settlesAfterMs,
    });

    const next = tellHealth(first.state, refused, {
      now: start + 24 * hourMs,
      muted: false,
      settlesAfterMs,
    });

    expect(next.tellings).toEqual([{ kind: 'blind', since: start, times: 2, reason: 'HTTP 401.' }]);
  });
});

describe('silence', () => {
  test.each<[string, Parameters<typeof play>[0], string[][]]>([
    ['nothing as long as data may still come', [quietFor(48)], [[]]],
    [
      'it once, when that is over',
      [quietFor(49), quietFor(49), 30, quietFor(49)],
      [['silent'], [], []],
    ],
    ['nothing of an account that is used on few days', [quietFor(49, 3)], [[]]],
    ['it where there was usage on most days', [quietFor(49, 4)], [['silent']]],
    ['nothing of an account without any usage', [{ sees: true, activeDays: 0 }], [[]]],
    [
      'that it is over when there is new usage',
      [quietFor(49), fine],
      [['silent'], ['sighted after silent']],
    ],
    [
      'no end where older usage is corrected or forgotten',
      [quietFor(49), quietFor(60), { sees: true, activeDays: 0 }],
      [['silent'], [], []],
    ],
    [
      'nothing in a mute, and at its end what still holds',
      ['mute', quietFor(49), 'unmute', quietFor(49)],
      [[], ['silent']],
    ],
    [
      'blindness on top of it, and only the end of that',
      [quietFor(49), refused, quietFor(49)],
      [['silent'], ['blind'], ['sighted after blind']],
    ],
  ])('tells %s', (_, steps, expected) => {
    const told = play(steps);

    expect(told).toEqual(expected);
  });

  test('survives a blindness and is not told a second time', () => {
    expect(play([quietFor(49), refused, quietFor(49), quietFor(49)])).toEqual([
      ['silent'],
      ['blind'],
      ['sighted after blind'],
      [],
    ]);
  });
});
