/** What would have been told of a budget with another limit or other steps. Pure; also runs in the page. */
import { type DecidingReading, tellBudget } from '../alerts/budget-transitions.ts';
import { type BudgetState, definitionOf } from '../alerts/state.ts';
import type { Period } from '../budgets/reading.ts';
import type { Budget } from '../config/account.ts';
import { decimal, plain } from '../pricing/money.ts';
import type { PlayedPeriod } from './played.ts';

/** One thing that would have been told. */
export interface WouldTell {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: 'budget' | 'recovered';
  readonly step: number;
  readonly period: Period;
  /** Exact decimal. */
  readonly actual: string;
}

/**
 * Plays the points through the transitions of the deployed check; ascending by time. What a budget stands at does not
 * depend on its limit and steps, so one playback serves for all of them, but not for another `per` or `startsOn`.
 * Stops after `enough` of them, as a search needs no more.
 */
export function toldWith(
  budget: Budget,
  periods: readonly PlayedPeriod[],
  enough = Number.POSITIVE_INFINITY,
): WouldTell[] {
  const told: WouldTell[] = [];
  let state: BudgetState = { ...unarmed, definition: definitionOf(budget) };
  for (const [at, changed] of readingsByTime(budget, periods)) {
    const moment = { now: at, complete: true, muted: false };
    const next = tellBudget(state, changed, moment);
    // A period that stood where it did gives nothing new, and need not be read again.
    state = { ...next.state, periods: { ...state.periods, ...next.state.periods } };
    for (const { kind, step, reading } of next.tellings) {
      told.push({ at, kind, step, period: reading.period, actual: plain(reading.actual) });
    }
    if (told.length >= enough) break;
  }
  return told;
}

const unarmed = { edits: 0, watchedFrom: Number.NEGATIVE_INFINITY, periods: {} };

function readingsByTime(
  budget: Budget,
  periods: readonly PlayedPeriod[],
): [number, DecidingReading[]][] {
  const byTime = new Map<number, DecidingReading[]>();
  for (const { period, points } of periods) {
    for (const { at, actual } of points) {
      const reading = { known: true, budget, period, actual: decimal(actual) } as const;
      const others = byTime.get(at);
      if (others) others.push(reading);
      else byTime.set(at, [reading]);
    }
  }
  return [...byTime].sort(([a], [b]) => a - b);
}
