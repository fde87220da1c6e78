/** Accounts whose parameters are gone. */
import type { AlertState } from '../alerts/state.ts';
import { unwatchedNotice } from '../alerts/unwatched.ts';
import { type Registered, runOf } from '../ledger/register.ts';
import { details } from './account/assess-account.ts';
import { saveAndQueue } from './account/check-account.ts';
import { inParallel } from './in-parallel.ts';
import type { Outbox, OutboxEntry } from './outbox/outbox.ts';
import type { Running } from './run.ts';

type AccountsRegistered = Registered<AlertState, OutboxEntry>;

/** Whether accounts of the provider were found in Parameter Store ever before. */
export function wereThere({ accounts, run }: AccountsRegistered): boolean {
  return accounts.size > 0 || run.unwatchedAt !== undefined;
}

interface Looked {
  /** Of the accounts that are there. */
  readonly names: readonly string[];
  /** There is none, though there were some. */
  readonly isMissing: boolean;
}

const PARALLEL_REPORTS = 10;
/** Lambda's longest run: a check that began before the account was deleted may still write what it has found. */
const LONGEST_RUN_MS = 900_000;

/** Reports which accounts are gone and, of a run over all, whether there is none left; keeps the register up to it. */
export async function reportGone(
  registered: AccountsRegistered,
  { names, isMissing }: Looked,
  running: Running,
): Promise<void> {
  const { provider, ledger, only, queueUp, faultOf } = running;
  const there = new Set(names);
  const gone = [...registered.accounts].filter(
    (name) => !there.has(name) && (only === undefined || name === only),
  );
  await inParallel(PARALLEL_REPORTS, gone, (account) => faultOf(account, () => reportOne(account)));
  if (only !== undefined) return;
  await faultOf('', async () => queueUp(await reportEmptyRun(registered, isMissing, running)));

  /**
   * An account stays in the register until all of it was published, and no check of it can still go on; where a whole run
   * finds none, for when they are back. Its summary goes all the same: it is no part of a total or a digest, and it is no
   * wonder that nobody reads it.
   */
  async function reportOne(account: string): Promise<void> {
    const { outbox, isDone } = await reportUnwatched(account, isMissing, running);
    await queueUp(outbox);
    if (!isDone || only !== undefined) return;
    const key = { provider: provider.id, account };
    await (isMissing ? ledger.deleteSummary(key) : ledger.takeFromRegister(key));
  }
}

interface Unwatched {
  /** What is still to be published of the account; undefined where another run was faster. */
  readonly outbox: Outbox | undefined;
  /** Whether nothing is left to be done about it. */
  readonly isDone: boolean;
}

/** Reports once that an account is no longer watched, unless it never was, or `isReported` in another way. */
async function reportUnwatched(
  account: string,
  isReported: boolean,
  running: Running,
): Promise<Unwatched> {
  const { provider, ledger, parameterRoot, region, now } = running;
  const key = { provider: provider.id, account };
  const state = await ledger.readState(key);
  const { version, outbox: entries, ...known } = state;
  const wasWatched = state.lastGood !== undefined && state.unwatchedAt === undefined;
  if (isReported || !wasWatched) {
    const isSettled = isReported || now - (state.unwatchedAt ?? 0) >= LONGEST_RUN_MS;
    return { outbox: { key, entries }, isDone: entries.length === 0 && isSettled };
  }
  const parameter = `${parameterRoot}/${provider.id}/${account}/config`;
  const named = details({ provider: provider.id, name: account, parameter }, provider, region);
  const notice = unwatchedNotice(named, { status: 'firing', at: now, version });
  const next = { ...known, unwatchedAt: now };
  return { outbox: await saveAndQueue(key, state, next, [notice], running), isDone: false };
}

/** Reports once that a run found no account, though there were some, and that there are some again. */
async function reportEmptyRun(
  { accounts, run }: AccountsRegistered,
  isMissing: boolean,
  running: Running,
): Promise<Outbox | undefined> {
  const { provider, parameterRoot, region, now } = running;
  const key = runOf(provider.id);
  const { version, outbox: entries, unwatchedAt, ...known } = run;
  if (isMissing === (unwatchedAt !== undefined)) return { key, entries };
  const parameter = `${parameterRoot}/${provider.id}`;
  const named = details({ provider: provider.id, name: '', parameter }, provider, region);
  const event = {
    status: isMissing ? 'firing' : 'resolved',
    at: unwatchedAt ?? now,
    version,
  } as const;
  const notice = unwatchedNotice(named, event, [...accounts].sort());
  const next = isMissing ? { ...known, unwatchedAt: now } : known;
  return saveAndQueue(key, run, next, [notice], running);
}
