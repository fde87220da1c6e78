/** The alerts of a budget with another limit or other thresholds. Pure; also runs in the page. */
import type { Big } from 'big.js';
import { nextBudgetState } from '../../functions/alerts/budget-transitions.ts';
import type { Status } from '../../functions/alerts/notice.ts';
import type { BudgetState } from '../../functions/alerts/state.ts';
import type { Period } from '../../functions/budgets/period.ts';
import type { Budget } from '../../functions/config/account.ts';
import { decimal, plain } from '../../functions/pricing/money.ts';
import type { ReplayedPeriod } from './replayed.ts';

/** A budget's alert that would have fired, or would have been resolved. */
export interface ReplayedAlert {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly status: Status;
  readonly threshold: number;
  readonly period: Period;
  /** Exact decimal. */
  readonly actual: string;
}

/**
 * Replays the points through the transitions of the deployed check; ascending by time. A budget's actuals do not depend
 * on its limit and thresholds, so one replay serves for all of them, but not for another `per` or `startsOn`.
 */
export function alertsWith(budget: Budget, periods: readonly ReplayedPeriod[]): ReplayedAlert[] {
  const alerts: ReplayedAlert[] = [];
  let state: BudgetState = { ...UNARMED, name: budget.name };
  for (const [at, actuals] of timelineOf(periods)) {
    const readings = actuals.map((one) => ({ known: true, budget, ...one }) as const);
    const next = nextBudgetState(state, readings, { now: at, complete: true, muted: false });
    state = next.state;
    for (const { status, threshold, reading } of next.events) {
      alerts.push({ at, status, threshold, period: reading.period, actual: plain(reading.actual) });
    }
  }
  return alerts;
}

const UNARMED = { definition: '', edits: 0, watchedFrom: Number.NEGATIVE_INFINITY, periods: {} };

/** The budget's actuals in its periods, by time. */
function timelineOf(
  periods: readonly ReplayedPeriod[],
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
