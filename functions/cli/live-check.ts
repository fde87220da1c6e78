/** One check of an account as the next one will be, without a trace: its writes go nowhere and nothing is published. */
import type { Notice } from '../alerts/notice.ts';
import {
  type AccountCheckDeps,
  type AccountLedger,
  checkCandidate,
  type FetchOutcome,
} from '../checks/check-account.ts';
import { readLastGood } from '../checks/last-good.ts';
import { type AccountStanding, readStanding } from '../checks/standing.ts';
import type { FoundAccount } from './account-source.ts';

export interface LiveCheck {
  readonly found: FoundAccount;
  readonly fetch: FetchOutcome;
  /** What is wrong with the account's parameters, a line each. */
  readonly problems: readonly string[];
  /** Absent where the account never had valid parameters. */
  readonly standing?: AccountStanding;
  /** What the next check would publish, what an earlier one left unpublished first. */
  readonly notices: readonly Notice[];
}

export interface LiveCheckDeps
  extends Omit<AccountCheckDeps, 'provider' | 'ledger' | 'timeLeftMs'> {
  /** Keeps what is written to itself. */
  readonly ledger: AccountLedger;
}

/** As long as a deployed check gives one account. */
const accountLimitMs = 120_000;

/** Throws for what the ledger or Parameter Store does; what the provider does is part of the result. */
export async function checkLive(found: FoundAccount, deps: LiveCheckDeps): Promise<LiveCheck> {
  const { provider, candidate } = found;
  const all = { ...deps, provider, timeLeftMs: accountLimitMs };
  const account =
    candidate.account ?? (candidate.broken && (await readLastGood(candidate.broken, all)));
  const { fetch, outbox } = await checkCandidate(candidate, all);
  return {
    found,
    fetch,
    problems: candidate.problem?.messages ?? [],
    ...(account && { standing: await readStanding(account, all) }),
    notices: (outbox?.entries ?? []).flatMap(({ message }) => message.notices),
  };
}
