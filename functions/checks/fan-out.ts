/** Runs by functions side by side: one lists the accounts and puts slices of them on a queue, others check those. */
import type { SQSBatchResponse } from 'aws-lambda';
import { listParameterNames, readParametersByName } from '../config/parameter-store.ts';
import { readAccounts } from '../config/read-accounts.ts';
import { inParallel } from './in-parallel.ts';
import { clockFrom } from './outbox/deliver.ts';
import { measuringCrashes, type Outlets, report } from './report.ts';
import { checkAccounts, deliverWhile, type Run, type RunDeps, type Running } from './run.ts';
import {
  namesIn,
  readSlice,
  type Slice,
  type SliceQueue,
  slicesOf,
  sliceText,
} from './slice-queue.ts';
import { reportGone, wereThere } from './unwatched.ts';

const PARALLEL_WRITES = 10;

/**
 * Where slices of the last run still wait, these accounts are postponed until they are done: more messages would only
 * make the queue longer. Throws where Parameter Store or the queue fails; what is then put on it a second time is checked
 * a second time.
 */
export async function fanOut(deps: RunDeps, queue: SliceQueue): Promise<Run> {
  const { provider, ssm, parameterRoot } = deps;
  const folder = `${parameterRoot}/${provider.id}`;
  return deliverWhile({ ...deps, isFannedOut: true }, async (running) => {
    const { ledger, inTime } = running;
    const [parameters, registered, waiting] = await Promise.all([
      listParameterNames(ssm, folder, inTime),
      ledger.readRegister(provider.id),
      queue.countWaiting(inTime),
    ]);
    const slices = slicesOf(parameters.map((name) => name.slice(folder.length + 1)));
    const names = slices.flatMap(({ accounts }) => accounts);
    const isMissing = names.length === 0 && wereThere(registered);
    // Those of a run that was to put on more, and could not, are no reason to wait.
    const isBehind = waiting > 0 && registered.nextAccount === undefined;
    const bodies = isBehind ? [] : slices.map((slice) => sliceText(provider.id, slice));
    await handOn(bodies, { first: names[0], queue }, running);
    const added = names.filter((name) => !registered.accounts.has(name));
    await inParallel(PARALLEL_WRITES, added, (account) =>
      running.faultOf(account, () => ledger.addToRegister({ provider: provider.id, account })),
    );
    await reportGone(registered, { names, isMissing }, running);
    return {
      extent: 'all',
      ...(isMissing && { isMissing }),
      checks: [],
      invalidConfig: [],
      ...(isBehind ? { postponed: names.length } : { postponed: 0, handedOn: names.length }),
    };
  });
}

/** A run that ends in between leaves its first account behind, so that the next one puts all of them on again. */
async function handOn(
  bodies: readonly string[],
  { first, queue }: { readonly first: string | undefined; readonly queue: SliceQueue },
  { provider, ledger, inTime }: Running,
): Promise<void> {
  if (bodies.length === 0) return;
  await ledger.saveNextAccount(provider.id, first);
  await queue.send(bodies, inTime);
  await ledger.saveNextAccount(provider.id, undefined);
}

/** A message of the queue. */
export interface SliceRecord {
  readonly messageId: string;
  readonly body: string;
}

/**
 * Slice after slice; gives those that failed, which the queue hands over again. Throws where all did, so that the
 * invocation counts as an error.
 */
export async function checkSlices(
  records: readonly SliceRecord[],
  deps: RunDeps,
  outlets: Outlets,
): Promise<SQSBatchResponse> {
  const clock = clockFrom(deps.now);
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of records) {
    try {
      const run = await measuringCrashes(outlets, async () =>
        checkSlice(readSlice(body, deps.provider.id), { ...deps, now: clock() }),
      );
      report(deps.provider.id, run, outlets);
      if (run.postponed > 0) throw new Error(`time did not reach ${run.postponed} accounts`);
    } catch (error) {
      outlets.log.error('slice failed', { messageId, error });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  if (batchItemFailures.length === records.length) {
    throw new Error(`${records.length} of ${records.length} slices failed; the log says why`);
  }
  return { batchItemFailures };
}

/** Leaves accounts that are gone by now to the run that lists them. */
async function checkSlice(slice: Slice, deps: RunDeps): Promise<Run> {
  const { provider, ssm, parameterRoot } = deps;
  const names = namesIn(slice).map((name) => `${parameterRoot}/${provider.id}/${name}`);
  return deliverWhile({ ...deps, isFannedOut: true }, async (running) => {
    const parameters = await readParametersByName(ssm, names, running.inTime);
    const accounts = readAccounts(parameters, provider, parameterRoot, deps.now);
    return { extent: 'slice', ...(await checkAccounts(accounts, running)) };
  });
}
