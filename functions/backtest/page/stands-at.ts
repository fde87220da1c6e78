/** What a budget stands at in its last period, in one sentence and in cells. */

import { isoSeconds, localDate } from '../../alerts/iso-time.ts';
import { localText, periodText } from '../../budgets/dates.ts';
import type { Budget } from '../../config/account.ts';
import { amountText, limitText, percentText } from '../../messages/amounts.ts';
import type { Counting } from '../../pricing/shown-digits.ts';
import type { PlayedBudget, PlayedPeriod } from '../played.ts';

export interface Standing {
  readonly text: string;
  readonly actual: string;
  readonly percent: string;
}

/** `until` is the last check, epoch milliseconds. */
export function standsAt(
  { budget, periods }: PlayedBudget,
  counting: Counting,
  until: number,
): Standing {
  const last = periods.at(-1);
  const hasJustBegun = last !== undefined && last.period.start >= until;
  const before = hasJustBegun ? stoodAt(periods.slice(0, -1), budget, counting) : undefined;
  if (before !== undefined) return before;
  const actual = last?.points.at(-1)?.actual;
  if (last === undefined || actual === undefined || last.percent === undefined) {
    const reason = last?.unknown === undefined ? '' : `: ${last.unknown}`;
    return { text: `What it stands at is not known${reason}`, actual: 'not known', percent: '' };
  }
  const { timeZone, end } = last.period;
  const stands = {
    actual: amountText(actual, counting, budget.limit),
    percent: percentText(last.percent),
  };
  const limit = limitText(budget.limit, counting);
  const text = `Stands at ${stands.actual}, ${stands.percent} of ${limit}`;
  if (last.paceAtEnd === undefined) return { ...stands, text: `${text}.` };
  const lastDay = localText(localDate(end - 1, timeZone));
  const pace = `${amountText(last.paceAtEnd, counting, budget.limit)} by the end of ${lastDay} (${timeZone})`;
  return { ...stands, text: `${text}; the average so far, continued, makes ${pace}.` };
}

/** In the last period that is known, of those before one that began with the last check. */
function stoodAt(
  periods: readonly PlayedPeriod[],
  budget: Budget,
  counting: Counting,
): Standing | undefined {
  const known = periods.findLast(({ percent }) => percent !== undefined);
  const last = known?.points.at(-1);
  if (known?.percent === undefined || last === undefined) return undefined;
  const { start, end, timeZone } = known.period;
  const dates = periodText(isoSeconds(start), isoSeconds(end), timeZone);
  const stood = {
    actual: amountText(last.actual, counting, budget.limit),
    percent: percentText(known.percent),
  };
  const limit = limitText(budget.limit, counting);
  return {
    actual: `${stood.actual} (${budget.per} before)`,
    percent: stood.percent,
    text: `Stood at ${stood.actual}, ${stood.percent} of ${limit}, in the ${budget.per} ${dates}; a new ${budget.per} has just begun.`,
  };
}
