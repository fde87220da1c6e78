/** What fires for an account: the part of its ledger item that decides what is published next. */
import type { InvalidParameters } from '../config/account.ts';
import type { FiringAlert } from '../ledger/account-summary.ts';
import { dayNamed } from '../ledger/usage-day.ts';
import type { AnomalyState } from './anomaly.ts';
import type { BalanceState } from './balance.ts';
import type { BudgetState } from './budget/state.ts';
import { configNotice, type InvalidConfigState, nextConfigState } from './invalid-config.ts';
import {
  type MismatchState,
  type MonthCompared,
  mismatchNotice,
  nextMismatchState,
} from './mismatch.ts';
import type { MuteState } from './mute.ts';
import type { HealthNotice } from './notice.ts';
import type { AccountDetails } from './notice-text.ts';
import {
  type HealthMoment,
  type HealthState,
  healthNotice,
  nextHealthState,
  type ReadResult,
  type SilentProvider,
} from './read-error.ts';

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

/** What a check found of an account beside its usage. */
export interface AccountFindings {
  readonly result: ReadResult;
  /** Absent where the vendor stated no total. */
  readonly compared: MonthCompared | undefined;
  /** Absent where the parameters are valid. */
  readonly problem: InvalidParameters | undefined;
}

/** What fires about the account itself, from check to check. */
export function nextAccountAlerts(
  before: AlertState,
  { result, compared, problem }: AccountFindings,
  moment: HealthMoment,
  details: AccountDetails,
) {
  const config = nextConfigState(before.invalidConfig, problem, moment);
  const health = nextHealthState(before.health, result, moment);
  const mismatch = nextMismatchState(before.mismatch, compared, moment);
  const notices: HealthNotice[] = [
    ...(config.event ? [configNotice(config.event, details, 'watched')] : []),
    ...health.events.map((event) => healthNotice(event, details)),
    ...(mismatch.event ? [mismatchNotice(mismatch.event, details)] : []),
  ];
  return {
    state: {
      health: health.state,
      ...(config.state && { invalidConfig: config.state }),
      ...(mismatch.state && { mismatch: mismatch.state }),
    },
    notices,
  };
}

/** What fires and is not resolved, in days of the zone; `now` in epoch milliseconds. */
export function firingAlerts(
  { budgets, balances = [], creditHealth, anomalies, health, mismatch, invalidConfig }: AlertState,
  dayZone: string,
  now: number,
): FiringAlert[] {
  const { noData } = health;
  const firing: FiringAlert[] = [
    ...budgets.flatMap((state) => firingOf(state, now)),
    ...balances.flatMap(({ name: budget, firing: one }): FiringAlert[] =>
      one ? [{ kind: 'balance', budget, since: one.since }] : [],
    ),
    ...(anomalies?.open ?? [])
      .filter(({ isReported }) => isReported)
      .map(({ meter, since }) => ({
        kind: 'anomaly' as const,
        ...(meter !== undefined && { meter }),
        since: dayNamed(since, dayZone).start,
      })),
  ];
  for (const { readError, failingSince } of [health, creditHealth ?? NO_ALERTS.health]) {
    if (readError && failingSince !== undefined) {
      firing.push({ kind: 'read-error', since: failingSince });
    }
  }
  if (noData) firing.push({ kind: 'no-data', since: noData.firedAt });
  if (mismatch?.fired && !mismatch.isOver) {
    firing.push({ kind: 'mismatch', since: mismatch.fired.at });
  }
  if (invalidConfig) firing.push({ kind: 'invalid-config', since: invalidConfig.since });
  return firing;
}

/** In periods that are not over; of a budget that left the config nothing fires. */
function firingOf({ name: budget, periods, leftAt }: BudgetState, now: number): FiringAlert[] {
  if (leftAt !== undefined) return [];
  return Object.values(periods)
    .filter(({ end }) => end > now)
    .flatMap(({ firing, firingSince: since, forecast }): FiringAlert[] => {
      const threshold = firing.at(-1);
      const { firedAt, end } = forecast ?? {};
      return [
        ...(threshold === undefined
          ? []
          : [
              { kind: 'budget' as const, budget, threshold, ...(since !== undefined && { since }) },
            ]),
        ...(firedAt === undefined || end !== undefined
          ? []
          : [{ kind: 'forecast' as const, budget, since: firedAt }]),
      ];
    });
}
