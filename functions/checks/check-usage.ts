/** One run: every account of one provider is checked, then what there is to tell is published. */
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { AccountProblem } from '../config/account.ts';
import { type Parameter, readParameter, readParameters } from '../config/parameter-store.ts';
import { readAccounts } from '../config/read-accounts.ts';
import { withListPrices } from '../pricing/price-book.ts';
import type { Provider } from '../providers/provider.ts';
import { candidatesOf } from './candidates.ts';
import {
  type AccountCheck,
  type AccountLedger,
  type Candidate,
  checkCandidate,
} from './check-account.ts';
import { inParallel } from './in-parallel.ts';
import { deliverOutboxes, type OutboxDelivery } from './outbox.ts';

export interface RunDeps {
  readonly provider: Provider;
  readonly ssm: SSMClient;
  readonly sns: SNSClient;
  readonly ledger: AccountLedger;
  readonly topicArn: string;
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Checks this account alone; all of the provider's, if not given. */
  readonly only?: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whole milliseconds until the function is stopped. */
  readonly timeLeftMs: () => number;
}

export interface AccountFault {
  readonly account: string;
  readonly error: unknown;
}

export interface Run {
  /** The one account that was to be checked; absent where it was all of them. */
  readonly only?: string;
  readonly checks: readonly AccountCheck[];
  readonly problems: readonly AccountProblem[];
  /** Accounts whose check broke on our side (the ledger); the next run tries again. */
  readonly faults: readonly AccountFault[];
  /** Accounts that time did not reach; the next run begins with them. */
  readonly postponed: number;
  readonly delivery: OutboxDelivery;
}

const parallelChecks = 10;
/** One slow account may not use up the run of the others. */
const accountLimitMs = 120_000;
/** Kept for publishing and clearing what was found. */
const deliveryMs = 30_000;

export async function checkUsage(deps: RunDeps): Promise<Run> {
  const { provider, ledger, parameterRoot, only } = deps;
  const [parameters, first] = await Promise.all([
    readOwnParameters(deps),
    only === undefined ? ledger.readNextAccount(provider.id) : undefined,
  ]);
  const read = readAccounts(parameters, withListPrices(provider), parameterRoot, deps.now);
  const queue = startingWith(first, candidatesOf(read));
  const faults: AccountFault[] = [];
  const outcomes = await inParallel(parallelChecks, queue, (candidate) => attempt(candidate));
  const postponed = queue.filter((_, index) => outcomes[index] === 'postponed');
  if (only === undefined) await keepPlace(first, postponed[0]);
  const checks = outcomes.filter((outcome) => typeof outcome === 'object');
  const outboxes = checks.flatMap(({ outbox }) => (outbox?.entries.length ? [outbox] : []));
  const signal = AbortSignal.timeout(Math.max(0, deps.timeLeftMs()));
  const delivery = await deliverOutboxes(outboxes, { ...deps, signal });
  return {
    ...(only !== undefined && { only }),
    checks,
    problems: read.problems,
    faults,
    postponed: postponed.length,
    delivery,
  };

  async function attempt(candidate: Candidate): Promise<AccountCheck | 'postponed' | 'broken'> {
    const timeLeftMs = Math.min(accountLimitMs, deps.timeLeftMs() - deliveryMs);
    if (timeLeftMs <= 0) return 'postponed';
    try {
      return await checkCandidate(candidate, { ...deps, timeLeftMs });
    } catch (error) {
      faults.push({ account: candidate.name, error });
      return 'broken';
    }
  }

  async function keepPlace(before: string | undefined, next: Candidate | undefined): Promise<void> {
    if (before !== next?.name) await ledger.saveNextAccount(provider.id, next?.name);
  }
}

/** Of one account also a parameter in place of its folder: it is wrong, and has to be told. */
async function readOwnParameters(deps: RunDeps): Promise<readonly Parameter[]> {
  const { ssm, provider, parameterRoot, only } = deps;
  const folder = `${parameterRoot}/${provider.id}`;
  if (only === undefined) return readParameters(ssm, folder);
  const name = `${folder}/${only}`;
  const [inPlace, below] = await Promise.all([readParameter(ssm, name), readParameters(ssm, name)]);
  return inPlace ? [inPlace, ...below] : below;
}

/** The candidates in order of name, turned so that the one that the last run did not reach comes first. */
function startingWith(first: string | undefined, candidates: readonly Candidate[]): Candidate[] {
  const index = candidates.findIndex(({ name }) => first !== undefined && name >= first);
  return index < 0 ? [...candidates] : [...candidates.slice(index), ...candidates.slice(0, index)];
}
