/** How far back a check has to look. Epoch milliseconds. */
import { periodAt, periodBefore } from '../budgets/period.ts';
import type { AccountConfig } from '../config/account.ts';

type BudgetPeriods = Pick<AccountConfig, 'budgets' | 'timeZone'>;

const dayMs = 86_400_000;

/** So much history at least is fetched by the first check of an account. */
const firstCheckMs = 35 * dayMs;

/** What the ledger is read from: the open periods, those that ended lately, and the one before each. */
export function readFrom(config: BudgetPeriods, now: number, settlesAfterMs: number): number {
  const lately = now - settlesAfterMs;
  const starts = config.budgets.map((budget) => {
    const period = periodAt(budget, config.timeZone, lately);
    return periodBefore(period, budget, config.timeZone).start;
  });
  return earliest([lately, ...starts]);
}

/** What must be known for every budget to have a reading: its open period. */
export function neededFrom(config: BudgetPeriods, now: number, isFirstCheck: boolean): number {
  const starts = config.budgets.map((budget) => periodAt(budget, config.timeZone, now).start);
  return earliest([isFirstCheck ? now - firstCheckMs : now, ...starts]);
}

function earliest(instants: readonly number[]): number {
  return instants.reduce((first, at) => Math.min(first, at));
}
