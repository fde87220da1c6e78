/** One check of one account, in the order of the design: fetch, remember, decide, write once. */
import type { SSMClient } from '@aws-sdk/client-ssm';
import { configNotice, nextConfigState } from '../../alerts/invalid-config.ts';
import { messageOf } from '../../alerts/message.ts';
import type { Notice } from '../../alerts/notice.ts';
import { type AlertState, NO_ALERTS } from '../../alerts/state.ts';
import {
  type Account,
  type AnyAccount,
  type BrokenAccount,
  type InvalidParameters,
  isValid,
} from '../../config/account.ts';
import { asDescribed } from '../../config/config-rules.ts';
import type { KnownAccount } from '../../ledger/account-state.ts';
import type { AccountKey, ScopedKey } from '../../ledger/items.ts';
import type { Ledger, RunLedger } from '../../ledger/ledger.ts';
import { knownDays } from '../../ledger/merge-usage.ts';
import { isThorough } from '../../ledger/plan-reading.ts';
import { scopeOf } from '../../ledger/scope.ts';
import { dayAt } from '../../ledger/usage-day.ts';
import type { Interval, Provider, UsageFetch, UsageRequest } from '../../providers/provider.ts';
import { type Outbox, type OutboxEntry, readOutbox } from '../outbox/outbox.ts';
import { assessAccount, details } from './assess-account.ts';
import { readLastGood } from './last-good.ts';
import { inScope, type KnownState, planCheck, readFrom, settledMonth } from './plan-check.ts';
import { alertSummary, summaryOf } from './summary.ts';

export type AccountLedger = Ledger<AlertState, OutboxEntry>;
export type AccountRunLedger = RunLedger<AlertState, OutboxEntry>;

export interface AccountCheck {
  readonly account: string;
  /** How the fetch ended. Neither usage nor readings are here: ten thousand checks are kept until the end of a run. */
  readonly fetch: FetchOutcome;
  /** Absent where another run wrote the account's state first: that run publishes what there is. */
  readonly outbox?: Outbox;
}

export interface FetchOutcome {
  /** `unwatched`: the account has no valid parameters, and no earlier ones that can still be read. */
  readonly status: UsageFetch['status'] | 'unwatched';
  /** What was noteworthy or went wrong, a sentence each. */
  readonly remarks: readonly string[];
  /** As of the fetch. */
  readonly preview?: readonly string[];
}

export interface AccountCheckDeps {
  readonly provider: Provider;
  readonly ledger: AccountLedger;
  readonly ssm: SSMClient;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly timeLeftMs: number;
  /** Ends what is asked of others before that time, as where somebody waits for it and stops. */
  readonly signal?: AbortSignal | undefined;
}

type FetchDeps = Pick<AccountCheckDeps, 'provider' | 'now' | 'timeLeftMs' | 'signal'> &
  Pick<UsageRequest, 'totalOf' | 'known'>;

export interface KnownDeps extends Pick<AccountCheckDeps, 'provider' | 'now'> {
  readonly ledger: Pick<AccountLedger, 'read'>;
}

/**
 * Goes on with the last good parameters where the present ones are broken. Throws only for what the ledger or
 * Parameter Store does; what the provider does is part of the result.
 */
export async function checkAccount(
  account: AnyAccount,
  deps: AccountCheckDeps,
): Promise<AccountCheck> {
  if (isValid(account)) return checkWatched(account, false, deps);
  const { invalid } = account;
  if (invalid === undefined) return leaveAlone(account, deps);
  const lastGood = await readLastGood(account, deps);
  if (lastGood) return checkWatched(lastGood, true, deps);
  return reportInvalid(account, invalid, deps);
}

/** The account's token is empty where there is none that is valid. */
async function checkWatched(
  account: Account,
  byLastGood: boolean,
  { provider: named, ...others }: AccountCheckDeps,
): Promise<AccountCheck> {
  const provider = asDescribed(named, account.config.options);
  const deps = { ...others, provider };
  const { ledger, now } = deps;
  const { key, found, known } = await readKnown(account, deps, { isBroken: byLastGood });
  const reading = planCheck(account, provider, known.state, now);
  const version = await forget(key, found, known.state, deps);
  // That there was no time left to ask says nothing of the provider.
  if (account.token !== '') deps.signal?.throwIfAborted();
  const [fetched, leftovers] = await Promise.all([
    fetchUsage(account, reading.window, {
      ...deps,
      known: knownDays(known.days, known.state.coverage),
      ...(isThorough(reading) && { totalOf: settledMonth(provider, now) }),
    }),
    isThorough(reading) ? ledger.daysOfOtherScopes(key) : [],
  ]);
  const evidence = {
    account,
    provider,
    region: deps.region,
    known,
    reading,
    fetched,
    problem: account.invalid,
    now,
  };
  const assessment = assessAccount(evidence);
  const { changed, next, notices } = assessment;
  if (changed.length > 0) await ledger.replaceDays(key, changed);
  const [outbox] = await Promise.all([
    saveAndQueue(key, { ...known.state, version }, next, notices, deps),
    ledger.saveSummary(key, summaryOf({ account, provider, assessment, now })),
  ]);
  // Listed before the state was written: what another scope writes from here on is not among them.
  if (outbox && leftovers.length > 0) await ledger.deleteDays(leftovers);
  return { account: account.name, fetch: outcomeOf(fetched), ...(outbox && { outbox }) };
}

