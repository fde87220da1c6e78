/** Where a budget is: from charges, the budget and the time to a reading, and which thresholds that has crossed. Pure. */
import type { Big } from 'big.js';
import type { Budget } from '../config/account.ts';
import type { Meter } from '../config/meter.ts';
import { decimal, plain, ratio, sum } from '../pricing/money.ts';
import { isNothing } from '../pricing/shown-digits.ts';
import { averageForecast, elapsedPercent, type PeriodForecast } from './average.ts';
import { type Change, changeOf, previousPeriodOf, type ToCompare } from './change.ts';
import { momentText } from './dates.ts';
import {
  amountsOf,
  type ChargeDay,
  daysWithin,
  isLevel,
  type Measure,
  measureOf,
  type Totals,
  totalsOfDays,
} from './measure.ts';
import type { Period } from './period.ts';

export interface Driver {
  readonly meter: string;
  readonly amount: Big;
  /** Of the actual, 0 to 1. */
  readonly share: number;
  /** The meter's amount in the whole period before; absent where that is not fully known. */
  readonly previousPeriod?: Big;
}

/** Where a budget is in one period, at one moment. */
export interface KnownReading {
  readonly known: true;
  readonly budget: Budget;
  readonly period: Period;
  /** Cost in the account's currency, or usage in the budget's unit. */
  readonly actual: Big;
  /** Of the limit, exact; not rounded. */
  readonly percent: Big;
  /** Of the period at `now`, 0 to 100. */
  readonly elapsedPercent: number;
  /** Absent for a period that is over, before any time of it has passed, and for an actual below 0. */
  readonly forecast?: PeriodForecast | undefined;
  /** The largest first, five at the most, none of them 0. */
  readonly drivers: readonly Driver[];
  /** Absent where no meter grew, or what was before is not known. */
  readonly change?: Change | undefined;
  readonly basis: 'billed' | 'estimated' | 'mixed';
  /** Meters with usage in the period that the actual leaves out because they have no price. */
  readonly unpriced: readonly string[];
  /** Start of the first day of which the provider gave usage, where the period begins before; epoch milliseconds. */
  readonly usageFrom?: number;
  /** End of the last bucket with data in the period, at most `now`; epoch milliseconds. */
  readonly dataUntil?: number;
}

export interface UnknownReading {
  readonly known: false;
  readonly budget: Budget;
  readonly period: Period;
  /** One sentence. */
  readonly reason: string;
}

export type Reading = KnownReading | UnknownReading;

export interface BudgetEvidence extends ToCompare {
  /** Of the provider. */
  readonly meters: readonly Meter[];
  /** When all was last read, epoch milliseconds; absent if that never was. */
  readonly readAt?: number;
}

/**
 * Where the budget is in the period. A charge belongs to the period in which it starts. What was not read, has
 * no price or no quantity is unknown, never 0.
 */
export function readBudget(evidence: BudgetEvidence): Reading {
  const { budget, period } = evidence;
  const measure = measureOf(budget, evidence.meters);
  if (!measure) return unknown(evidence, `${budget.meter} is not a meter of this provider.`);
  const unread = whyUnread(evidence);
  if (unread) return unknown(evidence, unread);
  const days = daysWithin(evidence.days, period);
  const totals = totalsOfDays(days, measure.summand, measure.meter);
  const amounts = amountsOf(totals, measure);
  const uncounted = amounts.size === 0 && whyUncounted(totals, measure, budget);
  if (uncounted) return unknown(evidence, uncounted);
  return known(evidence, measure, { days, totals, amounts });
}

/** Whether the actual is at `threshold` percent of the limit or over it; exact, as nothing is divided. */
export function reaches(actual: Big, limit: string, threshold: number): boolean {
  return actual.times(HUNDRED).gte(limitTimesThreshold(limit, threshold));
}

const HUNDRED = decimal('100');
/** The same few products are asked for at every check. */
const keptProducts = new Map<string, Big>();
const MOST_PRODUCTS = 1_000;

function limitTimesThreshold(limit: string, threshold: number): Big {
  const key = `${limit} ${threshold}`;
  const known = keptProducts.get(key);
  if (known) return known;
  const product = decimal(limit).times(decimal(String(threshold)));
  if (keptProducts.size >= MOST_PRODUCTS) keptProducts.clear();
  keptProducts.set(key, product);
  return product;
}

function unknown({ budget, period }: BudgetEvidence, reason: string): Reading {
  return { known: false, budget, period, reason };
}

function whyUnread({ period, knownFrom, readAt }: BudgetEvidence): string | undefined {
  if (readAt === undefined) return 'No check of this account has been complete yet.';
  const began = () => `the period began on ${momentOf(period.start, period)}`;
  if (knownFrom > period.start) {
    return `Usage is known from ${momentOf(knownFrom, period)} on, but ${began()}.`;
  }
  if (readAt <= period.start) return `Nothing has been read since ${began()}.`;
  return undefined;
}

