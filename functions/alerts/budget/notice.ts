/** A budget's event as the notice that is published. */
import type { Big } from 'big.js';
import type { PeriodForecast } from '../../budgets/average.ts';
import {
  firstWholeDate,
  isoSeconds,
  localDate,
  localDateTime,
  localText,
  nearText,
  WEEKDAY_NAMES,
} from '../../budgets/dates.ts';
import { type Driver, type KnownReading, MOST_PERCENT } from '../../budgets/read-budget.ts';
import { type Budget, TOTALS } from '../../config/account.ts';
import { decimal, money, quantity, rounded } from '../../pricing/money.ts';
import {
  type Counting,
  forecastDigits,
  grouped,
  roundedBeside,
  shownDigits,
  usualDecimals,
} from '../../pricing/shown-digits.ts';
import type { Severity } from '../kinds.ts';
import type { BudgetNotice, MainDriver, NoticeDriver, NoticeForecast } from '../notice.ts';
import {
  type AccountDetails,
  budgetText,
  mainDriverOf,
  mainDriverText,
  overText,
  ownerText,
} from '../notice-text.ts';
import type { BudgetEvent, EventHours } from './transitions.ts';

export function budgetNotice(event: BudgetEvent, details: AccountDetails): BudgetNotice {
  const { kind, reading, threshold, status } = event;
  const { budget, period } = reading;
  const amount = amountsOf(reading);
  const { forecast, drivers } = reading;
  // Of what is over there is nothing to look at.
  const mainDriver = status === 'resolved' ? undefined : mainDriverOf(reading, amount);
  const { measure } = budget;
  const unit = unitOf(budget, details);
  return {
    id: noticeId(event, details),
    kind,
    status,
    severity: severityOf(event),
    provider: details.provider,
    account: details.account,
    budget: budget.name,
    measure,
    unit,
    ...(budget.meter !== undefined && { meter: budget.meter }),
    per: budget.per,
    limit: budget.limit,
    actual: amount(reading.actual),
    percent: shownPercent(reading),
    threshold,
    period: {
      start: isoSeconds(period.start),
      end: isoSeconds(period.end),
      timeZone: period.timeZone,
      elapsedPercent: shownElapsed(reading.elapsedPercent),
    },
    ...(forecast && { forecast: forecastFigures(event, forecast, { measure, unit }) }),
    drivers: drivers.map((driver) => ({ meter: driver.meter, ...driverFigures(driver, amount) })),
    ...(mainDriver && { mainDriver }),
    ...(measure === 'cost' && { basis: reading.basis }),
    ...(reading.unpriced.length > 0 && { unpriced: reading.unpriced }),
    ...(reading.usageFrom !== undefined && { usageFrom: usageFromOf(reading, reading.usageFrom) }),
    ...(reading.dataUntil !== undefined && { dataUntil: isoSeconds(reading.dataUntil) }),
    ...(event.hours && { hours: hoursOf(event.hours) }),
    reason: reasonOf(event, details),
    nextStep: nextStepOf(event, mainDriver, details),
    links: details.links,
  };
}

/** `text` writes an amount. */
export function driverFigures(
  { amount, share, previousPeriod }: Driver,
  text: (amount: Big) => string,
): NoticeDriver {
  return {
    amount: text(amount),
    share: Math.round(share * 1000) / 1000,
    ...(previousPeriod && {
      previousPeriod: text(previousPeriod),
      change: text(amount.minus(previousPeriod)),
    }),
  };
}

function severityOf({ kind, status, reading }: BudgetEvent): Severity {
  if (status === 'resolved') return 'info';
  return kind === 'forecast' ? 'warning' : severityAt(reading.percent);
}

/** Info below 80 % of the limit, warning below 100 %, critical from there on. */
export function severityAt(percent: Big): Severity {
  if (percent.gte('100')) return 'critical';
  return percent.gte('80') ? 'warning' : 'info';
}

/**
 * An event of a budget is a threshold in a period: crossed or resolved, by which edit of the budget, and how many times it
 * was resolved before. Past hours that are reported at once are the event of the worst of them.
 */
