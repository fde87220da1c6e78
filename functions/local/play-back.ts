/** The accounts' last 90 days played back: what the ledger has, and the provider for what was before. */
import { loadHistory } from '../backtest/load-history.ts';
import { playAccount } from '../backtest/play-account.ts';
import type { PlayedAccount } from '../backtest/played.ts';
import type { RunDeps } from '../checks/check-usage.ts';
import type { Account } from '../config/account.ts';
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
const timeLeftMs = 60_000;

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
    const played = await playOne(account, deps, { now, signal });
    if (typeof played === 'string') leftOut.push(played);
    else accounts.push(played);
  }
  return { accounts, leftOut };
}

async function playOne(
  account: Account,
  { provider, ledger, region }: PlaybackDeps,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<PlayedAccount | string> {
  const loaded = await loadHistory({
    account,
    provider,
    days: playedDays,
    ledger,
    now,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeLeftMs)]),
    timeLeftMs,
  });
  if ('failure' in loaded) return `${provider.id}/${account.name}: ${loaded.failure}`;
  return playAccount({ account, provider, region, until: now, ...loaded });
}
