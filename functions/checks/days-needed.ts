/** How far back a check has to look. Epoch milliseconds. */
import { periodAt, periodBefore } from '../budgets/period.ts';
import type { AccountConfig, Budget } from '../config/account.ts';
import { dependsOnMonth } from '../config/price.ts';
import type { Provider } from '../providers/provider.ts';

export interface Lookback {
  readonly config: Pick<AccountConfig, 'budgets' | 'timeZone' | 'prices'>;
  readonly provider: Pick<Provider, 'dayZone' | 'settlesAfterHours'>;
  /** Epoch milliseconds. */
  readonly now: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** So much history at least is fetched by the first check of an account. */
const firstCheckMs = 35 * dayMs;

/** The week before the last usage that may be called late, from which silence is told. */
const weekBeforeMs = 8 * dayMs;

/** What the ledger is read from: the open periods, those that ended lately, the one before each, and a week at least. */
export function readFrom(lookback: Lookback): number {
  const { config, provider, now } = lookback;
  const lately = now - provider.settlesAfterHours * hourMs;
  const starts = config.budgets.map((budget) => {
    const period = periodAt(budget, config.timeZone, lately);
    return pricedFrom(periodBefore(period, budget, config.timeZone).start, budget, lookback);
  });
  return earliest([lately - weekBeforeMs, ...starts]);
}

/** What must be known for every budget to have a reading: its open period. */
export function neededFrom(lookback: Lookback, isFirstCheck: boolean): number {
  const { config, now } = lookback;
  const starts = config.budgets.map((budget) =>
    pricedFrom(periodAt(budget, config.timeZone, now).start, budget, lookback),
  );
  return earliest([isFirstCheck ? now - firstCheckMs : now, ...starts]);
}

/**
 * What must be known to price a budget's usage from `start` on. Where there is an allowance or a tier, that is the
 * calendar month from its beginning, as a price book counts months: in the provider's day zone.
 */
function pricedFrom(start: number, budget: Budget, { config, provider }: Lookback): number {
  const isMonthly = pricesOf(budget, config).some(dependsOnMonth);
  return isMonthly ? periodAt({ per: 'month' }, provider.dayZone, start).start : start;
}

function pricesOf({ measure, meter }: Budget, { prices }: Lookback['config']) {
  if (measure === 'usage') return [];
  const counted = Object.entries(prices).filter(([id]) => meter === undefined || id === meter);
  return counted.map(([, price]) => price);
}

function earliest(instants: readonly number[]): number {
  return instants.reduce((first, at) => Math.min(first, at));
}
