/** Which complete days cost far more than usual, in all and by meter, and how long that lasts. Pure; the rules are measured by `bench/foresight`. */
import { costMeasure } from '../budgets/measure.ts';
import type { Meter } from '../config/meter.ts';
import { dateAfter, dateOf, dayNumber } from '../ledger/usage-day.ts';
import {
  known,
  type Series,
  type SettledDays,
  seriesOf,
  type Usual,
  usualOf,
  usualOn,
} from './usual.ts';

interface JudgedDay {
  /** Far above what is usual, and no monthly charge. */
  readonly hit: boolean;
  /** What such a weekday usually is. */
  readonly usual: number;
  /** Above the usual; negative below it. */
  readonly excess: number;
}

/** What an excess must reach to matter, in the series' own unit. */
interface Floor {
  readonly minimum: number;
  /** The usual day of the whole account. */
  readonly accountUsual: number;
}

/** An anomaly from its first unusual day to its third calm one. */
export interface Episode {
  /** The first unusual day: `2026-11-21`. */
  readonly since: string;
  /** Since the last unusual day. */
  readonly calmDays: number;
}

const LEAST_DAYS = 21;
/** Relative excess of one day: at least 40 %, and six typical errors. */
const ONE_DAY = { excess: 0.4, errors: 6 };
/** Of two days in a row together, the second of which is above the usual by itself. */
const TWO_DAYS = { excess: 0.3, errors: 2.25, ofSecond: 0.15 };
const LEAST_ERROR = 0.02;
/** Usual amounts below this are none. */
const NOTHING = 1e-9;
/** A month ago, give or take a day, the same charge came if it was at least this part of it. */
const SAME_CHARGE = 0.6;
const LEAST_SHARE_OF_ACCOUNT = 0.1;
const CALM_DAYS = 3;

/**
 * Judges days of the series by their index, from what was known on each day's evening: later days change nothing, and of
 * those that are not `settled` (so many from the start are) none says what is usual. Keeps
 * what it computes, for a walk over many days. Undefined: a day that is unknown or before which too little is known.
 */
export function anomalyDetector(
  series: Series,
  settled = series.values.length,
): (day: number, floor?: Floor) => JudgedDay | undefined {
  const usualBefore = remembered((day) => usualOf(series, Math.min(day, settled)));
  const judgedOn = remembered((day) => judgedBy(series, day, usualBefore));
  return (day, floor) => {
    const judged = judgedOn(day);
    if (!judged?.hit || (floor && judged.excess < leastExcess(floor))) {
      return judged && { ...judged, hit: false };
    }
    const lastMonth = sameDayOfLastMonth(series, day);
    const came = [lastMonth - 1, lastMonth, lastMonth + 1].some((other) => {
      const before = judgedOn(other);
      return before?.hit && before.excess >= SAME_CHARGE * judged.excess;
    });
    return { ...judged, hit: !came };
  };
}

/** The episode after one more complete day; `hit` is undefined for an unknown one, which changes nothing. */
export function episodeAfter(
  episode: Episode | undefined,
  date: string,
  hit: boolean | undefined,
): Episode | undefined {
  if (hit === undefined) return episode;
  if (hit) return { since: episode?.since ?? date, calmDays: 0 };
  if (!episode || episode.calmDays + 1 >= CALM_DAYS) return undefined;
  return { ...episode, calmDays: episode.calmDays + 1 };
}

function leastExcess({ minimum, accountUsual }: Floor): number {
  return Math.max(minimum, LEAST_SHARE_OF_ACCOUNT * accountUsual);
}

function judgedBy(
  { firstDay, values }: Series,
  day: number,
  usualBefore: (day: number) => Usual | undefined,
): JudgedDay | undefined {
  const value = values[day];
  if (value === undefined || known(values, 0, day).length < LEAST_DAYS) return undefined;
  const before = usualBefore(day);
  if (!before) return undefined;
  const number = dayNumber(firstDay) + day;
  const usual = usualOn(before, number);
  const over = value / Math.max(usual, NOTHING) - 1;
  const hit =
    (over > ONE_DAY.excess && over > unusualShare(before.errorOfDay)) ||
    (over > TWO_DAYS.ofSecond && isSecondOfTwo(values, day, number, usualBefore));
  return { hit, usual, excess: value - usual };
}

/** A single day is unusual beyond so much above the usual, relative to it. */
export function unusualShare(errorOfDay: number): number {
  return Math.max(ONE_DAY.excess, ONE_DAY.errors * error(errorOfDay));
}

/** Whether the day and the one before it are far above what was usual before both. */
function isSecondOfTwo(
  values: Series['values'],
  day: number,
  number: number,
  usualBefore: (day: number) => Usual | undefined,
): boolean {
  const [first, second] = [values[day - 1], values[day]];
  const before = usualBefore(day - 1);
  if (first === undefined || second === undefined || !before) return false;
  const both = usualOn(before, number - 1) + usualOn(before, number);
  const over = (first + second) / Math.max(both, NOTHING) - 1;
  return over > TWO_DAYS.excess && over > TWO_DAYS.errors * error(before.errorOfTwoDays);
}

function error(typical: number): number {
  return Math.max(typical, LEAST_ERROR);
}

/** Its index: 31 March → 28 or 29 February. */
function sameDayOfLastMonth({ firstDay }: Series, day: number): number {
  const start = dayNumber(firstDay);
  const [year = 0, month = 0, date = 0] = dateOf(start + day)
    .split('-')
    .map(Number);
  const lastDay = new Date(Date.UTC(year, month - 1, 0));
  lastDay.setUTCDate(Math.min(date, lastDay.getUTCDate()));
  return dayNumber(lastDay.toISOString().slice(0, 10)) - start;
}

function remembered<Result>(compute: (day: number) => Result): (day: number) => Result {
  const results = new Map<number, Result>();
  return (day) => {
    if (!results.has(day)) results.set(day, compute(day));
    return results.get(day) as Result;
  };
}

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
    ...seriesOf(settled, costMeasure(meter), settled.completeUntil),
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
  const series = seriesOf(settled, costMeasure(meter));
  const start = dayNumber(series.firstDay);
  const isOut = (index: number) =>
    index >= dayNumber(from) - start && index <= dayNumber(to) - start;
  const without = series.values.map((value, index) => (isOut(index) ? undefined : value));
  return (usualOf({ ...series, values: without }) ?? usualOf(series))?.level;
}