function noticeId(event: BudgetEvent, details: AccountDetails): string {
  const { kind, status, reading, threshold, edits, timesResolved } = event;
  const { budget, period } = reading;
  return [
    details.provider,
    details.account,
    // A total is its one budget.
    ...(details.provider === TOTALS ? [] : [budget.name]),
    period.id,
    kind === 'forecast' ? kind : threshold,
    ...(status === 'resolved' ? [status] : []),
    ...(edits > 0 ? [`edit-${edits}`] : []),
    ...(timesResolved > 0 ? [timesResolved + 1] : []),
  ].join('/');
}

/** A bill is reported to its last digit; what a price book made of a quantity has ever more of them. */
function amountsOf({ budget, basis }: KnownReading): (amount: Big) => string {
  if (budget.measure === 'usage') return quantity;
  return basis === 'billed' ? money : (amount) => money(decimal(quantity(amount)));
}

function unitOf(budget: Budget, details: AccountDetails): string {
  return budget.unit ?? details.currency;
}

/**
 * One decimal, but never rounded up to a whole percent that is not reached: 99.96 is shown as 99.9. At most the highest
 * percent that is a threshold.
 */
export function shownPercent({ percent }: Pick<KnownReading, 'percent'>): number {
  if (percent.abs().gt(String(MOST_PERCENT))) return percent.gt('0') ? MOST_PERCENT : -MOST_PERCENT;
  const shown = Number(rounded(percent, 1));
  return Number.isInteger(shown) && percent.lt(String(shown)) ? oneDecimal(shown - 0.1) : shown;
}

/** A period is over when its time is, and not when a rounded percent says so. */
function shownElapsed(elapsedPercent: number): number {
  return elapsedPercent < 100 ? Math.min(99.9, oneDecimal(elapsedPercent)) : 100;
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}

function hoursOf({ count, start, end }: EventHours): NonNullable<BudgetNotice['hours']> {
  return { count, start: isoSeconds(start), end: isoSeconds(end) };
}

function forecastFigures(
  { reading, forecastAt }: BudgetEvent,
  forecast: PeriodForecast,
  counting: Counting,
): NoticeForecast {
  const { budget, outlook } = reading;
  const { point, low, high, reachesLimitAt } = forecast;
  const limit = decimal(budget.limit);
  const digits = Math.max(2, usualDecimals(counting));
  const text = (amount: Big) => money(roundedBeside(amount, limit, digits));
  const record = outlook?.forecast?.record;
  return {
    point: text(point),
    ...(low && high && { low: text(low), high: text(high) }),
    ...(reachesLimitAt !== undefined && {
      reachesLimitAt: whenReached(reachesLimitAt, reading),
    }),
    // Of one past period alone nothing is "half the time".
    ...(record && record.periods > 1 && { typicalErrorPercent: percentOf(record.medianError) }),
    ...(forecastAt !== undefined && { forecastAt: isoSeconds(forecastAt) }),
  };
}

/** One decimal below ten. */
function percentOf(share: number): number {
  const percent = share * 100;
  return percent < 10 ? oneDecimal(percent) : Math.round(percent);
}

function reasonOf(event: BudgetEvent, details: AccountDetails): string {
  const { kind, hours, reading } = event;
  if (kind === 'forecast') return headingText(event, details);
  if (hours === undefined) return crossingText(event, details);
  const { timeZone } = reading.period;
  const [from, to] = [hours.start, hours.end].map((at) => localText(localDateTime(at, timeZone)));
  return `${hours.count} hours between ${from} and ${to} (${timeZone}) crossed a threshold. The worst: ${crossingText(event, details)}`;
}

/** What the forecast says, by when, against which limit, and from which days. */
function headingText({ status, reading }: BudgetEvent, details: AccountDetails): string {
  const { budget, period, outlook } = reading;
  const forecast = outlook?.forecast;
  const counting = { measure: budget.measure, unit: unitOf(budget, details) };
  const limit = decimal(budget.limit);
  const text = (amount: Big) => forecastDigits(amount, counting, limit);
  const name = ownerText(details);
  const end = nearText(localDate(period.end - 1, period.timeZone));
  const unit = counting.unit;
  if (!forecast) return `${name} is heading over ${overText(budget)}.`;
  const { point, low, high, perDay, peak } = forecast;
  const figures = `forecast ${text(point)} ${unit} by ${end} (${text(low ?? point)}–${text(high ?? point)}), limit ${grouped(budget.limit)}`;
  if (status === 'resolved') {
    return `${name} is no longer heading over ${overText(budget)}: ${figures}.`;
  }
  const verb = budget.measure === 'cost' ? 'cost' : 'used';
  const peaks = peak
    ? `; ${WEEKDAY_NAMES[peak.weekday]}s usually ${shownDigits(peak.amount, counting)}`
    : '';
  return `${name} is heading over ${overText(budget)}: ${figures}. The last 7 days ${verb} ${shownDigits(perDay, counting)} ${unit} a day${peaks}.`;
}

