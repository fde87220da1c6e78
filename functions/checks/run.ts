/** What all runs of `check-usage` have in common: they check accounts, and publish what they find while they go on. */
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { AnyAccount, InvalidParameters } from '../config/account.ts';
import type { Provider } from '../providers/provider.ts';
import { type AccountCheck, type AccountRunLedger, checkAccount } from './account/check-account.ts';
import { inParallel, PARALLEL_CHECKS } from './in-parallel.ts';
import { clockFrom, deliverOutboxes, type OutboxDelivery } from './outbox/deliver.ts';
import { gather, gatherWithOthers } from './outbox/gather.ts';
import { type Outbox, readOutbox } from './outbox/outbox.ts';

export interface RunDeps {
  readonly provider: Provider;
  readonly ssm: SSMClient;
  readonly sns: SNSClient;
  readonly ledger: AccountRunLedger;
  readonly topicArn: string;
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Checks this account alone; all of the provider's, if not given. */
  readonly only?: string | undefined;
  /** Whether other functions check other accounts of the provider meanwhile. */
  readonly isFannedOut?: true;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whole milliseconds until the function is stopped. */
  readonly timeLeftMs: () => number;
  /** As of `DeliveryDeps`. */
  readonly gapMs?: number;
  /** As of `SharedGathering`. */
  readonly collectingMs?: number;
}

interface AccountFault {
  readonly account: string;
  readonly error: unknown;
}

interface InvalidAccount extends InvalidParameters {
  readonly account: string;
}

export interface Run extends Found {
  /** Accounts whose check broke on our side (the ledger); the next run tries again. */
  readonly faults: readonly AccountFault[];
  readonly delivery: OutboxDelivery;
}

interface Found extends Checked {
  /** Which accounts it was to check: all of a provider's, a slice of them, or one whose parameter was changed. */
  readonly extent: 'all' | 'slice' | 'one';
  /** A run over all accounts found none, though there were some. */
  readonly isMissing?: true;
  /** Accounts that were put on the queue, for others to check. */
  readonly handedOn?: number;
}

/** How the accounts fared that were there. */
interface Checked {
  readonly checks: readonly AccountCheck[];
  readonly invalidConfig: readonly InvalidAccount[];
  /** How many time did not reach, and the first of them. */
  readonly postponed: number;
  readonly next?: string;
}

/** One slow account may not use up the run of the others. */
export const ACCOUNT_LIMIT_MS = 120_000;
/** Kept for publishing and clearing what was found last, and of that as much for writing what was found at all. */
const DELIVERY_MS = 30_000;
const WRITING_MS = 10_000;
/** Kept for the report. */
const REPORT_MS = 2_000;

/** A run under way. */
export interface Running extends RunDeps {
  /** Aborts when the time for finding is over. */
  readonly inTime: AbortSignal;
  /** What is found of one account goes out beside that of the others. */
  readonly queueUp: (outbox: Outbox | undefined) => Promise<void>;
  /** What one account's part throws is its own; the result is undefined then. */
  readonly faultOf: <Result>(
    account: string,
    act: () => Promise<Result>,
  ) => Promise<Result | undefined>;
}

/** Publishes what `find` queues up, while it goes on; rejects with its error when that is out. */
export async function deliverWhile(
  deps: RunDeps,
  find: (running: Running) => Promise<Found>,
): Promise<Run> {
  const clock = clockFrom(deps.now);
  const inTime = endingIn(deps.timeLeftMs() - DELIVERY_MS);
  const ledger = deps.ledger.until(endingIn(deps.timeLeftMs() - DELIVERY_MS + WRITING_MS));
  const signal = endingIn(deps.timeLeftMs() - REPORT_MS);
  const faults: AccountFault[] = [];
  const delivery = { ...deps, ledger: deps.ledger.until(signal), clock, signal };
  const gathering = deps.isFannedOut
    ? gatherWithOthers({
        ...delivery,
        provider: deps.provider.id,
        timeLeftMs: () => deps.timeLeftMs() - DELIVERY_MS,
      })
    : gather(deps.only);
  const delivering = deliverOutboxes(gathering.batches(), delivery);
  try {
    const found = await find({ ...deps, ledger, inTime, queueUp, faultOf });
    gathering.end();
    return { ...found, faults, delivery: await delivering };
  } finally {
    gathering.end();
    await delivering;
  }

  async function queueUp(outbox: Outbox | undefined): Promise<void> {
    if (outbox && outbox.entries.length > 0) await gathering.add(outbox);
  }

  async function faultOf<Result>(
    account: string,
    act: () => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await act();
    } catch (error) {
      faults.push({ account, error });
      return undefined;
    }
  }
}

/** Checks the accounts, ten at a time and in their order, until the time is over. */
export async function checkAccounts(
  accounts: readonly AnyAccount[],
  running: Running,
  whenChecked: (account: string) => Promise<void> = async () => {},
): Promise<Checked> {
  const outcomes = await inParallel(PARALLEL_CHECKS, accounts, attempt);
  const postponed = accounts.filter((_, index) => outcomes[index] === 'postponed');
  return {
    checks: outcomes.filter((outcome) => typeof outcome === 'object'),
    invalidConfig: accounts.flatMap(({ name, invalid }) =>
      invalid ? [{ account: name, ...invalid }] : [],
    ),
    postponed: postponed.length,
    ...(postponed[0] && { next: postponed[0].name }),
  };

  async function attempt(account: AnyAccount): Promise<AccountCheck | 'postponed' | 'broken'> {
    const timeLeftMs = Math.min(ACCOUNT_LIMIT_MS, running.timeLeftMs() - DELIVERY_MS);
    if (timeLeftMs <= 0) return 'postponed';
    const { name } = account;
    const check = await running.faultOf(name, async () => {
      const checked = await checkAccount(account, {
        ...running,
        timeLeftMs,
        signal: running.inTime,
      });
      // Of an account that another run was faster with: both runs must have all parts of what goes out as one message,
      // so that they begin with the same account and one of them gets it whole.
      const key = { provider: running.provider.id, account: name };
      await running.queueUp(checked.outbox ?? (await readOutbox(key, running.ledger)));
      await whenChecked(name);
      return checked;
    });
    return check ?? 'broken';
  }
}

function endingIn(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, milliseconds));
}
