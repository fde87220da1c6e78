import { describe, expect, test } from 'vitest';
import { averageForecast, elapsedPercent } from '../../functions/budgets/average.ts';
import { daysWithin, measureOf } from '../../functions/budgets/measure.ts';
import { periodAt } from '../../functions/budgets/period.ts';
import type { Charge } from '../../functions/pricing/charges.ts';
import { decimal, plain, rounded } from '../../functions/pricing/money.ts';
import { at, budget, charge, hourly, inDays } from './example-charges.ts';

const november = periodAt({ per: 'month' }, 'UTC', at('2026-11-01T00:00Z'));

describe('elapsedPercent', () => {
  test.each([
    ['2026-10-31T00:00Z', 0],
    ['2026-11-01T00:00Z', 0],
    ['2026-11-16T00:00Z', 50],
    ['2026-11-30T00:00Z', (29 / 30) * 100],
    ['2026-12-01T00:00Z', 100],
    ['2026-12-24T00:00Z', 100],
  ])('at %s is %d', (now, expected) => {
    expect(elapsedPercent(november, at(now))).toBeCloseTo(expected, 10);
  });
});

describe('the forecast', () => {
  test.each([
    ['2026-11-01T00:00Z', 'at the very start'],
    ['2026-12-01T00:00Z', 'when the period is over'],
  ])('is not known at %s, %s', (now) => {
    expect(cost([], { actual: '10', now })).toBeUndefined();
  });

  test.each([
    // After a third of November; the limit is 200.
    ['50', '150', undefined],
    ['66', '198', undefined],
    ['80', '240', '2026-11-26T00:00Z'],
    ['199', '597', '2026-11-11T01:12:22Z'],
    ['0', '0', undefined],
  ])('of %s ends at %s and reaches the limit at %s', (actual, point, reached) => {
    const forecast = cost([], { actual, now: '2026-11-11T00:00Z' });

    expect(forecast && plain(forecast.point)).toBe(point);
    expect(toSecond(forecast?.reachesLimitAt)).toBe(reached && toSecond(at(reached)));
  });

  test('that ends just at the limit does not reach it within the period', () => {
    const forecast = cost([], { actual: '100', now: '2026-11-16T00:00Z' });

    expect(forecast && plain(forecast.point)).toBe('200');
    expect(forecast).not.toHaveProperty('reachesLimitAt');
  });

  test('is none of an amount below 0, as a correction does not go on', () => {
    expect(cost([], { actual: '-10', now: '2026-11-11T00:00Z' })).toBeUndefined();
  });

  test('is divided to 20 decimals', () => {
    const forecast = cost([], { actual: '1', now: '2026-11-08T00:00Z' });

    expect(forecast && plain(forecast.point)).toBe('4.28571428571428571429');
  });
});

