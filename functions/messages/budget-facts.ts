/** What a budget notice knows, one line each, in the words that email and chat use. */
import type { BudgetNotice, NoticeDriver, NoticeForecast } from '../alerts/notice.ts';
import { localText, momentText, periodText } from '../budgets/dates.ts';
import { decimal } from '../pricing/money.ts';
import { amountText, exactAmountText, percentText, shareText } from './amounts.ts';
import { nameText } from './headline.ts';

export interface Fact {
  readonly label: string;
  readonly text: string;
}

const MAX_UNPRICED = 10;

const BASIS = {
  billed: 'as billed by the provider',
  estimated: 'estimated from the usage and a price list; the bill may differ',
  mixed: 'partly billed by the provider, partly estimated from the usage and a price list',
} as const;

/** In reading order; what is not known has no line. */
export function budgetFacts(notice: BudgetNotice): readonly Fact[] {
  return [
    { label: 'Used so far', text: usedText(notice) },
    { label: 'Budget', text: budgetText(notice) },
    { label: 'Period', text: elapsedText(notice) },
    ...forecastFacts(notice),
    { label: 'Figures', text: basisText(notice) },
    { label: 'Data until', text: dataText(notice) },
    ...unpricedFacts(notice),
  ];
}

/** `203.17 USD of 200.00 USD (101.6 %)`. */
export function usedText(notice: BudgetNotice): string {
  const actual = amountText(notice.actual, notice, notice.limit);
  return `${actual} of ${exactAmountText(notice.limit, notice)} (${percentText(notice.percent)})`;
}

/** `gpu 151.20 USD (74.4 %, whole month before 40.10 USD)`. */
export function driverText(driver: NoticeDriver, notice: BudgetNotice): string {
  const amount = amountText(driver.amount, notice);
  const before =
    driver.previousPeriod === undefined
      ? ''
      : `, whole ${notice.per} before ${amountText(driver.previousPeriod, notice)}`;
  return `${nameText(driver.meter)} ${amount} (${shareText(driver.share)}${before})`;
}

function budgetText(notice: BudgetNotice): string {
  const counted =
    notice.meter === undefined ? 'all meters together' : `the meter "${nameText(notice.meter)}"`;
  const limit = `${exactAmountText(notice.limit, notice)} per ${notice.per}`;
  return `"${nameText(notice.budget)}", the ${notice.measure} of ${counted}, ${limit}`;
}

function elapsedText({ period }: BudgetNotice): string {
  const isOver = period.elapsedPercent >= 100;
  const elapsed = isOver ? 'it is over' : `${percentText(period.elapsedPercent)} of it has passed`;
  return `${periodText(period.start, period.end, period.timeZone)}; ${elapsed}`;
}

/** What the period would come to; undefined where nothing says so, as an actual below 0 does not. */
export function forecastOf({ forecast, actual }: BudgetNotice): NoticeForecast | undefined {
  return decimal(actual).lt('0') ? undefined : forecast;
}

function forecastFacts(notice: BudgetNotice): readonly Fact[] {
  const forecast = forecastOf(notice);
  const limit = { label: 'Limit', text: reachedText(notice, forecast) };
  if (forecast === undefined) return notice.percent >= 100 ? [limit] : [];
  const point = amountText(forecast.point, notice, notice.limit);
  const text = `${point} by the end of the period: the average so far, continued`;
  return [{ label: 'Pace', text }, limit];
}

/** The average is even over the period, so the day is about right, not exact. */
function reachedText(
  { percent, period }: BudgetNotice,
  forecast: NoticeForecast | undefined,
): string {
  const isReached = percent >= 100;
  if (forecast?.reachesLimitAt === undefined) {
    return isReached ? 'reached' : 'not reached in this period at that average';
  }
  const when = `around ${localText(forecast.reachesLimitAt)} (${period.timeZone})`;
  return isReached ? `was reached ${when}` : `would be reached ${when} at that average`;
}

function basisText({ measure, basis }: BudgetNotice): string {
  if (measure === 'usage' || basis === undefined) return 'usage as the provider counts it';
  return BASIS[basis];
}

function dataText({ dataUntil, period }: BudgetNotice): string {
  return dataUntil === undefined
    ? 'the provider has reported nothing for this period yet'
    : momentText(dataUntil, period.timeZone);
}

function unpricedFacts({ unpriced = [] }: BudgetNotice): readonly Fact[] {
  if (unpriced.length === 0) return [];
  const named = unpriced.slice(0, MAX_UNPRICED).map((meter) => nameText(meter));
  const more = unpriced.length > MAX_UNPRICED ? ` and ${unpriced.length - MAX_UNPRICED} more` : '';
  return [
    { label: 'Left out', text: `${named.join(', ')}${more}: used, but without a known price` },
  ];
}
