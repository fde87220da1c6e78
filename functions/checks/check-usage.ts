/** One run: every account of one provider is checked, and what fires or is resolved is published as it is found. */
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { AnyAccount, InvalidParameters } from '../config/account.ts';
import { type Parameter, readParameter, readParameters } from '../config/parameter-store.ts';
import { readAccounts } from '../config/read-accounts.ts';
import type { Provider } from '../providers/provider.ts';
import { type AccountCheck, type AccountRunLedger, checkAccount } from './check-account.ts';
import { clockFrom, deliverOutboxes, gather, type OutboxDelivery } from './deliver.ts';
import { inParallel } from './in-parallel.ts';
import type { Outbox } from './outbox.ts';
import { type AccountsRegistered, reportEmptyRun, reportUnwatched } from './unwatched.ts';

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
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whole milliseconds until the function is stopped. */
  readonly timeLeftMs: () => number;
  /** As of `DeliveryDeps`. */
  readonly gapMs?: number;
}

export interface AccountFault {
  readonly account: string;
  readonly error: unknown;
}

export interface InvalidAccount extends InvalidParameters {
  readonly account: string;
}

export interface Run {
  /** The one account that was to be checked; absent where it was all of them. */
  readonly only?: string;
  /** A run over all accounts found none, though there were some. */
  readonly isMissing?: true;
  readonly checks: readonly AccountCheck[];
  readonly invalidConfig: readonly InvalidAccount[];
  /** Accounts whose check broke on our side (the ledger); the next run tries again. */
  readonly faults: readonly AccountFault[];
  /** Accounts that time did not reach; the next run begins with them. */
  readonly postponed: number;
  readonly delivery: OutboxDelivery;
}

const PARALLEL_CHECKS = 10;
/** One slow account may not use up the run of the others. */
const ACCOUNT_LIMIT_MS = 120_000;
/** Kept for publishing and clearing what was found last, and of that as much for writing what was found at all. */
const DELIVERY_MS = 30_000;
const WRITING_MS = 10_000;
/** Kept for the report. */
const REPORT_MS = 2_000;
/** What is found waits so long for more, to be one message where more than a few accounts alert. */
const GATHERING_MS = 3_000;

