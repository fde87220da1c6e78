import { describe, expect, test } from 'vitest';
import { nextCheckAt, watchHourly } from '../../functions/local/watch.ts';

describe('the next check', () => {
  test.for([
    ['2026-11-21T10:00:00Z', '2026-11-21T10:05:00.000Z'],
    ['2026-11-21T10:04:59.999Z', '2026-11-21T10:05:00.000Z'],
    ['2026-11-21T10:05:00Z', '2026-11-21T11:05:00.000Z'],
    ['2026-12-31T23:30:00Z', '2027-01-01T00:05:00.000Z'],
  ] as const)('after %s is at %s', ([now, expected]) => {
    const next = nextCheckAt(Date.parse(now));

    expect(new Date(next).toISOString()).toBe(expected);
  });
});

describe('watching', () => {
  test('ends when it is told to, without a check', async () => {
    const stop = new AbortController();
    let checks = 0;
    const watching = watchHourly(async () => {
      checks += 1;
    }, stop.signal);

    stop.abort();

    await watching;
    expect(checks).toBe(0);
  });
});
