/** What fires for an account: the part of its ledger item that decides what is published next. */
import type { AnomalyState } from './anomaly.ts';
import type { BalanceState } from './balance.ts';
import type { BudgetState } from './budget-state.ts';
import type { InvalidConfigState } from './invalid-config.ts';
import type { MismatchState } from './mismatch.ts';
import type { MuteState } from './mute.ts';
import type { HealthState, SilentProvider } from './read-error.ts';

export interface AlertState {
  /** One a name: those of the config, then those that left it. Lists, as a budget may be named `constructor`. */
  readonly budgets: readonly BudgetState[];
  /** Of the budgets on prepaid credit, in the order of the config; absent where there are none. */
  readonly balances?: readonly BalanceState[];
  /** How well that credit could be read where the usage could; absent where no budget asks for it. */
  readonly creditHealth?: HealthState;
  readonly health: HealthState;
  /** Absent where nothing is wrong with the parameters, or nothing was published of it. */
  readonly invalidConfig?: InvalidConfigState;
  /** Absent before any day was judged, and where the config wants none. */
  readonly anomalies?: AnomalyState;
  /** Of the last settled month, where it differed from the vendor's own total. */
  readonly mismatch?: MismatchState;
  /** Of the run over all totals: the providers of which nothing is read. */
  readonly silent?: readonly SilentProvider[];
  /** Of the same: the first and the last of its runs that followed one another, epoch milliseconds. */
  readonly lookedAt?: { readonly first: number; readonly last: number };
  /** Present while the account is muted, and after that until a complete check has said what is over. */
  readonly mute?: MuteState;
  /** Of a total: when the last of its accounts was read that it has gone by, epoch milliseconds. */
  readonly countedUntil?: number;
}

export const NO_ALERTS: AlertState = { budgets: [], health: { failedChecks: 0 } };

/**
 * The state after an edit of what is watched: every budget fires again for what it has reached. Of an account that
 * `isOther` than the one that had the name before nothing is resolved, and usage that stopped there is not missing here.
 * Each budget is armed as by an edit, so that no id comes a second time.
 */
export function rearm(
  { budgets, balances, health, anomalies, mute, mismatch: _, ...rest }: AlertState,
  isOther: boolean,
): AlertState {
  const { data: __, noData: ___, ...reading } = health;
  return {
    ...rest,
    health: reading,
    budgets: budgets.map((budget) => ({
      ...budget,
      definition: '',
      ...(isOther && { periods: {} }),
    })),
    ...(balances && !isOther && { balances: balances.map((one) => ({ ...one, days: 0 })) }),
    ...(mute && !isOther && { mute }),
    ...(anomalies && {
      anomalies: { ...anomalies, open: [], edits: (anomalies.edits ?? 0) + 1 },
    }),
  };
}
