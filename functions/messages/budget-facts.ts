/** What a budget notice knows, in the words that email, Slack and chat use. */
import type { BudgetNotice, Notice, NoticeDriver, NoticeForecast } from '../alerts/notice.ts';
import { conversionTexts, mainDriverText } from '../alerts/notice-text.ts';
import { lastDayText, momentText, nearText, periodText } from '../budgets/dates.ts';
import { TOTALS } from '../config/account.ts';
import { decimal } from '../pricing/money.ts';
import {
  amountText,
  digitsText,
  forecastAmountText,
  forecastDigitsText,
  limitText,
  percentText,
} from './amounts.ts';
import { isBudgetNotice, nameText } from './headline.ts';

interface Fact {
  readonly label: string;
  readonly text: string;
}

const MAX_UNPRICED = 10;

const BASIS = {
  billed: 'billed by the provider',
  estimated: 'estimated from usage and a price list; the bill may differ',
  mixed: 'partly billed by the provider, partly estimated from usage and a price list',
} as const;

/** Of several providers. */
const TOTAL_BASIS = {
  billed: 'billed by the providers',
  estimated: 'estimated; the bills may differ.',
  mixed: 'partly estimated; the bills may differ.',
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
 * Where it is heading, a sentence without its full stop: `305 USD by 30 November (280–335)`. Undefined where there is
 * no forecast.
 */
export function forecastText(notice: BudgetNotice): string | undefined {
  const { limit } = notice;
  const forecast = forecastOf(notice);
  if (forecast === undefined) return undefined;
  const point = forecastAmountText(forecast.point, notice, limit);
  const text = `${point} by ${endText(notice)}${rangeText(notice, forecast)}`;
  const reachedAt = reachedText(notice);
  if (reachedAt === undefined || notice.percent >= 100) return text;
  return `${text}. It would reach ${limitText(limit, notice)} around ${reachedAt}`;
}

/** When the limit is or was reached: `20 November`; undefined if not in this period. */
export function reachedText({ forecast, period }: BudgetNotice): string | undefined {
  const at = forecast?.reachesLimitAt;
  if (at === undefined) return undefined;
  return at.includes('T') ? `${nearText(at)} (${period.timeZone})` : nearText(at);
}

/** `gpu 151.20 USD (+111.10)`, with the change against the whole period before where that is known. */
export function driverText(driver: NoticeDriver, notice: BudgetNotice): string {
  const { amount, change } = driver;
  const text = `${driverName(driver)} ${amountText(amount, notice)}`;
  return change === undefined ? text : `${text} (${changeText(change, notice)})`;
}

/** `gpu`; of a total `northflank/acme` and `northflank/acme gpu`. */
export function driverName(
  { account, meter }: Pick<NoticeDriver, 'account' | 'meter'>,
  nameLength?: number,
): string {
  const names = [account, meter].filter((name) => name !== undefined);
  return names.map((name) => nameText(name, nameLength)).join(' ');
}

/** What `driverText` lists. */
export function driversLabel({ drivers, per, total }: BudgetNotice): string {
  const hasChange = drivers.some(({ change }) => change !== undefined);
  const by = total ? 'By account, then meter' : 'By meter';
  return hasChange ? `${by}, against the whole ${per} before` : by;
}

/** `+111.10`. */
export function changeText(change: string, notice: BudgetNotice): string {
  return `${decimal(change).gt('0') ? '+' : ''}${digitsText(change, notice)}`;
}

/** The two parts of `nextStep`: what changed most, absent where it does not say so, and what to do. */
export function stepOf(notice: Notice): { readonly change?: string; readonly step: string } {
  const { nextStep } = notice;
  if (!isBudgetNotice(notice) || !notice.mainDriver) return { step: nextStep };
  const change = mainDriverText(notice.mainDriver, notice);
  // For want of room the text may be shorter than its parts.
  if (!nextStep.startsWith(`${change} `)) return { step: nextStep };
  return { change, step: nextStep.slice(change.length + 1) };
}

/** What the link to the provider is called: `Bill at northflank`; of a total it leads to its largest account's. */
export function billText({ provider }: Pick<Notice, 'provider'>): string {
  return provider === TOTALS ? 'Largest bill' : `Bill at ${nameText(provider)}`;
}

/** `30 November`, or `the end of the day`. */
export function endText({ per, period }: BudgetNotice): string {
  const isShort = per === 'hour' || per === 'day';
  return isShort ? `the end of the ${per}` : lastDayText(period.end, period.timeZone);
}

function rangeText(notice: BudgetNotice, { low, high }: NoticeForecast): string {
  if (low === undefined || high === undefined) return ': the average so far, continued';
  const [from, to] = [low, high].map((end) => forecastDigitsText(end, notice, notice.limit));
  return ` (${from}–${to})`;
}

function budgetText(notice: BudgetNotice): string {
  const { budget, measure, meter, limit, per, total } = notice;
  const all = total ? accountsText(total.accounts) : 'all meters';
  const counted = meter === undefined ? all : nameText(meter);
  return `"${nameText(budget)}": ${measure} of ${counted}, ${limitText(limit, notice)} per ${per}`;
}

function accountsText(count: number): string {
  return count === 1 ? '1 account' : `${count} accounts`;
}

function elapsedText({ period }: BudgetNotice): string {
  const isOver = period.elapsedPercent >= 100;
  const elapsed = isOver ? 'over' : `${percentText(period.elapsedPercent)} passed`;
  return `${periodText(period.start, period.end, period.timeZone)}, ${elapsed}`;
}

function basisText({ measure, basis, total, unit }: BudgetNotice): string {
  if (measure === 'usage' || basis === undefined) return 'usage as the provider counts it';
  if (total)
    return [TOTAL_BASIS[basis], ...conversionTexts(total.conversions ?? [], unit)].join(' ');
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
  return [
    { label: 'Record', text: `on past ${per}s this forecast was off by ${error} % half the time` },
  ];
}

function unpricedFacts({ unpriced = [] }: BudgetNotice): readonly Fact[] {
  if (unpriced.length === 0) return [];
  const named = unpriced.slice(0, MAX_UNPRICED).map((meter) => nameText(meter));
  const more = unpriced.length > MAX_UNPRICED ? ` and ${unpriced.length - MAX_UNPRICED} more` : '';
  const text = `${named.join(', ')}${more}: no known price; set one under "prices"`;
  return [{ label: 'Left out', text }];
}
