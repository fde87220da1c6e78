/** Limits with which a budget would have stayed quiet, or would have spoken once, over what was played. Pure. */
import { Big } from 'big.js';
import type { Budget } from '../../functions/config/account.ts';
import { decimal, plain, ratio } from '../../functions/pricing/money.ts';
import { alertsWith } from './alerts-with-limit.ts';
import type { ReplayedPeriod } from './replayed.ts';

export interface SuggestedLimits {
  readonly noAlertLimit?: string;
  readonly oneAlertLimit?: string;
}

/** As many digits as a person would choose. */
const digits = 3;
/** Where so few digits do not tell two limits apart. */
const mostDigits = 12;

/**
 * The lowest limit of three significant digits with which nothing at all would have been told; and the lowest (of as
 * few digits as it takes) with which only the highest peak would have crossed only the lowest threshold, if that would have
 * been told once. Both with the budget's thresholds; neither where there was no usage.
 */
export function suggestLimits(budget: Budget, periods: readonly ReplayedPeriod[]): SuggestedLimits {
  const peaks = periods.flatMap(({ points }) =>
    peakOf(points.map(({ actual }) => decimal(actual))),
  );
  const [lowestThreshold] = budget.thresholds;
  const highest = peaks.sort((a, b) => b.cmp(a))[0];
  if (highest === undefined || lowestThreshold === undefined) return {};
  const crossings = crossingsOf(peaks, budget);
  const quiet = justAbove(crossings[0] as Big, digits);
  const once = firesOnce(budget, periods, crossings);
  return { noAlertLimit: plain(quiet), ...(once && { oneAlertLimit: plain(once) }) };
}

/** The lowest limit of three significant digits of which an amount does not reach `threshold` percent. */
export function limitAbove(amount: Big, threshold: number): Big {
  return justAbove(crossingAt(amount, threshold), digits);
}

function peakOf(actuals: readonly Big[]): Big[] {
  const [first, ...others] = actuals.filter((actual) => actual.gt('0'));
  return first === undefined ? [] : [others.reduce((a, b) => (b.gt(a) ? b : a), first)];
}

/**
 * The limits at which a period's peak is just at a threshold, highest first: a higher limit crosses one threshold less. Of the
 * doublings of the highest threshold only the first, as those after it make no difference to the highest two.
 */
function crossingsOf(peaks: readonly Big[], budget: Budget): Big[] {
  const thresholds = [...budget.thresholds, 2 * Math.max(...budget.thresholds)];
  const limits = peaks.flatMap((peak) =>
    thresholds.map((threshold) => crossingAt(peak, threshold)),
  );
  const distinct = new Map(limits.map((limit) => [plain(limit), limit]));
  return [...distinct.values()].sort((a, b) => b.cmp(a));
}

function crossingAt(amount: Big, threshold: number): Big {
  return ratio(amount.times('100'), decimal(String(threshold)));
}

/** Between the highest two crossings only one period crosses only one threshold; whether that was once is played. */
function firesOnce(
  budget: Budget,
  periods: readonly ReplayedPeriod[],
  [upper, lower]: readonly Big[],
): Big | undefined {
  if (upper === undefined || lower === undefined) return undefined;
  const limit = limitWithin(lower, upper);
  const told = alertsWith({ ...budget, limit: plain(limit) }, periods, 2);
  return told.length === 1 ? limit : undefined;
}

/** The shortest number above `lower` that is at most `upper`. */
function limitWithin(lower: Big, upper: Big): Big {
  for (let precision = digits; precision <= mostDigits; precision += 1) {
    const limit = justAbove(lower, precision);
    if (limit.lte(upper)) return limit;
  }
  return upper;
}

/** The next number of so many significant digits. */
function justAbove(value: Big, precision: number): Big {
  const unit = decimal('10').pow(value.e - precision + 1);
  return value.prec(precision, Big.roundDown).plus(unit);
}
