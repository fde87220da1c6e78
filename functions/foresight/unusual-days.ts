/** Which settled days of an account cost far more than usual: in all, and by meter. Pure. */
import type { Measure } from '../budgets/measure.ts';
import type { Meter } from '../config/meter.ts';
import { dateAfter, dateOf, dayNumber } from '../ledger/usage-day.ts';
import { anomalyDetector } from './anomaly.ts';
import { type SettledDays, seriesOf } from './series.ts';
import { type Series, usualOf } from './usual.ts';

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

export interface UnusualDays {
  readonly settled: SettledDays;
  /** The complete days after `after` (`2026-11-20`), ascending; `minimum` is the least excess, in the account's currency. */
  readonly since: (after: string, minimum: number) => JudgedCosts[];
}

/** Each day is judged once, when it is first asked for. */
export function unusualDays(
  settled: SettledDays,
  meters: readonly Pick<Meter, 'id'>[],
): UnusualDays {
  let detectors: readonly SeriesDetector[] | undefined;
  return {
    settled,
    since: (after, minimum) => {
      const first = after < settled.from ? settled.from : dateAfter(after, 1);
      if (first >= settled.completeUntil) return [];
      detectors ??= detectorsOf(settled, meters);
      return judgedFrom(first, { settled, detectors, minimum });
    },
  };
}

interface SeriesDetector extends Series {
  /** Absent: all meters together. */
  readonly meter: string | undefined;
  readonly detect: ReturnType<typeof anomalyDetector>;
}

/** Of the whole account first. */
function detectorsOf(settled: SettledDays, meters: readonly Pick<Meter, 'id'>[]): SeriesDetector[] {
  const series = [undefined, ...meters.map(({ id }) => id)].map((meter) => ({
    meter,
    ...seriesOf(settled, costOf(meter), settled.completeUntil),
  }));
  return series
    .filter(({ meter, values }) => meter === undefined || values.some((value) => value !== 0))
    .map((one) => ({
      ...one,
      detect: anomalyDetector(one, dayNumber(settled.until) - dayNumber(one.firstDay)),
    }));
}

interface Judging {
  readonly settled: SettledDays;
  readonly detectors: readonly SeriesDetector[];
  readonly minimum: number;
}

function judgedFrom(firstDay: string, { settled, detectors, minimum }: Judging): JudgedCosts[] {
  const start = dayNumber(detectors[0]?.firstDay ?? firstDay);
  const settledDays = dayNumber(settled.until) - start;
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
