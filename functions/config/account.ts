/** What Parameter Store holds about one watched account, validated. */
import type { Problem } from './problem.ts';
import type { Prices } from './schema/price.ts';

/** Periods of a budget, the shortest first. */
export const PERIODS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Per = (typeof PERIODS)[number];

/** As configs name them; in the order of ISO 8601, in which Monday is 1. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

export type Weekday = (typeof WEEKDAYS)[number];

/** What stands for totals where an account has its provider: in names of parameters, ids, and the ledger's keys. */
export const TOTALS = 'totals';

/** A limit on the cost or the usage of one or all meters over a period. */
export interface Budget {
  /** Unique within the account. */
  readonly name: string;
  /** Absent: all meters together. */
  readonly meter?: string;
  readonly measure: 'cost' | 'usage';
  /** Unit of the limit, only with `measure: 'usage'`; a cost is in the account's currency. */
  readonly unit?: string;
  /** Above 0; exact decimal in plain notation. */
  readonly limit: string;
  readonly per: Per;
  /** Day of the month (1–28) for month, quarter and year; weekday for week; absent for the usual start. */
  readonly startsOn?: number | Weekday;
  /** Percent of the limit, ascending, each once. */
  readonly thresholds: readonly number[];
  /** Whether an alert fires when the forecast is over the limit; absent: it does. */
  readonly forecast?: boolean;
}

/** Alerts before prepaid credit runs out. */
export interface BalanceBudget {
  /** Unique among all budgets of the account. */
  readonly name: string;
  readonly measure: 'balance';
  /** It alerts so many days before. */
  readonly days: number;
  /** In the config's list of budgets, from 0. */
  readonly place: number;
}

export interface AccountConfig {
  /** The provider's own keys, as its options schema yields them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Origin, without a trailing slash. */
  readonly baseUrl: string;
  /** IANA zone; budget periods start at local midnight there. */
  readonly timeZone: string;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly budgets: readonly Budget[];
  /** Those of the config's budgets that have no limit; absent where there are none. */
  readonly balances?: readonly BalanceBudget[];
  /** In `currency`; of the config, and list prices of the meters that it gives none for. */
  readonly prices: Prices;
  /** The least excess of a day that is an anomaly, in `currency`; absent where none is wanted. */
  readonly anomalies?: { readonly minimum: number };
  /** Epoch milliseconds. */
  readonly mutedUntil?: number;
  /** Why it is muted, for people. */
  readonly mutedBecause?: string;
}

export interface Account {
  readonly provider: string;
  readonly name: string;
  /** Empty where there is none that can be used. */
  readonly token: string;
  /** Why there is no token that can be used, a sentence; absent where there is one. */
  readonly withoutToken?: string;
  readonly config: AccountConfig;
  /** Name of the config parameter: `/cost-alerts/northflank/acme/config`. */
  readonly parameter: string;
  readonly source: AccountSource;
  /** Of a valid one that of parameters which nothing reads; of one by its last good parameters that of the present ones. */
  readonly invalid?: InvalidParameters;
}

/** What an account was read from, so that it can be read from the same again when the parameters are broken. */
export interface AccountSource extends ConfigSource, TokenSource {}

/** Where to find a config again. */
export interface ConfigSource {
  /** Its text; absent where it is a secret. */
  readonly config?: string;
  /** Version of the parameter. */
  readonly configVersion?: number;
  /** When it got that version, epoch milliseconds; absent where the place it is from does not say. */
  readonly configChangedAt?: number;
}

export interface TokenSource {
  readonly tokenVersion: number;
  /** When the token got that version, epoch milliseconds; absent where the place it is from does not say. */
  readonly tokenChangedAt?: number;
}

/** An account that cannot be watched by its parameters as they are. */
export interface BrokenAccount {
  readonly provider: string;
  readonly name: string;
  /** Name of the config parameter; of what there is, where that is neither a config nor a token. */
  readonly parameter: string;
  /** Absent while it is still being set up. */
  readonly invalid?: InvalidParameters;
  /** It has neither a token nor a config, or a name that no account can have: what it had before does not count. */
  readonly isStray?: true;
  /** Absent where the token is what is broken. */
  readonly validToken?: Pick<Account, 'token' | 'withoutToken'> & { readonly source: TokenSource };
  /** Absent where the config is what is broken. */
  readonly validConfig?: { readonly value: AccountConfig; readonly source: ConfigSource };
}

/** What is wrong with the parameters of an account. */
export interface InvalidParameters {
  /** The parameters that are wrong, by name and version, 0 for a missing one: `config@3`. Each of them is reported once. */
  readonly versions: readonly string[];
  /** At least one, each of a parameter. */
  readonly problems: readonly Problem[];
}

/** As a run finds it: valid, or broken. */
export type AnyAccount = Account | BrokenAccount;

export function isValid(account: AnyAccount): account is Account {
  return 'config' in account;
}