/** Why nothing at all could be counted; undefined if there was nothing to count, which is a known 0. */
function whyUncounted(totals: Totals, measure: Measure, budget: Budget): string | undefined {
  const leftOut = leftOutMeters(totals);
  if (leftOut.length > 0) {
    const missing = measure.summand === 'cost' ? 'price' : 'quantity';
    return `There is usage of ${leftOut.join(', ')}, but its ${missing} is not known.`;
  }
  if (isLevel(measure)) return `No level of ${budget.meter} is known in this period yet.`;
  return undefined;
}

interface Counted {
  /** Of the period only. */
  readonly days: readonly ChargeDay[];
  readonly totals: Totals;
  readonly amounts: ReadonlyMap<string, Big>;
}

function known(
  evidence: BudgetEvidence,
  measure: Measure,
  { days, totals, amounts }: Counted,
): KnownReading {
  const { budget, period, now, usageFrom = 0 } = evidence;
  const since = Math.max(period.start, usageFrom);
  const limit = decimal(budget.limit);
  const actual = sum(amounts.values());
  const dataUntil = totals.values().reduce((latest, total) => Math.max(latest, total.dataUntil), 0);
  return {
    known: true,
    budget,
    period,
    actual,
    elapsedPercent: elapsedPercent(period, now),
    // Most readings are never published, and these are the greater part of the work.
    get percent() {
      return ratio(actual.times(HUNDRED), limit);
    },
    get forecast() {
      return averageForecast({ period, since, now, actual, limit, measure, days });
    },
    get drivers() {
      return driversOf(amounts, actual, previousPeriodOf(evidence, measure));
    },
    get change() {
      return changeOf({ days, amounts }, evidence, measure);
    },
    basis: measure.summand === 'cost' ? basisOf(totals, evidence) : 'billed',
    unpriced: measure.summand === 'cost' ? leftOutMeters(totals) : [],
    ...(since > period.start && { usageFrom: since }),
    ...(totals.size > 0 && { dataUntil: Math.min(now, dataUntil) }),
  };
}

/** Of a cost; usage, which no price book touches, is `billed`. Where nothing was counted, it is what a cost would be. */
function basisOf(totals: Totals, { budget, meters }: BudgetEvidence): KnownReading['basis'] {
  let counted = 0;
  let estimated = 0;
  for (const total of totals.values()) {
    counted += total.counted;
    estimated += total.estimated;
  }
  if (counted === 0) {
    const ofBudget = meters.filter(({ id }) => budget.meter === undefined || id === budget.meter);
    return ofBudget.every(({ unit }) => unit !== undefined) ? 'estimated' : 'billed';
  }
  if (estimated === 0) return 'billed';
  return estimated === counted ? 'estimated' : 'mixed';
}

function leftOutMeters(totals: Totals): string[] {
  return [...totals]
    .filter(([, total]) => total.leftOut > 0)
    .map(([meter]) => meter)
    .sort((a, b) => (a < b ? -1 : 1));
}

function momentOf(at: number, { timeZone }: Period): string {
  return momentText(at, timeZone);
}

const MOST_DRIVERS = 5;

/**
 * The meters with the largest amounts above 0, largest first; what floats leave behind (2e-16) is 0. A negative amount is a correction, not a driver; where
 * there are such, one meter can be more than the actual, and its share is 1.
 */
function driversOf(
  amounts: ReadonlyMap<string, Big>,
  actual: Big,
  previousPeriodOf: (meter: string) => Big | undefined,
): Driver[] {
  if (actual.lte('0')) return [];
  return [...amounts]
    .filter(([, amount]) => amount.gt('0') && !isNothing(amount))
    .sort(([meterA, a], [meterB, b]) => b.cmp(a) || (meterA < meterB ? -1 : 1))
    .slice(0, MOST_DRIVERS)
    .map(([meter, amount]) => {
      const previousPeriod = previousPeriodOf(meter);
      return {
        meter,
        amount,
        share: Math.min(1, Number(plain(ratio(amount, actual)))),
        ...(previousPeriod && { previousPeriod }),
      };
    });
}

/** Percent. Nobody waits for more, and DynamoDB's client refuses numbers that a double does not hold exactly. */
export const MOST_PERCENT = 1e12;

/** Ascending, those at which `actual` is or that it is over; beyond the highest one each doubling of it is one, too. */
export function crossedThresholds({ thresholds, limit }: Budget, actual: Big): number[] {
  const crossed = thresholds.filter((threshold) => reaches(actual, limit, threshold));
  if (crossed.length < thresholds.length) return crossed;
  for (
    let next = 2 * Math.max(...thresholds);
    next <= MOST_PERCENT && reaches(actual, limit, next);
    next *= 2
  ) {
    crossed.push(next);
  }
  return crossed;
}
