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
