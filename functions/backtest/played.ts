/** What a playback over an account's history gave: the input of its table and its page. Instants are epoch milliseconds. */
import type { Notice } from '../alerts/notice.ts';
import type { Period } from '../budgets/reading.ts';
import type { Budget } from '../config/account.ts';

export interface PlayedAccount {
  readonly provider: string;
  /** `Northflank` */
  readonly providerName: string;
  readonly account: string;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA zone of the budgets' periods. */
  readonly timeZone: string;
  /** IANA zone of the provider's days. */
  readonly dayZone: string;
  /** Name of the config parameter. */
  readonly parameter: string;
  /** The config's text as it is in Parameter Store; absent where it is kept as a secret. */
  readonly configText?: string;
  /** First and last moment at which a check was played. */
  readonly from: number;
  readonly until: number;
  readonly checks: number;
  /** Every day of the provider that was played, ascending; a day without usage is there, empty. */
  readonly days: readonly PlayedDay[];
  /** In the order of the config; one that is only tried stands in the place of its namesake, else last. */
  readonly budgets: readonly PlayedBudget[];
  /** Everything that would have been told, of budgets too; ascending by time, as it was published. */
  readonly told: readonly Told[];
  /** What whoever reads this has to know, a sentence each: a mute that was left out, where the history begins. */
  readonly remarks: readonly string[];
}

/** What a day of the provider came to, as it is known now. */
export interface PlayedDay {
  /** `2026-11-21` in the provider's day zone. */
  readonly date: string;
  /** Of the meters with any usage, in the provider's order. */
  readonly meters: readonly PlayedMeter[];
}

export interface PlayedMeter {
  readonly meter: string;
  /** `Data in` */
  readonly name: string;
  /** In the account's currency, exact decimal; absent where the meter has no price. */
  readonly cost?: string;
  /** In `unit`, exact decimal: the sum of a flow, the mean of a level. */
  readonly quantity?: string;
  readonly unit?: string;
}

export interface PlayedBudget {
  readonly budget: Budget;
  /** Whether it is only tried, and not in Parameter Store. */
  readonly isTried: boolean;
  /** Those that were open at some check, ascending. */
  readonly periods: readonly PlayedPeriod[];
  /** Of this budget alone; ascending. */
  readonly told: readonly Told[];
  /** `budget` and `recovered` notices in 30 days, rounded to one decimal. */
  readonly alertsAMonth: number;
  /** The tightest limit with which nothing would have been told, in three significant digits; absent without usage. */
  readonly quietLimit?: string;
  /** One with which exactly one notice would have been told, of the highest peak; absent where there is none. */
  readonly onceLimit?: string;
}

export interface PlayedPeriod {
  readonly period: Period;
  /** What the budget stood at, one point a check at which that was something else than before, or had just fallen; ascending. */
  readonly points: readonly PlayedPoint[];
  /** As of the last check that read it; absent where it was never known. */
  readonly percent?: number;
  /** What the period would come to at the pace of the last check; only of one that was still open then. */
  readonly paceAtEnd?: string;
  /** Why it was not known at the last check that read it. */
  readonly unknown?: string;
}

export interface PlayedPoint {
  readonly at: number;
  /** In the account's currency, or the budget's unit; exact decimal. */
  readonly actual: string;
}

export interface Told {
  readonly at: number;
  readonly notice: Notice;
}
