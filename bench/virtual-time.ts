/** Time that passes only when everybody waits: hours of a simulation take seconds. */
export interface VirtualTime {
  /** Milliseconds since the start. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Goes from one event to the next until the work is done. Throws where it waits for nothing that will come. */
  readonly until: <Result>(work: Promise<Result>) => Promise<Result>;
}

interface Waiting {
  readonly at: number;
  readonly resolve: () => void;
}

export function startVirtualTime(): VirtualTime {
  let now = 0;
  /** By time, the next one last. */
  const waiting: Waiting[] = [];

  function wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const at = now + milliseconds;
      let index = waiting.length;
      while (index > 0 && (waiting[index - 1]?.at ?? 0) <= at) index -= 1;
      waiting.splice(index, 0, { at, resolve });
    });
  }

  async function until<Result>(work: Promise<Result>): Promise<Result> {
    let isDone = false;
    const ended = work.finally(() => {
      isDone = true;
    });
    for (;;) {
      await new Promise(setImmediate);
      if (isDone) return ended;
      const next = waiting.pop();
      if (next === undefined) throw new Error('everybody waits for nothing');
      now = next.at;
      next.resolve();
    }
  }

  return { now: () => now, wait, until };
}

/** What is asked for over a virtual network. */
export interface VirtualService {
  /** Resolves when it was answered; a request that is throttled is sent again, as by the client or the adapter. */
  readonly ask: (requests?: number) => Promise<void>;
  readonly count: () => number;
  /** Requests in the second that had most of them. */
  readonly peak: () => number;
}

interface ServiceLimits {
  readonly latencyMs: number;
  /** Requests a second that it answers; more are throttled. */
  readonly perSecond?: number;
  /** Of so many requests it refuses one, and asks to wait for so long. */
  readonly refusal?: { readonly oneIn: number; readonly waitMs: number };
}

/** The SDK's standard retry mode: 100 ms, doubled each time, at most 20 s, of which a random part is waited. */
const BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 20_000;

export function startService(time: VirtualTime, limits: ServiceLimits): VirtualService {
  const { latencyMs, perSecond = Number.POSITIVE_INFINITY, refusal } = limits;
  const bySecond = new Map<number, number>();
  const answered = new Map<number, number>();
  const random = randomNumbers();
  let count = 0;

  async function askOnce(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      count += 1;
      const second = Math.floor(time.now() / 1000);
      add(bySecond, second);
      if (refusal && count % refusal.oneIn === 0) await time.wait(latencyMs + refusal.waitMs);
      else if ((answered.get(second) ?? 0) < perSecond) {
        add(answered, second);
        return time.wait(latencyMs);
      } else {
        const longest = Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** attempt);
        await time.wait(latencyMs + longest * random());
      }
    }
  }

  return {
    ask: async (requests = 1) => {
      for (let request = 0; request < requests; request += 1) await askOnce();
    },
    count: () => count,
    peak: () => bySecond.values().reduce((most, each) => Math.max(most, each), 0),
  };
}

function add(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** From 0 to 1, the same ones in each run of the benchmark (mulberry32). */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
