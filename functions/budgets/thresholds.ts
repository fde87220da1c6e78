/** Which thresholds of a budget an amount has crossed. Pure. */
import type { Big } from 'big.js';
import type { Budget } from '../config/account.ts';
import { reaches } from './read-budget.ts';

/** Percent. Nobody waits for more, and DynamoDB's client refuses numbers that a double does not hold exactly. */
export const MOST_PERCENT = 1e12;

/** Ascending, those at which `actual` is or that it is over; beyond the highest one each doubling of it is one, too. */
export function crossedThresholds({ thresholds, limit }: Budget, actual: Big): number[] {
  const crossed = thresholds.filter((threshold) => reaches(actual, limit, threshold));
  if (crossed.length < thresholds.length) return crossed;
  for (
    let next = 2 * Math.max(...thresholds);
    next <= MOST_PERCENT && reaches(actual, limit, next);
    next *= 2
  ) {
    crossed.push(next);
  }
  return crossed;
}
