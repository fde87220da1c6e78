/** What has been told about an account: the part of its ledger item that decides what is told next. */

export interface AlertState {
  /** One a name: those of the config, then those that left it. Lists, as a budget may be named `constructor`. */
  readonly budgets: readonly BudgetState[];
  readonly health: HealthState;
  /** Absent where nothing is wrong with the parameters, or nothing was told of it. */
  readonly misconfigured?: MisconfiguredState;
}

/** How well the account could be read lately. Times are epoch milliseconds. */
export interface HealthState {
  /** In a row, up to the last check. */
  readonly failedChecks: number;
  /** Complete checks in a row since the last failed one, while blindness stands. */
  readonly goodChecks?: number;
  /** Time of the first failed check; stays until what was told of it is taken back. */
  readonly failingSince?: number;
  /** That it is blind was told, and stands. */
  readonly blind?: BlindState;
  /** When a refused token, and when anything else, was last told; outlasts the blindness. */
  readonly refusedTold?: { readonly at: number; readonly tokenVersion: number };
  readonly otherToldAt?: number;
  /** That it is silent was told, and stands: the end of its last data, and when it was told. */
  readonly silent?: { readonly since: number; readonly toldAt: number };
  /** What silence is measured by; absent before there was any data. */
  readonly data?: KnownData;
}

/** Data of an account, rows that say 0 included. */
export interface KnownData {
  /** End of the last bucket that held any, epoch milliseconds. */
  readonly until: number;
  /** Days of the provider with any (`2026-11-21`), ascending; the last four weeks of them. */
  readonly days: readonly string[];
}

export interface BlindState {
  /** How often it was told since `failingSince`. */
  readonly times: number;
  /** Version of the last token that was told as refused. */
  readonly refusedVersion?: number;
  /** Some checks between were complete. */
  readonly isUnsteady?: boolean;
}

export interface MisconfiguredState {
  /** The broken parameters that were told: `config@3`. */
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
  /** Periods that were over by then are not told: they are older than this definition. Epoch milliseconds. */
  readonly watchedFrom: number;
  /** By period id; only periods in which something was told. */
  readonly periods: Readonly<Record<string, PeriodState>>;
  /** When it left the config; absent while it is in it. Epoch milliseconds. */
  readonly leftAt?: number;
}

export interface PeriodState {
  /** Epoch milliseconds. */
  readonly end: number;
  /** Thresholds that were told and not taken back since, ascending; an edit keeps them. */
  readonly standing: readonly number[];
  /** Those of them that were told before an edit: told again where they are still crossed. */
  readonly earlier?: readonly number[];
  /** Those of them that the last check, a complete one, saw the actual below. */
  readonly falling?: readonly number[];
  /** How often each threshold was taken back: what is told of it after that is another event. */
  readonly takenBack?: readonly { readonly threshold: number; readonly times: number }[];
}

export const nothingTold: AlertState = { budgets: [], health: { failedChecks: 0 } };

/**
 * The state after an edit of what is watched: every budget tells anew what it stands at. What stands of an account that
 * `isOther` than the one that had the name before is not taken back; usage that stopped there is no silence here. Each
 * budget is armed as by an edit, so that no id comes a second time.
 */
export function armAnew({ budgets, health, ...rest }: AlertState, isOther: boolean): AlertState {
  const { data: _, silent: __, ...reading } = health;
  return {
    ...rest,
    health: reading,
    budgets: budgets.map((budget) => ({
      ...budget,
      definition: '',
      ...(isOther && { periods: {} }),
    })),
  };
}
