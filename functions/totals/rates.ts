/** What a currency is worth in that of a total, on a day. Pure. */
import type { Big } from 'big.js';
import type { TotalConfig } from '../config/schema/total.ts';
import type { KeptRates } from '../ledger/exchange-rates.ts';
import { dateAfter } from '../ledger/usage-day.ts';
import { decimal, ratio } from '../pricing/money.ts';

/** A rate older than this is none: the ECB's longest pause, Easter, is five days. */
export const MOST_DAYS_OLD = 7;
export const EURO = 'EUR';

interface Rate {
  /** What one unit is in the total's currency; a quotient of two rates to 20 decimals. */
  readonly factor: Big;
  /** When it was published: `2026-11-20`; absent of a rate of the total's config. */
  readonly on?: string;
}

/** Undefined where there is none; a date is the day of a charge: `2026-11-21`. */
export type RateOn = (currency: string, date: string) => Rate | undefined;

/** Every rate is found once, as all accounts have the same days. */
export function ratesInto(
  { currency: target, rates: own }: Pick<TotalConfig, 'currency' | 'rates'>,
  kept: ReadonlyMap<string, KeptRates>,
): RateOn {
  const found = new Map<string, Rate | undefined>();
  return (currency, date) => {
    const key = `${currency} ${date}`;
    if (!found.has(key)) found.set(key, rateOf(currency, date));
    return found.get(key);
  };

  function rateOf(currency: string, date: string): Rate | undefined {
    if (currency === target) return { factor: decimal('1') };
    const ownRate = own[currency];
    if (ownRate !== undefined) return { factor: decimal(ownRate) };
    const from = perEuroOn(kept, currency, date);
    const into = perEuroOn(kept, target, date);
    if (!from || !into) return undefined;
    const on = from.on ?? into.on;
    return { factor: ratio(into.amount, from.amount), ...(on !== undefined && { on }) };
  }
}

/** The rate of the day, or the last one before it. */
function perEuroOn(
  kept: ReadonlyMap<string, KeptRates>,
  currency: string,
  date: string,
): { readonly amount: Big; readonly on?: string } | undefined {
  if (currency === EURO) return { amount: decimal('1') };
  const perEuro = kept.get(currency)?.perEuro ?? {};
  for (let days = 0; days <= MOST_DAYS_OLD; days += 1) {
    const on = dateAfter(date, -days);
    const rate = perEuro[on];
    if (rate !== undefined) return { amount: decimal(rate), on };
  }
  return undefined;
}

/** Those of which reference rates are needed, the total's own among them; none where each account has its currency, or an own rate. */
export function currenciesNeeded(
  { currency: target, rates: own }: Pick<TotalConfig, 'currency' | 'rates'>,
  currencies: readonly string[],
): readonly string[] {
  const foreign = currencies.filter((one) => one !== target && own[one] === undefined);
  if (foreign.length === 0) return [];
  return [...new Set([...foreign, target])].filter((one) => one !== EURO);
}
