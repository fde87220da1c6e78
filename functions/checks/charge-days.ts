/** The days of an account with what they cost. Pure, whatever the memo below may look like. */
import { type ChargeDay, chargeDay } from '../budgets/measure.ts';
import type { AccountConfig } from '../config/account.ts';
import type { Prices } from '../config/price-schema.ts';
import type { Coverage } from '../ledger/account-state.ts';
import type { UsageDay } from '../ledger/usage-day.ts';
import { chargesOf, type MonthSoFar } from '../pricing/charges.ts';
import { type Rates, ratesOf } from '../pricing/rate.ts';
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

interface PricedDay {
  readonly before: MonthSoFar;
  readonly day: ChargeDay;
  readonly after: MonthSoFar;
}

interface PricesAtWork {
  readonly rates: Rates;
  readonly pricedDays: WeakMap<UsageDay, PricedDay>;
}

/**
 * What was priced already, as a backtest decides tens of thousands of times over the same days. A day is priced anew
 * with other prices, or where the month before it is another one. Changes no result; forgets what nobody holds.
 */
const kept = new WeakMap<Prices, PricesAtWork>();

const nothingYet: MonthSoFar = new Map();

/** Allowances and tiers are those of the calendar months of the provider's day zone. */
export function chargeDays(known: KnownUsage): ChargeDay[] {
  const atWork = pricesAtWork(known);
  const charged: ChargeDay[] = [];
  let month = '';
  let soFar = nothingYet;
  for (const day of known.days) {
    if (monthOf(day) !== month) {
      month = monthOf(day);
      soFar = isKnownFromStart(month, known.coverage) ? nothingYet : 'unknown';
    }
    const isOpen = day.end > known.now;
    const priced = isOpen ? priceDay(day, soFar) : pricedBefore(day, soFar);
    charged.push(priced.day);
    soFar = priced.after;
  }
  return charged;

  function pricedBefore(day: UsageDay, before: MonthSoFar): PricedDay {
    const hit = atWork.pricedDays.get(day);
    if (hit?.before === before) return hit;
    const priced = priceDay(day, before);
    atWork.pricedDays.set(day, priced);
    return priced;
  }

  function priceDay({ start, end, usage }: UsageDay, before: MonthSoFar): PricedDay {
    const pricing = { rates: atWork.rates, month: before, now: known.now };
    const { charges, month: after } = chargesOf(usage, pricing);
    return { before, day: chargeDay({ start, end, charges }), after };
  }
}

function pricesAtWork({ config, provider }: KnownUsage): PricesAtWork {
  const hit = kept.get(config.prices);
  if (hit) return hit;
  const rates = ratesOf(config.prices, provider.meters);
  const atWork = { rates, pricedDays: new WeakMap<UsageDay, PricedDay>() };
  kept.set(config.prices, atWork);
  return atWork;
}

/** `2026-11` */
function monthOf({ date }: UsageDay): string {
  return date.slice(0, '2026-11'.length);
}

function isKnownFromStart(month: string, coverage: KnownUsage['coverage']): boolean {
  return coverage !== undefined && coverage.knownFrom <= `${month}-01`;
}
