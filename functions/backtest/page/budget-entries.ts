/** Tellings of a budget as entries of its list: those of a playback, and those of another limit. */
import { severityAt, shownPercent } from '../../alerts/budget-notice.ts';
import type { Budget } from '../../config/account.ts';
import { standingText } from '../../messages/headline.ts';
import { decimal, ratio } from '../../pricing/money.ts';
import type { Counting } from '../../pricing/shown-digits.ts';
import type { WouldTell } from '../told-with.ts';
import type { ToldEntry } from './told-list.ts';

/** As the deployed check would have headed it. */
export function wouldTellEntry(
  { at, kind, step, actual }: WouldTell,
  budget: Budget,
  counting: Counting,
): ToldEntry {
  const percent = ratio(decimal(actual).times('100'), decimal(budget.limit));
  const standing = {
    kind,
    step,
    limit: budget.limit,
    percent: shownPercent({ percent }),
    ...counting,
  };
  return {
    at,
    severity: kind === 'recovered' ? 'info' : severityAt(percent),
    text: standingText(standing),
    amount: Number(actual),
  };
}

export function countingOf(budget: Budget, currency: string): Counting {
  return { measure: budget.measure, unit: budget.unit ?? currency };
}
