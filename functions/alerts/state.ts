import type { Episode } from '../foresight/anomaly.ts';
import type { JudgedCost } from '../foresight/unusual-days.ts';

/** What fires for an account: the part of its ledger item that decides what is published next. */

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
  /** Present while the account is muted, and after that until a complete check has said what is over. */
  readonly mute?: MuteState;
  /** Of a total: when the last of its accounts was read that it has gone by, epoch milliseconds. */
  readonly countedUntil?: number;
}

export interface SilentProvider {
  /** Its id. */
  readonly provider: string;
  /** When any of its accounts was last read completely, epoch milliseconds. */
  readonly since: number;
}

export interface MismatchState {
  /** First day of the month: `2026-10-01` in the provider's zone. */
  readonly month: string;
  /** The vendor's total when it fired, and when (epoch milliseconds); absent of a month that is doubted and has to be read again first. */
  readonly fired?: { readonly total: string; readonly at: number };
  /** Comparisons in a row that agreed since. */
  readonly agreed?: number;
  /** It was resolved. */
  readonly isOver?: true;
}

export interface MuteState {
  /** The first muted check, epoch milliseconds. */
  readonly since: number;
  /** What would have fired, in this order; the first twenty. */
  readonly missed: readonly MissedAlert[];
}

export interface MissedAlert {
  /** The same for all that would be one alert. */
  readonly key: string;
  /** When it would have fired, epoch milliseconds. */
  readonly at: number;
  /** A few words. */
  readonly what: string;
}

export interface AnomalyState {
  /** The last day that was judged: `2026-11-20` in the provider's zone. */
  readonly judgedUntil: string;
  readonly open: readonly OpenAnomaly[];
  /** How often the account's scope was edited: a day that is unusual again after that is another event. */
  readonly edits?: number;
}

/** Costs that are unusual since a day, as they were on it. */
export interface OpenAnomaly extends Episode, JudgedCost {
  /** Absent as long as a mute keeps it back. */
  readonly isReported?: true;
  /** It is over, though others of the account are not. */
  readonly isCalm?: true;
}

/** How well the account could be read lately. Times are epoch milliseconds. */
export interface HealthState {
  /** In a row, up to the last check. */
  readonly failedChecks: number;
  /** Complete checks in a row since the last failed one, while a read error fires. */
  readonly goodChecks?: number;
  /** Time of the first failed check; stays until the alert is resolved. */
  readonly failingSince?: number;
  /** Present while the alert fires. */
  readonly readError?: ReadErrorState;
  /** When a refused token, and when anything else, last fired; outlasts the alert. */
  readonly refusedFired?: { readonly at: number; readonly tokenVersion: number };
  readonly otherFiredAt?: number;
  /** Present while the alert fires: the end of the last data, and when it fired. */
  readonly noData?: { readonly since: number; readonly firedAt: number };
  /** What missing data is measured by; absent before there was any. */
  readonly data?: KnownData;
}

/** Data of an account, rows that say 0 included. */
export interface KnownData {
  /** End of the last bucket that held any, epoch milliseconds. */
  readonly until: number;
  /** Days of the provider with any (`2026-11-21`), ascending; the last four weeks of them. */
  readonly days: readonly string[];
}

export interface ReadErrorState {
  /** How often it was published since `failingSince`. */
  readonly times: number;
  /** Version of the last token that was reported as refused. */
  readonly refusedVersion?: number;
  /** Some checks between were complete. */
  readonly isUnsteady?: boolean;
}

export interface InvalidConfigState {
  /** The invalid parameters that were reported: `config@3`. */
  readonly versions: readonly string[];
  /** When the first of them was; epoch milliseconds. */
  readonly since: number;
}

export interface BudgetState {
  readonly name: string;
  /** The definition that this state is about; another one means that the budget was edited. */
  readonly definition: string;
  /** How often it was edited since its name was first seen. */
  readonly edits: number;
  /** Periods that were over by then never fire: they are older than this definition. Epoch milliseconds. */
  readonly watchedFrom: number;
  /** By period id; only periods in which something fired. */
  readonly periods: Readonly<Record<string, PeriodState>>;
  /** When it left the config; absent while it is in it. Epoch milliseconds. */
  readonly leftAt?: number;
}

export interface BalanceState {
  readonly name: string;
  /** Those of the budget that this is about; another number means that it was edited. */
  readonly days: number;
  /** Present while it fires: when it began to, epoch milliseconds. */
  readonly firing?: {
    readonly since: number;
    readonly severity: 'warning' | 'critical';
    /** It fired before an edit: it fires again where it still holds. */
    readonly isRearmed?: true;
    /** The last check, a complete one, saw credit for longer. */
    readonly isAbove?: true;
  };
}

export interface PeriodState {
  /** Epoch milliseconds. */
  readonly end: number;
  /** Thresholds that fired and are not resolved, ascending; an edit keeps them. */
  readonly firing: readonly number[];
  /** When the first of them did; absent where none fires. Epoch milliseconds. */
  readonly firingSince?: number;
  /** Those of them that fired before an edit: they fire again where they are still crossed. */
  readonly rearmed?: readonly number[];
  /** Those of them that the last check, a complete one, saw the actual below. */
  readonly below?: readonly number[];
  /** Of the current period, if it is forecast. */
  readonly forecast?: ForecastState;
  /** How often each threshold was resolved: crossed after that, it is another event. */
  readonly resolved?: readonly { readonly threshold: number; readonly times: number }[];
}

export interface ForecastState {
  /** The day after the last one that was judged, and for how many in a row the range was over the limit, and the point within it. */
  readonly knownUntil: string;
  readonly over: number;
  readonly within: number;
  /** Epoch milliseconds. */
  readonly firedAt?: number;
  /** It fires once a period: nothing more happens after this. */
  readonly end?: 'resolved' | 'superseded';
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
