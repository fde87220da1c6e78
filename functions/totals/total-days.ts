/** From what the checks left of a total's accounts to charges in its currency, by day, and its costs for charts. Pure. */
import { type ChargeDay, chargeDay } from '../budgets/measure.ts';
import { dailyCosts } from '../checks/account/charge-days.ts';
import { DAY_MS } from '../config/durations.ts';
import type { TotalConfig } from '../config/schema/total.ts';
import type {
  AccountSummary,
  DailyCosts,
  MeterCosts,
  SummarizedAccount,
} from '../ledger/account-summary.ts';
import { dateAfter, dayAt, dayNamed } from '../ledger/usage-day.ts';
import type { Charge } from '../pricing/charges.ts';
import { decimal, plain, sum } from '../pricing/money.ts';
import type { RateOn } from './rates.ts';

/** An account, or small ones together. */
export interface TotalAccount extends SummarizedAccount {
  /** How many it stands for; absent: one. */
  readonly members?: number;
}

export interface ReadAccount extends TotalAccount {
  /** `northflank/acme` */
  readonly name: string;
  readonly summary: ReadSummary;
}

type ReadSummary = AccountSummary &
  Required<Pick<AccountSummary, 'currency' | 'dayZone' | 'costs' | 'readAt'>>;

/** Undefined of an account of which no check was complete yet. */
export function readAccount(one: TotalAccount): ReadAccount | undefined {
  const { summary } = one;
  const { currency, dayZone, costs, readAt } = summary;
  if (currency === undefined || dayZone === undefined || !costs || readAt === undefined) {
    return undefined;
  }
  const read = { ...summary, currency, dayZone, costs, readAt };
  return { ...one, name: nameOf(one), summary: read };
}

export function nameOf({ provider, account }: Pick<SummarizedAccount, 'provider' | 'account'>) {
  return `${provider}/${account}`;
}

/** A cost that is not 0, in a currency of which there is no rate for that day. */
export interface MissingRate {
  readonly currency: string;
  readonly date: string;
  /** Start of the day, epoch milliseconds. */
  readonly at: number;
}

export interface TotalDays {
  /** By day of the total's zone, ascending; the charges' meters are accounts, `northflank/acme`. */
  readonly byAccount: readonly ChargeDay[];
  /** Of the days of which meters are known; the charges' meters are `northflank/acme gpu`. */
  readonly byMeter: readonly ChargeDay[];
  readonly missing: readonly MissingRate[];
}

/** `from`: days that ended before are left out; epoch milliseconds. */
export function totalDays(
  accounts: readonly ReadAccount[],
  { timeZone, rateOn, from }: { timeZone: string; rateOn: RateOn; from: number },
): TotalDays {
  const byAccount: Charge[] = [];
  const byMeter: Charge[] = [];
  const missing: MissingRate[] = [];
  for (const account of accounts) {
    const { costs } = account.summary;
    byAccount.push(...charges(account, account.name, costs.total));
    for (const { meter, costs: own } of costs.meters) {
      byMeter.push(...charges(account, `${account.name} ${meter}`, own));
    }
  }
  return { byAccount: inDays(byAccount, timeZone), byMeter: inDays(byMeter, timeZone), missing };

  function* charges(account: ReadAccount, meter: string, own: MeterCosts['costs']) {
    const { currency, costs, dayZone } = account.summary;
    for (const [index, cost] of own.entries()) {
      if (cost === '0') continue;
      const date = dateAfter(costs.from, costs.total.length - own.length + index);
      const day = dayNamed(date, dayZone);
      if (day.end <= from) continue;
      const rate = rateOn(currency, date);
      if (!rate && cost !== null && meter === account.name)
        missing.push({ currency, date, at: day.start });
      const end = endOf(account, day);
      yield chargeOf({ meter, start: day.start, end }, cost, rate, account);
    }
  }
}

/** The last day is not over; its costs are known until its data end. */
function endOf({ summary }: ReadAccount, day: { readonly start: number; readonly end: number }) {
  const { readAt, dataUntil = readAt } = summary;
  return dataUntil > day.start ? Math.min(day.end, dataUntil) : day.end;
}

/** What is not known has a quantity, and no cost. What was converted is an estimate. */
function chargeOf(
  bucket: Pick<Charge, 'meter' | 'start' | 'end'>,
  cost: string | null,
  rate: ReturnType<RateOn>,
  { summary }: ReadAccount,
): Charge {
  if (cost === null || !rate) return { ...bucket, quantity: decimal('1') };
  const isConverted = !rate.factor.eq('1') || rate.on !== undefined;
  const isBilled = summary.costs.basis === 'billed' && !isConverted;
  const basis = isBilled ? 'billed' : 'estimated';
  return { ...bucket, cost: decimal(cost).times(rate.factor), basis };
}

/** A charge belongs to the day of the total's zone in which its own day starts. */
function inDays(charges: readonly Charge[], timeZone: string): ChargeDay[] {
  const byDay = Map.groupBy(charges, ({ start }) => dayAt(start, timeZone).date);
  return [...byDay]
    .map(([date, own]) => {
      const { start, end } = dayNamed(date, timeZone);
      return chargeDay({ start, end, charges: own });
    })
    .sort((a, b) => a.start - b.start);
}

/** Start of the first day of which an account's meters are known, epoch milliseconds. */
export function metersSince({ summary: { costs, dayZone } }: ReadAccount): number {
  const days = costs.meters[0]?.costs.length ?? costs.total.length;
  return dayNamed(dateAfter(costs.from, costs.total.length - days), dayZone).start;
}

/** Start of the first day of which an account's costs are known, epoch milliseconds. */
export function knownSince({ summary: { costs, dayZone } }: ReadAccount): number {
  return dayNamed(costs.from, dayZone).start;
}

/** Start of an account's first day that is not over, or of which data may still come in; epoch milliseconds. */
export function completeUntil({ summary }: ReadAccount): number {
  const { dayZone, readAt, dataUntil = 0, settledUntil } = summary;
  const { start } = dayAt(Math.min(readAt, dataUntil), dayZone);
  return settledUntil === undefined
    ? start
    : Math.max(start, dayNamed(settledUntil, dayZone).start);
}

/**
 * The days, and before the period a charge of unknown cost for each account that is not known from the period before
 * on: so that nothing of it is compared with a 0 that nobody has seen.
 */
export function withUnknownPast(
  days: readonly ChargeDay[],
  unknown: readonly string[],
  periodStart: number,
): readonly ChargeDay[] {
  if (unknown.length === 0) return days;
  const at = { start: periodStart - 1, end: periodStart };
  const charges = unknown.map((meter) => ({ meter, ...at, quantity: decimal('1') }));
  const index = days.findIndex(({ end }) => end >= periodStart);
  const last = index < 0 ? undefined : days[index];
  if (last && last.end === periodStart) {
    return days.with(index, chargeDay({ ...last, charges: [...last.charges, ...charges] }));
  }
  const before = days.filter(({ start }) => start < periodStart);
  return [...before, chargeDay({ ...at, charges }), ...days.slice(before.length)];
}

interface KnownDays {
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