describe('the limit was reached', () => {
  const now = '2026-11-11T00:30Z';

  test('with the end of the bucket that brought the running total to it', () => {
    // 40 hours of 5 are 200.
    const charges = hourly('gpu', '2026-11-03T00:00Z', 60, { cost: '5' });

    const forecast = cost(charges, { actual: '300', now });

    expect(forecast?.reachesLimitAt).toBe(at('2026-11-04T16:00Z'));
  });

  test('by all meters together, in whatever order the charges come', () => {
    const charges = [
      charge('cpu', '2026-11-05T07:00Z', { cost: '1' }),
      charge('gpu', '2026-11-05T09:00Z', { cost: '150' }),
      charge('cpu', '2026-11-05T08:00Z', { cost: '49' }),
    ];

    const forecast = cost(charges, { actual: '200', now });

    expect(forecast?.reachesLimitAt).toBe(at('2026-11-05T10:00Z'));
  });

  test('by the meter of the budget alone, where it names one', () => {
    const charges = [
      charge('cpu', '2026-11-05T07:00Z', { cost: '199' }),
      charge('gpu', '2026-11-05T08:00Z', { cost: '100' }),
      charge('gpu', '2026-11-05T12:00Z', { cost: '100' }),
    ];

    const reached = forecast(charges, budget({ meter: 'gpu' }), { actual: '200', now });

    expect(reached?.reachesLimitAt).toBe(at('2026-11-05T13:00Z'));
  });

  test('only once a correction of the same hour is taken off', () => {
    const charges = [
      charge('gpu', '2026-11-05T07:00Z', { cost: '210' }),
      charge('gpu', '2026-11-05T07:00Z', { cost: '-20' }),
      charge('gpu', '2026-11-05T08:00Z', { cost: '10' }),
    ];

    const forecast = cost(charges, { actual: '200', now });

    expect(forecast?.reachesLimitAt).toBe(at('2026-11-05T09:00Z'));
  });

  test('on the day that ended over it, not on one that was corrected', () => {
    const charges = [
      charge('gpu', '2026-11-05T07:00Z', { cost: '210' }),
      charge('gpu', '2026-11-05T08:00Z', { cost: '-100' }),
      charge('gpu', '2026-11-06T02:00Z', { cost: '90' }),
    ];

    const forecast = cost(charges, { actual: '200', now });

    expect(forecast?.reachesLimitAt).toBe(at('2026-11-06T03:00Z'));
  });

  test('now at the latest, though the bucket goes on', () => {
    const charges = [charge('gpu', '2026-11-11T00:00Z', { cost: '500', hours: 24 })];

    const forecast = cost(charges, { actual: '500', now });

    expect(forecast?.reachesLimitAt).toBe(at(now));
  });
});

describe('the forecast of a level', () => {
  const [low, flat, full] = ['50', '150', '400'];

  test('is its mean so far', () => {
    const charges = hourly('storage', '2026-11-01T00:00Z', 240, { quantity: flat });

    const forecast = level(charges, { actual: flat, now: '2026-11-11T00:00Z' });

    expect(forecast).toEqual({ point: decimal(flat) });
  });

  test('reached the limit when its mean so far did', () => {
    // The mean of 100 hours of 50 and n of 400 is 200 at n = 75.
    const charges = [
      ...hourly('storage', '2026-11-01T00:00Z', 100, { quantity: low }),
      ...hourly('storage', '2026-11-05T04:00Z', 100, { quantity: full }),
    ];

    const forecast = level(charges, { actual: '225', now: '2026-11-11T00:00Z' });

    expect(forecast?.reachesLimitAt).toBe(at('2026-11-08T07:00Z'));
  });

  test('is not reached by costs that say nothing of the level', () => {
    const charges = [
      ...hourly('storage', '2026-11-01T00:00Z', 25, { cost: '1000' }),
      charge('storage', '2026-11-02T01:00Z', { quantity: full }),
    ];

    const forecast = level(charges, { actual: full, now: '2026-11-11T00:00Z' });

    expect(forecast?.reachesLimitAt).toBe(at('2026-11-02T02:00Z'));
  });
});

interface Status {
  readonly actual: string;
  readonly now: string;
}

function cost(charges: readonly Charge[], status: Status) {
  return forecast(charges, budget(), status);
}

function level(charges: readonly Charge[], status: Status) {
  return forecast(charges, budget({ measure: 'usage', meter: 'storage', unit: 'GB' }), status);
}

function forecast(charges: readonly Charge[], limited: ReturnType<typeof budget>, status: Status) {
  const measure = measureOf(limited, [
    { id: 'storage', name: 'storage', kind: 'level', unit: 'GB' },
  ]);
  if (!measure) throw new Error('no such meter');
  return averageForecast({
    period: november,
    since: november.start,
    now: at(status.now),
    actual: decimal(status.actual),
    limit: decimal(limited.limit),
    measure,
    days: daysWithin(inDays(charges), november),
  });
}

function toSecond(instant: number | undefined): string | undefined {
  return instant === undefined ? undefined : rounded(decimal(`${instant}e-3`), 0);
}
