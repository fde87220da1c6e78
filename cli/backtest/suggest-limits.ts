/** A limit for a budget, from what is usual: an incident does not raise it, and one limit serves for all thresholds. Pure. */
import type { Big } from 'big.js';
import {
  type ChargeDay,
  chargeDay,
  isLevel,
  type Measure,
  measureOf,
  totalsBy,
} from '../../functions/budgets/measure.ts';
import { type Period, periodAt } from '../../functions/budgets/period.ts';
import type { Budget } from '../../functions/config/account.ts';
import { Decimal } from '../../functions/config/decimal.ts';
import type { Meter } from '../../functions/config/meter.ts';
import { anomalyDetector, unusualShare } from '../../functions/foresight/anomaly.ts';
import { forecastPeriod } from '../../functions/foresight/forecast.ts';
import { amount, daysAhead } from '../../functions/foresight/outlook.ts';
import {
  type Series,
  type SettledDays,
  seriesOf,
  type Usual,
  usualOf,
} from '../../functions/foresight/usual.ts';
import { decimal, plain, ratio } from '../../functions/pricing/money.ts';

export interface SuggestedLimits {
  /** What a period usually comes to, a day or an hour on the weekday that is highest; exact decimal in the budget's unit. */
  readonly usual?: string;
  /** The lowest limit of three significant digits of which usual periods cross no threshold. */
  readonly suggestedLimit?: string;
}

export interface KnownPast {
  readonly settled: SettledDays;
  readonly meters: readonly Meter[];
  /** IANA zone of the budget's periods. */
  readonly timeZone: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** As many digits as a person would choose. */
const DIGITS = 3;

const CALM_DAYS = 7;
const LONGEST_INCIDENT = 21;

/**
 * From the complete days of the budget's own meter (`past.settled`, of `settledDays`) and its thresholds; its limit does
 * not matter. Neither with fewer than 14 complete days, or where nothing is usually used.
 */
export function suggestLimits(budget: Budget, past: KnownPast): SuggestedLimits {
  const [lowestThreshold] = budget.thresholds;
  const found = usualPeriod(budget, past);
  if (!found || found.usual <= 0 || lowestThreshold === undefined) return {};
  const suggested = limitAbove(amount(found.most), lowestThreshold);
  return { usual: plain(amount(found.usual)), suggestedLimit: plain(suggested) };
}

/** The lowest limit of three significant digits of which an amount does not reach `threshold` percent. */
function limitAbove(above: Big, threshold: number): Big {
  const limit = ratio(above.times('100'), decimal(String(threshold)));
  const unit = decimal('10').pow(limit.e - DIGITS + 1);
  return limit.prec(DIGITS, Decimal.roundDown).plus(unit);
}

interface UsualPeriod {
  readonly usual: number;
  /** What a usual one stays below. */
  readonly most: number;
}

function usualPeriod(budget: Budget, past: KnownPast): UsualPeriod | undefined {
  const measure = measureOf(budget, past.meters);
  if (!measure) return undefined;
  if (budget.per === 'hour') return usualDay(calmUsual(highestHours(past.settled, measure)));
  const usual = calmUsual(seriesOf(past.settled, measure, past.settled.completeUntil));
  if (!usual || budget.per === 'day') return usualDay(usual);
  const period = periodAt(budget, past.timeZone, past.now);
  return usualSpan(period, usual, measure, past.settled.dayZone);
}

/** As of the evening before an incident that is not over for a week; one that has lasted for three weeks is none. */
function calmUsual(series: Series): Usual | undefined {
  const judge = anomalyDetector(series);
  const { length } = series.values;
  let end = length;
  for (let day = end - 1; day >= Math.max(0, end - CALM_DAYS); day -= 1) {
    if (judge(day)?.hit) end = day;
  }
  return usualOf(series, end < length - LONGEST_INCIDENT ? length : end);
}

/** Up to where the rule for anomalies calls a day unusual. */
function usualDay(usual: Usual | undefined): UsualPeriod | undefined {
  if (!usual) return undefined;
  const highest = usual.level * Math.max(...usual.factors);
  return { usual: highest, most: highest * (1 + unusualShare(usual.errorOfDay)) };
}

/** Up to the high end of what a forecast of all of its days says. */
function usualSpan(
  { start, end }: Period,
  usual: Usual,
  measure: Measure,
  dayZone: string,
): UsualPeriod {
  const nothingYet = {
    kind: isLevel(measure) ? 'level' : 'flow',
    actual: 0,
    knownDays: 0,
  } as const;
  const { point, high } = forecastPeriod(nothingYet, usual, daysAhead(start, end, dayZone));
  return { usual: point, most: high };
}

/** Of each complete day its highest hour. */
function highestHours(settled: SettledDays, measure: Measure): Series {
  const days = settled.days.map((day) => chargeDay({ ...day, charges: highestHour(day, measure) }));
  return seriesOf({ ...settled, days }, measure, settled.completeUntil);
}

function highestHour({ charges }: ChargeDay, { meter: only, summand, amountOf }: Measure) {
  const own = charges.filter(({ meter }) => meter === (only ?? meter));
  const hours = [...totalsBy(own, summand, ({ start }) => start)]
    .filter(([, { counted }]) => counted > 0)
    .map(([start, total]) => ({ start, amount: amountOf(total) }));
  if (hours.length === 0) return own;
  const highest = hours.reduce((a, b) => (b.amount.gt(a.amount) ? b : a));
  return own.filter(({ start }) => start === highest.start);
}
