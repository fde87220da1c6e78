/** Prepaid credit that runs out: when that is reported, and how. Pure. */
import type { Big } from 'big.js';
import { isoSeconds, momentText, nearText } from '../budgets/dates.ts';
import type { BalanceBudget } from '../config/account.ts';
import type { CreditOutlook } from '../foresight/credit.ts';
import { money, plain } from '../pricing/money.ts';
import type { BudgetMoment } from './budget/transitions.ts';
import type { BalanceNotice, HealthNotice } from './notice.ts';
import { type AccountDetails, costText, ownerText, tokenParameter } from './notice-text.ts';
import { type ReadErrorEvent, readErrorNotice } from './read-error.ts';

export interface BalanceState {
  readonly name: string;
  /** Those of the budget that this is about; another number means that it was edited. */
  readonly days: number;
  /** Present while it fires: when it began to, epoch milliseconds. */
  readonly firing?: {
    readonly since: number;
    readonly severity: 'warning' | 'critical';
    /** It fired before an edit: it fires again where it still holds. */
    readonly isRearmed?: true;
    /** The last check, a complete one, saw credit for longer. */
    readonly isAbove?: true;
  };
}

export interface KnownCredit {
  /** In the account's currency. */
  readonly amount: Big;
  /** When it was so, epoch milliseconds. */
  readonly at: number;
  /** Absent as long as nobody knows what a day takes of it. */
  readonly outlook?: CreditOutlook;
}

interface BalanceEvent {
  readonly status: 'firing' | 'resolved';
  readonly budget: BalanceBudget;
  readonly credit: KnownCredit;
  readonly severity: 'warning' | 'critical';
  /** When it began to fire, epoch milliseconds: each time it does is another event. */
  readonly since: number;
  /** It fires already, and is critical now. */
  readonly isWorse: boolean;
}

interface BalanceOutcome {
  readonly state: BalanceState;
  readonly event?: BalanceEvent;
}

const CRITICAL_DAYS = 2;
/** From one check to the next a forecast moves: what is over lasts so much longer than what fires. */
const CLEARLY_LONGER = 1.2;

/**
 * Fires when the credit lasts for the budget's days at most, and once more when it is critical; is resolved by the second
 * complete check in a row that sees it last clearly longer. Without a balance nothing changes. In a muted check
 * nothing is marked as firing, so that the end of the mute reports what still holds.
 */
export function nextBalanceState(
  before: BalanceState | undefined,
  budget: BalanceBudget,
  credit: KnownCredit | undefined,
  moment: BudgetMoment,
): BalanceOutcome {
  const state = armed(before, budget);
  if (!credit) return { state: withoutAbove(state) };
  const severity = severityOf(credit, budget);
  if (severity !== undefined) return fired(state, { budget, credit, severity }, moment);
  const isOver = moment.complete && isClear(credit, budget);
  return isOver ? seenAbove(state, { budget, credit }, moment) : { state: withoutAbove(state) };
}

/** An edit keeps what fires, so that fewer days can still resolve it. */
function armed(before: BalanceState | undefined, { name, days }: BalanceBudget): BalanceState {
  if (before?.days === days) return before;
  const firing = before?.firing;
  return { name, days, ...(firing && { firing: { ...firing, isRearmed: true } }) };
}

function withoutAbove(state: BalanceState): BalanceState {
  if (state.firing?.isAbove === undefined) return state;
  const { isAbove: _, ...firing } = state.firing;
  return { ...state, firing };
}

/** Undefined where nothing is to fire, or nobody can say. */
function severityOf({ amount, outlook }: KnownCredit, { days }: BalanceBudget) {
  if (amount.lte('0')) return 'critical';
  const { inDays = Number.POSITIVE_INFINITY } = outlook?.runsOut ?? {};
  if (inDays > days) return undefined;
  return inDays <= CRITICAL_DAYS ? 'critical' : 'warning';
}

function isClear({ outlook }: KnownCredit, { days }: BalanceBudget): boolean {
  if (!outlook) return false;
  return outlook.runsOut === undefined || outlook.runsOut.inDays > CLEARLY_LONGER * days;
}

function fired(
  before: BalanceState,
  found: Pick<BalanceEvent, 'budget' | 'credit' | 'severity'>,
  { now, muted }: BudgetMoment,
): BalanceOutcome {
  const state = withoutAbove(before);
  const { severity } = found;
  const old = state.firing?.isRearmed ? undefined : state.firing;
  const isWorse = old?.severity === 'warning' && severity === 'critical';
  if (muted || (old && !isWorse)) return { state };
  const since = old?.since ?? now;
  return {
    state: { ...state, firing: { since, severity } },
    event: { ...found, status: 'firing', since, isWorse },
  };
}

