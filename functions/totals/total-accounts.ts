/** Which accounts a total is over, and what keeps it from being known. Pure. */
import { localText } from '../budgets/dates.ts';
import { nearest } from '../config/config-error.ts';
import { HOUR_MS } from '../config/durations.ts';
import type { TotalConfig } from '../config/schema/total.ts';
import type { SummarizedAccount } from '../ledger/account-summary.ts';
import { EURO, MOST_DAYS_OLD } from './rates.ts';
import {
  type MissingRate,
  nameOf,
  type ReadAccount,
  readAccount,
  type TotalAccount,
} from './total-days.ts';

/** Whether a pattern of a total's config means the account: `northflank/acme`, `northflank/*`, `*`. */
function isMeant(pattern: string, name: string): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('/*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

export function accountsOf<Account extends Pick<SummarizedAccount, 'provider' | 'account'>>(
  { accounts }: Pick<TotalConfig, 'accounts'>,
  all: readonly Account[],
): readonly Account[] {
  return all.filter((one) => accounts.some((pattern) => isMeant(pattern, nameOf(one))));
}

/** Why a total is not known, one sentence. */
export interface Unknown {
  readonly reason: string;
  /** An account that cannot be read has an alert of its own. */
  readonly isReported: boolean;
}

const MOST_NAMED = 5;

/**
 * All accounts of a total as they were read, or why that is not all of them; `now` in epoch milliseconds. `names`: of all
 * that are watched, which a name that means none may be near to.
 */
export function readAll(
  config: TotalConfig,
  all: readonly TotalAccount[],
  { now, names = all.map(nameOf) }: { readonly now: number; readonly names?: readonly string[] },
): { readonly read: readonly ReadAccount[]; readonly unknown?: Unknown } {
  const own = accountsOf(config, all);
  const read = own.flatMap((one) => readAccount(one) ?? []);
  const reason = whyNone(config, all, names) ?? whyUnread(own, read, now);
  return reason ? { read, unknown: reason } : { read };
}

function whyNone(
  { accounts }: TotalConfig,
  all: readonly TotalAccount[],
  names: readonly string[],
): Unknown | undefined {
  const missing = patternsOfNone(accounts, all.map(nameOf));
  const [first] = missing;
  if (first === undefined) return undefined;
  const meant = nearest(first, names);
  const hint = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
  const reason = `There is no account ${listed(missing.map((one) => `"${one}"`))}${hint}.`;
  return { reason, isReported: false };
}

/** Those that mean no account. `northflank/*` is not among them where the others mean some. */
export function patternsOfNone(
  patterns: readonly string[],
  names: readonly string[],
): readonly string[] {
  const empty = patterns.filter((pattern) => !names.some((name) => isMeant(pattern, name)));
  if (empty.length === patterns.length) return empty;
  return empty.filter((pattern) => !pattern.endsWith('*'));
}

function whyUnread(
  own: readonly SummarizedAccount[],
  read: readonly ReadAccount[],
  now: number,
): Unknown | undefined {
  const names = new Set(read.map(({ name }) => name));
  const never = own.map(nameOf).filter((name) => !names.has(name));
  if (never.length > 0) {
    return { reason: `${listed(never)} ${has(never)} not been read yet.`, isReported: true };
  }
  const stale = read.filter((one) => isStale(one, now));
  if (stale.length === 0) return undefined;
  const unread = stale.map(({ name }) => name);
  return {
    reason: `${listed(unread)} ${has(unread)} not been read for longer than usage takes to settle there.`,
    isReported: true,
  };
}

/** Whether its total is not known, whatever it has cost; `now` in epoch milliseconds. */
export function isStale(
  { summary: { readAt, settlesAfterHours = 0 } }: ReadAccount,
  now: number,
): boolean {
  return now - readAt > settlesAfterHours * HOUR_MS;
}

/** Why the costs of a period that begins at `since` (epoch milliseconds) cannot be converted. */
export function whyUnconverted(
  { currency: target }: Pick<TotalConfig, 'currency'>,
  missing: readonly MissingRate[],
  since: number,
  parameter: string,
): Unknown | undefined {
  const open = missing.filter(({ at }) => at >= since);
  const [first] = open;
  if (!first) return undefined;
  const { currency, date } = first;
  const from = currency === EURO ? target : currency;
  const reason = `There is no reference rate from ${currency} to ${target} for ${localText(date)}, nor for the ${MOST_DAYS_OLD} days before: the European Central Bank gives none for ${from}, or could not be asked. A rate of your own, "rates": { "${currency}": "…" } in ${parameter}, is used instead.`;
  return { reason, isReported: false };
}

function has({ length }: readonly string[]): string {
  return length === 1 ? 'has' : 'have';
}

function listed(names: readonly string[]): string {
  const named = names.slice(0, MOST_NAMED).join(', ');
  const more = names.length - MOST_NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
}
