/** Limits with which a budget would have stayed quiet, or would have spoken once, over what was played. Pure. */
import { Big } from 'big.js';
import type { Budget } from '../config/account.ts';
import { decimal, plain, ratio } from '../pricing/money.ts';
import type { PlayedPeriod } from './played.ts';
import { type Timeline, timelineOf, toldOver } from './told-with.ts';

export interface SuggestedLimits {
  readonly quietLimit?: string;
  readonly onceLimit?: string;
}

/** As many digits as a person would choose. */
const digits = 3;
/** Where so few digits do not tell two limits apart. */
const mostDigits = 12;
/** Each is played anew; further down a limit speaks more often. */
const mostTries = 8;

/**
 * The lowest limit of three significant digits with which nothing at all would have been told, and the lowest (of as
 * few digits as it takes) with which exactly one notice would have been; both with the steps of the budget. Neither
 * where there was no usage.
 */
export function suggestLimits(budget: Budget, periods: readonly PlayedPeriod[]): SuggestedLimits {
  const peaks = periods.flatMap(({ points }) =>
    peakOf(points.map(({ actual }) => decimal(actual))),
  );
  const [lowestStep] = budget.steps;
  const highest = peaks.sort((a, b) => b.cmp(a))[0];
  if (highest === undefined || lowestStep === undefined) return {};
  const crossings = crossingsOf(peaks, budget.steps);
  const quiet = justAbove(crossings[0] as Big, digits);
  const once = speaksOnce(budget, timelineOf(periods), crossings);
  return { quietLimit: plain(quiet), ...(once && { onceLimit: plain(once) }) };
}

function peakOf(actuals: readonly Big[]): Big[] {
  const [first, ...others] = actuals.filter((actual) => actual.gt('0'));
  return first === undefined ? [] : [others.reduce((a, b) => (b.gt(a) ? b : a), first)];
}

/** The limits at which a period's peak is just at a step, highest first: a higher limit crosses one step less. */
function crossingsOf(peaks: readonly Big[], steps: readonly number[]): Big[] {
  const limits = peaks.flatMap((peak) =>
    steps.map((step) => ratio(peak.times('100'), decimal(String(step)))),
  );
  const distinct = new Map(limits.map((limit) => [plain(limit), limit]));
  return [...distinct.values()].sort((a, b) => b.cmp(a));
}

/** From one crossing down to the next the same is told, so one limit of each such stretch is tried. */
function speaksOnce(
  budget: Budget,
  timeline: Timeline,
  crossings: readonly Big[],
): Big | undefined {
  let lowest: Big | undefined;
  for (const [index, upper] of crossings.slice(0, mostTries).entries()) {
    const limit = limitWithin(crossings[index + 1], upper);
    if (toldOver({ ...budget, limit: plain(limit) }, timeline, 2).length !== 1) break;
    lowest = limit;
  }
  return lowest;
}

/** The shortest number above `lower` that is at most `upper`; `upper` itself, rounded down, where there is no lower. */
function limitWithin(lower: Big | undefined, upper: Big): Big {
  if (lower === undefined) return upper.prec(digits, Big.roundDown);
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
