/** The accounts' last 90 days played back: what the ledger has, and the provider for what was before. */
import { lookBack } from '../backtest/look-back.ts';
import type { PlayedAccount } from '../backtest/played.ts';
import type { RunDeps } from '../checks/check-usage.ts';
import { readParameters } from '../config/parameter-store.ts';
import { readAccounts } from '../config/read-accounts.ts';
import { withListPrices } from '../pricing/price-book.ts';

export type PlaybackDeps = Pick<
  RunDeps,
  'provider' | 'ssm' | 'ledger' | 'parameterRoot' | 'region'
>;

export interface PlayedBack {
  readonly accounts: readonly PlayedAccount[];
  /** Why others are not among them, a line each. */
  readonly leftOut: readonly string[];
}

const playedDays = 90;

/** In order of name; an account whose parameters are wrong is not among them. Writes nothing. */
export async function playBack(
  deps: PlaybackDeps,
  now: number,
  signal: AbortSignal,
): Promise<PlayedBack> {
  const { provider, ssm, parameterRoot } = deps;
  const parameters = await readParameters(ssm, `${parameterRoot}/${provider.id}`);
  const read = readAccounts(parameters, withListPrices(provider), parameterRoot);
  const accounts: PlayedAccount[] = [];
  const leftOut: string[] = [];
  for (const account of read.accounts) {
    const played = await lookBack({ ...deps, account, days: playedDays, now, signal });
    if ('failure' in played) leftOut.push(`${provider.id}/${account.name}: ${played.failure}`);
    else accounts.push(played);
  }
  return { accounts, leftOut };
}
