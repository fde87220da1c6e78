/** How much prepaid credit an account has, when it runs out, and what of that is news. Pure. */
import { balanceNotice } from '../alerts/balance-notice.ts';
import { type KnownCredit, nextBalanceState } from '../alerts/balance-transitions.ts';
import type { Notice } from '../alerts/notice.ts';
import type { AlertState, BalanceState } from '../alerts/state.ts';
import { balanceAfter, creditOutlook } from '../foresight/credit.ts';
import type { SettledDays } from '../foresight/series.ts';
import type { KnownBalance } from '../ledger/account-state.ts';
import { decimal } from '../pricing/money.ts';
import type { Provider, UsageFetch } from '../providers/provider.ts';
import { isMuted, type Known } from './next-budgets.ts';

/** An account's credit after a check. */
export interface Credit {
  /** To be remembered; absent where it never was read, as is the reading. */
  readonly balance?: KnownBalance;
  /** As it was last read, and where it is heading. */
  readonly reading?: KnownCredit;
  /** Why this check could not read it, one sentence; absent where it could. */
  readonly unread?: string;
}

export interface CreditEvidence {
  readonly before: KnownBalance | undefined;
  readonly fetched: UsageFetch;
  /** Absent before anything has settled. */
  readonly settled: SettledDays | undefined;
  readonly provider: Pick<Provider, 'name' | 'dayZone'>;
}

export function creditAfter({ before, fetched, settled, provider }: CreditEvidence): Credit {
  const found = fetched.status === 'complete' ? fetched.balance : { unread: fetched.reason };
  const unread = found && 'unread' in found ? found.unread : undefined;
  const balance = found && 'amount' in found ? balanceAfter(before, found) : before;
  const missing = found ? {} : { unread: `${provider.name} answered no balance.` };
  return {
    ...(balance && { balance, reading: creditReading(balance, settled, provider.dayZone) }),
    ...(unread === undefined ? missing : { unread }),
  };
}

export function creditReading(
  balance: KnownBalance,
  settled: SettledDays | undefined,
  dayZone: string,
): KnownCredit {
  const { amount, at } = balance;
  const outlook = creditOutlook(balance, settled, dayZone);
  return { amount: decimal(amount), at, ...(outlook && { outlook }) };
}

export interface NextBalances {
  readonly balances?: AlertState['balances'];
  readonly notices: readonly Notice[];
}

/** A balance that this check could not read decides nothing. */
export function nextBalances(known: Known, credit: Credit | undefined): NextBalances {
  const { config, details, alerts, complete, now } = known;
  if (!credit || !config.balances) return { notices: [] };
  const current = credit.unread === undefined ? credit.reading : undefined;
  const moment = { now, complete, muted: isMuted(known) };
  const balances: BalanceState[] = [];
  const notices: Notice[] = [];
  for (const budget of config.balances) {
    const before = alerts.balances?.find(({ name }) => name === budget.name);
    const { state, event } = nextBalanceState(before, budget, current, moment);
    balances.push(state);
    if (event) notices.push(balanceNotice(event, details));
  }
  return { balances, notices };
}
