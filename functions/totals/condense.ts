/**
 * The accounts of a total, the small ones of a provider as one: of 50,000 accounts the days of each would be some 10 GB,
 * and a message names the five largest. Amounts stay exact, and so does what is known of when.
 */
import type { Big } from 'big.js';
import type { TotalConfig } from '../config/schema/total.ts';
import type { AccountSummary, SummarizedAccount } from '../ledger/account-summary.ts';
import { dayAt } from '../ledger/usage-day.ts';
import { decimal } from '../pricing/money.ts';
import { accountsOf, isStale } from './total-accounts.ts';
import { completeUntil, type ReadAccount, readAccount, type TotalAccount } from './total-days.ts';

interface Condensed {
  /** Leaves out an account that is none of the total's. */
  add(one: SummarizedAccount): void;
  accounts(): readonly TotalAccount[];
}

/** Of a provider and a currency, the largest. */
const MOST_APART = 500;
/** No account is called that, as a parameter's name has no brackets. */
const SMALL_ONES = '(others)';
/** Days that decide which accounts are large: two months. */
const RANKED_DAYS = 62;

/** `now`: epoch milliseconds. */
export function condense(config: TotalConfig, now: number, mostApart = MOST_APART): Condensed {
  const apart: TotalAccount[] = [];
  const ranked = new Map<string, Ranked[]>();
  const folds = new Map<string, Fold>();

  return {
    add(one) {
      if (accountsOf(config, [one]).length === 0) return;
      const read = readAccount(one);
      if (!read || config.accounts.includes(read.name)) apart.push(one);
      else if (isStale(read, now)) apart.push(withoutCosts(read));
      else rank(read);
    },
    accounts() {
      for (const own of ranked.values()) foldSmallest(own);
      const large = [...ranked.values()].flatMap((own) => own.map(({ read }) => read));
      return [...apart, ...large, ...[...folds.values()].flatMap(foldedAccounts)];
    },
  };

  function rank(read: ReadAccount): void {
    const key = `${read.provider} ${read.summary.currency}`;
    const own = ranked.get(key) ?? [];
    ranked.set(key, own);
    own.push({ read, size: sizeOf(read) });
    if (own.length >= 2 * mostApart) foldSmallest(own);
  }

  function foldSmallest(own: Ranked[]): void {
    own.sort((a, b) => b.size - a.size || (a.read.name < b.read.name ? -1 : 1));
    for (const { read } of own.splice(mostApart)) {
      const key = foldKey(read);
      const fold = folds.get(key) ?? openFold(read);
      folds.set(key, fold);
      addTo(fold, read);
    }
  }
}

interface Ranked {
  readonly read: ReadAccount;
  /** A rank, no amount: a float. */
  readonly size: number;
}

function sizeOf({ summary: { costs } }: ReadAccount): number {
  return costs.total.slice(-RANKED_DAYS).reduce((sum, cost) => sum + Number(cost ?? 0), 0);
}

function withoutCosts({ provider, account, summary }: ReadAccount): TotalAccount {
  const costs = { ...summary.costs, total: [], meters: [] };
  return { provider, account, summary: { ...summary, costs } };
}

/** What small accounts come to that begin on the same day, and end on the same day. */
interface Fold {
  readonly first: ReadAccount;
  readonly total: Sums;
  readonly meters: Map<string, Sums>;
  members: number;
  readAt: number;
  dataUntil: number | undefined;
  unreadableSince: number | undefined;
  days: number;
  meterDays: number;
}

/** By day from the first one on. */
interface Sums {
  readonly costs: (Big | undefined)[];
  /** Of which days the cost of one is not known. */
  readonly unknown: Set<number>;
}

function foldKey(read: ReadAccount): string {
  const { currency, dayZone, costs, dataUntil, settlesAfterHours } = read.summary;
  const lastData = dataUntil === undefined ? '' : dayAt(dataUntil, dayZone).date;
  const ends = [lastData, completeUntil(read), settlesAfterHours];
  return [read.provider, currency, dayZone, costs.basis, costs.from, ...ends].join(' ');
}

function openFold(first: ReadAccount): Fold {
  const { readAt, dataUntil } = first.summary;
  return {
    first,
    total: { costs: [], unknown: new Set() },
    meters: new Map(),
    members: 0,
    readAt,
    dataUntil,
    unreadableSince: undefined,
    days: 0,
    meterDays: Number.POSITIVE_INFINITY,
  };
}

function addTo(fold: Fold, { summary }: ReadAccount): void {
  const { costs, readAt, dataUntil, problems } = summary;
  fold.members += 1;
  fold.readAt = Math.min(fold.readAt, readAt);
  if (dataUntil !== undefined) fold.dataUntil = Math.max(fold.dataUntil ?? 0, dataUntil);
  fold.unreadableSince ??= problems.unreadableSince;
  fold.days = Math.max(fold.days, costs.total.length);
  addCosts(fold.total, costs.total, 0);
  for (const { meter, costs: own } of costs.meters) {
    const sums = fold.meters.get(meter) ?? { costs: [], unknown: new Set() };
    fold.meters.set(meter, sums);
    fold.meterDays = Math.min(fold.meterDays, own.length);
    addCosts(sums, own, costs.total.length - own.length);
  }
}

function addCosts(sums: Sums, costs: readonly (string | null)[], firstDay: number): void {
  for (const [index, cost] of costs.entries()) {
    const day = firstDay + index;
    if (cost === null) sums.unknown.add(day);
    else if (cost !== '0') sums.costs[day] = sums.costs[day]?.plus(cost) ?? decimal(cost);
  }
}

/** As one account of known costs; where some are not known, beside another one of the same name. */
function foldedAccounts(fold: Fold): TotalAccount[] {
  const { first, members, readAt, dataUntil, unreadableSince, days } = fold;
  const meterDays = Math.min(fold.meterDays, days);
  const summary: AccountSummary = {
    ...first.summary,
    readAt,
    ...(dataUntil !== undefined && { dataUntil }),
    settledUntil: dayAt(completeUntil(first), first.summary.dayZone).date,
    problems: unreadableSince === undefined ? {} : { unreadableSince },
  };
  const known = withCosts((sums, day) => sums.costs[day]?.toFixed() ?? '0');
  const hasUnknown = [fold.total, ...fold.meters.values()].some(({ unknown }) => unknown.size > 0);
  if (!hasUnknown) return [{ ...known, members }];
  const unknown = withCosts((sums, day) => (sums.unknown.has(day) ? null : '0'));
  return [
    { ...known, members },
    { ...unknown, members: 0 },
  ];

  function withCosts(costOf: (sums: Sums, day: number) => string | null): TotalAccount {
    const allDays = Array.from({ length: days }, (_, day) => day);
    const lastDays = allDays.slice(days - meterDays);
    const costs = {
      ...first.summary.costs,
      total: allDays.map((day) => costOf(fold.total, day)),
      meters: [...fold.meters].map(([meter, sums]) => ({
        meter,
        costs: lastDays.map((day) => costOf(sums, day)),
      })),
    };
    return { provider: first.provider, account: SMALL_ONES, summary: { ...summary, costs } };
  }
}
