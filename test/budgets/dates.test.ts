import { describe, expect, test } from 'vitest';
import { localText, momentText, nearText, periodText } from '../../functions/budgets/dates.ts';

test('a moment is shown in the zone, which is named', () => {
  expect(momentText('2026-11-21T09:00:00Z', 'Asia/Kolkata')).toBe(
    '21 November 2026, 14:30 (Asia/Kolkata)',
  );
});

test.each([
  ['2026-10-25T00:30:00Z', 'Europe/Berlin', '25 October 2026, 02:30 +02:00 (Europe/Berlin)'],
  ['2026-10-25T01:30:00Z', 'Europe/Berlin', '25 October 2026, 02:30 +01:00 (Europe/Berlin)'],
  ['2026-10-25T01:30:00Z', 'Europe/London', '25 October 2026, 01:30 +00:00 (Europe/London)'],
  ['2026-10-25T02:00:00Z', 'Europe/Berlin', '25 October 2026, 03:00 (Europe/Berlin)'],
  ['2026-03-29T01:00:00Z', 'Europe/Berlin', '29 March 2026, 03:00 (Europe/Berlin)'],
])('%s in %s shows its offset where its local time occurs twice: %s', (at, zone, expected) => {
  expect(momentText(at, zone)).toBe(expected);
});

test.each([
  ['2026-10-25T02:30+01:00', '25 October 2026, 02:30 +01:00'],
  ['2026-11-20', '20 November 2026'],
  ['2026-11-21T05:00', '21 November 2026, 05:00'],
])('the local %s reads %s', (local, expected) => {
  expect(localText(local)).toBe(expected);
});

test.each([
  ['2026-10-25T02:30+01:00', '25 October, 02:30 +01:00'],
  ['2026-11-20', '20 November'],
])('the local %s within the year reads %s', (local, expected) => {
  expect(nearText(local)).toBe(expected);
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
    [
      'an hour that occurs twice',
      '2026-10-25T00:00:00Z',
      '2026-10-25T01:00:00Z',
      'Europe/Berlin',
      '25 October 2026, 02:00 +02:00 to 25 October 2026, 02:00 +01:00 (Europe/Berlin)',
    ],
  ])('of %s is shown by its days or hours', (_name, start, end, timeZone, expected) => {
    expect(periodText(start, end, timeZone)).toBe(expected);
  });
});