export async function checkUsage(deps: RunDeps): Promise<Run> {
  const { provider, parameterRoot, only } = deps;
  const clock = clockFrom(deps.now);
  const inTime = endingIn(deps.timeLeftMs() - DELIVERY_MS);
  const ledger = deps.ledger.until(endingIn(deps.timeLeftMs() - DELIVERY_MS + WRITING_MS));
  const [parameters, registered] = await Promise.all([
    readOwnParameters(deps, inTime),
    ledger.readRegister(provider.id),
  ]);
  const found = readAccounts(parameters, provider, parameterRoot, deps.now);
  const isMissing = only === undefined && found.length === 0 && wereThere(registered);
  const first = only === undefined ? registered.nextAccount : undefined;
  const queue = startingWith(first, found);
  const faults: AccountFault[] = [];
  const gathering = gather<Outbox>(GATHERING_MS);
  const delivering = deliverWhatComes();
  const outcomes = await inParallel(PARALLEL_CHECKS, queue, attempt);
  await inParallel(PARALLEL_CHECKS, goneOf(registered, found, only), reportUnwatchedOnce);
  if (only === undefined) await faultOf('', () => reportRun());
  const postponed = queue.filter((_, index) => outcomes[index] === 'postponed');
  try {
    if (only === undefined && first !== postponed[0]?.name) {
      await ledger.saveNextAccount(provider.id, postponed[0]?.name);
    }
  } finally {
    gathering.end();
    await delivering;
  }
  return {
    ...(only !== undefined && { only }),
    ...(isMissing && { isMissing }),
    checks: outcomes.filter((outcome) => typeof outcome === 'object'),
    invalidConfig: found.flatMap(({ name, invalid }) =>
      invalid ? [{ account: name, ...invalid }] : [],
    ),
    faults,
    postponed: postponed.length,
    delivery: await delivering,
  };

  async function attempt(account: AnyAccount): Promise<AccountCheck | 'postponed' | 'broken'> {
    const timeLeftMs = Math.min(ACCOUNT_LIMIT_MS, deps.timeLeftMs() - DELIVERY_MS);
    if (timeLeftMs <= 0) return 'postponed';
    const { name } = account;
    const check = await faultOf(name, async () => {
      const checked = await checkAccount(account, {
        ...deps,
        ledger,
        timeLeftMs,
        signal: inTime,
      });
      queueUp(checked.outbox ?? (await outboxOf(name)));
      if (!registered.accounts.has(name)) {
        await ledger.addToRegister({ provider: provider.id, account: name });
      }
      return checked;
    });
    return check ?? 'broken';
  }

  /** An account stays in the register until all of it was published; where a whole run finds none, for when they are back. */
  async function reportUnwatchedOnce(account: string): Promise<void> {
    await faultOf(account, async () => {
      const { outbox, isDone } = await reportUnwatched(account, isMissing, { ...deps, ledger });
      queueUp(outbox);
      if (isDone && only === undefined && !isMissing) {
        await ledger.takeFromRegister({ provider: provider.id, account });
      }
    });
  }

  async function reportRun(): Promise<void> {
    queueUp(await reportEmptyRun(registered, isMissing, { ...deps, ledger }));
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

  /**
   * Of an account that another run was faster with: both runs must have all parts of what goes out as one message, so
   * that they begin with the same account and one of them gets it whole.
   */
  async function outboxOf(account: string): Promise<Outbox> {
    const key = { provider: provider.id, account };
    return { key, entries: (await ledger.readState(key)).outbox };
  }

  function queueUp(outbox: Outbox | undefined): void {
    if (outbox && outbox.entries.length > 0) gathering.add(outbox);
  }

  function deliverWhatComes(): Promise<OutboxDelivery> {
    const signal = endingIn(deps.timeLeftMs() - REPORT_MS);
    return deliverOutboxes(gathering.batches(), {
      ...deps,
      ledger: deps.ledger.until(signal),
      clock,
      signal,
    });
  }
}

function endingIn(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, milliseconds));
}

/** Whether accounts of the provider were found in Parameter Store ever before. */
function wereThere({ accounts, run }: AccountsRegistered): boolean {
  return accounts.size > 0 || run.unwatchedAt !== undefined;
}

/** Names of the accounts that were there, and are no longer. */
function goneOf(
  { accounts }: AccountsRegistered,
  found: readonly AnyAccount[],
  only: string | undefined,
): string[] {
  const names = new Set(found.map(({ name }) => name));
  const looked = only === undefined ? [...accounts] : [...accounts].filter((name) => name === only);
  return looked.filter((name) => !names.has(name));
}

/** Of one account also a parameter in place of its folder: it is wrong, and has to be reported. */
async function readOwnParameters(
  deps: RunDeps,
  signal: AbortSignal,
): Promise<readonly Parameter[]> {
  const { ssm, provider, parameterRoot, only } = deps;
  const folder = `${parameterRoot}/${provider.id}`;
  if (only === undefined) return readParameters(ssm, folder, signal);
  const name = `${folder}/${only}`;
  const [inPlace, below] = await Promise.all([
    readParameter(ssm, name, undefined, signal),
    readParameters(ssm, name, signal),
  ]);
  return inPlace ? [inPlace, ...below] : below;
}

/** The accounts in order of name, turned so that the one that the last run did not reach comes first. */
function startingWith(first: string | undefined, accounts: readonly AnyAccount[]): AnyAccount[] {
  const index = accounts.findIndex(({ name }) => first !== undefined && name >= first);
  return index < 0 ? [...accounts] : [...accounts.slice(index), ...accounts.slice(0, index)];
}
