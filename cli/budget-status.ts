/** Where each budget of an account is, from the ledger alone. Fetches, writes and sends nothing. */
import { ordered, type UnusualDay } from '../functions/alerts/anomaly.ts';
import type { KnownCredit } from '../functions/alerts/balance.ts';
import { NO_ALERTS } from '../functions/alerts/state.ts';
import type { Reading } from '../functions/budgets/read-budget.ts';
import { details } from '../functions/checks/account/assess-account.ts';
import { type Workings, workOut } from '../functions/checks/account/charge-days.ts';
import { type KnownDeps, readKnown } from '../functions/checks/account/check-account.ts';
import {
  creditReading,
  type Known,
  nextBudgets,
} from '../functions/checks/account/next-budgets.ts';
import type { Account } from '../functions/config/account.ts';
import { unusualDays } from '../functions/foresight/anomaly.ts';
import { dateAfter, dayAt, dayNamed } from '../functions/ledger/usage-day.ts';

export interface AccountStatus {
  readonly account: Account;
  /** One a budget, in its current period; in the order of the config. */
  readonly readings: readonly Reading[];
  /** As it was last read; absent where it never was, or no budget asks for it. */
  readonly credit?: KnownCredit;
  /** Absent where too little is known to say, or the config wants none. */
  readonly unusual?: UnusualLately;
}

export interface UnusualLately {
  /** In the provider's zone: `2026-11-21`. */
  readonly today: string;
  /** Of today and the last complete days, ascending. */
  readonly days: readonly UnusualDay[];
}

/** An unusual day is news until three calm ones have passed. */
export const UNUSUAL_DAYS = 3;

/** From the ledger, as of `now`. `provider` is as the account's config describes it. */
export async function readStatus(
  account: Account,
  deps: KnownDeps & { readonly region: string },
): Promise<AccountStatus> {
  const { provider, now } = deps;
  const { state, days: usage } = (await readKnown(account, deps)).known;
  const known: Known = {
    config: account.config,
    provider,
    details: details(account, provider, deps.region),
    days: usage,
    coverage: state.coverage,
    complete: false,
    alerts: state.alerts ?? NO_ALERTS,
    now,
  };
  const workings = workOut(known);
  const { readings } = nextBudgets(known, workings);
  const unusual = unusualLately(known, workings);
  const { balance } = state;
  return {
    account,
    readings: readings.flatMap((ofBudget) => ofBudget.slice(-1)),
    ...(balance && {
      credit: creditReading(balance, {
        settled: workings.unusual?.settled,
        dayZone: provider.dayZone,
        now,
      }),
    }),
    ...(unusual && { unusual: { today: dayAt(now, provider.dayZone).date, days: unusual } }),
  };
}

/** A day in progress is unusual as soon as what is known of it is so for a whole one. */
function unusualLately(
  { config: { anomalies }, provider: { meters } }: Known,
  { priced: { days }, unusual }: Workings,
): readonly UnusualDay[] | undefined {
  if (!anomalies || !unusual) return undefined;
  const { settled } = unusual;
  const { completeUntil, dayZone } = settled;
  const next = dateAfter(completeUntil, 1);
  const withToday = {
    ...settled,
    days,
    completeUntil: next,
    completeUntilAt: dayNamed(next, dayZone).start,
  };
  const judged = unusualDays(withToday, meters).since(
    dateAfter(completeUntil, -UNUSUAL_DAYS - 1),
    anomalies.minimum,
  );
  if (judged.every(({ costs }) => costs.length === 0)) return undefined;
  return judged.flatMap(({ date, costs }): UnusualDay[] => {
    const unusual = ordered(costs.filter(({ isUnusual }) => isUnusual));
    return unusual.length === 0 ? [] : [{ date, costs: unusual, isComplete: date < completeUntil }];
  });
}
