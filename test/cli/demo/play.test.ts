import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import {
  nextCheckAt,
  type SimulatedClock,
  simulateClock,
  watchHourly,
} from '../../../cli/demo/play.ts';

describe('simulated clock', () => {
  const at = Date.parse('2026-11-21T10:05:00Z');
  const RealDate = Date;
  let clock: SimulatedClock | undefined;

  afterEach(() => clock?.restore());

  describe('a simulated clock', () => {
    test('gives its time until it is set again', async () => {
      clock = simulateClock(at);

      await sleep(2);
      const first = [Date.now(), new Date().toISOString()];
      clock.set(at + 1);

      expect(first).toEqual([at, '2026-11-21T10:05:00.000Z']);
      expect([Date.now(), new Date().toISOString()]).toEqual([at + 1, '2026-11-21T10:05:00.001Z']);
    });

    test('leaves dates that are given alone', () => {
      const before = new Date(at);
      clock = simulateClock(0);

      expect(new Date('2026-11-21T10:05:00Z').getTime()).toBe(at);
      expect(new Date(2026, 0, 31, 12, 30).getMinutes()).toBe(30);
      expect([Date.parse('2026-11-21T10:05:00Z'), Date.UTC(2026, 10, 21, 10, 5)]).toEqual([at, at]);
      expect([before instanceof Date, new Date() instanceof Date]).toEqual([true, true]);
    });

    test('leaves performance.now alone', async () => {
      clock = simulateClock(at);
      const before = performance.now();

      await sleep(2);

      expect(performance.now()).toBeGreaterThan(before);
    });

    test('gives the real time back', () => {
      simulateClock(at).restore();

      expect(Date).toBe(RealDate);
      expect(Date.now()).not.toBe(at);
    });
  });
});

describe('watch', () => {
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
    test('ends at an abort, without a check', async () => {
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
});
