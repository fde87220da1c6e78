/** From what was told about a budget and what it stands at now to what is to be told. Pure. */
import { periodAt, periodsBetween } from '../budgets/period.ts';
import { reaches } from '../budgets/read-budget.ts';
import type { KnownReading, Period, UnknownReading } from '../budgets/reading.ts';
import type { Budget } from '../config/account.ts';
import { type BudgetState, definitionOf, type PeriodState } from './state.ts';

/** What decides of a reading; a playback with another limit has no more of it. */
export type DecidingReading = Pick<KnownReading, 'known' | 'budget' | 'period' | 'actual'>;

/** One thing to tell about a budget; `step` is the highest that was crossed, or that it fell back under. */
export interface BudgetTelling<Known extends DecidingReading = KnownReading> {
  readonly kind: 'budget' | 'recovered';
  readonly reading: Known;
  readonly step: number;
  /** How often the budget had been edited: a step told again after an edit is another event. */
  readonly edits: number;
}

export interface BudgetMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether this check read everything; nothing else may take an alert back. */
  readonly complete: boolean;
  readonly muted: boolean;
}

/**
 * The budget's state as this check begins: a new or an edited budget is armed from the current period on.
 * An edit keeps the standing steps, so that a raised limit can still take back what was told.
 */
export function armBudget(
  state: BudgetState | undefined,
  budget: Budget,
  timeZone: string,
  now: number,
): BudgetState {
  const definition = definitionOf(budget);
  if (state?.definition === definition) return state;
  const current = periodAt(budget, timeZone, now);
  const standing = state?.periods[current.id]?.standing ?? [];
  return {
    definition,
    edits: state === undefined ? 0 : state.edits + 1,
    watchedFrom: current.start,
    periods: standing.length > 0 ? { [current.id]: { end: current.end, told: [], standing } } : {},
  };
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

/** What the readings of a budget's open periods give to tell, and what is known to be told afterwards. */
export function tellBudget<Known extends DecidingReading = KnownReading>(
  state: BudgetState,
  readings: readonly (Known | UnknownReading)[],
  moment: BudgetMoment,
): { readonly state: BudgetState; readonly tellings: readonly BudgetTelling<Known>[] } {
  const periods: Record<string, PeriodState> = {};
  const tellings: BudgetTelling<Known>[] = [];
  for (const reading of readings) {
    const before = state.periods[reading.period.id];
    const after = reading.known ? tellPeriod(before, reading, moment) : unchanged(before);
    if (after.period) periods[reading.period.id] = after.period;
    tellings.push(...after.tellings.map((telling) => ({ ...telling, edits: state.edits })));
  }
  const current = readings.at(-1)?.period.start ?? state.watchedFrom;
  const watchedFrom = moment.muted ? current : state.watchedFrom;
  return { state: { ...state, watchedFrom, periods }, tellings };
}

interface PeriodOutcome<Known extends DecidingReading> {
  readonly period: PeriodState | undefined;
  readonly tellings: readonly Omit<BudgetTelling<Known>, 'edits'>[];
}

const untold = { told: [], standing: [] };

function unchanged(period: PeriodState | undefined): PeriodOutcome<never> {
  return { period, tellings: [] };
}

/**
 * In a muted check a crossed step is not marked as told, so that the end of the mute tells what still holds.
 * A period that is over can still cross a step by late data, but takes nothing back: it closes silently.
 */
function tellPeriod<Known extends DecidingReading>(
  before: PeriodState | undefined,
  reading: Known,
  { now, complete, muted }: BudgetMoment,
): PeriodOutcome<Known> {
  const { told, standing }: Pick<PeriodState, 'told' | 'standing'> = before ?? untold;
  const isReached = (step: number) => reaches(reading.actual, reading.budget.limit, step);
  const crossed = muted ? [] : reading.budget.steps.filter(isReached);
  const fresh = crossed.filter((step) => !told.includes(step));
  const isOver = now >= reading.period.end;
  const back = complete && !isOver ? standing.filter((step) => !isReached(step)) : [];
  if (fresh.length === 0 && back.length === 0) return unchanged(before);
  const period = {
    end: reading.period.end,
    told: union(told, fresh),
    standing: union(
      standing.filter((step) => !back.includes(step)),
      fresh,
    ),
  };
  const tellings: Omit<BudgetTelling<Known>, 'edits'>[] = [];
  if (fresh.length > 0) tellings.push({ kind: 'budget', reading, step: Math.max(...fresh) });
  if (back.length > 0 && !muted) {
    tellings.push({ kind: 'recovered', reading, step: Math.max(...back) });
  }
  return { period: period.told.length + period.standing.length > 0 ? period : undefined, tellings };
}

function union(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}
