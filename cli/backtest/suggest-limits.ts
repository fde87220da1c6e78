/** Limits with which a budget would have had no alert, or one, over the replayed time. Pure; also runs in the page. */
import { Big } from 'big.js';
import { reaches } from '../../functions/budgets/read-budget.ts';
import type { Budget } from '../../functions/config/account.ts';
import { limitText, plainAmountText } from '../../functions/messages/amounts.ts';
import { decimal, plain, ratio } from '../../functions/pricing/money.ts';
import type { Counting } from '../../functions/pricing/shown-digits.ts';
import { alertsWith } from './alerts-with-limit.ts';
import type { ReplayedBudget, ReplayedPeriod } from './replayed.ts';

export interface SuggestedLimits {
  readonly noAlertLimit?: string;
  readonly oneAlertLimit?: string;
}

/** As many digits as a person would choose. */
const digits = 3;
/** Where two limits differ only in later digits. */
const mostDigits = 12;

/**
 * The lowest limit of three significant digits with which no alert would have fired; and the lowest (of as few digits as
 * it takes) with which only the highest peak would have crossed only the lowest threshold, if that is one notice and
 * not a second one when it is resolved. Both with the budget's thresholds; neither where there was no usage.
 */
export function suggestLimits(budget: Budget, periods: readonly ReplayedPeriod[]): SuggestedLimits {
  const peaks = periods.flatMap(({ points }) =>
    peakOf(points.map(({ actual }) => decimal(actual))),
  );
  const [lowestThreshold] = budget.thresholds;
  const highest = peaks.sort((a, b) => b.cmp(a))[0];
  if (highest === undefined || lowestThreshold === undefined) return {};
  const crossings = crossingsOf(peaks, budget);
  const none = justAbove(crossings[0] as Big, digits);
  const one = oneAlert(budget, periods, crossings);
  return { noAlertLimit: plain(none), ...(one && { oneAlertLimit: plain(one) }) };
}

/** `For no alerts, set 603 USD; for one, 487 USD.`, and whether the open period is heading above that; undefined without usage. */
export function suggestionText(replayed: ReplayedBudget, counting: Counting): string | undefined {
  const { noAlertLimit, oneAlertLimit } = replayed;
  if (noAlertLimit === undefined) return undefined;
  const one = oneAlertLimit === undefined ? '' : `; for one, ${limitText(oneAlertLimit, counting)}`;
  return `For no alerts, set ${limitText(noAlertLimit, counting)}${one}.${headingText(replayed, noAlertLimit, counting)}`;
}

/** The open period may end above every peak so far. */
function headingText(
  { budget, periods, oneAlertLimit }: ReplayedBudget,
  noAlertLimit: string,
  counting: Counting,
): string {
  const forecast = periods.at(-1)?.forecast;
  const [lowest] = budget.thresholds;
  if (forecast === undefined || lowest === undefined) return '';
  if (!reaches(decimal(forecast), noAlertLimit, lowest)) return '';
  const amount = `${plainAmountText(forecast, { limit: noAlertLimit })} ${counting.unit}`;
  const which = oneAlertLimit === undefined ? 'it' : 'both';
  return ` Heading for ${amount} ${thisPeriod(budget.per)}, so ${which} would still alert.`;
}

/** `this month`, `today`. */
export function thisPeriod(per: Budget['per']): string {
  return per === 'day' ? 'today' : `this ${per}`;
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

/** Between the highest two crossings only one period crosses only one threshold; a replay shows whether it did so once. */
function oneAlert(
  budget: Budget,
  periods: readonly ReplayedPeriod[],
  [upper, lower]: readonly Big[],
): Big | undefined {
  if (upper === undefined || lower === undefined) return undefined;
  const limit = limitWithin(lower, upper);
  const alerts = alertsWith({ ...budget, limit: plain(limit) }, periods, 2);
  return alerts.length === 1 ? limit : undefined;
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
