/** What a budget notice knows, in the words that email, Slack and chat use. */
import type { BudgetNotice, Notice, NoticeDriver, NoticeForecast } from '../alerts/notice.ts';
import { lastDayText, localText, momentText, periodText } from '../budgets/dates.ts';
import { decimal } from '../pricing/money.ts';
import { amountText, digitsText, limitText, percentText } from './amounts.ts';
import { nameText } from './headline.ts';

export interface Fact {
  readonly label: string;
  readonly text: string;
}

const MAX_UNPRICED = 10;

const BASIS = {
  billed: 'billed by the provider',
  estimated: 'estimated from usage and a price list; the bill may differ',
  mixed: 'partly billed by the provider, partly estimated from usage and a price list',
} as const;

/** The details, in reading order; what is not known has no line. */
export function budgetFacts(notice: BudgetNotice): readonly Fact[] {
  return [
    { label: 'Used', text: usedText(notice) },
    { label: 'Budget', text: budgetText(notice) },
    { label: 'Period', text: elapsedText(notice) },
    { label: 'Figures', text: basisText(notice) },
    ...recordFacts(notice),
    { label: 'Data until', text: dataText(notice) },
    ...unpricedFacts(notice),
  ];
}

/** `203.17 of 200 USD (101.6 %)`. */
export function usedText(notice: BudgetNotice): string {
  const { actual, limit, percent } = notice;
  const digits = digitsText(actual, notice, limit);
  return `${digits} of ${limitText(limit, notice)} (${percentText(percent)})`;
}

/** Undefined where nothing says what is to come, as an actual below 0 does not. */
export function forecastOf({ forecast, actual }: BudgetNotice): NoticeForecast | undefined {
  return decimal(actual).lt('0') ? undefined : forecast;
}

/**
 * Where it is heading, a sentence without its full stop: `305.50 USD by 30 November 2026 (280.10–335.00)`. Undefined
 * where there is no forecast.
 */
export function forecastText(notice: BudgetNotice): string | undefined {
  const { limit } = notice;
  const forecast = forecastOf(notice);
  if (forecast === undefined) return undefined;
  const point = amountText(forecast.point, notice, limit);
  const text = `${point} by ${endText(notice)}${rangeText(notice, forecast)}`;
  const reachedAt = reachedText(notice);
  if (reachedAt === undefined || notice.percent >= 100) return text;
  return `${text}. It would reach ${limitText(limit, notice)} around ${reachedAt}`;
}

/** When the limit is or was reached: `20 November 2026`; undefined if not in this period. */
export function reachedText({ forecast, period }: BudgetNotice): string | undefined {
  const at = forecast?.reachesLimitAt;
  if (at === undefined) return undefined;
  return at.includes('T') ? `${localText(at)} (${period.timeZone})` : localText(at);
}

/** `gpu 151.20 USD (+111.10)`, with the change against the whole period before where that is known. */
export function driverText({ meter, amount, change }: NoticeDriver, notice: BudgetNotice): string {
  const text = `${nameText(meter)} ${amountText(amount, notice)}`;
  return change === undefined ? text : `${text} (${changeText(change, notice)})`;
}

/** What `driverText` lists. */
export function driversLabel({ drivers, per }: BudgetNotice): string {
  const hasChange = drivers.some(({ change }) => change !== undefined);
  return hasChange ? `By meter, against the whole ${per} before` : 'By meter';
}

/** `+111.10`. */
export function changeText(change: string, notice: BudgetNotice): string {
  return `${decimal(change).gt('0') ? '+' : ''}${digitsText(change, notice)}`;
}

/** In the first part of `nextStep`, before what of the meter grew most. */
export const LED_BY = ', led by "';

/** The two parts of `nextStep`: what changed most, absent where it does not say so, and what to do. */
export function stepOf({ nextStep }: Notice): { readonly change?: string; readonly step: string } {
  const parts = /^((?:Biggest change|Largest): .+?\.) (Stop .+)$/s.exec(nextStep);
  const [, change, step] = parts ?? [];
  return change && step ? { change, step } : { step: nextStep };
}

/** `30 November 2026`, or `the end of the day`. */
export function endText({ per, period }: BudgetNotice): string {
  const isShort = per === 'hour' || per === 'day';
  return isShort ? `the end of the ${per}` : lastDayText(period.end, period.timeZone);
}

function rangeText(notice: BudgetNotice, { low, high }: NoticeForecast): string {
  if (low === undefined || high === undefined) return ': the average so far, continued';
  const [from, to] = [low, high].map((amount) => digitsText(amount, notice, notice.limit));
  return ` (${from}–${to})`;
}

function budgetText(notice: BudgetNotice): string {
  const { budget, measure, meter, limit, per } = notice;
  const counted = meter === undefined ? 'all meters' : nameText(meter);
  return `"${nameText(budget)}": ${measure} of ${counted}, ${limitText(limit, notice)} per ${per}`;
}

function elapsedText({ period }: BudgetNotice): string {
  const isOver = period.elapsedPercent >= 100;
  const elapsed = isOver ? 'over' : `${percentText(period.elapsedPercent)} passed`;
  return `${periodText(period.start, period.end, period.timeZone)}, ${elapsed}`;
}

function basisText({ measure, basis }: BudgetNotice): string {
  if (measure === 'usage' || basis === undefined) return 'usage as the provider counts it';
  return BASIS[basis];
}

function dataText({ dataUntil, period }: BudgetNotice): string {
  return dataUntil === undefined
    ? 'no data for this period yet'
    : momentText(dataUntil, period.timeZone);
}

/** How far to trust a forecast. */
function recordFacts({ forecast, per }: BudgetNotice): readonly Fact[] {
  const error = forecast?.typicalErrorPercent;
  if (error === undefined) return [];
  return [{ label: 'Forecast', text: `on past ${per}s off by ${error} % half the time` }];
}

function unpricedFacts({ unpriced = [] }: BudgetNotice): readonly Fact[] {
  if (unpriced.length === 0) return [];
  const named = unpriced.slice(0, MAX_UNPRICED).map((meter) => nameText(meter));
  const more = unpriced.length > MAX_UNPRICED ? ` and ${unpriced.length - MAX_UNPRICED} more` : '';
  const text = `${named.join(', ')}${more}: no known price; set one under "prices"`;
  return [{ label: 'Left out', text }];
}
