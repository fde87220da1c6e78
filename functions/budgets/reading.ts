import type { Big } from 'big.js';
import type { Budget } from '../config/account.ts';

/** One stretch of a budget, half-open `[start, end)` in epoch milliseconds. */
export interface Period {
  /** Local start, unique within a budget: `2026-11-01`; for hours with the offset, `2026-11-21T10+01:00`. */
  readonly id: string;
  readonly start: number;
  readonly end: number;
  /** IANA zone in which it starts at midnight. */
  readonly timeZone: string;
}

export interface Pace {
  /** The actual, and what the rest of the period comes to at the rate of the time that is known. */
  readonly periodEnd: Big;
  /** Epoch milliseconds; absent if the limit is not reached within the period. */
  readonly reachesLimitAt?: number;
}

export interface Driver {
  readonly meter: string;
  readonly amount: Big;
  /** Of the actual, 0 to 1. */
  readonly share: number;
  /** The meter's amount in the whole period before; absent where that is not fully known. */
  readonly previousPeriod?: Big;
}

/** What a budget stands at in one period, at one moment. */
export interface KnownReading {
  readonly known: true;
  readonly budget: Budget;
  readonly period: Period;
  /** Cost in the account's currency, or usage in the budget's unit. */
  readonly actual: Big;
  /** Of the limit, exact; not rounded. */
  readonly percent: Big;
  /** Of the period at `now`, 0 to 100. */
  readonly elapsedPercent: number;
  /** Absent for a period that is over, before any time of it has passed, and for an actual below 0. */
  readonly pace?: Pace | undefined;
  /** The largest first, five at the most, none of them 0. */
  readonly drivers: readonly Driver[];
  readonly basis: 'billed' | 'estimated' | 'mixed';
  /** Meters with usage in the period that the actual leaves out because they have no price. */
  readonly unpriced: readonly string[];
  /** Start of the first day of which the provider gave usage, where the period begins before; epoch milliseconds. */
  readonly usageFrom?: number;
  /** End of the last bucket with data in the period, at most `now`; epoch milliseconds. */
  readonly dataUntil?: number;
}

export interface UnknownReading {
  readonly known: false;
  readonly budget: Budget;
  readonly period: Period;
  /** One sentence. */
  readonly reason: string;
}

export type Reading = KnownReading | UnknownReading;
