/** A budget as a bar: what is used, the limit, and where it is heading. */

import { colorOf } from '../digest/account-digest.ts';
import type { BudgetSummary } from '../ledger/account-summary.ts';
import { limitText, percentText, plainAmountText, shortForecast } from '../messages/amounts.ts';
import { type Html, html } from '../messages/html.ts';

const WIDTH = 240;
const HEIGHT = 16;
/** Beside the largest of the amounts. */
const ROOM = 1.05;

/** Whose figures are known. */
export type KnownBudget = BudgetSummary & Required<Pick<BudgetSummary, 'actual' | 'percent'>>;

export function isKnown(budget: BudgetSummary): budget is KnownBudget {
  return budget.actual !== undefined && budget.percent !== undefined;
}

/** `203 of 200 USD (101.6 %), forecast 305.50 (280–335)` */
export function budgetBarText({
  actual,
  percent,
  limit,
  forecast,
  ...budget
}: KnownBudget): string {
  const counting = { measure: budget.measure, unit: budget.unit };
  const figures = `${plainAmountText(actual, { limit })} of ${limitText(limit, counting)} (${percentText(percent)})`;
  if (!forecast) return figures;
  const { point, low, high } = forecast;
  const heading = shortForecast({ forecast: point, range: { low, high }, limit }, counting);
  return `${figures}, forecast ${heading}`;
}

/** Positions are floats, as they are only drawn. */
export function budgetBar(budget: KnownBudget): Html {
  const { actual, limit, percent, forecast } = budget;
  const amounts = [limit, actual, forecast?.high ?? '0'].map(Number);
  const span = Math.max(...amounts) * ROOM;
  const x = (amount: string) =>
    tenths((Math.min(Math.max(0, Number(amount)), span) / span) * WIDTH);
  const range =
    forecast &&
    html`<rect class="range" x="${x(forecast.low)}" y="5" width="${Math.max(1, tenths(x(forecast.high) - x(forecast.low)))}" height="6"/><path class="point" d="M${x(forecast.point)} 3v10"/>`;
  return html`<svg class="bar ${levelOf(budget)}" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${budgetBarText(budget)}"><rect class="track" width="${WIDTH}" height="${HEIGHT}" rx="2"/><rect class="used" width="${percent > 0 ? Math.max(1, x(actual)) : 0}" height="${HEIGHT}" rx="2"/>${range}<path class="limit" d="M${x(limit)} 0v${HEIGHT}"/></svg>`;
}

/** Classes of the style sheet, by the digest's colors. */
const LEVELS = { red: 'over', amber: 'risk', green: 'within' } as const;

function levelOf({ percent, limit, forecast }: KnownBudget): string {
  return LEVELS[colorOf({ percent, limit, ...(forecast && { forecast: forecast.point }) })];
}

/** A tenth of a pixel cannot be seen. */
function tenths(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
