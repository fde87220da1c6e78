/** An account's days as series, and what those usually are: weekdays, level, and how far single days are from it. The rules are measured by `bench/foresight`. */
import { type ChargeDay, isLevel, type Measure, type Total } from '../budgets/measure.ts';
import { DAY_MS } from '../config/durations.ts';
import { dateAfter, dayNamed, dayNumber, weekdayOf } from '../ledger/usage-day.ts';
import { plain } from '../pricing/money.ts';

/** Complete days, oldest first; a day that is not known is undefined, never 0. */
export interface Series {
  /** `2026-09-01` */
  readonly firstDay: string;
  readonly values: readonly (number | undefined)[];
}

export interface Usual {
  /** A day's usual value, were all weekdays alike; never below 0, as corrections do not go on. */
  readonly level: number;
  /** By weekday, Monday first; their mean is 1. */
  readonly factors: readonly number[];
  /** Typical relative error of one day, and of two days together: the robust standard deviation. */
  readonly errorOfDay: number;
  readonly errorOfTwoDays: number;
}

/** Twelve weeks: enough for the weekdays, short enough to forget how things were. */
const PAST_DAYS = 84;
const ERROR_DAYS = 42;
const LEAST_DAYS = 14;
/** Of the last seven. */
const MOST_UNKNOWN_DAYS = 2;
/** A single day counts in the level only within these multiples of the usual one: a runaway is not the new level at once. */
const LEVEL_BOUNDS = { low: 0.6, high: 1.5 };
const LEAST_FACTOR = 0.02;
/** From a median of absolute errors to a standard deviation, were they normally distributed. */
const DEVIATION_OF_MEDIAN = 1.4826;

/** As known on the morning of day `end` (an index, exclusive). Undefined under 14 known days, or if more than two of the last seven are unknown. */
export function usualOf(series: Series, end = series.values.length): Usual | undefined {
  const start = Math.max(0, end - PAST_DAYS);
  const values = series.values.slice(start, end);
  if (known(values).length < LEAST_DAYS) return undefined;
  const firstWeekday = weekdayOf(dayNumber(series.firstDay) + start);
  const factors = weekdayFactors(values, firstWeekday);
  const factorsByDay = values.map((_, index) => factors[(firstWeekday + index) % 7] ?? 1);
  const adjusted = values.map((value, index) =>
    value === undefined ? undefined : value / (factorsByDay[index] ?? 1),
  );
  const level = levelAt(adjusted, values.length);
  if (level === undefined) return undefined;
  let errors: TypicalErrors | undefined;
  const errorsOnce = () => {
    errors ??= typicalErrors(values, adjusted, factorsByDay);
    return errors;
  };
  return {
    level,
    factors,
    // Most days are far from unusual, and these are the greater part of the work.
    get errorOfDay() {
      return errorsOnce().errorOfDay;
    },
    get errorOfTwoDays() {
      return errorsOnce().errorOfTwoDays;
    },
  };
}

/** What a day usually is; the day by its number since 1970-01-01. */
export function usualOn({ level, factors }: Pick<Usual, 'level' | 'factors'>, day: number): number {
  return level * (factors[weekdayOf(day)] ?? 1);
}

