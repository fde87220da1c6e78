/** A budget's telling as the notice that is published. */
import type { Big } from 'big.js';
import { localText } from '../budgets/dates.ts';
import type { KnownReading } from '../budgets/read-budget.ts';
import { MOST_PERCENT } from '../budgets/thresholds.ts';
import type { Budget } from '../config/account.ts';
import { decimal, money, quantity, rounded } from '../pricing/money.ts';
import {
  type Counting,
  grouped,
  roundedBeside,
  shownDigits,
  usualDecimals,
} from '../pricing/shown-digits.ts';
import type { BudgetTelling, ToldHours } from './budget-transitions.ts';
import { firstWholeDate, isoSeconds, localDate, localDateTime } from './iso-time.ts';
import type { BudgetNotice, NoticeDriver, NoticeLinks, NoticePace, Severity } from './notice.ts';

/** What a notice says of the account beside the numbers. */
export interface AccountNaming {
  readonly provider: string;
  /** The provider's name as in prose: `Northflank`. */
  readonly providerName: string;
  readonly account: string;
  readonly currency: string;
  /** Name of the config parameter. */
  readonly parameter: string;
  readonly links: NoticeLinks;
}

export function budgetNotice(telling: BudgetTelling, naming: AccountNaming): BudgetNotice {
  const { reading, threshold, kind } = telling;
  const { budget, period } = reading;
  const amount = amountsOf(reading);
  const { pace, drivers } = reading;
  const { measure } = budget;
  const unit = unitOf(budget, naming);
  return {
    id: noticeId(telling, naming),
    kind,
    severity: kind === 'recovered' ? 'info' : severityAt(reading.percent),
    provider: naming.provider,
    account: naming.account,
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
    ...(pace && { pace: paceOf(reading, pace, { measure, unit }) }),
    drivers: drivers.map(
      (driver): NoticeDriver => ({
        meter: driver.meter,
        amount: amount(driver.amount),
        share: Math.round(driver.share * 1000) / 1000,
        ...(driver.previousPeriod && { previousPeriod: amount(driver.previousPeriod) }),
      }),
    ),
    ...(measure === 'cost' && { basis: reading.basis }),
    ...(reading.unpriced.length > 0 && { unpriced: reading.unpriced }),
    ...(reading.usageFrom !== undefined && { usageFrom: usageFromOf(reading, reading.usageFrom) }),
    ...(reading.dataUntil !== undefined && { dataUntil: isoSeconds(reading.dataUntil) }),
    ...(telling.hours && { hours: hoursOf(telling.hours) }),
    reason: reasonOf(telling, naming),
    nextStep: nextStepOf(telling, naming),
    links: naming.links,
  };
}

/** Info below 80 % of the limit, warning below 100 %, critical from there on. */
export function severityAt(percent: Big): Severity {
  if (percent.gte('100')) return 'critical';
  return percent.gte('80') ? 'warning' : 'info';
}

/**
 * An event of a budget is a threshold in a period: crossed or taken back, by which edit of the budget, and the how manieth
 * time after it was taken back. Past hours that are told at once are the event of the worst of them.
 */
function noticeId(telling: BudgetTelling, naming: AccountNaming): string {
  const { kind, reading, threshold, edits, takenBack } = telling;
  const { budget, period } = reading;
  return [
    naming.provider,
    naming.account,
    budget.name,
    period.id,
    threshold,
    ...(kind === 'recovered' ? ['recovered'] : []),
    ...(edits > 0 ? [`edit-${edits}`] : []),
    ...(takenBack > 0 ? [takenBack + 1] : []),
  ].join('/');
}

/** A bill is told to its last digit; what a price book made of a quantity has ever more of them. */
function amountsOf({ budget, basis }: KnownReading): (amount: Big) => string {
  if (budget.measure === 'usage') return quantity;
  return basis === 'billed' ? money : (amount) => money(decimal(quantity(amount)));
}

function unitOf(budget: Budget, naming: AccountNaming): string {
  return budget.unit ?? naming.currency;
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

function hoursOf({ count, start, end }: ToldHours): NonNullable<BudgetNotice['hours']> {
  return { count, start: isoSeconds(start), end: isoSeconds(end) };
}

function paceOf(
  { budget, period }: KnownReading,
  pace: NonNullable<KnownReading['pace']>,
  counting: Counting,
): NoticePace {
  const isShort = budget.per === 'hour' || budget.per === 'day';
  const local = isShort ? localDateTime : localDate;
  return {
    periodEnd: money(
      roundedBeside(pace.periodEnd, decimal(budget.limit), Math.max(2, usualDecimals(counting))),
    ),
    ...(pace.reachesLimitAt !== undefined && {
      reachesLimitAt: local(pace.reachesLimitAt, period.timeZone),
    }),
  };
}

function reasonOf(telling: BudgetTelling, naming: AccountNaming): string {
  const { hours, reading } = telling;
  if (hours === undefined) return crossingText(telling, naming);
  const { timeZone } = reading.period;
  const [from, to] = [hours.start, hours.end].map((at) => localText(localDateTime(at, timeZone)));
  return `${hours.count} hours between ${from} and ${to} (${timeZone}) crossed a threshold, and this was the worst of them: ${crossingText(telling, naming)}`;
}

function crossingText({ kind, reading, threshold }: BudgetTelling, naming: AccountNaming): string {
  const { budget } = reading;
  const counting = { measure: budget.measure, unit: unitOf(budget, naming) };
  const limit = decimal(budget.limit);
  const what = budget.meter === undefined ? 'All meters' : `Meter ${budget.meter}`;
  const verb = budget.measure === 'cost' ? 'cost' : 'counted';
  const amount = `${shownDigits(reading.actual, counting, limit)} ${counting.unit}${basisText(reading)}`;
  const share = `${shownPercent(reading)} % of the ${grouped(budget.limit)} ${counting.unit} that budget "${budget.name}" allows per ${budget.per}`;
  const of = `of ${naming.providerName} account ${naming.account}`;
  if (kind === 'recovered') {
    return `${what} ${of} ${verb} ${amount} ${since(reading)}, ${share}: back under the ${threshold} % that was told before, after corrected data or a changed limit.${limitation(reading)}`;
  }
  return `${what} ${of} ${verb} ${amount} ${since(reading)}, ${share}: the ${threshold} % threshold was crossed.${limitation(reading)}`;
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

function basisText({ budget, basis }: KnownReading): string {
  if (budget.measure === 'usage') return '';
  return ` (${basis === 'mixed' ? 'partly estimated' : basis})`;
}

function since({ period, budget, pace }: KnownReading): string {
  const local = budget.per === 'hour' ? localDateTime : localDate;
  const start = localText(local(period.start, period.timeZone));
  if (pace) return `since ${start} (${period.timeZone})`;
  return `in the ${budget.per} that began ${start} (${period.timeZone})`;
}

function nextStepOf({ kind, reading }: BudgetTelling, naming: AccountNaming): string {
  if (kind === 'recovered') {
    const isSoonOver = reading.pace?.reachesLimitAt !== undefined;
    return isSoonOver
      ? `Keep an eye on it: the average so far, continued, reaches the limit in this ${reading.budget.per} all the same.`
      : 'Nothing to do.';
  }
  const largest = reading.drivers[0];
  const look = largest
    ? `Look at ${largest.meter} (${Math.round(largest.share * 100)} % of it) on the provider's billing page`
    : "Look at the provider's billing page";
  return `${look} and stop what is not needed; if this is expected, raise "limit" of budget "${reading.budget.name}" in ${naming.parameter}.`;
}
