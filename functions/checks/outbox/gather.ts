/** What is found waits for more, so that many alerts become one message: of one run, or of functions side by side. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { AccountKey } from '../../ledger/items.ts';
import type { RunLedger } from '../../ledger/ledger.ts';
import type { Collection } from '../../ledger/publishing.ts';
import { inParallel } from '../in-parallel.ts';
import { isPart, type Outbox, type OutboxEntry, readOutbox } from './outbox.ts';

interface Gathering {
  readonly add: (outbox: Outbox) => Promise<void>;
  /** Nothing more comes in. */
  readonly end: () => void;
  readonly batches: () => AsyncGenerator<readonly Outbox[]>;
}

/** The first batch waits so long for more. */
const GATHERING_MS = 3_000;

/**
 * Of a run that checks alone. Waits twice as long for each batch as for the one before, so that a long run has few. What
 * an earlier run was to send as one message, and could not, comes last, when all its accounts were checked; a check of
 * `only` one account leaves it to that.
 */
export function gather(only: string | undefined): Gathering {
  const found = openQueue();
  return {
    add: async (outbox) => found.add(outbox),
    end: found.end,
    async *batches() {
      const held: Outbox[] = [];
      for await (const batch of found.batches()) {
        yield batch.map(without(isPart));
        held.push(...batch.map(without((entry) => !isPart(entry))));
      }
      if (only === undefined) yield held;
    },
  };
}

function without(isLeftOut: (entry: OutboxEntry) => boolean) {
  return ({ key, entries }: Outbox): Outbox => ({
    key,
    entries: entries.filter((entry) => !isLeftOut(entry)),
  });
}

interface SharedGathering {
  readonly provider: string;
  readonly ledger: Collection & Pick<RunLedger<unknown, OutboxEntry>, 'readState'>;
  /** Epoch milliseconds; goes on during the run. */
  readonly clock: () => number;
  /** Milliseconds that may be spent with waiting. */
  readonly timeLeftMs: () => number;
  /** Default: a minute. */
  readonly collectingMs?: number | undefined;
}

/** So that a provider's alerts are at most one combined message a minute. */
const COLLECTING_MS = 60_000;
/** So much longer others leave their alerts to a function that collects, and may have died. */
const LEASE_MARGIN_MS = 30_000;
const PARALLEL_REQUESTS = 10;

/**
 * Of a function that checks a part of the accounts beside others. Whoever finds something while nobody collects does so
 * for a minute, and then has what all of them found, with what was left by a function that died. At its end each function
 * looks whether anything is left.
 */
export function gatherWithOthers(shared: SharedGathering): Gathering {
  const { provider, ledger, clock, timeLeftMs, collectingMs = COLLECTING_MS } = shared;
  const found = openQueue();
  return {
    async add(outbox) {
      await ledger.markWaiting(outbox.key);
      found.add(outbox);
    },
    end: found.end,
    async *batches() {
      for await (const _ of found.batches()) yield* collected();
      yield* collected();
    },
  };

  async function* collected(): AsyncGenerator<readonly Outbox[]> {
    if ((await ledger.readWaiting(provider)).length === 0) return;
    const by = randomUUID();
    const waitMs = Math.max(0, Math.min(collectingMs, timeLeftMs()));
    const until = clock() + waitMs + LEASE_MARGIN_MS;
    if (!(await ledger.beginCollecting(provider, { by, until }, clock()))) return;
    await setTimeout(waitMs);
    await ledger.endCollecting(provider, by);
    const waiting = await ledger.readWaiting(provider);
    yield await inParallel(PARALLEL_REQUESTS, waiting, outboxOf);
    await inParallel(PARALLEL_REQUESTS, waiting, async (one) => {
      if ((await outboxOf(one)).entries.length === 0) await ledger.unmarkWaiting(one);
    });
  }

  function outboxOf({ account }: AccountKey): Promise<Outbox> {
    return readOutbox({ provider, account }, ledger);
  }
}

interface OutboxQueue {
  readonly add: (outbox: Outbox) => void;
  readonly end: () => void;
  /** None of them is empty. */
  readonly batches: () => AsyncGenerator<readonly Outbox[]>;
}

function openQueue(): OutboxQueue {
  const items: Outbox[] = [];
  const ended = new AbortController();
  let wake = Promise.withResolvers<void>();

  async function* batches(): AsyncGenerator<readonly Outbox[]> {
    for (let waitMs = GATHERING_MS; ; waitMs *= 2) {
      await wake.promise;
      if (items.length > 0) await untilEnded(waitMs);
      if (items.length === 0) return;
      if (!ended.signal.aborted) wake = Promise.withResolvers();
      yield items.splice(0);
    }
  }

  async function untilEnded(waitMs: number): Promise<void> {
    try {
      await setTimeout(waitMs, undefined, { signal: ended.signal });
    } catch (error) {
      if (!ended.signal.aborted) throw error;
    }
  }

  return {
    add: (outbox) => {
      items.push(outbox);
      wake.resolve();
    },
    end: () => {
      ended.abort();
      wake.resolve();
    },
    batches,
  };
}
