/** The published contract `cost-alerts/1`: what is published about an account. Times are ISO 8601 in UTC. */
import type { Per } from '../config/account.ts';
import type { Digest } from './digest.ts';
import type { BUDGET_KINDS, HealthKind, NoticeKind, Severity, Status } from './kinds.ts';

/** What every notice has, whatever it is about. */
interface NoticeBase {
  /** Stable: the same event always has the same id. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly status: Status;
  readonly severity: Severity;
  readonly provider: string;
  /** Empty where it is about all accounts of the provider. */
  readonly account: string;
  /** One sentence: what happened, with the numbers that decided it. */
  readonly reason: string;
  /** One sentence: what to do about it. */
  readonly nextStep: string;
  readonly links: NoticeLinks;
}

export interface NoticeLinks {
  /** The provider's billing page. */
  readonly provider: string;
  /** The account's config parameter in the AWS console. */
  readonly parameter: string;
}

interface NoticePeriod {
  readonly start: string;
  readonly end: string;
  /** IANA zone in which the period starts at midnight. */
  readonly timeZone: string;
  /** 0 to 100, one decimal; 100 only of a period that is over. */
  readonly elapsedPercent: number;
}

export interface NoticeForecast {
  /** What the period will come to, in the notice's unit: the average so far, continued, where there is no range. */
  readonly point: string;
  /** The range that holds it in 80 % of all cases; absent where it is not known. */
  readonly low?: string;
  readonly high?: string;
  /** Local date (for hour and day budgets: local date and time, with its offset where that time occurs twice) at which the limit is or was reached; absent if not in this period. */
  readonly reachesLimitAt?: string;
  /** On past periods of this budget, half of the forecasts were off by less, percent; absent with less than two months of history. */
  readonly typicalErrorPercent?: number;
  /** When an alert said so first, where the limit has been crossed since. */
  readonly forecastAt?: string;
}

/** A meter; of a total an account, or a meter of one: first all accounts, then meters. */
export interface NoticeDriver {
  /** `northflank/acme`; of a total only. */
  readonly account?: string;
  /** Absent of an account of a total. */
  readonly meter?: string;
  /** Decimal, in the notice's unit. */
  readonly amount: string;
  /** Of the actual, 0 to 1, three decimals. */
  readonly share: number;
  /** The same meter over the whole period before; absent where that is not fully known. */
  readonly previousPeriod?: string;
  /** The amount without that of the period before; negative where it is less. */
  readonly change?: string;
}

/** The meter to look at: the one that grew most; where it is not known what was before, the largest. */
export interface MainDriver {
  readonly meter: string;
  readonly amount: string;
  /** Of the one that grew most: what it was before, over the whole period or the last seven days. */
  readonly grown?: {
    readonly from: string;
    readonly over: 'period' | 'week';
    /** What of it grew most, as the vendor calls it: a model. */
    readonly ledBy?: { readonly label: string; readonly amount: string; readonly from: string };
  };
}

/** How costs in one currency became those in another. */
export interface NoticeConversion {
  /** ISO 4217, that of an account. */
  readonly currency: string;
  /** The last day whose reference rate was used; absent where the total's config gives a rate. */
  readonly on?: string;
}

interface NoticeTotal {
  /** How many accounts it is over. */
  readonly accounts: number;
  /** Those that are known from a later date than the period's start on; absent where there are none. */
  readonly late?: readonly { readonly account: string; readonly from: string }[];
  /** Absent where every account has the total's currency. */
  readonly conversions?: readonly NoticeConversion[];
}

