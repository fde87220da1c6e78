/** What a total cost by day and account, for charts, in its currency and zone. Pure. */
import { dailyCosts } from '../checks/charge-days.ts';
import { DAY_MS } from '../config/durations.ts';
import type { TotalConfig } from '../config/total-schema.ts';
import type { DailyCosts, MeterCosts } from '../ledger/account-summary.ts';
import { dayAt } from '../ledger/usage-day.ts';
import { decimal, plain, sum } from '../pricing/money.ts';
import { knownSince, type ReadAccount, type TotalDays } from './total-days.ts';

export interface KnownDays {
  readonly config: Pick<TotalConfig, 'timeZone'>;
  /** At least one. */
  readonly read: readonly ReadAccount[];
  readonly days: TotalDays;
  /** Earlier days were left out; epoch milliseconds. */
  readonly from: number;
}

/** From the first day on which all accounts and rates are known to the last on which all were read; absent where there is none. */
export function totalCosts({ config, read, days, from }: KnownDays): DailyCosts | undefined {
  const { timeZone } = config;
  const since = [from, ...read.map(knownSince), ...days.missing.map(({ at }) => at + DAY_MS)];
  const knownFrom = firstDayFrom(latest(since), timeZone);
  const readAt = read.reduce((first, { summary }) => Math.min(first, summary.readAt), Infinity);
  if (knownFrom > dayAt(readAt, timeZone).date) return undefined;
  const costs = dailyCosts(days.byAccount, { knownFrom, readAt }, timeZone);
  return { ...costs, meters: largest(costs.meters) };
}

/** The first that begins then or later, epoch milliseconds. */
function firstDayFrom(at: number, timeZone: string): string {
  const day = dayAt(at, timeZone);
  return day.start === at ? day.date : dayAt(day.end, timeZone).date;
}

function latest(moments: readonly number[]): number {
  return moments.reduce((last, at) => Math.max(last, at));
}

/** As many series as a chart has colors; there may be ten thousand accounts. */
const MOST_SERIES = 8;

function largest(accounts: readonly MeterCosts[]): readonly MeterCosts[] {
  if (accounts.length <= MOST_SERIES) return accounts;
  const bySize = accounts
    .map((account) => ({ account, amount: added(account.costs) }))
    .sort((a, b) => b.amount.cmp(a.amount))
    .map(({ account }) => account);
  const others = bySize.slice(MOST_SERIES - 1);
  const days = others[0]?.costs ?? [];
  const costs = days.map((_, day) => plain(added(others.map((one) => one.costs[day] ?? null))));
  return [...bySize.slice(0, MOST_SERIES - 1), { meter: `${others.length} others`, costs }];
}

function added(costs: MeterCosts['costs']) {
  return sum(costs.flatMap((cost) => (cost === null ? [] : decimal(cost))));
}
