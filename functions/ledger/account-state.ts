/** What the ledger holds of an account beside its days. */
import type { AccountSource } from '../config/account.ts';
import type { UsageDay } from './usage-day.ts';

/** Up to which day an account's usage is known; dates are days of the provider's day zone. */
export interface Coverage {
  /** First day that is known, without a gap up to today. */
  readonly knownFrom: string;
  /** First day with usage, where there was none before though it was asked for: the provider may have forgotten it. */
  readonly usageFrom?: string;
  /** First day that may still change: none settles after the last one of which usage has arrived. */
  readonly settledUntil: string;
  /** The day on which the open periods were last read again. */
  readonly readAgainOn: string;
  /** Of the token with which all was read. */
  readonly tokenVersion: number;
  /** When the last complete check was made; epoch milliseconds. */
  readonly readAt: number;
}

/** What is kept of an answer that took back much of what was known, and is not believed yet. */
export interface ShrunkAnswer {
  /** What it says of the days that shrank; another text is another answer. */
  readonly answer: string;
  /** Complete checks in a row that said so. */
  readonly checks: number;
}

/** Prepaid credit as it was last read; amounts are exact decimals in the account's currency. */
export interface KnownBalance {
  /** Below 0 is owed. */
  readonly amount: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** By day in UTC, ascending; of the last seven days. */
  readonly falls: readonly BalanceFall[];
}

/** By how much it fell between readings, and over how long; a rise is a top-up, and leaves the time before it out. */
export interface BalanceFall {
  /** `2026-11-21` */
  readonly date: string;
  readonly amount: string;
  readonly ms: number;
}

/** An account's state item; `Alerts` and `Entry` belong to the steps that write them. */
export interface AccountState<Alerts, Entry> {
  /** 0 where there is no item yet. Each write adds 1 and is refused if another was faster. */
  readonly version: number;
  /** What the coverage and the days are about. */
  readonly scope?: string;
  readonly coverage?: Coverage;
  /** What the account was last read from when its parameters were valid. */
  readonly lastGood?: AccountSource;
  readonly shrunk?: ShrunkAnswer;
  /** Present where a budget asks for it, once it could be read. */
  readonly balance?: KnownBalance;
  readonly alerts?: Alerts;
  /** That it is no longer watched was reported then, epoch milliseconds; absent while it has parameters. */
  readonly unwatchedAt?: number;
  /** What is still to be published, oldest first. */
  readonly outbox: readonly Entry[];
}

export interface KnownAccount<Alerts, Entry> {
  readonly state: AccountState<Alerts, Entry>;
  /** Ascending; only days that have an item. */
  readonly days: readonly UsageDay[];
}
