/** A budget's telling as the notice that is published. */
import type { Big } from 'big.js';
import { localText } from '../budgets/dates.ts';
import type { KnownReading } from '../budgets/reading.ts';
import type { Budget } from '../config/account.ts';
import { decimal, money, quantity, rounded } from '../pricing/money.ts';
import {
  type Counting,
  grouped,
  roundedBeside,
  shownDigits,
  usualDecimals,
} from '../pricing/shown-digits.ts';
import type { BudgetTelling } from './budget-transitions.ts';
import { isoSeconds, localDate, localDateTime } from './iso-time.ts';
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
  const { reading, step, kind } = telling;
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
    step,
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
    ...(reading.dataUntil !== undefined && { dataUntil: isoSeconds(reading.dataUntil) }),
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

function noticeId({ kind, reading, step, edits }: BudgetTelling, naming: AccountNaming): string {
  const { budget, period } = reading;
  return [
    naming.provider,
    naming.account,
    budget.name,
    period.id,
    step,
    ...(kind === 'recovered' ? ['recovered'] : []),
    ...(edits > 0 ? [`edit-${edits}`] : []),
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

/** One decimal, but never rounded up to a whole percent that is not reached: 99.96 is shown as 99.9. */
export function shownPercent({ percent }: Pick<KnownReading, 'percent'>): number {
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

function reasonOf({ kind, reading, step }: BudgetTelling, naming: AccountNaming): string {
  const { budget } = reading;
  const counting = { measure: budget.measure, unit: unitOf(budget, naming) };
  const limit = decimal(budget.limit);
  const what = budget.meter === undefined ? 'All meters' : `Meter ${budget.meter}`;
  const verb = budget.measure === 'cost' ? 'cost' : 'counted';
  const amount = `${shownDigits(reading.actual, counting, limit)} ${counting.unit}${basisText(reading)}`;
  const share = `${shownPercent(reading)} % of the ${grouped(budget.limit)} ${counting.unit} that budget "${budget.name}" allows per ${budget.per}`;
  const of = `of ${naming.providerName} account ${naming.account}`;
  if (kind === 'recovered') {
    return `${what} ${of} ${verb} ${amount} ${since(reading)}, ${share}: back under the ${step} % that was told before, after corrected data or a changed limit.`;
  }
  return `${what} ${of} ${verb} ${amount} ${since(reading)}, ${share}: the ${step} % step was crossed.`;
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

function nextStepOf({ kind, reading, step }: BudgetTelling, naming: AccountNaming): string {
  if (kind === 'recovered') {
    const isSoonOver = reading.pace?.reachesLimitAt !== undefined;
    const now = isSoonOver
      ? `Keep an eye on it: the average so far, continued, reaches the limit in this ${reading.budget.per} all the same.`
      : 'Nothing to do.';
    return `${now} The ${step} % step is not told a second time in this ${reading.budget.per} unless you edit the budget in ${naming.parameter}.`;
  }
  const largest = reading.drivers[0];
  const look = largest
    ? `Look at ${largest.meter} (${Math.round(largest.share * 100)} % of it) on the provider's billing page`
    : "Look at the provider's billing page";
  return `${look} and stop what is not needed; if this is expected, raise "limit" of budget "${reading.budget.name}" in ${naming.parameter}.`;
}
