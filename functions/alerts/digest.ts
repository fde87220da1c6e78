import type { FiringKind } from './kinds.ts';
/** The published `digest` of a message: a summary of all accounts. Instants are ISO 8601 in UTC, amounts exact decimals. */

export interface Digest {
  readonly every: 'daily' | 'weekly';
  /** When this one was due, and the next one is. */
  readonly dueAt: string;
  readonly nextAt: string;
  /** IANA; that of the digest's schedule. */
  readonly timeZone: string;
  /** Whole days that amounts are `lately`, in each provider's zone, the last one yesterday: 1 or 7. */
  readonly days: number;
  /** Until then the figures hold all that was used, but for accounts that are unread or report nothing; absent where there is none but these. */
  readonly dataUntil?: string;
  /** By currency, the one of most accounts first. */
  readonly totals: readonly DigestTotal[];
  /** Budgets over several accounts, as accounts; the ten that matter at most. Absent where there are none. */
  readonly totalBudgets?: readonly DigestAccount[];
  /** The ten that matter at most: those with something wrong first, then the largest. */
  readonly accounts: readonly DigestAccount[];
  readonly counts: DigestCounts;
  /** The three largest changes of one meter, up or down. */
  readonly movers: readonly DigestMover[];
  readonly subscribers: DigestSubscribers;
  /** Why nothing reaches Slack, one line; absent where it is not used, or works. */
  readonly slackProblem?: string;
}

/** In one currency; what is not wholly known is absent. */
export interface DigestSpending {
  readonly lately?: string;
  /** Of `lately` against as many days before; of a total over the accounts of which both are known. */
  readonly change?: string;
  /** Whole days of the calendar month so far, and against the same days of the month before; absent on the first day. */
  readonly month?: string;
  readonly monthChange?: string;
  /** What the calendar month will come to; of a total only where it is known of every account. */
  readonly forecast?: string;
}

export interface DigestTotal extends DigestSpending {
  readonly currency: string;
  readonly accounts: number;
  /** Accounts that `lately` leaves out, because their costs are not known. */
  readonly unknown: number;
}

/** `red`: at 100 % or over, or no credit left; `amber`: at 80 % or over, or forecast to be over, or credit that runs out; `none`: no budget, or none is known. */
export type DigestColor = 'red' | 'amber' | 'green' | 'none';

export interface DigestAccount extends DigestSpending {
  readonly provider: string;
  readonly account: string;
  /** Absent of an account that never was valid. */
  readonly currency?: string;
  /** Of its worst budget. */
  readonly color: DigestColor;
  /** The worst: the one with the highest percent among those of the account's color. */
  readonly budget?: DigestBudget;
  /** Why that of a total is not known, a sentence. */
  readonly unknownBecause?: string;
  /** Prepaid credit, where a budget asks for it. */
  readonly credit?: DigestCredit;
  readonly firing: readonly DigestAlert[];
  /** Not read completely since. */
  readonly unreadSince?: string;
  readonly noDataSince?: string;
  readonly mutedUntil?: string;
  readonly mutedBecause?: string;
  readonly invalidParameters?: number;
  readonly hasNoBudget?: true;
  readonly dataUntil?: string;
  /** What the calendar month before cost, in the first digest after its end; absent where that is nothing, or not known. */
  readonly endedMonth?: DigestMonth;
}

interface DigestMonth {
  /** `2026-10`, in the provider's zone. */
  readonly month: string;
  readonly amount: string;
}

export interface DigestBudget {
  readonly name: string;
  readonly measure: 'cost' | 'usage';
  readonly unit: string;
  readonly limit: string;
  readonly actual: string;
  readonly percent: number;
  readonly forecast?: string;
}

/** Without a balance it is not known. */
export interface DigestCredit {
  readonly balance?: string;
  /** `2026-12-03`; absent where it is not known, or not within a year. */
  readonly runsOutOn?: string;
}

export interface DigestAlert {
  readonly kind: FiringKind;
  readonly budget?: string;
  readonly threshold?: number;
  readonly meter?: string;
  readonly since?: string;
}

export interface DigestCounts {
  readonly accounts: number;
  /** Absent where there are none. */
  readonly totals?: number;
  /** Budgets, those over several accounts, too. */
  readonly red: number;
  readonly amber: number;
  readonly green: number;
  /** Accounts; totals do not count. */
  readonly unread: number;
  readonly noData: number;
  readonly muted: number;
  readonly invalid: number;
  readonly withoutBudget: number;
  /** Alerts. */
  readonly firing: number;
}

export interface DigestMover {
  readonly provider: string;
  readonly account: string;
  readonly meter: string;
  readonly currency: string;
  readonly lately: string;
  readonly change: string;
}

/** Subscriptions of the topic; `lost`: so many fewer are confirmed than at the last digest. */
export interface DigestSubscribers {
  readonly confirmed: number;
  readonly unconfirmed: number;
  readonly lost: number;
}
