/** One check of one account, in the order of the design: fetch, remember, decide, write once. */
import type { SSMClient } from '@aws-sdk/client-ssm';
import { tellConfig } from '../alerts/config-transitions.ts';
import { configNotice } from '../alerts/health-notice.ts';
import { messageOf } from '../alerts/message.ts';
import type { Notice } from '../alerts/notice.ts';
import { type AlertState, nothingTold } from '../alerts/state.ts';
import type { Account, AccountProblem, BrokenAccount } from '../config/account.ts';
import type { AccountKey } from '../ledger/items.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { windowToFetch } from '../ledger/merge-usage.ts';
import { dayAt } from '../ledger/usage-day.ts';
import type { Provider, UsageFetch } from '../providers/provider.ts';
import { neededFrom, readFrom } from './days-needed.ts';
import { judgeAccount, type KnownState } from './judge-account.ts';
import { readLastGood } from './last-good.ts';
import { naming } from './naming.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';

export type AccountLedger = Ledger<AlertState, OutboxEntry>;

/** An account as a run finds it: valid, or broken. */
export interface Candidate {
  readonly name: string;
  readonly account?: Account;
  readonly broken?: BrokenAccount;
  readonly problem?: AccountProblem;
}

export interface AccountCheck {
  readonly account: string;
  /** How the fetch ended. Neither usage nor readings are here: ten thousand checks are kept until the end of a run. */
  readonly fetch: FetchOutcome;
  /** Absent where another run wrote the account's state first: that run tells what there is to tell. */
  readonly outbox?: Outbox;
}

export interface FetchOutcome {
  /** `unwatched`: the account has no valid parameters, and no earlier ones that can still be read. */
  readonly status: UsageFetch['status'] | 'unwatched';
  /** What was noteworthy or went wrong, a sentence each. */
  readonly remarks: readonly string[];
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
  /** Ends the fetch before that time, as where somebody waits for it and stops. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Goes on with the last good parameters where the present ones are broken. Throws only for what the ledger or
 * Parameter Store does; what the provider does is part of the result.
 */
export async function checkCandidate(
  candidate: Candidate,
  deps: AccountCheckDeps,
): Promise<AccountCheck> {
  const { account, broken, problem } = candidate;
  if (account) return checkAccount({ account, problem }, deps);
  if (problem === undefined) return leaveAlone(candidate, deps);
  const lastGood = broken && (await readLastGood(broken, deps));
  if (lastGood) return checkAccount({ account: lastGood, problem }, deps);
  return tellProblem(candidate, deps);
}

interface Watched {
  /** Its token is empty where there is none that is valid. */
  readonly account: Account;
  readonly problem: AccountProblem | undefined;
}

async function checkAccount(
  { account, problem }: Watched,
  deps: AccountCheckDeps,
): Promise<AccountCheck> {
  const { provider, ledger, now } = deps;
  const key = { provider: provider.id, account: account.name };
  const known = await readKnown(account, key, deps);
  const isFirst = known.state.coverage === undefined;
  const needed = neededFrom({ config: account.config, provider, now }, isFirst);
  const window = windowToFetch(needed, known.state.coverage, provider.dayZone, now);
  const fetched = await fetchUsage(account, window, deps);
  const evidence = { account, provider, region: deps.region, known, window, fetched, problem, now };
  const { changed, next, notices } = judgeAccount(evidence);
  if (changed.length > 0) await ledger.replaceDays(key, changed);
  const outbox = await saveAndQueue(key, known.state, next, notices, deps);
  return { account: account.name, fetch: outcomeOf(fetched), ...(outbox && { outbox }) };
}

/** Of an account that is still being set up there is nothing to watch and nothing to say. */
async function leaveAlone(
  { name }: Candidate,
  { provider, ledger }: AccountCheckDeps,
): Promise<AccountCheck> {
  const key = { provider: provider.id, account: name };
  const { version, outbox } = await ledger.readState(key);
  return {
    account: name,
    fetch: { status: 'unwatched', remarks: [] },
    outbox: { key, version, entries: outbox },
  };
}

/** Of an account without valid parameters there is nothing to watch, only to say so. */
async function tellProblem(
  { name, broken, problem }: Candidate,
  deps: AccountCheckDeps,
): Promise<AccountCheck> {
  const key = { provider: deps.provider.id, account: name };
  const state = await deps.ledger.readState(key);
  const alerts = state.alerts ?? nothingTold;
  const { told, telling } = tellConfig(alerts.misconfigured, problem, false);
  const unwatched = { account: name, fetch: { status: 'unwatched' as const, remarks: [] } };
  if (!telling) {
    return { ...unwatched, outbox: { key, version: state.version, entries: state.outbox } };
  }
  const identity = broken ?? { ...key, name, parameter: parameterIn(problem) };
  const notice = configNotice(
    telling,
    naming(identity, deps.provider, deps.region),
    state.lastGood === undefined ? 'never' : 'no longer',
  );
  const { version: _, outbox: __, ...rest } = state;
  const next = {
    ...rest,
    alerts: { ...alerts, ...(told !== undefined && { misconfigured: told }) },
  };
  const outbox = await saveAndQueue(key, state, next, [notice], deps);
  return { ...unwatched, ...(outbox && { outbox }) };
}

/** The parameter that the first message is about. */
function parameterIn(problem: AccountProblem | undefined): string {
  return problem?.messages[0]?.split(':', 1)[0] ?? '';
}

/** One write for the state and what is to be published; undefined where another run was faster. */
async function saveAndQueue(
  key: AccountKey,
  before: KnownState,
  next: Omit<KnownState, 'version' | 'outbox'>,
  notices: readonly Notice[],
  { ledger, now }: AccountCheckDeps,
): Promise<Outbox | undefined> {
  const fresh = notices.length > 0 ? [{ message: messageOf(notices, now) }] : [];
  const entries = [...before.outbox, ...fresh];
  const saved = await ledger.saveState(key, before.version, { ...next, outbox: entries }, now);
  return saved ? { key, version: before.version + 1, entries } : undefined;
}

function readKnown(account: Account, key: AccountKey, { ledger, provider, now }: AccountCheckDeps) {
  const from = readFrom({ config: account.config, provider, now });
  return ledger.read(key, dayAt(from, provider.dayZone).date, dayAt(now, provider.dayZone).date);
}

function fetchUsage(
  { name, token, withoutToken, config }: Account,
  window: { start: number; end: number },
  { provider, now, timeLeftMs, signal }: AccountCheckDeps,
): Promise<UsageFetch> {
  const { baseUrl, currency, options } = config;
  if (token === '') return Promise.resolve(failedWithout(withoutToken));
  return provider.fetchUsage({
    account: { name, token, baseUrl, currency, options },
    window,
    now,
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
  const remarks = fetched.status === 'complete' ? fetched.remarks : [fetched.reason];
  return { status: fetched.status, remarks };
}
