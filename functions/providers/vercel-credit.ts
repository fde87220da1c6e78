/** The credit that a plan of Vercel includes: usage is charged before it, and the bill is what is left. */
import type { Big } from 'big.js';
import { Temporal } from 'temporal-polyfill';
import type { BilledCost, BilledDay } from './billed-days.ts';
import { DAY_ZONE } from './vercel-charges.ts';

export interface IncludedCredit {
  /** A decimal, in the account's currency. */
  readonly amount: string;
  /** Day of the month, 1 to 28, from whose midnight on there is a new one. */
  readonly renewsOn: number;
}

/** Start of the billing month that holds the instant, both epoch milliseconds. */
export function billingMonthOf(at: number, renewsOn: number): number {
  const date = Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(DAY_ZONE)
    .toPlainDate();
  const month = date.day < renewsOn ? date.subtract({ months: 1 }) : date;
  return month.with({ day: renewsOn }).toZonedDateTime(DAY_ZONE).epochMilliseconds;
}

/** Each day with as much of the credit as its usage takes; the days are whole billing months, but for the last one. */
export function withCredit(days: readonly BilledDay[], credit: IncludedCredit): BilledDay[] {
  const inOrder = days.toSorted((a, b) => a.start - b.start);
  let month = 0;
  let before: Big | undefined;
  return inOrder.map((day) => {
    const own = billingMonthOf(day.start, credit.renewsOn);
    if (own !== month) before = undefined;
    month = own;
    const charged = day.costs.filter(({ meter }) => meter === 'usage');
    const after = charged.reduce<Big | undefined>(
      (sum, { amount }) => sum?.plus(amount) ?? amount,
      before,
    );
    if (after === undefined) return day;
    const taken = covered(after, credit).minus(before ? covered(before, credit) : '0');
    before = after;
    return { ...day, costs: [...day.costs, ...creditOf(taken, charged)] };
  });
}

/** What the credit takes of a month's usage. */
function covered(usage: Big, { amount }: IncludedCredit): Big {
  const nothing = usage.minus(usage);
  if (usage.lt(nothing)) return nothing;
  return usage.gt(amount) ? nothing.plus(amount) : usage;
}

function creditOf(taken: Big, [first]: readonly BilledCost[]): BilledCost[] {
  if (!first || taken.eq('0')) return [];
  const { currency } = first;
  return [{ meter: 'credits', label: 'Included credit', amount: taken.times('-1'), currency }];
}
