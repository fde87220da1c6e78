import { describe, expect, test } from 'vitest';
import { activityAt } from '../../../../cli/demo/vendors/history.ts';

const hourMs = 3_600_000;
const monday = Date.parse('2026-11-16T00:00:00Z');

function week(seed: number): number[] {
  return Array.from({ length: 7 * 24 }, (_, hour) => activityAt(monday + hour * hourMs, seed));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('simulated activity', () => {
  test('is the same for the same hour and another for another seed', () => {
    expect(week(1)).toEqual(week(1));
    expect(week(1)).not.toEqual(week(2));
  });

  test('is about 1 over a week, and never far from it', () => {
    expect(Math.abs(mean(week(1)) - 1)).toBeLessThan(0.1);
    expect(Math.min(...week(1))).toBeGreaterThan(0.4);
    expect(Math.max(...week(1))).toBeLessThan(1.6);
  });

  test('is higher by day than at night, and on weekdays than at the weekend', () => {
    const hours = week(1);
    const byDay = hours.filter((_, hour) => hour % 24 >= 7 && hour % 24 < 19);
    const atNight = hours.filter((_, hour) => hour % 24 < 5);

    expect(mean(byDay)).toBeGreaterThan(mean(atNight) * 1.3);
    expect(mean(hours.slice(0, 120))).toBeGreaterThan(mean(hours.slice(120)) * 1.2);
  });

  test('differs from one hour to the next and from day to day', () => {
    const noons = week(1).filter((_, hour) => hour < 120 && hour % 24 === 12);

    expect(new Set(noons).size).toBe(5);
  });
});
