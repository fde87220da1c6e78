/** What has been told about an account: the part of its ledger item that decides what is told next. */
import type { Budget } from '../config/account.ts';

export interface AlertState {
  /** By budget name; a budget that left the config stays until its periods are over. */
  readonly budgets: Readonly<Record<string, BudgetState>>;
  readonly health: HealthState;
  /** Which versions of broken parameters were told; absent where nothing is wrong. */
  readonly misconfigured?: string;
}

/** How well the account could be read lately. Times are epoch milliseconds. */
export interface HealthState {
  /** In a row, up to the last check. */
  readonly failedChecks: number;
  /** Time of the first of them; absent after a complete check. */
  readonly failingSince?: number;
  /** That it is blind has been told: when last, and how often. */
  readonly blind?: { readonly toldAt: number; readonly times: number };
  /** That it is silent has been told: end of its last usage. */
  readonly silentSince?: number;
}

export interface BudgetState {
  /** The definition that this state is about; another one means that the budget was edited. */
  readonly definition: string;
  /** How often it was edited since it was first seen. */
  readonly edits: number;
  /** Periods that were over by then are not told: they are older than this definition. Epoch milliseconds. */
  readonly watchedFrom: number;
  /** By period id; only periods in which something was told. */
  readonly periods: Readonly<Record<string, PeriodState>>;
}

export interface PeriodState {
  /** Epoch milliseconds. */
  readonly end: number;
  /** Steps that are not told again in this period. */
  readonly told: readonly number[];
  /** Steps that were told and not taken back by `recovered` since; an edit keeps them. */
  readonly standing: readonly number[];
}

export const nothingTold: AlertState = { budgets: {}, health: { failedChecks: 0 } };

/**
 * The state after an edit of what is watched: every budget tells anew what it stands at. What stands of an account that
 * `isOther` than the one that had the name before is not taken back; usage that stopped there is no silence here.
 */
export function armAnew({ budgets, health, ...rest }: AlertState, isOther: boolean): AlertState {
  const { silentSince: _, ...reading } = health;
  const armed = Object.entries(budgets).map(([name, state]): [string, BudgetState] => [
    name,
    { ...state, definition: '', ...(isOther && { periods: {} }) },
  ]);
  return { ...rest, budgets: Object.fromEntries(armed), health: reading };
}

/** What makes two versions of a budget the same one; its name is the key beside it. */
export function definitionOf(budget: Budget): string {
  const known = definitions.get(budget);
  if (known !== undefined) return known;
  const { measure, meter, unit, limit, per, startsOn, steps } = budget;
  const definition = JSON.stringify([measure, meter, unit, limit, per, startsOn, steps]);
  definitions.set(budget, definition);
  return definition;
}

const definitions = new WeakMap<Budget, string>();
