/** Hands on together what comes in one by one: all that is there at the end, or what is there when it has waited for a while. */
import { setTimeout } from 'node:timers/promises';

export interface Gathering<Item> {
  readonly add: (item: Item) => void;
  /** Nothing more comes in. */
  readonly end: () => void;
  /** None of them is empty. */
  readonly batches: () => AsyncGenerator<readonly Item[]>;
}

/** Waits twice as long for each batch as for the one before, so that a long run has few. */
export function gather<Item>(firstWaitMs: number): Gathering<Item> {
  const items: Item[] = [];
  const ended = new AbortController();
  let wake = Promise.withResolvers<void>();

  async function* batches(): AsyncGenerator<readonly Item[]> {
    for (let waitMs = firstWaitMs; ; waitMs *= 2) {
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
    add: (item) => {
      items.push(item);
      wake.resolve();
    },
    end: () => {
      ended.abort();
      wake.resolve();
    },
    batches,
  };
}
