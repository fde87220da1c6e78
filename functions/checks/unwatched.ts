/** What is told of accounts whose parameters are gone. */

import { nothingWatchedNotice, unwatchedNotice } from '../alerts/health-notice.ts';
import type { AlertState } from '../alerts/state.ts';
import { type Registered, runOf } from '../ledger/register.ts';
import type { Provider } from '../providers/provider.ts';
import { naming } from './assess-account.ts';
import { type AccountRunLedger, saveAndQueue } from './check-account.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';

export type AccountsRegistered = Registered<AlertState, OutboxEntry>;

export interface UnwatchedDeps {
  readonly provider: Provider;
  readonly ledger: AccountRunLedger;
  readonly parameterRoot: string;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface LetGo {
  /** What is still to be published of the account; undefined where another run was faster. */
  readonly outbox: Outbox | undefined;
  /** Whether nothing is left to be done about it. */
  readonly isDone: boolean;
}

/** Tells once that an account is no longer watched, unless it never was, or `isTold` in another way. */
export async function letGo(account: string, isTold: boolean, deps: UnwatchedDeps): Promise<LetGo> {
  const { provider, ledger, parameterRoot, region, now } = deps;
  const key = { provider: provider.id, account };
  const state = await ledger.readState(key);
  const { version, outbox: entries, ...known } = state;
  const wasWatched = state.lastGood !== undefined && state.unwatchedAt === undefined;
  if (isTold || !wasWatched) return { outbox: { key, entries }, isDone: entries.length === 0 };
  const parameter = `${parameterRoot}/${provider.id}/${account}/config`;
  const named = naming({ provider: provider.id, name: account, parameter }, provider, region);
  const notice = unwatchedNotice(named, { at: now, version });
  const next = { ...known, unwatchedAt: now };
  return { outbox: await saveAndQueue(key, state, next, [notice], deps), isDone: false };
}

/** Tells once that a run found no account, though there were some; forgets that when there are some again. */
export async function tellRun(
  { accounts, run }: AccountsRegistered,
  isMissing: boolean,
  deps: UnwatchedDeps,
): Promise<Outbox | undefined> {
  const { provider, parameterRoot, region, now } = deps;
  const key = runOf(provider.id);
  const { version, outbox: entries, unwatchedAt, ...known } = run;
  if (isMissing === (unwatchedAt !== undefined)) return { key, entries };
  if (!isMissing) return saveAndQueue(key, run, known, [], deps);
  const parameter = `${parameterRoot}/${provider.id}`;
  const named = naming({ provider: provider.id, name: '', parameter }, provider, region);
  const notice = nothingWatchedNotice(named, [...accounts].sort(), { at: now, version });
  return saveAndQueue(key, run, { ...known, unwatchedAt: now }, [notice], deps);
}