/**
 * Another scope's knowledge is given up before anything of the new one is written, see `inScope`. Gives the version that
 * the state has then; where another run was faster, the last write is refused as well, and that run publishes.
 */
async function forget(
  key: AccountKey,
  found: KnownState,
  inScope: KnownState,
  { ledger, now }: AccountCheckDeps,
): Promise<number> {
  if (found.coverage === undefined || inScope.coverage !== undefined) return found.version;
  const { version, outbox: _, ...next } = inScope;
  return (await ledger.saveState(key, version, next, [], now)) ? version + 1 : version;
}

/** Of an account that is still being set up there is nothing to watch and nothing to say. */
async function leaveAlone(
  { name }: BrokenAccount,
  { provider, ledger }: AccountCheckDeps,
): Promise<AccountCheck> {
  const key = { provider: provider.id, account: name };
  return {
    account: name,
    fetch: { status: 'unwatched', remarks: [] },
    outbox: await readOutbox(key, ledger),
  };
}

/** Of an account without valid parameters there is nothing to watch, only to say so. */
async function reportInvalid(
  account: BrokenAccount,
  invalid: InvalidParameters,
  deps: AccountCheckDeps,
): Promise<AccountCheck> {
  const { name } = account;
  const key = { provider: deps.provider.id, account: name };
  const state = await deps.ledger.readState(key);
  const alerts = state.alerts ?? NO_ALERTS;
  const { state: invalidConfig, event } = nextConfigState(alerts.invalidConfig, invalid, {
    now: deps.now,
    muted: false,
  });
  const unwatched = { account: name, fetch: { status: 'unwatched' as const, remarks: [] } };
  const { version: _, outbox: __, ...rest } = state;
  const next = {
    ...rest,
    alerts: { ...alerts, ...(invalidConfig !== undefined && { invalidConfig }) },
  };
  const summary = deps.ledger.saveSummary(key, alertSummary(next.alerts, invalid, deps));
  if (!event) {
    await summary;
    return { ...unwatched, outbox: { key, entries: state.outbox } };
  }
  const notice = configNotice(
    event,
    details(account, deps.provider, deps.region),
    state.lastGood === undefined ? 'never' : 'no longer',
  );
  const [outbox] = await Promise.all([saveAndQueue(key, state, next, [notice], deps), summary]);
  return { ...unwatched, ...(outbox && { outbox }) };
}

/** One write for the state and what is to be published; undefined where another run was faster. */
export async function saveAndQueue(
  key: AccountKey,
  before: KnownState,
  next: Omit<KnownState, 'version' | 'outbox'>,
  notices: readonly Notice[],
  { ledger, now }: { readonly ledger: Pick<AccountLedger, 'saveState'>; readonly now: number },
): Promise<Outbox | undefined> {
  const fresh = notices.length > 0 ? [{ message: messageOf(notices, now) }] : [];
  const saved = await ledger.saveState(key, before.version, next, fresh, now);
  return saved ? { key, entries: [...before.outbox, ...fresh] } : undefined;
}

interface Known {
  readonly key: ScopedKey;
  /** As it was found, of whatever scope. */
  readonly found: KnownState;
  /** Of the account's present scope. */
  readonly known: KnownAccount<AlertState, OutboxEntry>;
}

/** What the ledger knows of an account from the day of `from` (epoch milliseconds) on; else all that a check needs. */
export async function readKnown(
  account: Account,
  { ledger, provider, now }: KnownDeps,
  {
    isBroken = false,
    from = readFrom({ config: account.config, provider, now }),
  }: { readonly isBroken?: boolean; readonly from?: number } = {},
): Promise<Known> {
  const key = {
    provider: provider.id,
    account: account.name,
    scope: scopeOf(account.config),
    calendar: { dayZone: provider.dayZone, bucket: provider.bucket },
  };
  const nameOf = (at: number) => dayAt(at, provider.dayZone).date;
  const { state, days } = await ledger.read(key, nameOf(from), nameOf(now));
  return { key, found: state, known: { state: inScope(state, account, isBroken), days } };
}

/** Asks the provider for whole days of its day zone; an account without a token gets the answer `failed`. */
export async function fetchUsage(
  { name, token, withoutToken, config }: Account,
  window: Interval,
  { provider, now, timeLeftMs, signal, totalOf, known }: FetchDeps,
): Promise<UsageFetch> {
  const { baseUrl, currency, options, balances } = config;
  if (token === '') return failedWithout(withoutToken);
  return provider.fetchUsage({
    account: { name, token, baseUrl, currency, options },
    window,
    ...(totalOf && { totalOf }),
    now,
    ...(known && { known }),
    withBalance: balances !== undefined,
    signal: AbortSignal.any([AbortSignal.timeout(timeLeftMs), ...(signal ? [signal] : [])]),
    timeLeftMs,
  });
}

/** A key that cannot be used is as final as a token that is refused: no retry mends it. */
function failedWithout(reason: string | undefined): UsageFetch {
  if (reason !== undefined) return { status: 'failed', failure: 'rejected', reason };
  const gone = 'There is no valid token in Parameter Store any more.';
  return { status: 'failed', failure: 'unreadable', reason: gone };
}

function outcomeOf(fetched: UsageFetch): FetchOutcome {
  if (fetched.status !== 'complete') return { status: fetched.status, remarks: [fetched.reason] };
  const { status, balance, preview } = fetched;
  const unread = balance && 'unread' in balance ? [balance.unread] : [];
  return { status, remarks: [...fetched.remarks, ...unread], ...(preview && { preview }) };
}
