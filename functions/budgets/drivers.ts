/** Which meters an amount is made of. */
import type { Big } from 'big.js';
import { plain, ratio } from '../pricing/money.ts';
import { isNothing } from '../pricing/shown-digits.ts';
import type { Driver } from './reading.ts';

const mostDrivers = 5;

/**
 * The meters with the largest amounts above 0, largest first; what floats leave behind (2e-16) is 0. A negative amount is a correction, not a driver; where
 * there are such, one meter can be more than the actual, and its share is 1.
 */
export function driversOf(
  amounts: ReadonlyMap<string, Big>,
  actual: Big,
  previousPeriodOf: (meter: string) => Big | undefined,
): Driver[] {
  if (actual.lte('0')) return [];
  return [...amounts]
    .filter(([, amount]) => amount.gt('0') && !isNothing(amount))
    .sort(([meterA, a], [meterB, b]) => b.cmp(a) || (meterA < meterB ? -1 : 1))
    .slice(0, mostDrivers)
    .map(([meter, amount]) => {
      const previousPeriod = previousPeriodOf(meter);
      return {
        meter,
        amount,
        share: Math.min(1, Number(plain(ratio(amount, actual)))),
        ...(previousPeriod && { previousPeriod }),
      };
    });
}