function seenAbove(
  state: BalanceState,
  found: Pick<BalanceEvent, 'budget' | 'credit'>,
  { muted }: BudgetMoment,
): BalanceOutcome {
  const { firing, ...rest } = state;
  if (!firing) return { state };
  if (!firing.isAbove) return { state: { ...rest, firing: { ...firing, isAbove: true } } };
  if (muted) return { state: rest };
  const { since, severity } = firing;
  return { state: rest, event: { ...found, status: 'resolved', since, severity, isWorse: false } };
}

export function balanceNotice(event: BalanceEvent, details: AccountDetails): BalanceNotice {
  const { status, budget, credit, severity, since, isWorse } = event;
  const { provider, account, currency, links } = details;
  const isFiring = status === 'firing';
  const end = isFiring ? isWorse && severity : status;
  return {
    id: [provider, account, budget.name, isoSeconds(since), ...(end ? [end] : [])].join('/'),
    kind: 'balance',
    status,
    severity: isFiring ? severity : 'info',
    provider,
    account,
    budget: budget.name,
    unit: currency,
    ...balanceFigures(credit),
    days: budget.days,
    reason: isFiring ? firingText(credit, details) : resolvedText(credit, details),
    nextStep: isFiring
      ? `Add credit at ${details.providerName}, or stop what you don't need.`
      : 'Nothing to do.',
    links,
  };
}

/** That the credit is unreadable while the usage is not, or is readable again. */
export function balanceUnreadNotice(event: ReadErrorEvent, details: AccountDetails): HealthNotice {
  const { id, ...notice } = readErrorNotice(event, details);
  const common = { ...notice, id: `${id}/balance`, of: 'balance' } as const;
  const whose = `The prepaid credit of ${ownerText(details)}`;
  const since = momentText(event.since, 'UTC');
  if (event.status === 'resolved') {
    return {
      ...common,
      reason: `${whose} is readable again. It was not since ${since}.`,
      nextStep: 'Nothing to do.',
    };
  }
  const remedy = event.isRefused
    ? `Put a token that may read it into ${tokenParameter(details)}.`
    : `Look at ${details.providerName}'s status page; the next check tries again.`;
  return {
    ...common,
    severity: 'warning',
    reason: `${whose} is ${event.times > 1 ? 'still ' : ''}unreadable, since ${since}: ${event.reason}`,
    nextStep: `${remedy} Until then no alert says when it runs out: watch the balance yourself.`,
  };
}

/** Exact decimals; what a day takes is an estimate. */
export function balanceFigures({ amount, at, outlook }: KnownCredit) {
  return {
    balance: money(amount),
    at: isoSeconds(at),
    ...(outlook && { perDay: plain(outlook.perDay.round(4)) }),
    ...(outlook?.runsOut && { runsOutOn: outlook.runsOut.on }),
  };
}

function firingText(credit: KnownCredit, details: AccountDetails): string {
  const { amount, outlook } = credit;
  const name = ownerText(details);
  const left = costText(amount, details);
  if (amount.lte('0')) return `${name} has no credit left: its balance is ${left}.`;
  const { runsOut } = outlook ?? {};
  const when = runsOut ? whenText(runsOut.on, runsOut.inDays) : 'soon';
  return `${name} has ${left} of credit left. ${paceText(outlook, details)} runs out ${when}.`;
}

/** `At about 8.60 USD a day it` */
function paceText(outlook: KnownCredit['outlook'], details: AccountDetails): string {
  return outlook ? `At about ${costText(outlook.perDay, details)} a day it` : 'It';
}

/** `on 3 December, in 5 days` */
function whenText(on: string, inDays: number): string {
  if (inDays === 0) return 'today';
  return inDays === 1 ? 'tomorrow' : `on ${nearText(on)}, in ${inDays} days`;
}

function resolvedText({ amount, outlook }: KnownCredit, details: AccountDetails): string {
  const until = outlook?.runsOut ? `until ${nearText(outlook.runsOut.on)}` : 'for over a year';
  const left = costText(amount, details);
  return `${ownerText(details)} has ${left} of credit. ${paceText(outlook, details)} lasts ${until}.`;
}
