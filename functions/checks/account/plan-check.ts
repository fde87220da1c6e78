/** What a check asks the provider for, and what of the account's state it goes on from. Pure. */
import { type AlertState, NO_ALERTS, rearm } from '../../alerts/state.ts';
import { type Period, periodAt, periodBefore } from '../../budgets/period.ts';
import type { Account, AccountConfig, Budget } from '../../config/account.ts';
import { DAY_MS, HOUR_MS } from '../../config/durations.ts';
import { dependsOnMonth } from '../../config/schema/price.ts';
import { FORESIGHT_DAYS } from '../../foresight/usual.ts';
import type { AccountState } from '../../ledger/account-state.ts';
import { type PlannedReading, planReading } from '../../ledger/plan-reading.ts';
import { isRemade, scopeOf } from '../../ledger/scope.ts';
import type { Provider } from '../../providers/provider.ts';
import type { OutboxEntry } from '../outbox/outbox.ts';

/** What a check at `now` (epoch milliseconds) asks the provider for; once a day the month that is doubted, too. */
export function planCheck(
  { config, source }: Account,
  provider: Provider,
  { coverage, alerts }: Pick<KnownState, 'coverage' | 'alerts'>,
  now: number,
): PlannedReading {
  const lookback = { config, provider, now };
  const month = settledMonth(provider, now);
  const isDoubted = alerts?.mismatch?.month === month.id && !alerts.mismatch.isOver;
  return planReading({
    neededFrom: neededFrom(lookback, coverage === undefined),
    againFrom: Math.min(againFrom(lookback), isDoubted ? month.start : now),
    readFrom: readFrom(lookback),
    coverage,
    tokenVersion: source.tokenVersion,
    provider,
    now,
  });
}

export interface Lookback {
  readonly config: Pick<AccountConfig, 'budgets' | 'timeZone' | 'prices'>;
  readonly provider: Pick<Provider, 'dayZone' | 'settlesAfterHours'>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** So many days of history at least are fetched by an account's first check: what is usual is known from them. */
const FIRST_DAYS_MS = 70 * DAY_MS;
/** No more is read again by the first check of each day, nor asked for where a provider does not give more. */
export const AGAIN_DAYS = 35;
const AGAIN_DAYS_MS = AGAIN_DAYS * DAY_MS;

/** Periods that ended later are open: the first check of the day after their data have settled reads them a last time. */
export function openSince({ settlesAfterHours }: Lookback['provider'], now: number): number {
  return now - settlesAfterHours * HOUR_MS - DAY_MS;
}

/** The last calendar month of the provider whose rows no longer change. */
export function settledMonth(
  { dayZone, settlesAfterHours }: Pick<Provider, 'dayZone' | 'settlesAfterHours'>,
  now: number,
): Period {
  const open = periodAt({ per: 'month' }, dayZone, now - settlesAfterHours * HOUR_MS);
  return periodBefore(open, { per: 'month' }, dayZone);
}

/** What the ledger is read from: the open periods, those that ended lately, the one before each, and what is usual. */
export function readFrom(lookback: Lookback): number {
  const { config, provider, now } = lookback;
  const lately = openSince(provider, now);
  const starts = config.budgets.map((budget) => {
    const period = periodAt(budget, config.timeZone, lately);
    return pricedFrom(periodBefore(period, budget, config.timeZone).start, budget, lookback);
  });
  return earliest([lately - FORESIGHT_DAYS * DAY_MS, ...starts]);
}

/** What must be known for every budget to have a reading: its open period. The first check asks for the one before as well. */
export function neededFrom(lookback: Lookback, isFirstCheck: boolean): number {
  const { config, now } = lookback;
  const starts = config.budgets.map((budget) => {
    const open = periodAt(budget, config.timeZone, now);
    const first = isFirstCheck ? periodBefore(open, budget, config.timeZone) : open;
    return pricedFrom(first.start, budget, lookback);
  });
  return earliest([isFirstCheck ? now - FIRST_DAYS_MS : now, ...starts]);
}

/**
 * What the first check of a day reads again, as corrections come late: the open periods and those that settled in the
 * last 24 hours, calendar months of the provider among them; 35 days at most.
 */
export function againFrom({ config, provider, now }: Lookback): number {
  const lately = openSince(provider, now);
  const month = periodAt({ per: 'month' }, provider.dayZone, lately);
  const starts = config.budgets.map((budget) =>
    pricedFrom(periodAt(budget, config.timeZone, lately).start, budget, { config, provider, now }),
  );
  const needed = earliest([now, ...(month.end <= now ? [month.start] : []), ...starts]);
  return Math.max(now - AGAIN_DAYS_MS, needed);
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

export type KnownState = AccountState<AlertState, OutboxEntry>;

/**
 * The state as far as it is about what the account watches now. Of another scope, or of another account that had the
 * name before, nothing that was read counts, and budgets are armed anew; what waits to be published does so still.
 *
 *   edit ── state: new scope, nothing known ── read all that is needed ── its days ── state: known from … on ── old days deleted
 *
 * Days of two scopes have keys of their own. So wherever a run ends, and whatever an older run still writes, the days of
 * one scope are never taken for those of another, and the next check goes on with the reading.
 */
export function inScope(state: KnownState, account: Account, isBroken = false): KnownState {
  const scope = scopeOf(account.config);
  const isOther =
    state.lastGood !== undefined && isRemade(state.lastGood, { source: account.source, isBroken });
  if (state.scope === scope && !isOther) return state;
  const { coverage: _, shrunk: __, balance: ___, alerts = NO_ALERTS, ...rest } = state;
  return { ...rest, scope, lastGood: account.source, alerts: rearm(alerts, isOther) };
}
