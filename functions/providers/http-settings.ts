/** The limits and waits of every request to a provider, and what a test may replace. */
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';

export interface HttpSettings {
  /** Holds the connections, and the time limit for opening one. */
  readonly dispatcher: Dispatcher;
  /** From the request to the end of the response's headers. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the body. */
  readonly bodyTimeoutMs: number;
  /** Of the decompressed body. */
  readonly maxBodyBytes: number;
  /** All in all, the first one included. */
  readonly attempts: number;
  /** The longest wait before the second attempt; it doubles with every further one. */
  readonly firstBackoffMs: number;
  /** Rejects as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** At least 0 and below 1. */
  readonly random: () => number;
}

export const defaultHttpSettings: HttpSettings = {
  dispatcher: new Agent({ connect: { timeout: 5_000 }, allowH2: false }),
  headersTimeoutMs: 30_000,
  bodyTimeoutMs: 30_000,
  maxBodyBytes: 64 * 1024 * 1024,
  attempts: 4,
  firstBackoffMs: 500,
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal });
  },
  random: Math.random,
};
