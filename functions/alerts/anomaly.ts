/** Days of an account that cost far more than usual: when that is reported, and how. Pure. */
import { nearText, WEEKDAY_NAMES } from '../budgets/dates.ts';
import {
  type Episode,
  episodeAfter,
  type JudgedCost,
  type JudgedCosts,
  usualDay,
} from '../foresight/anomaly.ts';
import { amount } from '../foresight/outlook.ts';
import type { SettledDays } from '../foresight/usual.ts';
import { dateAfter, dayAt, dayNumber, weekdayOf } from '../ledger/usage-day.ts';
import { money } from '../pricing/money.ts';
import { shownDigits, usualDecimals } from '../pricing/shown-digits.ts';
import type { AnomalyDriver, AnomalyNotice } from './notice.ts';
import type { AccountDetails } from './notice-text.ts';

export interface AnomalyState {
  /** The last day that was judged: `2026-11-20` in the provider's zone. */
  readonly judgedUntil: string;
  readonly open: readonly OpenAnomaly[];
  /** How often the account's scope was edited: a day that is unusual again after that is another event. */
  readonly edits?: number;
}

/** Costs that are unusual since a day, as they were on it. */
interface OpenAnomaly extends Episode, JudgedCost {
  /** Absent as long as a mute keeps it back. */
  readonly isReported?: true;
  /** It is over, though others of the account are not. */
  readonly isCalm?: true;
}

type AnomalyEvent =
  | {
      readonly status: 'firing';
      /** The unusual day: `2026-11-20`. */
      readonly date: string;
      /** What began to be unusual on it, the largest excess first; at least one. */
      readonly costs: readonly JudgedCost[];
    }
  | {
      readonly status: 'resolved';
      /** The first unusual day of those that are over now. */
      readonly since: string;
      /** The day that was the third calm one. */
      readonly date: string;
      readonly last: OpenAnomaly;
    };

interface AnomalyOutcome {
  readonly state: AnomalyState;
  readonly events: readonly AnomalyEvent[];
}

/**
 * The days after `before.judgedUntil`; those that have settled are judged once. One event a day, for all that becomes unusual on it; one when
 * nothing is unusual any more. In a muted check nothing is reported: what is still open when the mute ends is then.
 */
export function nextAnomalyState(
  before: AnomalyState | undefined,
  days: readonly JudgedCosts[],
  { muted }: { readonly muted: boolean },
): AnomalyOutcome {
  const events: AnomalyEvent[] = [];
  let state: AnomalyState = before ?? { judgedUntil: '', open: [] };
  for (const day of days) {
    const next = day.isSettled ? afterSettled(state, day) : afterComplete(state, day);
    state = muted ? next.state : reported(next.state);
    if (!muted) events.push(...next.events);
  }
  const late = state.open.filter(({ isReported }) => !isReported);
  if (muted || late.length === 0) return { state, events };
  const firing = { status: 'firing', date: firstOf(late), costs: ordered(late) } as const;
  return { state: reported(state), events: [...events, firing] };
}

/** What is unusual already will not be less so once the day has settled; whether a day is calm is seen only then. */
function afterComplete(state: AnomalyState, day: JudgedCosts): AnomalyOutcome {
  const fresh = newOn(day, state.open);
  if (fresh.length === 0) return { state, events: [] };
  return {
    state: { ...state, open: [...state.open, ...fresh] },
    events: [firingOn(day, fresh)],
  };
}

function afterSettled(state: AnomalyState, day: JudgedCosts): AnomalyOutcome {
  const { open: before } = state;
  const open = openAfter(before, day);
  const isOver = open.every(({ isCalm }) => isCalm);
  const fresh = open.filter(({ isReported }) => !isReported);
  const known = before.filter(({ isReported }) => isReported);
  const events: AnomalyEvent[] = [];
  if (!isOver && fresh.length > 0) events.push(firingOn(day, fresh));
  if (isOver && known.length > 0) {
    // All meters together say it best.
    const [last] = ordered(known);
    const since = firstOf(known);
    events.push({ status: 'resolved', since, date: day.date, last: last as OpenAnomaly });
  }
  return { state: { ...state, judgedUntil: day.date, open: isOver ? [] : open }, events };
}

function reported({ open, ...rest }: AnomalyState): AnomalyState {
  return { ...rest, open: open.map((one) => ({ ...one, isReported: true })) };
}

/** All of them stay until all are calm: they are one alert. */
function openAfter(open: readonly OpenAnomaly[], day: JudgedCosts): readonly OpenAnomaly[] {
  const known = open.map((one) => {
    const cost = day.costs.find(({ meter }) => meter === one.meter);
    const { isCalm: _, ...before } = one;
    const after = episodeAfter(one, day.date, cost?.isUnusual);
    return after ? { ...before, ...after } : { ...before, isCalm: true as const };
  });
  return [...known, ...newOn(day, open)];
}

function newOn({ date, costs }: JudgedCosts, open: readonly OpenAnomaly[]): OpenAnomaly[] {
  return costs
    .filter(({ isUnusual, meter }) => isUnusual && !open.some((one) => one.meter === meter))
    .map((cost) => ({ ...cost, since: date, calmDays: 0 }));
}

function firingOn({ date, costs }: JudgedCosts, fresh: readonly OpenAnomaly[]): AnomalyEvent {
  const today = fresh.map((one) => costs.find(({ meter }) => meter === one.meter) ?? one);
  return { status: 'firing', date, costs: ordered(today) };
}

