/** Where each budget of a provider's accounts is, from the ledger alone. Fetches, writes and sends nothing. */
import { NO_ALERTS } from '../functions/alerts/state.ts';
import type { Reading } from '../functions/budgets/read-budget.ts';
import { decideBudgets, details } from '../functions/checks/assess-account.ts';
import { type KnownDeps, readKnown } from '../functions/checks/check-account.ts';
import type { RunDeps } from '../functions/checks/check-usage.ts';
import { inParallel } from '../functions/checks/in-parallel.ts';
import { type Account, isValid } from '../functions/config/account.ts';
import { readParameters } from '../functions/config/parameter-store.ts';
import { readAccounts } from '../functions/config/read-accounts.ts';

export interface AccountStatus {
  readonly account: Account;
  /** One a budget, in its current period; in the order of the config. */
  readonly readings: readonly Reading[];
}

type StatusDeps = Pick<RunDeps, 'provider' | 'ssm' | 'ledger' | 'parameterRoot' | 'region' | 'now'>;

const PARALLEL_READS = 10;

/** In order of name; without accounts whose parameters are invalid. */
export async function readStatuses(deps: StatusDeps): Promise<AccountStatus[]> {
  const { provider, ssm, parameterRoot } = deps;
  const parameters = await readParameters(ssm, `${parameterRoot}/${provider.id}`);
  const accounts = readAccounts(parameters, provider, parameterRoot);
  return inParallel(PARALLEL_READS, accounts.filter(isValid), (account) =>
    readStatus(account, deps),
  );
}

/** From the ledger, as of `now`. */
export async function readStatus(
  account: Account,
  deps: KnownDeps & { readonly region: string },
): Promise<AccountStatus> {
  const { provider, now } = deps;
  const { state, days } = (await readKnown(account, deps)).known;
  const { readings } = decideBudgets({
    config: account.config,
    provider,
    details: details(account, provider, deps.region),
    days,
    coverage: state.coverage,
    complete: false,
    alerts: state.alerts ?? NO_ALERTS,
    now,
  });
  return { account, readings: readings.flatMap((ofBudget) => ofBudget.slice(-1)) };
}
