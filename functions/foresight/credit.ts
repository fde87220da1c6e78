/** When prepaid credit runs out. Pure. */
import type { Big } from 'big.js';
import { costMeasure } from '../budgets/measure.ts';
import { DAY_MS } from '../config/durations.ts';
import type { BalanceFall, KnownBalance } from '../ledger/account-state.ts';
import { dateAfter, dayAt, dayNumber } from '../ledger/usage-day.ts';
import { decimal, plain, ratio, sum } from '../pricing/money.ts';
import type { Balance } from '../providers/provider.ts';
import { reachesLimitAt } from './forecast.ts';
import { amount, daysAhead } from './outlook.ts';
import { type SettledDays, seriesOf, usualOf } from './usual.ts';

const FALLS_KEPT_DAYS = 7;

/** What is known of it after another reading, which may be of the same time: a row of today has what is left by now. */
export function balanceAfter(
  before: KnownBalance | undefined,
  { amount: left, at }: Balance,
): KnownBalance {
  const { date } = dayAt(at, 'UTC');
  const kept = (before?.falls ?? []).filter((one) => one.date > dateAfter(date, -FALLS_KEPT_DAYS));
  const known: KnownBalance = { amount: plain(left), at, falls: kept };
  if (before === undefined || at < before.at || left.gt(before.amount)) return known;
  const today = kept.find((one) => one.date === date);
  const fallen = decimal(before.amount).minus(left);
  const fall = {
    date,
    amount: plain(fallen.plus(today?.amount ?? '0')),
    ms: at - before.at + (today?.ms ?? 0),
  };
  return { ...known, falls: [...kept.filter((one) => one !== today), fall] };
}

/** Readings over a day at the least say how fast it falls; undefined before. */
function fallPerDay(falls: readonly BalanceFall[]): Big | undefined {
  const ms = falls.reduce((total, fall) => total + fall.ms, 0);
  if (ms < DAY_MS) return undefined;
  const fallen = sum(falls.map((fall) => decimal(fall.amount)));
  return ratio(fallen.times(String(DAY_MS)), decimal(String(ms)));
}

export interface CreditOutlook {
  /** What a day takes of it, were all weekdays alike; in the account's currency. */
  readonly perDay: Big;
  /** `2026-12-03`, in the provider's zone, and in how many days that is; absent: not within a year. */
  readonly runsOut?: { readonly on: string; readonly inDays: number };
}

export interface CreditPast {
  /** Absent before anything has settled. */
  readonly settled: SettledDays | undefined;
  readonly dayZone: string;
  /** Epoch milliseconds; the balance may be older. */
  readonly now: number;
}

const AHEAD_MS = 366 * DAY_MS;
const ALL_ALIKE = Array<number>(7).fill(1);

/**
 * By the usual costs of a day, or by how the balance itself fell lately where that is faster or the costs are not known:
 * a runaway draws on it long before it is usual. Undefined as long as neither is known.
 */
export function creditOutlook(
  balance: KnownBalance,
  { settled, dayZone, now }: CreditPast,
): CreditOutlook | undefined {
  const usual = settled && usualOf(seriesOf(settled, costMeasure(), settled.completeUntil));
  const fall = fallPerDay(balance.falls);
  if (!usual && !fall) return undefined;
  const level = Math.max(usual?.level ?? 0, fall ? Number(plain(fall)) : 0);
  const perDay = amount(level);
  const { at } = balance;
  const today = dayAt(now, dayZone).date;
  const left = decimal(balance.amount);
  if (left.lte('0')) return { perDay, runsOut: { on: today, inDays: 0 } };
  const pace = { level, factors: usual?.factors ?? ALL_ALIKE };
  const ahead = daysAhead(at, at + AHEAD_MS, dayZone);
  const on = reachesLimitAt(NOTHING_YET, Number(balance.amount), pace, ahead);
  if (on === undefined) return { perDay };
  return { perDay, runsOut: { on, inDays: Math.max(0, dayNumber(on) - dayNumber(today)) } };
}

const NOTHING_YET = { kind: 'flow', actual: 0, knownDays: 0 } as const;
