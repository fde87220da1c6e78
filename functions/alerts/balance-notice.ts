/** An event of prepaid credit as the notice that is published. */
import { momentText, nearText } from '../budgets/dates.ts';
import { money, plain } from '../pricing/money.ts';
import { shownDigits } from '../pricing/shown-digits.ts';
import type { BalanceEvent, KnownCredit } from './balance-transitions.ts';
import type { AccountDetails } from './budget-notice.ts';
import { ownerText } from './budget-text.ts';
import { healthNotice } from './health-notice.ts';
import type { HealthEvent } from './health-transitions.ts';
import { isoSeconds } from './iso-time.ts';
import type { BalanceNotice, HealthNotice } from './notice.ts';

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
export function balanceUnreadNotice(
  event: Extract<HealthEvent, { kind: 'read-error' }>,
  details: AccountDetails,
): HealthNotice {
  const { id, ...notice } = healthNotice(event, details);
  const common = { ...notice, id: `${id}/balance`, of: 'balance' } as const;
  const whose = `The prepaid credit of ${ownerText(details)}`;
  const since = momentText(isoSeconds(event.since), 'UTC');
  if (event.status === 'resolved') {
    return {
      ...common,
      reason: `${whose} is readable again. It was not since ${since}.`,
      nextStep: 'Nothing to do.',
    };
  }
  const token = details.parameter.replace(/config$/, 'token');
  const remedy = event.isRefused
    ? `Put a token that may read it into ${token}.`
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
  const left = amountText(amount, details);
  if (amount.lte('0')) return `${name} has no credit left: its balance is ${left}.`;
  const { runsOut } = outlook ?? {};
  const when = runsOut ? whenText(runsOut.on, runsOut.inDays) : 'soon';
  return `${name} has ${left} of credit left. ${paceText(outlook, details)} runs out ${when}.`;
}

/** `At about 8.60 USD a day it` */
function paceText(outlook: KnownCredit['outlook'], details: AccountDetails): string {
  return outlook ? `At about ${amountText(outlook.perDay, details)} a day it` : 'It';
}

/** `on 3 December, in 5 days` */
function whenText(on: string, inDays: number): string {
  if (inDays === 0) return 'today';
  return inDays === 1 ? 'tomorrow' : `on ${nearText(on)}, in ${inDays} days`;
}

function resolvedText({ amount, outlook }: KnownCredit, details: AccountDetails): string {
  const until = outlook?.runsOut ? `until ${nearText(outlook.runsOut.on)}` : 'for over a year';
  const left = amountText(amount, details);
  return `${ownerText(details)} has ${left} of credit. ${paceText(outlook, details)} lasts ${until}.`;
}

function amountText(amount: KnownCredit['amount'], { currency }: AccountDetails): string {
  return `${shownDigits(amount, { measure: 'cost', unit: currency })} ${currency}`;
}
