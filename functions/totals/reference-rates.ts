/** The reference rates that totals need: fetched once a day, kept in the ledger. */
import { DAY_MS, HOUR_MS } from '../config/durations.ts';
import type { TotalConfig } from '../config/total-schema.ts';
import type { SummarizedAccount } from '../ledger/account-summary.ts';
import type { KeptRates } from '../ledger/exchange-rates.ts';
import { dateAfter, dayAt } from '../ledger/usage-day.ts';
import { fetchRates, type PublishedRates, type RatesRequest } from './ecb.ts';
import { currenciesNeeded, MOST_DAYS_OLD } from './rates.ts';
import { accountsOf } from './total-accounts.ts';

export interface RatesDeps extends Pick<RatesRequest, 'url' | 'signal' | 'timeLeftMs' | 'http'> {
  readonly readRates: () => Promise<ReadonlyMap<string, KeptRates>>;
  readonly saveRates: (rates: KeptRates) => Promise<void>;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface CurrentRates {
  readonly rates: ReadonlyMap<string, KeptRates>;
  /** Why the ones that are due could not be fetched, a sentence; those that are known hold for some days. */
  readonly failure?: string;
}

/** As many days as the checks leave costs of. */
const KEPT_DAYS = 400 + MOST_DAYS_OLD;
/** The day's rates are out at 16:00 in Frankfurt, which is 14:00 or 15:00 in UTC; an hour for being late. */
const PUBLISHED_BY_MS = 16 * HOUR_MS;

/** Nothing is read or asked where every account has the currency of its total. */
export async function currentRates(
  totals: readonly TotalConfig[],
  accounts: readonly SummarizedAccount[],
  deps: RatesDeps,
): Promise<CurrentRates> {
  const needed = [
    ...new Set(
      totals.flatMap((config) =>
        currenciesNeeded(
          config,
          accountsOf(config, accounts).flatMap(({ summary }) => summary.currency ?? []),
        ),
      ),
    ),
  ].sort((a, b) => (a < b ? -1 : 1));
  if (needed.length === 0) return { rates: new Map() };
  const kept = await deps.readRates();
  const due = needed.filter((currency) => isDue(kept.get(currency), deps.now));
  if (due.length === 0) return { rates: kept };
  const from = due.map((currency) => askedFrom(kept.get(currency), deps.now)).sort(byDate)[0] ?? '';
  const answer = await fetchRates({ ...deps, currencies: due, from });
  if ('failure' in answer) return { rates: kept, failure: answer.failure };
  const fresh = due.map((currency) => merged(currency, kept.get(currency), answer.rates, deps.now));
  await Promise.all(fresh.map(deps.saveRates));
  return { rates: new Map([...kept, ...fresh.map((one) => [one.currency, one] as const)]) };
}

/** Once a day, when that day's rates are out. */
function isDue(kept: KeptRates | undefined, now: number): boolean {
  const lastOut = now - PUBLISHED_BY_MS;
  const publishedAt = lastOut - (lastOut % DAY_MS) + PUBLISHED_BY_MS;
  return kept === undefined || kept.askedAt < publishedAt;
}

function askedFrom(kept: KeptRates | undefined, now: number): string {
  const known = Object.keys(kept?.perEuro ?? {})
    .sort(byDate)
    .at(-1);
  return known ?? firstKept(now);
}

function firstKept(now: number): string {
  return dateAfter(dayAt(now, 'UTC').date, -KEPT_DAYS);
}

function merged(
  currency: string,
  kept: KeptRates | undefined,
  fresh: PublishedRates,
  now: number,
): KeptRates {
  const all = Object.entries({ ...kept?.perEuro, ...fresh.get(currency) });
  const first = firstKept(now);
  const perEuro = Object.fromEntries(all.filter(([date]) => date >= first));
  return { currency, askedAt: now, perEuro };
}

function byDate(a: string, b: string): number {
  return a < b ? -1 : 1;
}