/** The middle value, of an even number the mean of the two in the middle; of none, NaN. For the few values here, inserting is four times as fast as sorting. */
export function median(values: readonly number[]): number {
  const sorted = values.slice();
  for (let index = 1; index < sorted.length; index += 1) {
    const value = sorted[index] ?? Number.NaN;
    let at = index;
    for (; at > 0; at -= 1) {
      const before = sorted[at - 1] ?? value;
      if (before <= value) break;
      sorted[at] = before;
    }
    sorted[at] = value;
  }
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Median of day ÷ week's mean, drawn towards 1 where there are few weeks; all 1 under two weeks with usage. */
function weekdayFactors(values: Series['values'], firstWeekday: number): readonly number[] {
  const weeks = wholeWeeks(values).filter(({ mean }) => mean > 0);
  if (weeks.length < 2) return Array<number>(7).fill(1);
  const trust = weeks.length / (weeks.length + 2);
  const factors = Array.from({ length: 7 }, (_, weekday) => {
    const ratios = weeks.map(({ days, mean, start }) => {
      const before = (weekday + 7 - ((firstWeekday + start) % 7)) % 7;
      return (days[before] ?? 0) / mean;
    });
    return Math.max(LEAST_FACTOR, 1 + (median(ratios) - 1) * trust);
  });
  const total = sum(factors);
  return factors.map((factor) => (7 * factor) / total);
}

/** Every seven known days in a row, backwards from the end, so that the latest count, and an unknown day costs as few as it can. */
function wholeWeeks(values: Series['values']) {
  const weeks: { start: number; days: readonly number[]; mean: number }[] = [];
  for (let end = values.length; end >= 7; ) {
    const start = end - 7;
    const days = known(values, start, end);
    if (days.length < 7) {
      end = values.lastIndexOf(undefined, end - 1);
      continue;
    }
    weeks.push({ start, days, mean: sum(days) / 7 });
    end = start;
  }
  return weeks;
}

/** Mean of the last seven days before `end`, each kept near the median of the last 14. */
function levelAt(adjusted: Series['values'], end: number): number | undefined {
  const recent = known(adjusted, end - 7, end);
  if (recent.length < 7 - MOST_UNKNOWN_DAYS) return undefined;
  const middle = median(known(adjusted, end - 14, end));
  if (middle <= 0) return Math.max(0, sum(recent) / recent.length);
  const low = LEVEL_BOUNDS.low * middle;
  const high = LEVEL_BOUNDS.high * middle;
  const kept = recent.map((value) => Math.min(Math.max(value, low), high));
  return sum(kept) / kept.length;
}

type TypicalErrors = Pick<Usual, 'errorOfDay' | 'errorOfTwoDays'>;

/** Over the last 42 days, each against what was usual on its morning. */
function typicalErrors(
  values: Series['values'],
  adjusted: Series['values'],
  factors: readonly number[],
): TypicalErrors {
  const ofDay: number[] = [];
  const ofTwoDays: number[] = [];
  const firstDay = Math.max(7, values.length - ERROR_DAYS);
  for (let day = Math.max(7, firstDay - 1); day < values.length; day += 1) {
    const level = levelAt(adjusted, day);
    const first = values[day];
    if (!level || first === undefined) continue;
    const factor = factors[day] ?? 1;
    if (day >= firstDay) ofDay.push(Math.abs(first / factor / level - 1));
    const second = values[day + 1];
    if (second === undefined) continue;
    const both = level * (factor + (factors[day + 1] ?? 1));
    ofTwoDays.push(Math.abs((first + second) / both - 1));
  }
  return { errorOfDay: deviation(ofDay), errorOfTwoDays: deviation(ofTwoDays) };
}

/** 1, so as large as the values themselves, where nothing is known of it. */
function deviation(errors: readonly number[]): number {
  return errors.length === 0 ? 1 : DEVIATION_OF_MEDIAN * median(errors);
}

/** The known ones of the half-open range. */
export function known(values: Series['values'], start = 0, end = values.length): number[] {
  const found: number[] = [];
  for (let index = Math.max(0, start); index < end; index += 1) {
    const value = values[index];
    if (value !== undefined) found.push(value);
  }
  return found;
}

export function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

export interface SettledDays {
  /** Ascending, up to the last complete one; a day without an item had no usage. */
  readonly days: readonly ChargeDay[];
  /** First day that is known, and first day that is not settled yet: `2026-11-21` in the provider's zone. */
  readonly from: string;
  readonly until: string;
  /** First day that is not over, or of which data is still coming in; not before `until`. */
  readonly completeUntil: string;
  /** Its start, epoch milliseconds. */
  readonly completeUntilAt: number;
  readonly dayZone: string;
}

/** So many days are looked at: 84, and as many before as it takes to know what was usual a month ago. */
export const FORESIGHT_DAYS = 120;

/** By day, in the budget's unit or the account's currency. A level of which nothing is known on a day is unknown, not 0. */
export function seriesOf(settled: SettledDays, measure: Measure, until = settled.until): Series {
  const { days, dayZone } = settled;
  const earliest = dateAfter(until, -FORESIGHT_DAYS);
  const firstDay = settled.from > earliest ? settled.from : earliest;
  const start = dayNamed(firstDay, dayZone).start;
  const end = dayNamed(until, dayZone).start;
  const length = Math.max(0, Math.round((end - start) / DAY_MS));
  const values = Array<number | undefined>(length).fill(isLevel(measure) ? undefined : 0);
  for (const day of days) {
    if (day.start < start || day.start >= end) continue;
    values[Math.round((day.start - start) / DAY_MS)] = dayValue(day, measure);
  }
  return { firstDay, values };
}

/** Undefined where nothing of the day is counted, though there was something. */
function dayValue(day: ChargeDay, measure: Measure): number | undefined {
  let value = 0;
  let counted = 0;
  let leftOut = 0;
  const { meter, summand } = measure;
  const { totals } = day.sum(summand);
  for (const total of meter === undefined ? totals.values() : [totals.get(meter)]) {
    if (total === undefined) continue;
    if (total.counted > 0) value += amountOf(total, measure);
    counted += total.counted;
    leftOut += total.leftOut;
  }
  if (counted === 0) return leftOut > 0 || isLevel(measure) ? undefined : 0;
  return value;
}

function amountOf(total: Total, measure: Measure): number {
  return Number(plain(measure.amountOf(total)));
}
