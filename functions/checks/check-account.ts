/** One check of one account, in the order of the design: fetch, remember, decide, write once. */
import { messageOf } from '../alerts/message.ts';
import { type AlertState, nothingTold } from '../alerts/state.ts';
import type { Account } from '../config/account.ts';
import type { AccountKey } from '../ledger/items.ts';
import type { AccountState, Ledger } from '../ledger/ledger.ts';
import { type MergedUsage, mergeUsage, windowToFetch } from '../ledger/merge-usage.ts';
import { dayAt } from '../ledger/usage-day.ts';
import type { Provider, UsageFetch } from '../providers/provider.ts';
import { neededFrom, readFrom } from './days-needed.ts';
import { decide } from './decide.ts';
import { naming } from './naming.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';

export type AccountLedger = Ledger<AlertState, OutboxEntry>;

export interface AccountCheck {
  readonly account: string;
  /** How the fetch ended. Neither usage nor readings are here: ten thousand checks are kept until the end of a run. */
  readonly fetch: FetchOutcome;
  /** Absent where another run wrote the account's state first: that run tells what there is to tell. */
  readonly outbox?: Outbox;
}

export interface FetchOutcome {
  readonly status: UsageFetch['status'];
  /** What was noteworthy or went wrong, a sentence each. */
  readonly remarks: readonly string[];
}

export interface AccountCheckDeps {
  readonly provider: Provider;
  readonly ledger: AccountLedger;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly timeLeftMs: number;
}

/** Throws only for what the ledger does; what the provider does is part of the result. */
export async function checkAccount(
  account: Account,
  deps: AccountCheckDeps,
): Promise<AccountCheck> {
  const { provider, ledger, now } = deps;
  const key = { provider: provider.id, account: account.name };
  const known = await readKnown(account, key, deps);
  const isFirst = known.state.coverage === undefined;
  const window = windowToFetch(
    neededFrom({ config: account.config, provider, now }, isFirst),
    known.state.coverage,
    provider.dayZone,
    now,
  );
  const fetched = await fetchUsage(account, window, deps);
  const merged = mergeUsage({ fetched, window, ...known, provider, now });
  if (merged.changed.length > 0) await ledger.replaceDays(key, merged.changed);
  const { alerts, notices } = decide({
    config: account.config,
    provider,
    naming: naming(account, provider, deps.region),
    ...merged,
    alerts: known.state.alerts ?? nothingTold,
    now,
  });
  const fresh = notices.length > 0 ? [{ message: messageOf(notices, now) }] : [];
  const entries = [...known.state.outbox, ...fresh];
  const saved = await saveState(key, known.state, merged, { alerts, outbox: entries }, ledger);
  const outbox = { key, version: known.state.version + 1, entries };
  return { account: account.name, fetch: outcomeOf(fetched), ...(saved && { outbox }) };
}

function readKnown(account: Account, key: AccountKey, { ledger, provider, now }: AccountCheckDeps) {
  const from = readFrom({ config: account.config, provider, now });
  return ledger.read(key, dayAt(from, provider.dayZone).date, dayAt(now, provider.dayZone).date);
}

function fetchUsage(
  { name, token, config }: Account,
  window: { start: number; end: number },
  { provider, now, timeLeftMs }: AccountCheckDeps,
): Promise<UsageFetch> {
  const { baseUrl, currency, options } = config;
  return provider.fetchUsage({
    account: { name, token, baseUrl, currency, options },
    window,
    now,
    signal: AbortSignal.timeout(timeLeftMs),
    timeLeftMs,
  });
}

function outcomeOf(fetched: UsageFetch): FetchOutcome {
  const remarks = fetched.status === 'complete' ? fetched.remarks : [fetched.reason];
  return { status: fetched.status, remarks };
}

function saveState(
  key: AccountKey,
  before: AccountState<AlertState, OutboxEntry>,
  { coverage, vanishedChecks }: MergedUsage,
  next: { readonly alerts: AlertState; readonly outbox: readonly OutboxEntry[] },
  ledger: AccountLedger,
): Promise<boolean> {
  return ledger.saveState(key, before.version, {
    ...(coverage && { coverage }),
    vanishedChecks,
    ...next,
  });
}
