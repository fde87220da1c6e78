/** What a period comes to, from what is usual of its days, with a range that holds the outcome in 80 of 100 cases (see `bench/foresight`), and how far off that was in the past. */
import { dateOf, dayNumber } from '../ledger/usage-day.ts';
import { known, median, type Series, sum, type Usual, usualOf, usualOn } from './usual.ts';

/** A day of the period that is not, or not wholly, known. */
export interface DayAhead {
  /** `2026-11-21` */
  readonly date: string;
  /** Of its hours those that are still to come: 0 to 1. */
  readonly share: number;
}

/** One outcome in ten is below `low`, one above `high`. */
export interface Forecast {
  readonly point: number;
  readonly low: number;
  readonly high: number;
}

export interface PeriodSoFar {
  /** A flow adds up; of a level, which averages, `actual` is the mean of the known days. */
  readonly kind: 'flow' | 'level';
  readonly actual: number;
  /** The known part of the unfinished day included. */
  readonly knownDays: number;
}

/** So many standard deviations of a normal distribution hold 80 %. */
const RANGE_80 = 1.2816;
/** Of one day's variance, what the days ahead have in common, so that it does not average out. */
const COMMON_SHARE = 0.3;
/** How far a level moves in 30 days, relative; less in a series whose days differ by less than 5 %. */
const DRIFT = 0.14;
const STEADY_ERROR = 0.05;
const ERROR_BOUNDS = { low: 0.01, high: 1 };

/** What the days ahead come to together. */
export function forecastRest(usual: Usual, ahead: readonly DayAhead[]): Forecast {
  const point = expectedRest(usual, ahead);
  const days = sum(ahead.map(({ share }) => share));
  const spread = Math.exp(RANGE_80 * relativeDeviation(usual.errorOfDay, days));
  return { point, low: point / spread, high: point * spread };
}

/** The point alone, without the work that the range is. */
function expectedRest(usual: Usual, ahead: readonly DayAhead[]): number {
  return sum(ahead.map((day) => expectedOf(usual, day)));
}

/** What the period comes to: the actual and the rest; of a level the mean of both, so unknown days count in neither. */
export function forecastPeriod(
  soFar: PeriodSoFar,
  usual: Usual,
  ahead: readonly DayAhead[],
): Forecast {
  const { point, low, high } = forecastRest(usual, ahead);
  const days = sum(ahead.map(({ share }) => share));
  return {
    point: periodValue(soFar, point, days),
    low: periodValue(soFar, low, days),
    high: periodValue(soFar, high, days),
  };
}

/** The first day at whose end the point forecast is at the limit: `2026-11-20`. Undefined if there is none, or the actual is there already. */
export function reachesLimitAt(
  soFar: PeriodSoFar,
  limit: number,
  usual: Pick<Usual, 'level' | 'factors'>,
  ahead: readonly DayAhead[],
): string | undefined {
  if (soFar.actual >= limit) return undefined;
  let rest = 0;
  let days = 0;
  for (const day of ahead) {
    rest += expectedOf(usual, day);
    days += day.share;
    if (periodValue(soFar, rest, days) >= limit) return day.date;
  }
  return undefined;
}

function expectedOf(usual: Pick<Usual, 'level' | 'factors'>, { date, share }: DayAhead): number {
  return share * usualOn(usual, dayNumber(date));
}

function periodValue({ kind, actual, knownDays }: PeriodSoFar, rest: number, days: number): number {
  if (kind === 'flow') return actual + rest;
  return knownDays + days === 0 ? actual : (actual * knownDays + rest) / (knownDays + days);
}

/** A part of a day is as uncertain, relatively, as a whole one. */
function relativeDeviation(errorOfDay: number, daysAhead: number): number {
  const days = Math.max(1, daysAhead);
  const error = Math.min(Math.max(errorOfDay, ERROR_BOUNDS.low), ERROR_BOUNDS.high);
  const drift = DRIFT * Math.min(1, Math.sqrt(error / STEADY_ERROR));
  return Math.sqrt(error ** 2 * (1 / days + COMMON_SHARE) + (drift ** 2 * days) / 30);
}

interface PastPeriod {
  /** `2026-10-01` */
  readonly firstDay: string;
  readonly days: number;
}

export interface ForecastRecord {
  /** As a share of what the periods came to: half of the forecasts were nearer. */
  readonly medianError: number;
  /** How many were replayed; of one alone there is no "half the time". */
  readonly periods: number;
}

/** Two months. */
const LEAST_DAYS = 60;

/**
 * Forecasts past periods again, each as it stood after so many complete days. Left out are those that are not wholly
 * known, came to nothing, or began too early. Undefined with less than two months of history, or if all are left out.
 */
export function recordOf(
  series: Series,
  periods: readonly PastPeriod[],
  elapsedDays: number,
): ForecastRecord | undefined {
  if (known(series.values).length < LEAST_DAYS) return undefined;
  const errors = periods
    .map((period) => errorOf(series, period, elapsedDays))
    .filter((error) => error !== undefined);
  return errors.length > 0 ? { medianError: median(errors), periods: errors.length } : undefined;
}

function errorOf(
  series: Series,
  { firstDay, days }: PastPeriod,
  elapsedDays: number,
): number | undefined {
  const start = dayNumber(firstDay) - dayNumber(series.firstDay);
  if (start < 0 || elapsedDays >= days) return undefined;
  const values = known(series.values, start, start + days);
  const total = sum(values);
  const usual = usualOf(series, start + elapsedDays);
  if (values.length < days || total <= 0 || !usual) return undefined;
  const ahead = Array.from({ length: days - elapsedDays }, (_, index) => ({
    date: dateOf(dayNumber(firstDay) + elapsedDays + index),
    share: 1,
  }));
  const forecast = sum(values.slice(0, elapsedDays)) + expectedRest(usual, ahead);
  return Math.abs(forecast / total - 1);
}
