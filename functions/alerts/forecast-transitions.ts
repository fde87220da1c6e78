/** From the alert state of a period's forecast and what the period is heading for to the next state. Pure. */
import type { Big } from 'big.js';
import { reaches } from '../budgets/read-budget.ts';
import type { Budget } from '../config/account.ts';
import type { Outlook } from '../foresight/outlook.ts';
import type { Status } from './notice.ts';
import type { ForecastState } from './state.ts';

export interface ForecastReading {
  readonly budget: Budget;
  readonly actual: Big;
  /** Absent where a period is over, or shorter than a week. */
  readonly outlook?: Outlook | undefined;
}

export interface ForecastMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether this check read everything; nothing else is judged. */
  readonly complete: boolean;
  readonly muted: boolean;
}

export interface ForecastOutcome {
  readonly state: ForecastState | undefined;
  readonly status?: Status;
}

/** So many complete days in a row must say so before it is believed, and so many days of the period must be complete. */
const DAYS_BELIEVED = 2;
const LEAST_DAYS = 3;

/**
 * Fires once a period, when the low end of the range is over the limit though the actual is not, and is resolved when the
 * point forecast is within the limit. Once the actual is at the limit the budget's own alert takes over. Each complete
 * day counts once, at the first complete check that sees it. A mute puts it off.
 */
export function nextForecastState(
  before: ForecastState | undefined,
  reading: ForecastReading,
  moment: ForecastMoment,
): ForecastOutcome {
  const { budget, actual, outlook } = reading;
  if (!outlook || budget.forecast === false || before?.end !== undefined) return { state: before };
  if (reaches(actual, budget.limit, 100)) {
    return { state: before?.firedAt === undefined ? before : { ...before, end: 'superseded' } };
  }
  const state = moment.complete ? withDay(before, budget, outlook) : before;
  if (!state) return { state };
  return state.firedAt === undefined
    ? firedBy(state, outlook, moment)
    : resolvedBy(state, moment.muted);
}

function firedBy(
  state: ForecastState,
  outlook: Outlook,
  { now, muted }: ForecastMoment,
): ForecastOutcome {
  const isDue = state.over >= DAYS_BELIEVED && outlook.completeDays >= LEAST_DAYS;
  if (!isDue || muted || !outlook.forecast) return { state };
  return { state: { ...state, firedAt: now }, status: 'firing' };
}

function resolvedBy(state: ForecastState, muted: boolean): ForecastOutcome {
  if (state.within < DAYS_BELIEVED) return { state };
  const next = { ...state, end: 'resolved' as const };
  return muted ? { state: next } : { state: next, status: 'resolved' };
}

function withDay(
  before: ForecastState | undefined,
  { limit }: Budget,
  outlook: Outlook,
): ForecastState | undefined {
  const { knownUntil } = outlook;
  if (before && knownUntil <= before.knownUntil) return before;
  const { forecast } = outlook;
  if (!forecast) return before;
  const counted = (isSo: boolean, days = 0) => (isSo ? days + 1 : 0);
  return {
    ...before,
    knownUntil,
    over: counted(forecast.low.gt(limit), before?.over),
    within: counted(forecast.point.lte(limit), before?.within),
  };
}
