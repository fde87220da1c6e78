/** Where each budget of a provider's accounts is, from the ledger alone. Fetches, writes and sends nothing. */
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
import { inParallel } from '../functions/checks/in-parallel.ts';
import type { RunDeps } from '../functions/checks/run.ts';
import { type Account, isValid } from '../functions/config/account.ts';
import { asDescribed } from '../functions/config/config-rules.ts';
import { readParameters } from '../functions/config/parameter-store.ts';
import { readAccounts } from '../functions/config/read-accounts.ts';
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

type StatusDeps = Pick<RunDeps, 'provider' | 'ssm' | 'ledger' | 'parameterRoot' | 'region' | 'now'>;

const PARALLEL_READS = 10;

/** In order of name; without accounts whose parameters are invalid. */
export async function readStatuses(deps: StatusDeps): Promise<AccountStatus[]> {
  const { provider, ssm, parameterRoot } = deps;
  const parameters = await readParameters(ssm, `${parameterRoot}/${provider.id}`);
  const accounts = readAccounts(parameters, provider, parameterRoot);
  return inParallel(PARALLEL_READS, accounts.filter(isValid), (account) =>
    readStatus(account, { ...deps, provider: asDescribed(provider, account.config.options) }),
  );
}

/** From the ledger, as of `now`. */
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
