/** How far the forecast was off in the past of this very series, as it is reported beside it. */
import { dateOf, dayNumber } from '../ledger/usage-day.ts';
import { expectedRest } from './forecast.ts';
import { known, median, type Series, sum, usualOf } from './usual.ts';

export interface PastPeriod {
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