function crossingText(event: BudgetEvent, details: AccountDetails): string {
  const { status, reading, threshold } = event;
  const { budget, actual } = reading;
  const unit = unitOf(budget, details);
  const limit = decimal(budget.limit);
  const digits = shownDigits(actual, { measure: budget.measure, unit }, limit);
  const amount = `${digits} of ${grouped(budget.limit)} ${unit} ${when(reading)}`;
  const percent = `${shownPercent(reading).toFixed(1)} %`;
  const name = ownerText(details);
  const whose = `its ${budgetText(budget)}`;
  const end = `${passedText(reading, unit)}${announcedText(event)}${limitation(reading)}`;
  if (status === 'resolved') {
    return `${name} is back below ${threshold} % of ${whose}: ${amount} (${percent}), after corrected data or a higher limit.${limitation(reading)}`;
  }
  if (actual.gt(limit)) return `${name} is over ${overText(budget)}: ${amount} (${percent}).${end}`;
  return `${name} has used ${percent} of ${whose}: ${amount}.${end}`;
}

/** When the limit was passed: the end of the bucket that did it. */
function passedText(reading: KnownReading, unit: string): string {
  const { actual, budget, forecast } = reading;
  if (forecast?.reachesLimitAt === undefined || actual.lt(budget.limit)) return '';
  const when = nearText(whenReached(forecast.reachesLimitAt, reading));
  return ` It passed ${grouped(budget.limit)} ${unit} on ${when}.`;
}

/** Of an hour's or a day's budget with the time; what was reached by the end of a day was reached on it, and not on the next. */
function whenReached(at: number, { budget, period }: KnownReading): string {
  const isShort = budget.per === 'hour' || budget.per === 'day';
  return isShort ? localDateTime(at, period.timeZone) : localDate(at - 1, period.timeZone);
}

/** Since when it was forecast. */
function announcedText({ forecastAt, reading }: BudgetEvent): string {
  if (forecastAt === undefined) return '';
  return ` This was forecast on ${nearText(localDate(forecastAt, reading.period.timeZone))}.`;
}

/** What the amount lacks: of the days before, the provider gave nothing when it was first asked. */
function limitation(reading: KnownReading): string {
  if (reading.usageFrom === undefined) return '';
  const date = usageFromOf(reading, reading.usageFrom);
  return ` Usage is known from ${localText(date)} on.`;
}

function usageFromOf({ period }: KnownReading, usageFrom: number): string {
  return firstWholeDate(usageFrom, period.timeZone);
}

/** `this month`; of a period that is over, when it began. */
function when({ period, budget, elapsedPercent }: KnownReading): string {
  const { per } = budget;
  if (elapsedPercent < 100) return per === 'day' ? 'today' : `this ${per}`;
  const local = per === 'hour' ? localDateTime : localDate;
  return `in the ${per} from ${localText(local(period.start, period.timeZone))} (${period.timeZone})`;
}

function nextStepOf(
  { kind, status, reading }: BudgetEvent,
  driver: MainDriver | undefined,
  details: AccountDetails,
): string {
  const { budget, forecast } = reading;
  if (status === 'resolved') {
    if (kind === 'forecast') return 'Nothing to do.';
    return forecast?.reachesLimitAt === undefined ? 'Nothing to do.' : 'Keep an eye on it.';
  }
  const counting = { measure: budget.measure, unit: unitOf(budget, details), per: budget.per };
  const [first, of] = driver
    ? [`${mainDriverText(driver, counting)} `, ` of ${driver.meter}`]
    : ['', ''];
  return `${first}Stop what you don't need${of} at ${details.providerName}, or raise "limit" of budget "${budget.name}" in ${details.parameter}.`;
}
