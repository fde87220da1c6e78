/** What a limit is chosen by, in words: what is usual, what was spent, where it is heading. Pure; also runs in the page. */
import { shownPercent } from '../../functions/alerts/budget/notice.ts';
import { reaches } from '../../functions/budgets/read-budget.ts';
import type { Budget, Per } from '../../functions/config/account.ts';
import {
  amountText,
  digitsText,
  forecastText,
  limitText,
  percentText,
  plainAmountText,
} from '../../functions/messages/amounts.ts';
import { decimal, ratio } from '../../functions/pricing/money.ts';
import type { Counting } from '../../functions/pricing/shown-digits.ts';
import type { ReplayedBudget, ReplayedPeriod } from './replayed.ts';

export function countingOf(budget: Pick<Budget, 'measure' | 'unit'>, currency: string): Counting {
  return { measure: budget.measure, unit: budget.unit ?? currency };
}

export interface LimitFigure {
  /** `Usual day`, `Last month`, `This month so far`, `Forecast` */
  readonly name: string;
  readonly text: string;
}

/** Those that are known; `until` is the last check, epoch milliseconds. */
export function limitFigures(
  { budget, periods, usual }: Pick<ReplayedBudget, 'budget' | 'periods' | 'usual'>,
  counting: Counting,
  until: number,
): LimitFigure[] {
  const { per, limit } = budget;
  const last = periods.findLast(({ period }) => period.end <= until);
  const open = periods.findLast(({ period }) => period.end > until);
  const figures: LimitFigure[] = [];
  if (usual !== undefined) add(`Usual ${per}`, amountText(usual, counting));
  addActual(LAST[per], last);
  addActual(`${capital(thisPeriod(per))} so far`, open);
  const { forecast, range } = open ?? {};
  if (forecast !== undefined) add('Forecast', forecastText({ forecast, range, limit }, counting));
  return figures;

  function addActual(name: string, replayed: ReplayedPeriod | undefined): void {
    const actual = replayed?.points.at(-1)?.actual;
    if (actual !== undefined) add(name, amountText(actual, counting));
  }

  function add(name: string, text: string): void {
    figures.push({ name, text });
  }
}

const LAST: Readonly<Record<Per, string>> = {
  hour: 'Last hour',
  day: 'Yesterday',
  week: 'Last week',
  month: 'Last month',
  quarter: 'Last quarter',
  year: 'Last year',
};

/** `this month`, `today`. */
export function thisPeriod(per: Per): string {
  return per === 'day' ? 'today' : `this ${per}`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** `Suggested limit: 7.68 USD, from what is usual; it would have sent 2 alerts.`, and what holds of it now; undefined where none is suggested. */
export function suggestionText(replayed: ReplayedBudget, counting: Counting): string | undefined {
  const { budget, periods, suggestedLimit: limit, suggestedAlerts: count = 0 } = replayed;
  if (limit === undefined) return undefined;
  const sent = count === 0 ? 'no alerts' : `${count} ${count === 1 ? 'alert' : 'alerts'}`;
  const now = limitNow({ ...budget, limit }, periods, counting);
  return `Suggested limit: ${limitText(limit, counting)}, from what is usual; it would have sent ${sent}.${now && ` ${now}`}`;
}

/** What a limit would do in the open period: `Already over: 203.17 of 180 USD this month (112.9 %).`; empty where it is not near. */
export function limitNow(
  budget: Budget,
  periods: readonly ReplayedPeriod[],
  counting: Counting,
): string {
  const open = periods.at(-1);
  const actual = open?.points.at(-1)?.actual;
  const [lowest] = budget.thresholds;
  if (open === undefined || actual === undefined || lowest === undefined) return '';
  const { limit, per } = budget;
  if (reaches(decimal(actual), limit, lowest)) {
    const percent = shownPercent({ percent: ratio(decimal(actual).times('100'), decimal(limit)) });
    const where = reaches(decimal(actual), limit, 100) ? 'Over it already' : 'Near it already';
    return `${where}: ${digitsText(actual, counting, limit)} of ${limitText(limit, counting)} ${thisPeriod(per)} (${percentText(percent)}).`;
  }
  const { forecast } = open;
  if (forecast === undefined) return '';
  const highest = budget.thresholds.findLast((one) => reaches(decimal(forecast), limit, one));
  if (highest === undefined) return '';
  const heading = `${plainAmountText(forecast, { limit })} ${counting.unit}`;
  return `Heading for ${heading} ${thisPeriod(per)}, above its ${highest} % threshold.`;
}

/** In place of `suggestionText`. */
export const NO_SUGGESTION =
  'No limit to suggest: too little is used, or fewer than 14 complete days are known.';
