/** Checks the slices of accounts that the queue hands over. */
import type { SQSBatchResponse } from 'aws-lambda';
import { readParametersByName } from '../config/parameter-store.ts';
import { readAccounts } from '../config/read-accounts.ts';
import { clockFrom } from './deliver.ts';
import { type Outlets, report } from './report.ts';
import { checkAccounts, deliverWhile, type Run, type RunDeps } from './run.ts';
import { namesIn, readSlice, type Slice } from './slices.ts';

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
      const slice = readSlice(body, deps.provider.id);
      const run = await checkSlice(slice, { ...deps, now: clock() });
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
