/** An unusual day of an account as the notice that is published. */
import { localText, WEEKDAYS } from '../budgets/dates.ts';
import type { SettledDays } from '../foresight/series.ts';
import type { JudgedCost } from '../foresight/unusual-days.ts';
import { usualDay } from '../foresight/unusual-days.ts';
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
  const subject = first.meter === undefined ? name : `${first.meter} of ${name}`;
  const isYesterday = date === dateAfter(dayAt(now, settled.dayZone).date, -1);
  const day = isYesterday ? `yesterday (${localText(date)})` : `on ${localText(date)}`;
  const change =
    first.meter === undefined && largest
      ? ` Biggest change: ${largest.meter} +${shown(largest.excess, currency)}.`
      : '';
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
    actual: amount(first.cost),
    usual: estimate(first.usual, currency),
    change: estimate(first.excess, currency),
    drivers: meters.slice(0, MOST_DRIVERS).map((cost) => driverOf(cost, currency)),
    reason: `${subject} cost ${shown(first.cost, currency)} ${currency} ${day}, usually ${shown(first.usual, currency)} on ${WEEKDAYS[weekdayOf(dayNumber(date))]}s (+${shown(first.excess, currency)}).${change}`,
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
  const isNew = usual >= NEW_NORMAL * last.usual;
  const day = `${shown(usual, currency)} ${currency} a day`;
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
      ? `${subject} has a new normal: ${day}, up from ${shown(last.usual, currency)}. It was unusual from ${localText(since)} on.`
      : `${subject} is back to ${day}, after unusual costs from ${localText(since)} on.`,
    nextStep: isNew
      ? 'Nothing to do if you meant it; check that your limits still fit.'
      : 'Nothing to do.',
    links,
  };
}

function driverOf(
  { meter = '', cost, usual, excess }: JudgedCost,
  currency: string,
): AnomalyDriver {
  return {
    meter,
    amount: amount(cost),
    usual: estimate(usual, currency),
    change: estimate(excess, currency),
  };
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
