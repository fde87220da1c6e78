/** How much prepaid credit an account has, when it runs out, and what of that is news. Pure. */
import {
  type BalanceState,
  balanceNotice,
  balanceUnreadNotice,
  type KnownCredit,
  nextBalanceState,
} from '../alerts/balance.ts';
import type { Notice } from '../alerts/notice.ts';
import { type HealthMoment, nextHealthState, type ReadResult } from '../alerts/read-error.ts';
import { type AlertState, NO_ALERTS } from '../alerts/state.ts';
import { balanceAfter, type CreditPast, creditOutlook } from '../foresight/credit.ts';
import type { KnownBalance } from '../ledger/account-state.ts';
import { decimal } from '../pricing/money.ts';
import type { UnreadBalance, UsageFetch } from '../providers/provider.ts';
import { isMuted, type Known } from './next-budgets.ts';

/** An account's credit after a check. */
export interface Credit {
  /** To be remembered; absent where it never was read, as is the reading. */
  readonly balance?: KnownBalance;
  /** As it was last read, and where it is heading. */
  readonly reading?: KnownCredit;
  /** Why this check could not read it; absent where it could. */
  readonly unread?: UnreadBalance;
}

export interface CreditEvidence extends CreditPast {
  readonly before: KnownBalance | undefined;
  readonly fetched: UsageFetch;
  /** As in reasons. */
  readonly provider: string;
}

export function creditAfter({ before, fetched, provider, ...past }: CreditEvidence): Credit {
  const unread = whyUnread(fetched, provider);
  const found = fetched.status === 'complete' ? fetched.balance : undefined;
  const balance = found && 'amount' in found ? balanceAfter(before, found) : before;
  return {
    ...(balance && { balance, reading: creditReading(balance, past) }),
    ...(unread && { unread }),
  };
}

function whyUnread(fetched: UsageFetch, provider: string): UnreadBalance | undefined {
  if (fetched.status !== 'complete') return { unread: fetched.reason };
  const { balance } = fetched;
  if (!balance) return { unread: `${provider} answered no balance.` };
  return 'unread' in balance ? balance : undefined;
}

export function creditReading(balance: KnownBalance, past: CreditPast): KnownCredit {
  const { amount, at } = balance;
  const outlook = creditOutlook(balance, past);
  return { amount: decimal(amount), at, ...(outlook && { outlook }) };
}

export interface NextBalances {
  readonly state?: Pick<AlertState, 'balances' | 'creditHealth'>;
  readonly notices: readonly Notice[];
}

/** A balance that this check could not read decides nothing but whether that is to be reported. */
export function nextBalances(
  known: Known,
  credit: Credit | undefined,
  { isComplete, ...reading }: HealthMoment & Pick<ReadResult, 'isComplete'>,
): NextBalances {
  const { config, details, alerts, complete, now } = known;
  if (!credit || !config.balances) return { notices: [] };
  const current = credit.unread ? undefined : credit.reading;
  const moment = { now, complete, muted: isMuted(known) };
  const balances: BalanceState[] = [];
  const notices: Notice[] = [];
  for (const budget of config.balances) {
    const before = alerts.balances?.find(({ name }) => name === budget.name);
    const { state, event } = nextBalanceState(before, budget, current, moment);
    balances.push(state);
    if (event) notices.push(balanceNotice(event, details));
  }
  const { creditHealth: before = NO_ALERTS.health } = alerts;
  // Why the usage is unreadable has an alert of its own.
  const health = isComplete
    ? nextHealthState(before, creditRead(credit), reading)
    : { state: before, events: [] };
  const unread = health.events.flatMap((event) =>
    event.kind === 'read-error' ? balanceUnreadNotice(event, details) : [],
  );
  return { state: { balances, creditHealth: health.state }, notices: [...unread, ...notices] };
}

function creditRead({ unread }: Credit): ReadResult {
  if (!unread) return { isComplete: true };
  return { isComplete: false, isRefused: unread.isRefused ?? false, reason: unread.unread };
}
