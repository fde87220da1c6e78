/** The days of an account with what they cost. Pure. */
import { type ChargeDay, chargeDay } from '../budgets/measure.ts';
import type { AccountConfig } from '../config/account.ts';
import type { Prices } from '../config/price-schema.ts';
import type { Coverage } from '../ledger/account-state.ts';
import type { UsageDay } from '../ledger/usage-day.ts';
import {
  chargesOf,
  type MonthSoFar,
  type Pricing,
  type Rates,
  ratesOf,
} from '../pricing/charges.ts';
import type { Provider } from '../providers/provider.ts';

export interface KnownUsage {
  readonly config: Pick<AccountConfig, 'prices'>;
  readonly provider: Pick<Provider, 'meters'>;
  /** Ascending; of the provider's day zone. */
  readonly days: readonly UsageDay[];
  readonly coverage: Pick<Coverage, 'knownFrom'> | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

interface PricedDay extends ChargeDay {
  readonly of: UsageDay;
  readonly monthBefore: MonthSoFar;
  readonly monthAfter: MonthSoFar;
}

export interface PricedUsage {
  readonly prices: Prices;
  readonly rates: Rates;
  readonly days: readonly PricedDay[];
  /** Epoch milliseconds. */
  readonly pricedAt: number;
}

const NOTHING_YET: MonthSoFar = new Map();

/**
 * Allowances and tiers are those of the calendar months of the provider's day zone. What was priced before by the same
 * prices is taken over: a day is priced anew where its usage or the month before it is another one, or it was not over.
 */
export function chargeDays(known: KnownUsage, before?: PricedUsage): PricedUsage {
  const { config, provider, now } = known;
  const { prices } = config;
  const earlier = before?.prices === prices ? before : undefined;
  const rates = earlier?.rates ?? ratesOf(prices, provider.meters);
  const pricedBefore = finderIn(earlier, now);
  const days: PricedDay[] = [];
  let month = '';
  let soFar = NOTHING_YET;
  for (const day of known.days) {
    if (monthOf(day) !== month) {
      month = monthOf(day);
      soFar = isKnownFromStart(month, known.coverage) ? NOTHING_YET : 'unknown';
    }
    const priced = pricedBefore(day, soFar) ?? priceDay(day, { rates, month: soFar, now });
    days.push(priced);
    soFar = priced.monthAfter;
  }
  return { prices, rates, days, pricedAt: now };
}

/** Finds days that were over, then and now; to be asked for one after the other, as they are ascending. */
function finderIn({ days = [], pricedAt = 0 }: Partial<PricedUsage> = {}, now: number) {
  let next = 0;
  return (day: UsageDay, month: MonthSoFar): PricedDay | undefined => {
    while ((days[next]?.start ?? day.start) < day.start) next += 1;
    const found = days[next];
    const isSame = found?.of === day && found.monthBefore === month;
    return isSame && day.end <= Math.min(pricedAt, now) ? found : undefined;
  };
}

function priceDay(of: UsageDay, pricing: Pricing): PricedDay {
  const { charges, month: monthAfter } = chargesOf(of.usage, pricing);
  const { start, end } = of;
  return {
    ...chargeDay({ start, end, charges }),
    of,
    monthBefore: pricing.month,
    monthAfter,
  };
}

/** `2026-11` */
function monthOf({ date }: UsageDay): string {
  return date.slice(0, '2026-11'.length);
}

function isKnownFromStart(month: string, coverage: KnownUsage['coverage']): boolean {
  return coverage !== undefined && coverage.knownFrom <= `${month}-01`;
}
