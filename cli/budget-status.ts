/** What every budget of a provider's accounts stands at, as the ledger knows it. Nothing is fetched, written or told. */
import { nothingTold } from '../functions/alerts/state.ts';
import type { Reading } from '../functions/budgets/read-budget.ts';
import { decideBudgets, naming } from '../functions/checks/assess-account.ts';
import { type KnownDeps, readKnown } from '../functions/checks/check-account.ts';
import type { RunDeps } from '../functions/checks/check-usage.ts';
import { inParallel } from '../functions/checks/in-parallel.ts';
import { type Account, isValid } from '../functions/config/account.ts';
import { readParameters } from '../functions/config/parameter-store.ts';
import { readAccounts } from '../functions/config/read-accounts.ts';

export interface AccountStanding {
  readonly account: Account;
  /** One a budget, in its current period; in the order of the config. */
  readonly readings: readonly Reading[];
}

type StandingDeps = Pick<
  RunDeps,
  'provider' | 'ssm' | 'ledger' | 'parameterRoot' | 'region' | 'now'
>;

const parallelReads = 10;

/** In order of name; an account whose parameters are wrong has no standing. */
export async function readStandings(deps: StandingDeps): Promise<AccountStanding[]> {
  const { provider, ssm, parameterRoot } = deps;
  const parameters = await readParameters(ssm, `${parameterRoot}/${provider.id}`);
  const accounts = readAccounts(parameters, provider, parameterRoot);
  return inParallel(parallelReads, accounts.filter(isValid), (account) =>
    readStanding(account, deps),
  );
}

/** As `ledger` knows it now. */
export async function readStanding(
  account: Account,
  deps: KnownDeps & { readonly region: string },
): Promise<AccountStanding> {
  const { provider, now } = deps;
  const { state, days } = (await readKnown(account, deps)).known;
  const { readings } = decideBudgets({
    config: account.config,
    provider,
    naming: naming(account, provider, deps.region),
    days,
    coverage: state.coverage,
    complete: false,
    alerts: state.alerts ?? nothingTold,
    now,
  });
  return { account, readings: readings.flatMap((ofBudget) => ofBudget.slice(-1)) };
}
