/** What is said of a budget that was played, or that is tried. */
import type { Budget } from '../../config/account.ts';
import { limitText } from '../../messages/amounts.ts';
import type { Counting } from '../../pricing/shown-digits.ts';
import { momentAt } from './moment.ts';

export interface PlayedSpan {
  /** First and last check, epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly timeZone: string;
}

export interface PlayedAs {
  readonly budget: Budget;
  /** Whether it is only tried, and not in Parameter Store. */
  readonly isTried: boolean;
  readonly counting: Counting;
}

/** What the chart shows, for those who do not see it, too. */
export function captionText(
  budget: Budget,
  { count, counting }: { readonly count: number; readonly counting: Counting },
  { from, until, timeZone }: PlayedSpan,
): string {
  const span = `from ${momentAt(from, timeZone)} to ${momentAt(until, timeZone)}`;
  return `Running total of each ${budget.per} ${span}, against ${limitText(budget.limit, counting)} with ${stepsText(budget)}. Marks show when something would have been told (${count}); dashed is the average so far, continued.`;
}

/** `3 alerts in this time, 1 a month.` */
export function countText(count: number, aMonth: number): string {
  if (count === 0) return 'Nothing in this time.';
  return `${count} ${count === 1 ? 'alert' : 'alerts'} in this time, ${aMonth} a month.`;
}

/** What of the page does not follow what is tried in its form. */
export function keptText({ budget, isTried, counting }: PlayedAs): string {
  const played = isTried ? 'limit it was played with,' : 'saved limit of';
  return `Chart and list show what is tried; the table, "Stands at" and the overview keep the ${played} ${limitText(budget.limit, counting)} with ${stepsText(budget)}.`;
}

/** `steps at 50 %, 80 %, 100 %` */
export function stepsText({ steps }: Budget): string {
  return `steps at ${steps.map((step) => `${step} %`).join(', ')}`;
}
