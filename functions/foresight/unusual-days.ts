/** Which settled days of an account cost far more than usual: in all, and by meter. Pure. */
import type { Measure } from '../budgets/measure.ts';
import type { Meter } from '../providers/provider.ts';
import { type Floor, judgeOf } from './anomaly.ts';
import { type SettledDays, seriesOf } from './series.ts';
import { dateOf, dayNumber, usualOf } from './usual.ts';

/** Amounts in the account's currency. */
export interface JudgedCost {
  /** Absent: all meters together. */
  readonly meter?: string;
  readonly cost: number;
  /** What such a weekday usually costs. */
  readonly usual: number;
  readonly excess: number;
  readonly isUnusual: boolean;
}

export interface JudgedCosts {
  /** `2026-11-21` */
  readonly date: string;
  /** Of everything that enough is known of. */
  readonly costs: readonly JudgedCost[];
}

export interface UsualCosts {
  readonly settled: SettledDays;
  readonly meters: readonly Pick<Meter, 'id'>[];
  /** The least excess, in the account's currency. */
  readonly minimum: number;
}

/** The settled days after `after` (`2026-11-20`), ascending; only the last one where `after` is undefined. */
export function judgedSince(
  after: string | undefined,
  { settled, meters, minimum }: UsualCosts,
): JudgedCosts[] {
  const total = seriesOf(settled, costOf());
  const last = total.values.length - 1;
  const first = after === undefined ? last : dayNumber(after) + 1 - dayNumber(total.firstDay);
  if (last < 0 || first > last) return [];
  const judgeTotal = judgeOf(total);
  const perMeter = meters.map(({ id }) => {
    const series = seriesOf(settled, costOf(id));
    return { meter: id, series, judge: judgeOf(series) };
  });
  const days: JudgedCosts[] = [];
  for (let day = Math.max(0, first); day <= last; day += 1) {
    const ofTotal = judgeTotal(day);
    const floor: Floor = { minimum, accountUsual: ofTotal?.usual ?? 0 };
    const all = [
      { meter: undefined, series: total, judge: judgeTotal },
      ...perMeter.filter(({ series }) => series.values.some((value) => value !== 0)),
    ];
    const costs = all.flatMap(({ meter, series, judge }): JudgedCost[] => {
      const judged = judge(day, floor);
      const cost = series.values[day];
      if (!judged || cost === undefined) return [];
      const { usual, excess, hit: isUnusual } = judged;
      return [{ ...(meter !== undefined && { meter }), cost, usual, excess, isUnusual }];
    });
    days.push({ date: dateOf(dayNumber(total.firstDay) + day), costs });
  }
  return days;
}

/** What a day costs lately, weekdays apart; undefined where too little is known. */
export function usualDay(settled: SettledDays, meter?: string): number | undefined {
  return usualOf(seriesOf(settled, costOf(meter)))?.level;
}

function costOf(meter?: string): Measure {
  const only = meter === undefined ? {} : { meter };
  return { ...only, summand: 'cost', amountOf: ({ amount }) => amount };
}
