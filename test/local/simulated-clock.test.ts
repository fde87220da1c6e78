import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type SimulatedClock, simulateClock } from '../../functions/local/simulated-clock.ts';

const at = Date.parse('2026-11-21T10:05:00Z');
const RealDate = Date;
let clock: SimulatedClock | undefined;

afterEach(() => clock?.restore());

describe('a simulated clock', () => {
  test('says its time to whoever asks, until it is set again', async () => {
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
