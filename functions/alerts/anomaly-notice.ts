/** An unusual day of an account as the notice that is published. */
import { nearText, WEEKDAY_NAMES } from '../budgets/dates.ts';
import type { SettledDays } from '../foresight/series.ts';
import { type JudgedCost, usualDay } from '../foresight/unusual-days.ts';
import { dateAfter, dayAt, dayNumber, weekdayOf } from '../ledger/usage-day.ts';
import { decimal, money } from '../pricing/money.ts';
import { shownDigits, usualDecimals } from '../pricing/shown-digits.ts';
import type { AnomalyEvent } from './anomaly-transitions.ts';
import type { AccountDetails } from './budget-notice.ts';
import type { AnomalyDriver, AnomalyNotice } from './notice.ts';

export interface AnomalyDeps {
  /** How often the account's scope was edited. */
  readonly edits: number;
  readonly settled: SettledDays;
  readonly details: AccountDetails;
  /** Epoch milliseconds. */
  readonly now: number;
}

const MOST_DRIVERS = 5;
/** From here on what is usual now is another level than before. */
const NEW_NORMAL = 1.25;

/** An event is a day on which something became unusual; its end names the first such day. */
export function anomalyNotice(event: AnomalyEvent, deps: AnomalyDeps): AnomalyNotice {
  return event.status === 'firing' ? firingNotice(event, deps) : resolvedNotice(event, deps);
}

function firingNotice(
  { date, costs }: Extract<AnomalyEvent, { status: 'firing' }>,
  { details, settled, now, edits }: AnomalyDeps,
): AnomalyNotice {
  const { provider, account, currency, links } = details;
  const [first] = costs as readonly [JudgedCost, ...JudgedCost[]];
  const meters = costs.filter(({ meter }) => meter !== undefined);
  const [largest] = meters;
  const name = `${provider}/${account}`;
  const today = dayAt(now, settled.dayZone).date;
  return {
    id: [
      name,
      'anomaly',
      date,
      ...(first.meter === undefined ? [] : [first.meter]),
      ...editOf(edits),
    ].join('/'),
    kind: 'anomaly',
    status: 'firing',
    severity: 'warning',
    provider,
    account,
    ...(first.meter !== undefined && { meter: first.meter }),
    day: date,
    unit: currency,
    ...costAmounts(first, currency),
    drivers: meters.slice(0, MOST_DRIVERS).map((cost) => driverOf(cost, currency)),
    reason: unusualText({ date, costs, isComplete: true }, { ...details, today }),
    nextStep: `Look at ${largest ? `${largest.meter} at ${details.providerName}` : `${details.providerName}'s bill`} and stop what you don't need. If this is the new normal, do nothing: it is learned within two weeks.`,
    links,
  };
}

function resolvedNotice(
  { since, date, last }: Extract<AnomalyEvent, { status: 'resolved' }>,
  { details, settled, edits }: AnomalyDeps,
): AnomalyNotice {
  const { provider, account, currency, links } = details;
  const name = `${provider}/${account}`;
  const span = { meter: last.meter, from: since, to: dateAfter(date, -3) };
  const usual = usualDay(settled, span) ?? last.usual;
  const subject = last.meter === undefined ? name : `${last.meter} of ${name}`;
  const [now, before] = [usual, last.usual].map((cost) => dayText(cost, currency));
  const isNew = now !== before && usual >= NEW_NORMAL * last.usual;
  return {
    id: [name, 'anomaly', since, ...editOf(edits), 'resolved'].join('/'),
    kind: 'anomaly',
    status: 'resolved',
    severity: 'info',
    provider,
    account,
    ...(last.meter !== undefined && { meter: last.meter }),
    day: since,
    unit: currency,
    actual: amount(last.cost),
    usual: estimate(usual, currency),
    change: estimate(last.excess, currency),
    drivers: [],
    reason: isNew
      ? `${subject} has a new normal: ${now}, up from ${before}. It was unusual from ${nearText(since)} on.`
      : `${subject} is back to ${now}, after unusual costs from ${nearText(since)} on.`,
    nextStep: isNew
      ? 'Nothing to do if you meant it; check that your limits still fit.'
      : 'Nothing to do.',
    links,
  };
}

/** Decimals in the currency. */
export function costAmounts(
  { cost, usual, excess }: JudgedCost,
  currency: string,
): Pick<AnomalyNotice, 'actual' | 'usual' | 'change'> {
  return {
    actual: amount(cost),
    usual: estimate(usual, currency),
    change: estimate(excess, currency),
  };
}

function driverOf(judged: JudgedCost, currency: string): AnomalyDriver {
  const { actual, ...others } = costAmounts(judged, currency);
  return { meter: judged.meter ?? '', amount: actual, ...others };
}

export interface UnusualDay {
  /** `2026-11-20` */
  readonly date: string;
  /** What is unusual on it, all meters together first and then the largest excess; at least one. */
  readonly costs: readonly JudgedCost[];
  /** Otherwise more may come. */
  readonly isComplete: boolean;
}

/** `northflank/acme cost 65.76 USD yesterday, usually 5.40 on Wednesdays (+60.36). Biggest change: gpu +58.90.` */
export function unusualText(
  { date, costs, isComplete }: UnusualDay,
  {
    provider,
    account,
    currency,
    today,
  }: Pick<AccountDetails, 'provider' | 'account' | 'currency'> & {
    /** In the provider's zone. */
    readonly today: string;
  },
): string {
  const [first] = costs as readonly [JudgedCost, ...JudgedCost[]];
  const largest = costs.find(({ meter }) => meter !== undefined);
  const name = `${provider}/${account}`;
  const isWhole = first.meter === undefined;
  const subject = isWhole ? name : `${first.meter} of ${name}`;
  const day = `${dayName(date, today)}${isComplete ? '' : ' so far'}`;
  const change =
    isWhole && largest
      ? ` Biggest change: ${largest.meter} +${shown(largest.excess, currency)}.`
      : '';
  return `${subject} cost ${shown(first.cost, currency)} ${currency} ${day}, usually ${usuallyText(first, date, currency)}.${change}`;
}

function dayName(date: string, today: string): string {
  if (date === today) return 'today';
  return date === dateAfter(today, -1) ? 'yesterday' : `on ${nearText(date)}`;
}

/** `5.40 on Wednesdays (+60.36)`, or `nothing`, to which the cost itself is the change. */
function usuallyText({ usual, excess }: JudgedCost, date: string, currency: string): string {
  if (isNothing(usual, currency)) return 'nothing';
  const weekday = WEEKDAY_NAMES[weekdayOf(dayNumber(date))];
  return `${shown(usual, currency)} on ${weekday}s (+${shown(excess, currency)})`;
}

/** `5.40 USD a day`. */
function dayText(cost: number, currency: string): string {
  return isNothing(cost, currency) ? 'nothing' : `${shown(cost, currency)} ${currency} a day`;
}

function isNothing(cost: number, currency: string): boolean {
  return Number(estimate(cost, currency)) === 0;
}

function editOf(edits: number): string[] {
  return edits > 0 ? [`edit-${edits}`] : [];
}

/** What floats leave behind is cut: nine decimals are more than any of it knows. */
function amount(value: number): string {
  return money(decimal(value.toFixed(9)).round(9));
}

function estimate(value: number, unit: string): string {
  const digits = Math.max(2, usualDecimals({ measure: 'cost', unit }));
  return money(decimal(value.toFixed(9)).round(digits), digits);
}

function shown(value: number, currency: string): string {
  return shownDigits(decimal(value.toFixed(9)), { measure: 'cost', unit: currency });
}
