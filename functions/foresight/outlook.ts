/** What a budget's period will come to, from the complete days of its own series. Pure. */
import type { Big } from 'big.js';
import type { PeriodForecast } from '../budgets/average.ts';
import { isLevel, type Measure, measureOf } from '../budgets/measure.ts';
import { periodBefore } from '../budgets/period.ts';
import type { KnownReading } from '../budgets/read-budget.ts';
import { DAY_MS, HOUR_MS } from '../config/durations.ts';
import type { Meter } from '../config/meter.ts';
import { dayAt, dayNamed, dayNumber } from '../ledger/usage-day.ts';
import { decimal, plain } from '../pricing/money.ts';
import {
  type DayAhead,
  type Forecast,
  type ForecastRecord,
  forecastPeriod,
  type PeriodSoFar,
  reachesLimitAt,
  recordOf,
} from './forecast.ts';
import {
  known,
  type Series,
  type SettledDays,
  seriesOf,
  sum,
  type Usual,
  usualOf,
} from './usual.ts';

/** Where a period is heading, as known after its last complete day. */
export interface Outlook {
  /** The day after it: `2026-11-21`. */
  readonly knownUntil: string;
  readonly completeDays: number;
  /** Absent as long as too little is known. */
  readonly forecast: BudgetForecast | undefined;
}

/** In the budget's unit. */
interface BudgetForecast extends PeriodForecast {
  readonly low: Big;
  readonly high: Big;
  /** Noon of the day on which the point forecast crosses the limit; absent if it does not, or is over already. Epoch milliseconds. */
  readonly reachesLimitAt?: number;
  /** Mean of the last seven complete days. */
  readonly perDay: Big;
  /** The weekday that costs most, where that is much; 0 is Monday. */
  readonly peak?: { readonly weekday: number; readonly amount: Big };
  /** How far off it was on past periods of this very series. */
  readonly record?: ForecastRecord | undefined;
}

export interface OutlookDeps {
  readonly settled: SettledDays;
  readonly meters: readonly Meter[];
  readonly settlesAfterMs: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A fifth above the mean is worth a word. */
const PEAK_FACTOR = 1.2;
const PAST_PERIODS = 12;

/** Undefined for periods shorter than a week, and outside of the current one. */
export function outlookOf(reading: KnownReading, deps: OutlookDeps): Outlook | undefined {
  const { budget, period } = reading;
  const { settled, now } = deps;
  const measure = measureOf(budget, deps.meters);
  const isShort = budget.per === 'hour' || budget.per === 'day';
  if (isShort || !measure || now < period.start || now >= period.end) return undefined;
  let forecast: { readonly of: BudgetForecast | undefined } | undefined;
  return {
    knownUntil: settled.completeUntil,
    completeDays: Math.floor((settled.completeUntilAt - period.start) / DAY_MS),
    // Most are never looked at.
    get forecast() {
      forecast ??= { of: forecastOf(reading, measure, deps) };
      return forecast.of;
    },
  };
}

function forecastOf(
  reading: KnownReading,
  measure: Measure,
  { settled, settlesAfterMs, now }: OutlookDeps,
): BudgetForecast | undefined {
  const { budget, period, actual, usageFrom = period.start } = reading;
  const series = seriesOf(settled, measure, settled.completeUntil);
  const usual = usualOf(series);
  if (!usual || actual.lt('0')) return undefined;
  const { dayZone } = settled;
  const complete = Math.max(now - settlesAfterMs, settled.completeUntilAt);
  const from = knownUntil(reading, complete, now);
  const ahead = daysAhead(from, period.end, dayZone);
  const soFar: PeriodSoFar = {
    kind: isLevel(measure) ? 'level' : 'flow',
    actual: Number(plain(actual)),
    knownDays: Math.max(0, from - usageFrom) / DAY_MS,
  };
  const limitDay = reachesLimitAt(soFar, Number(budget.limit), usual, ahead);
  return {
    ...inDecimals(forecastPeriod(soFar, usual, ahead)),
    ...(limitDay !== undefined && {
      reachesLimitAt: dayNamed(limitDay, dayZone).start + 12 * HOUR_MS,
    }),
    ...lately(series, usual),
    get record() {
      return pastRecord(reading, series, dayZone, settled.completeUntil);
    },
  };
}

/** From where on the period has to be forecast: the end of the data, but a meter had none on a day that is complete without. */
function knownUntil({ period, dataUntil }: KnownReading, complete: number, now: number): number {
  return Math.min(now, Math.max(period.start, complete, dataUntil ?? period.start));
}

/** The days of `[from, end)` (epoch milliseconds), the first and the last by the part that is in it. */
export function daysAhead(from: number, end: number, dayZone: string): DayAhead[] {
  const ahead: DayAhead[] = [];
  for (let at = from; at < end; ) {
    const day = dayAt(at, dayZone);
    const share = (Math.min(day.end, end) - at) / (day.end - day.start);
    ahead.push({ date: day.date, share });
    at = day.end;
  }
  return ahead;
}

function inDecimals({ point, low, high }: Forecast) {
  return { point: amount(point), low: amount(low), high: amount(high) };
}

function lately({ values }: Series, usual: Usual): Pick<BudgetForecast, 'perDay' | 'peak'> {
  const week = known(values, values.length - 7);
  const most = Math.max(...usual.factors);
  const weekday = usual.factors.indexOf(most);
  return {
    perDay: amount(sum(week) / week.length),
    ...(most >= PEAK_FACTOR && { peak: { weekday, amount: amount(usual.level * most) } }),
  };
}

function pastRecord(
  { budget, period }: KnownReading,
  series: Series,
  dayZone: string,
  until: string,
): ForecastRecord | undefined {
  const date = (at: number) => dayAt(at, dayZone).date;
  const elapsed = dayNumber(until) - dayNumber(date(period.start));
  const past = [];
  let one = period;
  for (let count = 0; count < PAST_PERIODS; count += 1) {
    one = periodBefore(one, budget, period.timeZone);
    const firstDay = date(one.start);
    if (firstDay < series.firstDay) break;
    past.push({ firstDay, days: dayNumber(date(one.end)) - dayNumber(firstDay) });
  }
  return recordOf(series, past, Math.max(1, elapsed));
}

/** Floats as decimals; nine digits after the point are more than they know. */
export function amount(value: number): Big {
  return decimal(value.toFixed(9)).round(9);
}
