/** How each account and total is, by its parameters as they are and by what the last check left. */
import { type AccountConfig, isValid, TOTALS } from '../../../functions/config/account.ts';
import { problemLine } from '../../../functions/config/problem.ts';
import type { Total } from '../../../functions/config/total-schema.ts';
import type { AccountSummary } from '../../../functions/ledger/account-summary.ts';
import { type FoundAccount, fullName } from '../../account-source.ts';
import type { Asked } from './deployment-status.ts';

/**
 * `unknown`: the register cannot be read; `new`: no check has left anything; `gone`: it has no parameters any more;
 * `late`: no complete check for three periods of the schedule.
 */
export type AccountState =
  | 'ok'
  | 'firing'
  | 'late'
  | 'unreadable'
  | 'invalid'
  | 'new'
  | 'gone'
  | 'unknown';

export interface AccountStatus {
  /** `northflank/acme`. */
  readonly name: string;
  readonly state: AccountState;
  /** What the last check left. */
  readonly summary?: AccountSummary;
  /** Of its parameters as they are now, a line each. */
  readonly problems: readonly string[];
  /** Budgets of the config that no check has seen yet. */
  readonly newBudgets: readonly string[];
  /** Epoch milliseconds. */
  readonly mutedUntil?: number;
  readonly mutedBecause?: string;
}

/** By `northflank/acme`. */
export type RegisterEntries = Asked<ReadonlyMap<string, AccountSummary>>;

export interface Moment {
  readonly now: number;
  readonly lateAfterMs: number;
}

export function accountStatus(
  found: FoundAccount,
  register: RegisterEntries,
  moment: Moment,
): AccountStatus {
  const { account } = found;
  const name = fullName(found);
  const summary = register.known ? register.value.get(name) : undefined;
  const problems = (account.invalid?.problems ?? []).map(problemLine);
  const config = isValid(account) ? account.config : account.validConfig?.value;
  const { mutedUntil = 0, mutedBecause } = config ?? { mutedUntil: summary?.mutedUntil };
  return {
    name,
    state: register.known ? stateOf(summary, problems.length > 0, moment) : 'unknown',
    ...(summary && { summary }),
    problems,
    newBudgets: newBudgets(config, summary),
    ...mutedIn({ mutedUntil, mutedBecause }, moment),
  };
}

export function totalStatus(
  { name, config, problems }: Total,
  register: RegisterEntries,
  moment: Moment,
): AccountStatus {
  const fullName = `${TOTALS}/${name}`;
  const summary = register.known ? register.value.get(fullName) : undefined;
  const state = register.known ? stateOf(summary, problems.length > 0, moment) : 'unknown';
  const isUnknown = summary?.budgets?.some(({ actual }) => actual === undefined);
  const { mutedUntil = 0, mutedBecause } = config ?? { mutedUntil: summary?.mutedUntil };
  return {
    name: fullName,
    state: state === 'ok' && isUnknown ? 'unreadable' : state,
    ...(summary && { summary }),
    problems: problems.map(problemLine),
    newBudgets: [],
    ...mutedIn({ mutedUntil, mutedBecause }, moment),
  };
}

function mutedIn(
  {
    mutedUntil,
    mutedBecause,
  }: { readonly mutedUntil: number; readonly mutedBecause?: string | undefined },
  { now }: Moment,
): Pick<AccountStatus, 'mutedUntil' | 'mutedBecause'> {
  if (mutedUntil <= now) return {};
  return { mutedUntil, ...(mutedBecause !== undefined && { mutedBecause }) };
}

function newBudgets(
  config: Pick<AccountConfig, 'budgets' | 'balances'> | undefined,
  summary: AccountSummary | undefined,
): readonly string[] {
  if (summary?.budgets === undefined) return [];
  const { budgets, balances = [] } = summary;
  const checked = new Set([...budgets, ...balances].map(({ name }) => name));
  const all = [...(config?.budgets ?? []), ...(config?.balances ?? [])];
  return all.map(({ name }) => name).filter((one) => !checked.has(one));
}

function stateOf(
  summary: AccountSummary | undefined,
  isInvalid: boolean,
  { now, lateAfterMs }: Moment,
): AccountState {
  if (isInvalid) return 'invalid';
  if (summary === undefined) return 'new';
  const { problems, readAt, firing } = summary;
  if (problems.unreadableSince !== undefined) return 'unreadable';
  if (readAt === undefined) return 'new';
  if (now - readAt > lateAfterMs) return 'late';
  return firing.length > 0 ? 'firing' : 'ok';
}

export function accountsGone(
  register: RegisterEntries,
  found: readonly FoundAccount[],
): readonly AccountStatus[] {
  if (!register.known) return [];
  const names = new Set(found.map(fullName));
  return [...register.value]
    .filter(([name]) => !names.has(name) && !name.startsWith(`${TOTALS}/`))
    .map(([name, summary]) => ({ name, state: 'gone', summary, problems: [], newBudgets: [] }));
}
