import type { AccountLedger } from '../checks/check-account.ts';
import type { Account } from '../config/account.ts';
import type { Provider } from '../providers/provider.ts';
import { loadHistory } from './load-history.ts';
import { playAccount } from './play-account.ts';
import type { PlayedAccount } from './played.ts';

export interface LookBack {
  readonly account: Account;
  readonly provider: Provider;
  /** How many days before `now` the first check is to be. */
  readonly days: number;
  /** Absent where there is none. */
  readonly ledger?: Pick<AccountLedger, 'read'>;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Names of budgets that are not in Parameter Store. */
  readonly tried?: ReadonlySet<string>;
}

/** As long as a deployed check gives one account. */
const fetchMs = 120_000;

/** What checks of the last days would have told; or why that cannot be known, a sentence. Writes nothing. */
export async function lookBack({
  signal,
  ...request
}: LookBack): Promise<PlayedAccount | { readonly failure: string }> {
  const { withoutToken } = request.account;
  if (withoutToken !== undefined) return { failure: withoutToken };
  const loaded = await loadHistory({
    ...request,
    signal: AbortSignal.any([signal, AbortSignal.timeout(fetchMs)]),
    timeLeftMs: fetchMs,
  });
  if ('failure' in loaded) return loaded;
  return playAccount({ ...request, ...loaded, until: request.now });
}
