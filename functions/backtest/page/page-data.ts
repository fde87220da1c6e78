/** What the page's script gets to compute with: budgets and what they stood at, as JSON that is short. */
import type { Budget } from '../../config/account.ts';
import type { Counting } from '../../pricing/shown-digits.ts';
import type { PlayedAccount, PlayedBudget, PlayedPeriod } from '../played.ts';
import type { MarkedPlots } from './told-list.ts';

export interface PageData {
  /** Whether there may be a newer page at its address. */
  readonly isLive: boolean;
  readonly accounts: readonly AccountData[];
}

export interface AccountData {
  /** First and last check, epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  /** Name of the config parameter. */
  readonly parameter: string;
  readonly configText?: string;
  readonly budgets: readonly BudgetData[];
}

export interface BudgetData {
  readonly budget: Budget;
  readonly isTried: boolean;
  readonly counting: Counting;
  readonly plots: MarkedPlots;
  /** Milliseconds of one step in `points`. */
  readonly unitMs: number;
  readonly periods: readonly PeriodData[];
}

interface PeriodData {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  /** Steps of time since the point before (the first: since 1970), and the amount; in turns. */
  readonly points: readonly (number | string)[];
}

export function accountData(
  { from, until, parameter, configText }: PlayedAccount,
  budgets: readonly BudgetData[],
): AccountData {
  return { from, until, parameter, budgets, ...(configText !== undefined && { configText }) };
}

export function budgetData(
  { budget, isTried, periods }: PlayedBudget,
  counting: Counting,
  plots: MarkedPlots,
): BudgetData {
  const unitMs = periods
    .flatMap(({ points }) => points.map(({ at }) => at))
    .reduce(greatestDivisor, 0);
  return {
    budget,
    isTried,
    counting,
    plots,
    unitMs,
    periods: periods.map(({ period: { id, start, end }, points }) => ({
      id,
      start,
      end,
      points: points.flatMap(({ at, actual }, index) => [
        (at - (points[index - 1]?.at ?? 0)) / unitMs,
        actual,
      ]),
    })),
  };
}

/** The points as they were. */
export function periodsOf({ unitMs, periods, plots }: BudgetData): PlayedPeriod[] {
  return periods.map(({ points, ...period }) => {
    let at = 0;
    const decoded = [];
    for (let index = 0; index < points.length; index += 2) {
      at += Number(points[index]) * unitMs;
      decoded.push({ at, actual: String(points[index + 1]) });
    }
    return { period: { ...period, timeZone: plots.timeZone }, points: decoded };
  });
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
