import { describe, expect, test } from 'vitest';
import { answerAt, firstUsage, historyOf } from '../../functions/backtest/history.ts';
import type { Meter, Usage, UsageFetch } from '../../functions/providers/provider.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const first = Date.parse('2026-11-01T00:00:00Z');
const meters: readonly Meter[] = [
  { id: 'traffic', name: 'Traffic', kind: 'flow', unit: 'GB' },
  { id: 'storage', name: 'Storage', kind: 'level', unit: 'GB' },
];
const byHour = { meters, bucket: 'hour' } as const;
const byDay = { meters, bucket: 'day' } as const;

function hour(index: number, quantity = '1'): Usage {
  const start = first + index * hourMs;
  return { meter: 'traffic', start, end: start + hourMs, quantity };
}

function day(index: number, changed: Partial<Usage> = {}): Usage {
  const start = first + index * dayMs;
  return { meter: 'traffic', start, end: start + dayMs, quantity: '48', ...changed };
}

function twoDays(usage: readonly Usage[], readAt = first + 3 * dayMs) {
  return historyOf(usage, { start: first, end: first + 2 * dayMs, readAt }, 'UTC');
}

function usageOf(fetched: UsageFetch): readonly Usage[] {
  return fetched.status === 'complete' ? fetched.usage : [];
}

const all = { start: first, end: first + 2 * dayMs };

describe('what is told by the hour', () => {
  test.each([
    ['is there when its hour is over', 26, [hour(0), hour(24), hour(25)]],
    ['is not there while its hour lasts', 25.9, [hour(0), hour(24)]],
  ])('%s', (_, hours, expected) => {
    const history = twoDays([hour(0), hour(24), hour(25), hour(26)]);

    const answer = answerAt(history, all, first + hours * hourMs, byHour);

    expect(usageOf(answer)).toEqual(expected);
  });
});

describe('what is told by the day', () => {
  test.each([
    ['a flow comes by the share of the day that has passed', day(1), '12'],
    ['a share is cut after nine decimals', day(1, { quantity: '0.000000007' }), '0.000000001'],
    ['a level is there in full', day(1, { meter: 'storage', quantity: '800' }), '800'],
  ])('%s', (_, row, expected) => {
    const answer = answerAt(twoDays([day(0), row]), all, first + 30 * hourMs, byDay);

    expect(usageOf(answer)).toEqual([day(0), { ...row, quantity: expected }]);
  });

  test('a cost comes by its share like a quantity', () => {
    const history = twoDays([day(1, { cost: '1.44' })]);

    const answer = answerAt(history, all, first + 36 * hourMs, byDay);

    expect(usageOf(answer)).toEqual([day(1, { quantity: '24', cost: '0.72' })]);
  });

  test.each([
    ['of what was counted when it was read', 30, '24'],
    ['all of that from then on', 36, '48'],
    ['all of that later', 40, '48'],
  ])('a day that was in progress when it was read comes by its share %s', (_, hours, expected) => {
    const history = twoDays([day(1)], first + 36 * hourMs);

    const answer = answerAt(history, all, first + hours * hourMs, byDay);

    expect(usageOf(answer)).toEqual([day(1, { quantity: expected })]);
  });

  test('a day that begins now is not there yet', () => {
    const answer = answerAt(twoDays([day(1)]), all, first + dayMs, byDay);

    expect(usageOf(answer)).toEqual([]);
  });
});

test('an answer holds the days that were asked for, and no others', () => {
  const history = twoDays([hour(0), hour(24)]);

  const answer = answerAt(history, { start: first + dayMs, end: all.end }, all.end, byHour);

  expect(usageOf(answer)).toEqual([hour(24)]);
});

test('the first usage is the start of its day', () => {
  expect(firstUsage(twoDays([hour(30)]))).toBe(first + dayMs);
  expect(firstUsage(twoDays([]))).toBeUndefined();
});
