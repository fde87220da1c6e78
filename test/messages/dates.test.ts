import { describe, expect, test } from 'vitest';
import { daysLater, localText, momentText, periodText } from '../../functions/messages/dates.ts';

test('a moment is shown in the zone, which is named', () => {
  expect(momentText('2026-11-21T09:00:00Z', 'Asia/Kolkata')).toBe(
    '21 November 2026, 14:30 (Asia/Kolkata)',
  );
});

test.each([
  ['2026-11-20', '20 November 2026'],
  ['2026-11-21T05:00', '21 November 2026, 05:00'],
])('the local %s reads %s', (local, expected) => {
  expect(localText(local)).toBe(expected);
});

describe('a period', () => {
  test.each([
    [
      'a month',
      '2026-11-01T00:00:00Z',
      '2026-12-01T00:00:00Z',
      'UTC',
      '1 November 2026 to 30 November 2026 (UTC)',
    ],
    ['a day', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z', 'UTC', '21 November 2026 (UTC)'],
    [
      'an hour',
      '2026-11-21T10:00:00Z',
      '2026-11-21T11:00:00Z',
      'UTC',
      '21 November 2026, 10:00 to 21 November 2026, 11:00 (UTC)',
    ],
    [
      'a month in another zone',
      '2026-10-31T23:00:00Z',
      '2026-11-30T23:00:00Z',
      'Europe/Berlin',
      '1 November 2026 to 30 November 2026 (Europe/Berlin)',
    ],
    [
      'a day without a midnight',
      '2026-03-28T22:00:00Z',
      '2026-03-29T21:00:00Z',
      'Asia/Beirut',
      '29 March 2026 (Asia/Beirut)',
    ],
  ])('of %s is shown by its days or hours', (_name, start, end, timeZone, expected) => {
    expect(periodText(start, end, timeZone)).toBe(expected);
  });
});

test('days later is the same time of day in UTC', () => {
  expect(daysLater('2026-11-28T10:00:00Z', 7)).toBe('2026-12-05T10:00:00Z');
});