/** A notice about a budget, or a total. */
export interface BudgetNotice extends NoticeBase {
  readonly kind: (typeof BUDGET_KINDS)[number];
  readonly budget: string;
  readonly measure: 'cost' | 'usage';
  /** Currency code of a cost, unit of a usage. */
  readonly unit: string;
  /** The meter that is budgeted; absent for all meters together. */
  readonly meter?: string;
  readonly per: Per;
  readonly limit: string;
  readonly actual: string;
  /** Of the limit, one decimal. */
  readonly percent: number;
  /** Percent of the limit: the threshold that was crossed, or that the actual is below again. */
  readonly threshold: number;
  readonly period: NoticePeriod;
  /** Absent for a period that is over, before any time of it has passed, and for an actual below 0. */
  readonly forecast?: NoticeForecast;
  /** The largest first, five at the most; of a total five accounts, then five meters. */
  readonly drivers: readonly NoticeDriver[];
  /** What `nextStep` begins with; absent from a resolved notice, and where no meter has any usage. */
  readonly mainDriver?: MainDriver;
  /** Of a cost; absent for usage, which is counted and not priced. */
  readonly basis?: 'billed' | 'estimated' | 'mixed';
  /** Meters that the actual leaves out because they have no price; absent where there are none. */
  readonly unpriced?: readonly string[];
  /** First local date from which on usage is known, where the period begins before it. */
  readonly usageFrom?: string;
  /** End of the last bucket that was read; absent where there was none. */
  readonly dataUntil?: string;
  /** Of a total only, whose `provider` is `totals`, and whose `account` and `budget` are its name. */
  readonly total?: NoticeTotal;
  /** Only where several past hours crossed a threshold at once, as after an outage; the notice is about the worst. */
  readonly hours?: NoticeHours;
}

interface NoticeHours {
  readonly count: number;
  /** Start of the first, and end of the last of them. */
  readonly start: string;
  readonly end: string;
}

/** A notice about how well an account can be read, or about its parameters. */
export interface HealthNotice extends NoticeBase {
  readonly kind: HealthKind;
  /** Of a `read-error`: only the account's prepaid credit is unreadable. */
  readonly of?: 'balance';
}

/** A notice about a day that cost far more than usual. Amounts are decimals in `unit`. */
export interface AnomalyNotice extends NoticeBase {
  readonly kind: 'anomaly';
  /** The meter; absent for all meters together. */
  readonly meter?: string;
  /** The unusual day in the provider's zone, of a resolved one the first: `2026-11-20`. */
  readonly day: string;
  /** Currency code. */
  readonly unit: string;
  readonly actual: string;
  /** What such a weekday usually costs; of a resolved one what a day costs now. */
  readonly usual: string;
  readonly change: string;
  /** Meters that are unusual, the largest change first, five at the most. */
  readonly drivers: readonly AnomalyDriver[];
}

export interface AnomalyDriver {
  readonly meter: string;
  readonly amount: string;
  readonly usual: string;
  readonly change: string;
}

/** A notice about prepaid credit. Amounts are decimals in `unit`. */
export interface BalanceNotice extends NoticeBase {
  readonly kind: 'balance';
  readonly budget: string;
  /** Currency code. */
  readonly unit: string;
  /** What is left; below 0 is owed. */
  readonly balance: string;
  /** When it was so. */
  readonly at: string;
  /** What a day takes of it; absent where that is not known. */
  readonly perDay?: string;
  /** In the provider's zone: `2026-12-03`; absent where it is not known, or not within a year. */
  readonly runsOutOn?: string;
  /** The budget alerts so many days before. */
  readonly days: number;
}

export type Notice = BudgetNotice | AnomalyNotice | BalanceNotice | HealthNotice;

/** What is published, and what waits in an outbox until it is. */
export interface Message {
  readonly schema: 'cost-alerts/1';
  /** Stable across a resend. */
  readonly id: string;
  readonly at: string;
  /** The gravest of its notices. */
  readonly severity: Severity;
  /** Critical before warning before info. */
  readonly notices: readonly Notice[];
  /** A summary of all accounts; such a message has no notices. */
  readonly digest?: Digest;
  /** Sent to try the channels out: nothing of it has happened. Absent from real ones. */
  readonly test?: true;
}
