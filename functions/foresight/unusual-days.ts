/** Which settled days of an account cost far more than usual: in all, and by meter. Pure. */
import type { ChargeDay, Measure } from '../budgets/measure.ts';
import type { Meter } from '../config/meter.ts';
import { dateAfter, dateOf, dayNamed, dayNumber } from '../ledger/usage-day.ts';
import { anomalyDetector } from './anomaly.ts';
import { type SettledDays, seriesOf } from './series.ts';
import { usualOf } from './usual.ts';

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
  /** Otherwise more may come: what is unusual already stays so, what is not may still be. */
  readonly isSettled: boolean;
}

export interface UsualCosts {
  readonly settled: SettledDays;
  readonly meters: readonly Pick<Meter, 'id'>[];
  /** The least excess, in the account's currency. */
  readonly minimum: number;
}

/** The complete days after `after` (`2026-11-20`), ascending. */
export function judgedSince(after: string, usual: UsualCosts): readonly JudgedCosts[] {
  const { settled } = usual;
  const first = after < settled.from ? settled.from : dateAfter(after, 1);
  if (first >= settled.completeUntil) return [];
  const end = dayNamed(settled.completeUntil, settled.dayZone).start;
  const days = settled.days.filter((day) => day.start < end);
  const last = days.at(-1);
  const key = [first, settled.until, settled.completeUntil, usual.minimum].join();
  const known = last && kept.get(last);
  const isSame = known?.key === key && days.every((day, index) => day === known.days[index]);
  if (isSame) return known.judged;
  const judged = judgedFrom(first, usual);
  if (last) kept.set(last, { key, days, judged });
  return judged;
}

interface Judged {
  readonly key: string;
  readonly days: readonly ChargeDay[];
  readonly judged: readonly JudgedCosts[];
}

/** A replay asks for the same days at each hour. Changes no result. */
const kept = new WeakMap<ChargeDay, Judged>();

function judgedFrom(firstDay: string, { settled, meters, minimum }: UsualCosts): JudgedCosts[] {
  const series = [undefined, ...meters.map(({ id }) => id)].map((meter) => ({
    meter,
    ...seriesOf(settled, costOf(meter), settled.completeUntil),
  }));
  const start = dayNumber(series[0]?.firstDay ?? firstDay);
  const settledDays = dayNumber(settled.until) - start;
  const detectors = series
    .filter(({ meter, values }) => meter === undefined || values.some((value) => value !== 0))
    .map((one) => ({ ...one, detect: anomalyDetector(one, settledDays) }));
  const days: JudgedCosts[] = [];
  const last = dayNumber(settled.completeUntil) - start;
  for (let day = Math.max(0, dayNumber(firstDay) - start); day < last; day += 1) {
    const floor = { minimum, accountUsual: detectors[0]?.detect(day)?.usual ?? 0 };
    const costs = detectors.flatMap(({ meter, values, detect }): JudgedCost[] => {
      const judged = detect(day, floor);
      const cost = values[day];
      if (!judged || cost === undefined) return [];
      const { usual, excess, hit: isUnusual } = judged;
      return [{ ...(meter !== undefined && { meter }), cost, usual, excess, isUnusual }];
    });
    days.push({ date: dateOf(start + day), costs, isSettled: day < settledDays });
  }
  return days;
}

/** What a day costs lately, weekdays apart and, as far as it can be, without those of a span; undefined where too little is known. */
export function usualDay(
  settled: SettledDays,
  {
    meter,
    from,
    to,
  }: { readonly meter?: string | undefined; readonly from: string; readonly to: string },
): number | undefined {
  const series = seriesOf(settled, costOf(meter));
  const start = dayNumber(series.firstDay);
  const isOut = (index: number) =>
    index >= dayNumber(from) - start && index <= dayNumber(to) - start;
  const without = series.values.map((value, index) => (isOut(index) ? undefined : value));
  return (usualOf({ ...series, values: without }) ?? usualOf(series))?.level;
}

function costOf(meter?: string): Measure {
  const only = meter === undefined ? {} : { meter };
  return { ...only, summand: 'cost', amountOf: ({ amount }) => amount };
}
