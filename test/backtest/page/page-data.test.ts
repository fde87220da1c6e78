import fc from 'fast-check';
import { expect, test } from 'vitest';
import { budgetData, periodsOf } from '../../../functions/backtest/page/page-data.ts';
import { frames } from '../../../functions/backtest/page/plot.ts';
import type { PlayedBudget } from '../../../functions/backtest/played.ts';

const plot = { ...frames.wide, from: 0, until: 1, min: 0, max: 1 };
const plots = { wide: plot, narrow: plot, timeZone: 'UTC' };
const budget = { name: 'b', measure: 'cost', limit: '1', per: 'day', steps: [100] } as const;

const points = fc
  .uniqueArray(fc.integer({ min: 0, max: 2e9 }), { maxLength: 20 })
  .map((minutes) =>
    minutes
      .sort((a, b) => a - b)
      .map((minute) => ({ at: minute * 60_000, actual: `${minute}.000000000000000001` })),
  );

test('what a budget stood at comes through the page as it was', () => {
  fc.assert(
    fc.property(fc.array(points), (pointsOfPeriods) => {
      const periods = pointsOfPeriods.map((ofPeriod, index) => ({
        period: { id: String(index), start: index, end: index + 1, timeZone: 'UTC' },
        points: ofPeriod,
      }));
      const played: PlayedBudget = { budget, isTried: false, periods, told: [], alertsAMonth: 0 };

      const data = budgetData(played, { measure: 'cost', unit: 'USD' }, plots);

      expect(periodsOf(JSON.parse(JSON.stringify(data)))).toEqual(periods);
    }),
  );
});
