/** What a budget stands at in its last period, in one sentence and in cells. */

import { localDate } from '../../alerts/iso-time.ts';
import { amountText, type Counting, percentText } from '../../messages/amounts.ts';
import { localText } from '../../messages/dates.ts';
import type { PlayedBudget } from '../played.ts';
import { limitText } from './limit-text.ts';

export interface Standing {
  readonly text: string;
  readonly actual: string;
  readonly percent: string;
}

export function standsAt({ budget, periods }: PlayedBudget, counting: Counting): Standing {
  const last = periods.at(-1);
  const actual = last?.points.at(-1)?.actual;
  if (last === undefined || actual === undefined || last.percent === undefined) {
    const reason = last?.unknown === undefined ? '' : `: ${last.unknown}`;
    return { text: `What it stands at is not known${reason}`, actual: 'not known', percent: '' };
  }
  const { timeZone, end } = last.period;
  const stands = { actual: amountText(actual, counting), percent: percentText(last.percent) };
  const limit = limitText(budget.limit, counting);
  const text = `Stands at ${stands.actual}, ${stands.percent} of ${limit}`;
  if (last.paceAtEnd === undefined) return { ...stands, text: `${text}.` };
  const lastDay = localText(localDate(end - 1, timeZone));
  const pace = `${amountText(last.paceAtEnd, counting)} by the end of ${lastDay} (${timeZone})`;
  return { ...stands, text: `${text}; at this pace ${pace}.` };
}
