import { describe, expect, test } from 'vitest';
import { retryAfterMs, secondsHeaderMs } from '../../../functions/providers/http/body.ts';

const now = Date.UTC(2026, 10, 21, 10, 0, 0);

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['7', 7_000],
    [' 7 ', 7_000],
    ['1.5', 1_500],
    ['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
    ['Saturday, 21-Nov-26 10:00:30 GMT', 30_000],
    ['Sat Nov 21 10:00:30 2026 GMT', 30_000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['', undefined],
    ['-7', undefined],
    ['soon', undefined],
    ['2026', 2_026_000],
    ['2026-11-21', undefined],
  ])('%j is %j ms', (value, expected) => {
    expect(retryAfterMs({ 'retry-after': value }, now)).toBe(expected);
  });

  test('is undefined without the header', () => {
    expect(retryAfterMs({}, now)).toBeUndefined();
  });

  test('as a date counts from the date of the response, whatever the clock here says', () => {
    const headers = {
      date: 'Sat, 21 Nov 2026 11:00:00 GMT',
      'retry-after': 'Sat, 21 Nov 2026 11:00:05 GMT',
    };

    expect(retryAfterMs(headers, now)).toBe(5_000);
  });

  test('counts once if it came twice', () => {
    expect(retryAfterMs({ 'retry-after': ['3', '9'] }, now)).toBe(3_000);
  });
});

test('a header of seconds is undefined if it holds anything else', () => {
  const headers = { reset: '12', date: 'Sat, 21 Nov 2026 11:00:00 GMT' };

  expect(secondsHeaderMs(headers, 'reset')).toBe(12_000);
  expect(secondsHeaderMs(headers, 'date')).toBeUndefined();
  expect(secondsHeaderMs(headers, 'missing')).toBeUndefined();
});
