/** What a budget counts: which numbers of which charges, and in which unit. */
import type { Big } from 'big.js';
import type { Budget } from '../config/account.ts';
import { convert } from '../config/units.ts';
import { decimal, ratio } from '../pricing/money.ts';
import type { Meter } from '../providers/provider.ts';
import type { Summand, Total, Totals } from './charge-day.ts';

export type MeterKindAndUnit = Pick<Meter, 'id' | 'kind' | 'unit'>;

export interface Measure {
  /** Absent: all meters together. */
  readonly meter?: string;
  readonly summand: Summand;
  /** Cost in the account's currency, or usage in the budget's unit, of a total that counts at least one charge. */
  readonly amountOf: (total: Total) => Big;
}

/** How to count for a budget; undefined if it limits the usage of a meter that is not among `meters`. */
export function measureOf(
  budget: Budget,
  meters: readonly MeterKindAndUnit[],
): Measure | undefined {
  const only = budget.meter === undefined ? {} : { meter: budget.meter };
  if (budget.measure === 'cost') {
    return { ...only, summand: 'cost', amountOf: (total) => total.amount };
  }
  const meter = meters.find(({ id }) => id === budget.meter);
  if (!meter) return undefined;
  const inBudgetUnit = (quantity: Big) =>
    meter.unit === undefined || budget.unit === undefined
      ? quantity
      : convert(quantity, meter.unit, budget.unit);
  if (meter.kind === 'flow') {
    return { ...only, summand: 'quantity', amountOf: (total) => inBudgetUnit(total.amount) };
  }
  return { ...only, summand: 'quantity-time', amountOf: (total) => inBudgetUnit(mean(total)) };
}

/** A level is averaged over the time that is covered by buckets, and known only where there are any. */
export function isLevel(measure: Measure): boolean {
  return measure.summand === 'quantity-time';
}

/** Amounts of the meters of which anything was counted. */
export function amountsOf(totals: Totals, measure: Measure): Map<string, Big> {
  const amounts = new Map<string, Big>();
  for (const [meter, total] of totals) {
    if (total.counted > 0) amounts.set(meter, measure.amountOf(total));
  }
  return amounts;
}

/** Time-weighted, to 20 decimals. */
function mean(total: Total): Big {
  return ratio(total.amount, decimal(String(total.coveredMs)));
}