/** The first unusual day of them. */
function firstOf(open: readonly OpenAnomaly[]): string {
  return open.reduce((first, { since }) => (since < first ? since : first), '9999');
}

/** All meters together first where they are unusual, then the largest excess. */
export function ordered<Cost extends JudgedCost>(costs: readonly Cost[]): Cost[] {
  return costs.toSorted(
    (a, b) => Number(a.meter !== undefined) - Number(b.meter !== undefined) || b.excess - a.excess,
  );
}

interface AnomalyDeps {
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
  const { currency } = details;
  const [first] = costs as readonly [JudgedCost, ...JudgedCost[]];
  const meters = costs.filter(({ meter }) => meter !== undefined);
  const [largest] = meters;
  const today = dayAt(now, settled.dayZone).date;
  return {
    ...baseOf(details, first, { status: 'firing', severity: 'warning', day: date, edits }),
    ...costAmounts(first, currency),
    drivers: meters.slice(0, MOST_DRIVERS).map((cost) => driverOf(cost, currency)),
    reason: unusualText({ date, costs, isComplete: true }, { ...details, today }),
    nextStep: `Look at ${largest ? `${largest.meter} at ${details.providerName}` : `${details.providerName}'s bill`} and stop what you don't need. If this is the new normal, do nothing: it is learned within two weeks.`,
  };
}

function resolvedNotice(
  { since, date, last }: Extract<AnomalyEvent, { status: 'resolved' }>,
  { details, settled, edits }: AnomalyDeps,
): AnomalyNotice {
  const { currency } = details;
  const span = { meter: last.meter, from: since, to: dateAfter(date, -3) };
  const usual = usualDay(settled, span) ?? last.usual;
  const subject = subjectOf(last, details);
  const [now, before] = [usual, last.usual].map((cost) => dayText(cost, currency));
  const isNew = now !== before && usual >= NEW_NORMAL * last.usual;
  return {
    ...baseOf(details, last, { status: 'resolved', severity: 'info', day: since, edits }),
    ...costAmounts({ ...last, usual }, currency),
    drivers: [],
    reason: isNew
      ? `${subject} has a new normal: ${now}, up from ${before}. It was unusual from ${nearText(since)} on.`
      : `${subject} is back to ${now}, after unusual costs from ${nearText(since)} on.`,
    nextStep: isNew
      ? 'Nothing to do if you meant it; check that your limits still fit.'
      : 'Nothing to do.',
  };
}

function baseOf(
  { provider, account, currency, links }: AccountDetails,
  { meter }: JudgedCost,
  { edits, ...event }: Pick<AnomalyNotice, 'status' | 'severity' | 'day'> & { edits: number },
) {
  const isOver = event.status === 'resolved';
  const id = [
    ...[provider, account, 'anomaly', event.day],
    ...(isOver || meter === undefined ? [] : [meter]),
    ...(edits > 0 ? [`edit-${edits}`] : []),
    ...(isOver ? ['resolved'] : []),
  ].join('/');
  const whose = { provider, account, ...(meter !== undefined && { meter }) };
  return { id, kind: 'anomaly' as const, ...event, ...whose, unit: currency, links };
}

/** Decimals in the currency. */
export function costAmounts(
  { cost, usual, excess }: JudgedCost,
  currency: string,
): Pick<AnomalyNotice, 'actual' | 'usual' | 'change'> {
  return {
    actual: money(amount(cost)),
    usual: estimate(usual, currency),
    change: estimate(excess, currency),
  };
}

function driverOf(judged: JudgedCost, currency: string): AnomalyDriver {
  const { actual, ...others } = costAmounts(judged, currency);
  return { meter: judged.meter ?? '', amount: actual, ...others };
}

/** What is unusual on a day, `ordered`, at least one; of a day that is not complete more may come. */
export interface UnusualDay extends Pick<JudgedCosts, 'date' | 'costs'> {
  readonly isComplete: boolean;
}

/** `northflank/acme cost 65.76 USD yesterday, usually 5.40 on Wednesdays (+60.36). Biggest change: gpu +58.90.` */
export function unusualText(
  { date, costs, isComplete }: UnusualDay,
  {
    currency,
    today,
    ...account
  }: Pick<AccountDetails, 'provider' | 'account' | 'currency'> & {
    /** In the provider's zone. */
    readonly today: string;
  },
): string {
  const [first] = costs as readonly [JudgedCost, ...JudgedCost[]];
  const largest = costs.find(({ meter }) => meter !== undefined);
  const day = `${dayName(date, today)}${isComplete ? '' : ' so far'}`;
  const change =
    first.meter === undefined && largest
      ? ` Biggest change: ${largest.meter} +${shown(largest.excess, currency)}.`
      : '';
  return `${subjectOf(first, account)} cost ${shown(first.cost, currency)} ${currency} ${day}, usually ${usuallyText(first, date, currency)}.${change}`;
}

function subjectOf(
  { meter }: JudgedCost,
  { provider, account }: Pick<AccountDetails, 'provider' | 'account'>,
): string {
  const name = `${provider}/${account}`;
  return meter === undefined ? name : `${meter} of ${name}`;
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

function estimate(value: number, unit: string): string {
  const digits = Math.max(2, usualDecimals({ measure: 'cost', unit }));
  return money(amount(value).round(digits), digits);
}

function shown(value: number, currency: string): string {
  return shownDigits(amount(value), { measure: 'cost', unit: currency });
}
