/** The run over all accounts where others check them: it lists them, and puts them on a queue, a slice a message. */
import { listParameterNames } from '../config/parameter-store.ts';
import { inParallel } from './in-parallel.ts';
import { deliverWhile, type Run, type RunDeps, type Running } from './run.ts';
import type { SliceQueue } from './slice-queue.ts';
import { slicesOf, sliceText } from './slices.ts';
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
