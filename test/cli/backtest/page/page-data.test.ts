import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FRAMES } from '../../../../cli/backtest/page/chart.ts';
import { budgetData, momentAt, periodsOf } from '../../../../cli/backtest/page/page-data.ts';
import type { ReplayedBudget } from '../../../../cli/backtest/replayed.ts';
import { momentText } from '../../../../functions/budgets/dates.ts';

const plot = { ...FRAMES.wide, from: 0, until: 1, min: 0, max: 1 };
const plots = { wide: plot, narrow: plot, timeZone: 'UTC' };
const budget = { name: 'b', measure: 'cost', limit: '1', per: 'day', thresholds: [100] } as const;

const counting = { measure: 'cost', unit: 'USD' } as const;
const forecast = { at: 5, completeDays: 1, point: '3', low: '2.5', high: '4' };

const points = fc
  .uniqueArray(fc.integer({ min: 0, max: 2e9 }), { maxLength: 20 })
  .map((minutes) =>
    minutes
      .sort((a, b) => a - b)
      .map((minute) => ({ at: minute * 60_000, actual: `${minute}.000000000000000001` })),
  );

test('the actuals and forecasts of a budget come through the page as they were', () => {
  fc.assert(
    fc.property(fc.array(points), (pointsOfPeriods) => {
      const periods = pointsOfPeriods.map((ofPeriod, index) => ({
        period: { id: String(index), start: index, end: index + 1, timeZone: 'UTC' },
        points: ofPeriod,
        forecasts: [forecast],
        forecast: '3.000000001',
        range: { low: '2', high: '4' },
      }));
      const replayed: ReplayedBudget = {
        budget,
        isTried: false,
        periods,
        notices: [],
        alertsAMonth: { budget: 0, forecast: 0 },
      };

      const data = budgetData(replayed, { counting, anomalies: 0 }, plots);

      expect(periodsOf(JSON.parse(JSON.stringify(data)))).toEqual(periods);
    }),
  );
});

test('a moment reads as in the messages, in any zone and at any time', () => {
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'Europe/London',
    'Asia/Kolkata',
    'America/St_Johns',
    'Australia/Lord_Howe',
  );
  const anyTime = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2040-01-01') });
  const clocksBack = fc
    .tuple(
      fc.constantFrom('2026-10-25T01:00Z', '2026-11-01T04:30Z', '2026-04-04T15:00Z'),
      fc.integer({ min: -180, max: 180 }),
    )
    .map(([at, minutes]) => Date.parse(at) + minutes * 60_000);
  const at = fc.oneof(anyTime, clocksBack);
  fc.assert(
    fc.property(at, zone, (instant, timeZone) => {
      expect(momentAt(instant, timeZone)).toBe(
        momentText(new Date(instant).toISOString(), timeZone),
      );
    }),
  );
});
