/** From the alert state of a budget on prepaid credit and the balance to the next state and what has happened. Pure. */
import type { Big } from 'big.js';
import type { BalanceBudget } from '../config/account.ts';
import type { CreditOutlook } from '../foresight/credit.ts';
import type { BudgetMoment } from './budget-transitions.ts';
import type { BalanceState } from './state.ts';

export interface KnownCredit {
  /** In the account's currency. */
  readonly amount: Big;
  /** When it was so, epoch milliseconds. */
  readonly at: number;
  /** Absent as long as nobody knows what a day takes of it. */
  readonly outlook?: CreditOutlook;
}

export interface BalanceEvent {
  readonly status: 'firing' | 'resolved';
  readonly budget: BalanceBudget;
  readonly credit: KnownCredit;
  readonly severity: 'warning' | 'critical';
  /** When it began to fire, epoch milliseconds: each time it does is another event. */
  readonly since: number;
  /** It fires already, and is critical now. */
  readonly isWorse: boolean;
}

export interface BalanceOutcome {
  readonly state: BalanceState;
  readonly event?: BalanceEvent;
}

const CRITICAL_DAYS = 2;
/** From one check to the next a forecast moves: what is over lasts so much longer than what fires. */
const CLEARLY_LONGER = 1.2;

/**
 * Fires when the credit lasts for the budget's days at most, and once more when it is critical; is resolved by the second
 * complete check in a row that sees it last clearly longer. Without a balance nothing changes. In a muted check
 * nothing is marked as firing, so that the end of the mute reports what still holds.
 */
export function nextBalanceState(
  before: BalanceState | undefined,
  budget: BalanceBudget,
  credit: KnownCredit | undefined,
  moment: BudgetMoment,
): BalanceOutcome {
  const state = armed(before, budget);
  if (!credit) return { state: withoutAbove(state) };
  const severity = severityOf(credit, budget);
  if (severity !== undefined) return fired(state, { budget, credit, severity }, moment);
  const isOver = moment.complete && isClear(credit, budget);
  return isOver ? seenAbove(state, { budget, credit }, moment) : { state: withoutAbove(state) };
}

/** An edit keeps what fires, so that fewer days can still resolve it. */
function armed(before: BalanceState | undefined, { name, days }: BalanceBudget): BalanceState {
  if (before?.days === days) return before;
  const firing = before?.firing;
  return { name, days, ...(firing && { firing: { ...firing, isRearmed: true } }) };
}

function withoutAbove(state: BalanceState): BalanceState {
  if (state.firing?.isAbove === undefined) return state;
  const { isAbove: _, ...firing } = state.firing;
  return { ...state, firing };
}

/** Undefined where nothing is to fire, or nobody can say. */
function severityOf({ amount, outlook }: KnownCredit, { days }: BalanceBudget) {
  if (amount.lte('0')) return 'critical';
  const { inDays = Number.POSITIVE_INFINITY } = outlook?.runsOut ?? {};
  if (inDays > days) return undefined;
  return inDays <= CRITICAL_DAYS ? 'critical' : 'warning';
}

function isClear({ outlook }: KnownCredit, { days }: BalanceBudget): boolean {
  if (!outlook) return false;
  return outlook.runsOut === undefined || outlook.runsOut.inDays > CLEARLY_LONGER * days;
}

function fired(
  before: BalanceState,
  found: Pick<BalanceEvent, 'budget' | 'credit' | 'severity'>,
  { now, muted }: BudgetMoment,
): BalanceOutcome {
  const state = withoutAbove(before);
  const { severity } = found;
  const old = state.firing?.isRearmed ? undefined : state.firing;
  const isWorse = old?.severity === 'warning' && severity === 'critical';
  if (muted || (old && !isWorse)) return { state };
  const since = old?.since ?? now;
  return {
    state: { ...state, firing: { since, severity } },
    event: { ...found, status: 'firing', since, isWorse },
  };
}

function seenAbove(
  state: BalanceState,
  found: Pick<BalanceEvent, 'budget' | 'credit'>,
  { muted }: BudgetMoment,
): BalanceOutcome {
  const { firing, ...rest } = state;
  if (!firing) return { state };
  if (!firing.isAbove) return { state: { ...rest, firing: { ...firing, isAbove: true } } };
  if (muted) return { state: rest };
  const { since, severity } = firing;
  return { state: rest, event: { ...found, status: 'resolved', since, severity, isWorse: false } };
}
