/** A budget in a sentence. */
import type { Budget } from '../config/account.ts';

const ADJECTIVES = {
  hour: 'hourly ',
  day: 'daily ',
  week: 'weekly ',
  month: '',
  quarter: 'quarterly ',
  year: 'yearly ',
} as const;

/** `budget`, for that of a month; `daily budget for gpu`. */
export function budgetText({ per, meter }: Pick<Budget, 'per' | 'meter'>): string {
  return `${ADJECTIVES[per]}budget${meter === undefined ? '' : ` for ${meter}`}`;
}

/** What one is over: `budget`, for that of a month; `its daily budget for gpu`. */
export function overText(budget: Pick<Budget, 'per' | 'meter'>): string {
  const text = budgetText(budget);
  return text === 'budget' ? text : `its ${text}`;
}
