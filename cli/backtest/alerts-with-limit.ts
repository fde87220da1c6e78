/** The alerts of a budget with another limit or other thresholds. Pure; also runs in the page. */
import type { Big } from 'big.js';
import type { BudgetState } from '../../functions/alerts/budget/state.ts';
import {
  type DecidingReading,
  nextBudgetState,
} from '../../functions/alerts/budget/transitions.ts';
import type { Status } from '../../functions/alerts/kinds.ts';
import type { Period } from '../../functions/budgets/period.ts';
import type { Budget } from '../../functions/config/account.ts';
import type { Outlook } from '../../functions/foresight/outlook.ts';
import { decimal, plain } from '../../functions/pricing/money.ts';
import type { BudgetKind, ReplayedForecast, ReplayedPeriod } from './replayed.ts';

/** A budget's alert that would have fired, or would have been resolved. */
export interface ReplayedAlert {
  readonly kind: BudgetKind;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly status: Status;
  readonly threshold: number;
  readonly period: Period;
  /** Exact decimal. */
  readonly actual: string;
  /** What the period was heading for; exact decimal, absent where that was not known. */
  readonly forecast?: string;
}

/**
 * Replays points and forecasts through the transitions of the deployed check; ascending by time. Neither depends on a
 * budget's limit and thresholds, so one replay serves for all of them, but not for another `per` or `startsOn`.
 */
export function alertsWith(budget: Budget, periods: readonly ReplayedPeriod[]): ReplayedAlert[] {
  const alerts: ReplayedAlert[] = [];
  let state: BudgetState = { ...UNARMED, name: budget.name };
  for (const [at, moments] of timelineOf(periods)) {
    const readings = moments.map((one) => ({ known: true, budget, ...one }) as const);
    const next = nextBudgetState<DecidingReading>(state, readings, {
      now: at,
      complete: true,
      muted: false,
    });
    state = next.state;
    for (const { kind, status, threshold, reading } of next.events) {
      const { period, actual, outlook } = reading;
      const forecast = outlook?.forecast && { forecast: plain(outlook.forecast.point) };
      alerts.push({ kind, at, status, threshold, period, actual: plain(actual), ...forecast });
    }
  }
  return alerts;
}

const UNARMED = { definition: '', edits: 0, watchedFrom: Number.NEGATIVE_INFINITY, periods: {} };

interface Moment {
  readonly period: Period;
  readonly actual: Big;
  readonly outlook?: Outlook;
}

/** What was known of the budget's periods, at each time at which something of it had changed. */
function timelineOf(periods: readonly ReplayedPeriod[]): [number, readonly Moment[]][] {
  const byTime = new Map<number, Moment[]>();
  for (const replayed of periods) {
    for (const [at, moment] of momentsOf(replayed)) {
      const others = byTime.get(at);
      if (others) others.push(moment);
      else byTime.set(at, [moment]);
    }
  }
  return [...byTime].sort(([a], [b]) => a - b);
}

/** A period that is over has no forecast any more. */
function momentsOf({ period, points, forecasts = [] }: ReplayedPeriod): [number, Moment][] {
  const actuals = new Map(points.map(({ at, actual }) => [at, decimal(actual)]));
  const outlooks = new Map(forecasts.map((one) => [one.at, outlookOf(one)]));
  const times = [...new Set([...actuals.keys(), ...outlooks.keys()])].sort((a, b) => a - b);
  let actual: Big | undefined;
  let outlook: Outlook | undefined;
  return times.flatMap((at): [number, Moment][] => {
    actual = actuals.get(at) ?? actual;
    outlook = outlooks.get(at) ?? outlook;
    if (actual === undefined) return [];
    return [[at, { period, actual, ...(outlook && at < period.end && { outlook }) }]];
  });
}

/** Each is of another day: when it was made serves as the day's name. */
function outlookOf({ at, completeDays, point, low, high }: ReplayedForecast): Outlook {
  return {
    knownUntil: new Date(at).toISOString(),
    completeDays,
    forecast: {
      point: decimal(point),
      low: decimal(low),
      high: decimal(high),
      perDay: decimal('0'),
    },
  };
}
