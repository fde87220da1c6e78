/** What a vendor billed day by day (in UTC), added up by meter: never 0 for what cannot be read. */
import type { Big } from 'big.js';
import * as z from 'zod';
import { Decimal, ZERO } from '../config/decimal.ts';
import { DAY_MS } from '../config/durations.ts';
import { amountWithin, exactNumber } from './exact-number.ts';
import { addUnexpected } from './http/json.ts';
import {
  type Interval,
  type LabelledCost,
  OTHER_LABEL,
  type Usage,
  type UsageFetch,
} from './provider.ts';
import { failed } from './usage-fetch.ts';

/** No bill comes near a trillion. Credits are below 0. */
export const billedAmount = z.unknown().transform(
  amountWithin({
    expected: 'an amount below a trillion',
    below: new Decimal('1e12'),
    mostDecimals: 100,
    isNegativeAllowed: true,
  }),
);

const CURRENCY = /^[a-z]{3}$/i;

/** ISO 4217, made upper case. */
export const currencyCode = z.unknown().transform((value, context): string => {
  if (typeof value === 'string' && CURRENCY.test(value)) return value.toUpperCase();
  return addUnexpected(context, 'an ISO 4217 currency code', value);
});

/** 2001 to 2286: a row with milliseconds instead would be one outside of every window. */
const [EARLIEST_SECONDS, LATEST_SECONDS] = ['1e9', '1e10'];

/** Made epoch milliseconds. */
export const unixSeconds = z.unknown().transform((value, context): number => {
  const seconds = exactNumber(value);
  if (seconds?.gte(EARLIEST_SECONDS) && seconds.lt(LATEST_SECONDS)) {
    return seconds.times('1000').toNumber();
  }
  return addUnexpected(context, 'Unix seconds', value);
});

/** One day of a list; what the list leaves out is unknown. */
export interface BilledDay {
  /** Midnight of the provider's day zone, epoch milliseconds. */
  readonly start: number;
  /** Absent: 24 hours later, as in UTC. */
  readonly end?: number | undefined;
  /** Without any, the day is known to have cost nothing. */
  readonly costs: readonly BilledCost[];
}

export interface BilledCost {
  readonly meter: string;
  /** A model, an SKU; absent where the vendor does not say. */
  readonly label?: string | undefined;
  /** In units of the currency, not in cents. */
  readonly amount: Big;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

interface AskedFor {
  /** As in reasons. */
  readonly provider: string;
  readonly window: Interval;
  readonly currency: string;
}

/** Fails for another currency than the account's, and for a day that comes twice, of which one would be a guess. */
export function usageOfDays(days: readonly BilledDay[], asked: AskedFor): UsageFetch {
  const { provider, window } = asked;
  const seen = new Set<number>();
  const usage: Usage[] = [];
  let outside = 0;
  for (const day of days) {
    const problem = seen.has(day.start)
      ? `contradicts itself: it answered ${dateOf(day.start)} twice`
      : currencyProblem(day, asked);
    if (problem !== undefined) return failed(provider, problem);
    seen.add(day.start);
    if (day.start >= window.start && day.start < window.end) usage.push(...usageOf(day));
    else outside += 1;
  }
  const what = outside === 1 ? 'a day' : `${outside} days`;
  const remark = `${provider} answered ${what} from outside the time that was asked for, left out.`;
  return { status: 'complete', usage, remarks: outside === 0 ? [] : [remark] };
}

function currencyProblem({ costs }: BilledDay, { currency }: AskedFor): string | undefined {
  const other = costs.find((cost) => cost.currency !== currency)?.currency;
  return other === undefined ? undefined : otherCurrency(other, currency);
}

/** A clause that fits after the provider's name. */
export function otherCurrency(billed: string, own: string): string {
  return `bills in ${billed}, but the account is in ${own}: set "currency" to "${billed}" in its config`;
}

/** A meter that cost nothing has no usage; a day on which none cost anything says so, as that is known. */
function usageOf({ start, end = start + DAY_MS, costs }: BilledDay): Usage[] {
  const byMeter = Map.groupBy(costs, ({ meter }) => meter);
  const day = { start, end };
  const rows = [...byMeter].flatMap(([meter, own]) => {
    const cost = total(own);
    if (cost.eq(ZERO)) return [];
    const labels = own.some(({ label }) => label !== undefined) && { labels: labelled(own) };
    return [{ meter, ...day, cost, ...labels }];
  });
  return rows.length > 0 ? rows : [{ meter: 'other', ...day, cost: ZERO }];
}

function total(costs: readonly BilledCost[]): Big {
  return costs.reduce((sum, { amount }) => sum.plus(amount), ZERO);
}

function labelled(costs: readonly BilledCost[]): LabelledCost[] {
  const byLabel = Map.groupBy(costs, ({ label = OTHER_LABEL }) => label);
  return [...byLabel].map(([label, own]) => ({ label, cost: total(own) }));
}

/** In UTC: `2026-11-21`. */
export function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, '2026-11-21'.length);
}

/** Whether it is the start of a day in UTC. */
export function isMidnight(at: number): boolean {
  return at % DAY_MS === 0;
}
