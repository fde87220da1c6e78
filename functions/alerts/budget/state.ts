/** What is remembered of a budget from check to check, and when it begins anew. Pure. */
import { createHash } from 'node:crypto';
import { type Period, periodAt, periodsBetween } from '../../budgets/period.ts';
import type { AccountConfig, Budget } from '../../config/account.ts';

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

interface Arming {
  readonly budget: Budget;
  /** Equal as long as the budget means the same. */
  readonly definition: string;
  readonly timeZone: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly settlesAfterMs: number;
}

/**
 * The budget's state as this check begins: a new or an edited budget is armed from the current period on, and so is
 * one that had left the config. An edit keeps what fires, so that a raised limit can still resolve it.
 */
export function armBudget(state: BudgetState | undefined, arming: Arming): BudgetState {
  const { budget, definition, timeZone, now, settlesAfterMs } = arming;
  const { name } = budget;
  const current = periodAt(budget, timeZone, now);
  if (state === undefined) {
    return { name, definition, edits: 0, watchedFrom: current.start, periods: {} };
  }
  if (state.definition === definition) {
    const open = withOpenPeriods(state, now - settlesAfterMs);
    if (open.leftAt === undefined) return open;
    const { leftAt: _, ...back } = open;
    return { ...back, watchedFrom: current.start };
  }
  const edits = state.edits + 1;
  const periods = keptByEdit(state, current);
  return { name, definition, edits, watchedFrom: current.start, periods };
}

/** Without periods of which no data may come any more; `from` in epoch milliseconds. */
export function withOpenPeriods(state: BudgetState, from: number): BudgetState {
  const periods = Object.entries(state.periods);
  const open = periods.filter(([, { end }]) => end > from);
  return open.length === periods.length ? state : { ...state, periods: Object.fromEntries(open) };
}

/** A month and a day that begin alike are not one period. */
function keptByEdit({ periods }: BudgetState, { id, end }: Period): BudgetState['periods'] {
  const before = periods[id];
  if (before?.end !== end || before.firing.length === 0) return {};
  const { firing, firingSince } = before;
  const since = firingSince !== undefined && { firingSince };
  return { [id]: { end, firing, ...since, rearmed: firing } };
}

/**
 * The periods to read: the current one, and those that ended so recently that their data may still come
 * (an hour's usage is never complete within the hour). Ascending.
 */
export function openPeriods(
  state: BudgetState,
  budget: Budget,
  timeZone: string,
  { now, settlesAfterMs }: { readonly now: number; readonly settlesAfterMs: number },
): Period[] {
  const from = Math.max(state.watchedFrom, now - settlesAfterMs);
  return periodsBetween(budget, timeZone, Math.min(from, now), now + 1);
}

/** Equal for budgets that differ in their names only. The usual start of a period is none, written down or not. */
export function definitionOf(budget: Budget): string {
  const { measure, meter, unit, limit, per, startsOn, thresholds } = budget;
  const start = startsOn === 1 || startsOn === 'monday' ? undefined : startsOn;
  return JSON.stringify([measure, meter, unit, limit, per, start, thresholds]);
}

type Surroundings = Pick<AccountConfig, 'timeZone' | 'prices'>;

/** Equal for two versions of a budget that mean the same; its periods start in a zone, and a cost counts by prices. */
export function definitionWithin(budget: Budget, config: Surroundings): string {
  const known = definitions.get(budget);
  if (known?.prices === config.prices && known.timeZone === config.timeZone) return known.text;
  const { timeZone, prices } = config;
  const whole = JSON.stringify([definitionOf(budget), timeZone, pricesOf(budget, prices)]);
  const text = createHash('sha256').update(whole).digest('base64').slice(0, 16);
  definitions.set(budget, { timeZone, prices, text });
  return text;
}

const definitions = new WeakMap<Budget, Surroundings & { readonly text: string }>();

function pricesOf({ measure, meter }: Budget, prices: AccountConfig['prices']): unknown[] {
  if (measure === 'usage') return [];
  return Object.entries(prices)
    .filter(([id]) => meter === undefined || id === meter)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { per, tiers }]) => [id, per, tiers.map(({ upTo, price }) => [upTo, price])]);
}
