/**
 * What each check leaves for those who have no token: one item an account, `summary#acme`, in the provider's partition
 * `northflank/`. It sorts behind the register, so that a run over all accounts, which needs only their names, never pays
 * for it: DynamoDB charges for whole items, whatever is asked of them.
 */
import type { Per } from '../config/account.ts';
import { type AccountKey, partition } from './items.ts';
import type { Table } from './table.ts';

/** Instants are epoch milliseconds, amounts exact decimals, dates days of `dayZone`. */
export interface AccountSummary {
  /** ISO 4217, of all costs. */
  readonly currency?: string;
  readonly dayZone?: string;
  /** So long after a day its usage may still change: the provider's settle time. */
  readonly settlesAfterHours?: number;
  /** The provider's billing page. */
  readonly billingUrl?: string;
  /** Absent before the first complete check. */
  readonly costs?: DailyCosts;
  /** First day that may still change. */
  readonly settledUntil?: string;
  /** End of the last bucket that held data. */
  readonly dataUntil?: number;
  /** When the last complete check was made. */
  readonly readAt?: number;
  /** Of the calendar month of `dayZone` that holds `readAt`, all meters; absent where too little is known. */
  readonly forecast?: SummaryForecast;
  /** In the order of the config, each in its current period. */
  readonly budgets?: readonly BudgetSummary[];
  /** Of the budgets on prepaid credit, in the order of the config; absent where there are none. */
  readonly balances?: readonly BalanceSummary[];
  readonly firing: readonly FiringAlert[];
  readonly problems: SummaryProblems;
  readonly mutedUntil?: number;
  /** Why; absent where nobody said, or nothing is muted. */
  readonly mutedBecause?: string;
}

/** In the account's currency. A day of which nothing is priced, though something was used, is null: unknown, not 0. */
export interface DailyCosts {
  /** The first day; one entry a day follows, up to the day of `readAt`, which is not over yet. */
  readonly from: string;
  /** Of all these days together. */
  readonly basis?: 'billed' | 'estimated' | 'mixed';
  /** Of all meters; 400 days at most. */
  readonly total: readonly (string | null)[];
  /** The last 62 of these days, of meters that cost anything on them. */
  readonly meters: readonly MeterCosts[];
}

export interface MeterCosts {
  readonly meter: string;
  readonly costs: readonly (string | null)[];
}

export interface BudgetSummary {
  readonly name: string;
  /** Absent: all meters together. */
  readonly meter?: string;
  readonly measure: 'cost' | 'usage';
  /** Currency code of a cost, unit of a usage. */
  readonly unit: string;
  readonly per: Per;
  readonly limit: string;
  readonly start: number;
  readonly end: number;
  readonly timeZone: string;
  /** Absent, as is the percent, where it is not known. */
  readonly actual?: string;
  /** Of the limit, one decimal. */
  readonly percent?: number;
  /** Why it is not known, a sentence; only of a total. */
  readonly unknownBecause?: string;
  readonly forecast?: SummaryForecast;
}

/** In the account's currency; what was never read has no figures. */
export interface BalanceSummary {
  /** Of the budget. */
  readonly name: string;
  /** It alerts so many days before. */
  readonly days: number;
  /** As it was last read, and when; below 0 is owed. */
  readonly balance?: string;
  readonly at?: number;
  /** What a day takes of it; absent where that is not known. */
  readonly perDay?: string;
  /** `2026-12-03`; absent where it is not known, or not within a year. */
  readonly runsOutOn?: string;
  /** Why the last check could not read it, a sentence; absent where it could. */
  readonly unknownBecause?: string;
}

export interface SummaryForecast {
  readonly point: string;
  /** Ends of the 80 % range. */
  readonly low: string;
  readonly high: string;
}

/** An alert that fires and is not resolved. */
export interface FiringAlert {
  /** One of `FIRING_KINDS` in `alerts/kinds.ts`. */
  readonly kind: string;
  /** Of `budget`, `forecast` and `balance`. */
  readonly budget?: string;
  /** Of `budget`: the highest that fires. */
  readonly threshold?: number;
  /** Of `anomaly`; absent: all meters together. */
  readonly meter?: string;
  /** Of `budget`: when the first threshold fired. */
  readonly since?: number;
}

export interface SummaryProblems {
  /** First of the failed checks in a row, while a read error fires. */
  readonly unreadableSince?: number;
  /** Wrong places in the parameters; absent where there are none. */
  readonly invalidParameters?: number;
  /** End of the last data, while `no-data` fires. */
  readonly noDataSince?: number;
}

/** What a check without valid parameters can say; the rest stays as it was. */
export type SummaryOfInvalid = Pick<AccountSummary, 'firing' | 'problems'>;

export interface Summaries {
  saveSummary(key: AccountKey, summary: AccountSummary | SummaryOfInvalid): Promise<void>;
  /** Of an account that is no longer watched. */
  deleteSummary(key: AccountKey): Promise<void>;
}

/** Every part of an entry that a whole summary replaces. */
const PARTS = [
  'currency',
  'dayZone',
  'settlesAfterHours',
  'billingUrl',
  'costs',
  'settledUntil',
  'dataUntil',
  'readAt',
  'forecast',
  'budgets',
  'balances',
  'firing',
  'problems',
  'mutedUntil',
  'mutedBecause',
] as const satisfies (keyof AccountSummary)[];

const SORT_KEY_PREFIX = 'summary#';

export function summaries(table: Table): Summaries {
  return {
    async saveSummary(key, summary) {
      const isWhole = 'currency' in summary;
      const values: Partial<AccountSummary> = summary;
      const set = PARTS.filter((part) => values[part] !== undefined);
      const gone = isWhole ? PARTS.filter((part) => values[part] === undefined) : [];
      const removed = gone.length > 0 ? ` REMOVE ${gone.map((part) => `#${part}`).join(', ')}` : '';
      await table.update({
        Key: summaryKey(key),
        UpdateExpression: `SET ${set.map((part) => `#${part} = :${part}`).join(', ')}${removed}`,
        ExpressionAttributeNames: Object.fromEntries(
          [...set, ...gone].map((part) => [`#${part}`, part]),
        ),
        ExpressionAttributeValues: Object.fromEntries(
          set.map((part) => [`:${part}`, values[part]]),
        ),
      });
    },

    async deleteSummary(key) {
      await table.delete({ Key: summaryKey(key) });
    },
  };
}

export interface SummarizedAccount extends AccountKey {
  readonly summary: AccountSummary;
}

/** All accounts of a provider in order of name, a page at a time, as ten thousand of them are some 50 MB. */
export async function* readSummaries(
  table: Pick<Table, 'queryPages'>,
  provider: string,
): AsyncGenerator<SummarizedAccount> {
  const pages = table.queryPages({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: {
      ':pk': partition({ provider, account: '' }),
      ':prefix': SORT_KEY_PREFIX,
    },
  });
  for await (const page of pages) {
    for (const { pk: _, sk, ...summary } of page) {
      const account = String(sk).slice(SORT_KEY_PREFIX.length);
      yield { provider, account, summary: summary as unknown as AccountSummary };
    }
  }
}

export function summaryKey({ provider, account }: AccountKey): { pk: string; sk: string } {
  return { pk: partition({ provider, account: '' }), sk: `${SORT_KEY_PREFIX}${account}` };
}
