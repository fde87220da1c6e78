/** What would have been told of a budget with another limit or other thresholds. Pure; also runs in the page. */
import type { Big } from 'big.js';
import { tellBudget } from '../../functions/alerts/budget-transitions.ts';
import type { BudgetState } from '../../functions/alerts/state.ts';
import type { Period } from '../../functions/budgets/period.ts';
import type { Budget } from '../../functions/config/account.ts';
import { decimal, plain } from '../../functions/pricing/money.ts';
import type { PlayedPeriod } from './replayed.ts';

/** One thing that would have been told. */
export interface WouldTell {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: 'budget' | 'recovered';
  readonly threshold: number;
  readonly period: Period;
  /** Exact decimal. */
  readonly actual: string;
}

/**
 * Plays the points through the transitions of the deployed check; ascending by time. What a budget stands at does not
 * depend on its limit and thresholds, so one playback serves for all of them, but not for another `per` or `startsOn`.
 * Stops after `enough` of them, as a search needs no more.
 */
export function toldWith(
  budget: Budget,
  periods: readonly PlayedPeriod[],
  enough = Number.POSITIVE_INFINITY,
): WouldTell[] {
  const told: WouldTell[] = [];
  let state: BudgetState = { ...unarmed, name: budget.name };
  for (const [at, actuals] of timelineOf(periods)) {
    const readings = actuals.map((one) => ({ known: true, budget, ...one }) as const);
    const next = tellBudget(state, readings, { now: at, complete: true, muted: false });
    state = next.state;
    for (const { kind, threshold, reading } of next.tellings) {
      told.push({ at, kind, threshold, period: reading.period, actual: plain(reading.actual) });
    }
    if (told.length >= enough) break;
  }
  return told;
}

const unarmed = { definition: '', edits: 0, watchedFrom: Number.NEGATIVE_INFINITY, periods: {} };

/** What the budget stood at in its periods, by time. */
function timelineOf(
  periods: readonly PlayedPeriod[],
): [number, { readonly period: Period; readonly actual: Big }[]][] {
  const byTime = new Map<number, { period: Period; actual: Big }[]>();
  for (const { period, points } of periods) {
    for (const { at, actual } of points) {
      const one = { period, actual: decimal(actual) };
      const others = byTime.get(at);
      if (others) others.push(one);
      else byTime.set(at, [one]);
    }
  }
  return [...byTime].sort(([a], [b]) => a - b);
}
