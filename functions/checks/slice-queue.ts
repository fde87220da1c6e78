/** Slices of a provider's accounts, and the queue on which each is a message, for one function to check. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type SendMessageBatchRequestEntry as Entry,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';

export interface Slice {
  /** Names, in order. */
  readonly accounts: readonly string[];
  /** Parameters of theirs that are neither a token nor a config, which are wrong: `acme/tokn`. */
  readonly others: readonly string[];
}

/**
 * Ten are checked at a time, for two minutes each at the most: that is ten minutes of the function's fifteen, so a slice
 * fits however slow the provider is. Smaller ones would only be more requests: 50,000 accounts are a thousand messages.
 */
const ACCOUNTS_A_SLICE = 50;
/** They are only reported; with names of the greatest length a message is 150 KB then, and SQS takes 1 MiB. */
const MOST_OTHERS = 100;

/** `names`: of parameters, below the provider's folder: `acme/token`. */
export function slicesOf(names: readonly string[]): Slice[] {
  const byAccount = Map.groupBy(names, (name) => name.split('/', 1)[0] ?? '');
  const accounts = [...byAccount.keys()].sort();
  return Array.from({ length: Math.ceil(accounts.length / ACCOUNTS_A_SLICE) }, (_, index) => {
    const own = accounts.slice(index * ACCOUNTS_A_SLICE, (index + 1) * ACCOUNTS_A_SLICE);
    const others = own.flatMap((account) => (byAccount.get(account) ?? []).filter(isStray));
    return { accounts: own, others: others.slice(0, MOST_OTHERS) };
  });
}

function isStray(name: string): boolean {
  return !/^[^/]+\/(token|config)$/.test(name);
}

/** Of the parameters that a slice is about, below the provider's folder; some may be gone by now. */
export function namesIn({ accounts, others }: Slice): string[] {
  return [...accounts.flatMap((account) => [`${account}/token`, `${account}/config`]), ...others];
}

const name = z.string().min(1);
const sliceSchema = z.strictObject({
  provider: name,
  accounts: z.array(name).min(1).max(ACCOUNTS_A_SLICE),
  others: z.array(name).max(MOST_OTHERS),
});

/** The body of a message. */
export function sliceText(provider: string, slice: Slice): string {
  return JSON.stringify({ provider, ...slice });
}

/** Throws one line for a body that is no slice of the provider's accounts. */
export function readSlice(body: string, provider: string): Slice {
  const slice = sliceSchema.safeParse(jsonOf(body)).data;
  if (slice?.provider === provider) return slice;
  const expected = `{"provider":"${provider}","accounts":[…],"others":[…]}, with up to ${ACCOUNTS_A_SLICE} accounts`;
  throw new Error(`slice: expected ${expected}, got ${body.slice(0, MOST_SHOWN)}`);
}

/** Of a body, in characters. */
const MOST_SHOWN = 200;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface SliceQueue {
  /** Messages that no function has taken yet, or that are to be taken again; about so many, says SQS. */
  readonly countWaiting: (signal: AbortSignal) => Promise<number>;
  /** Throws, with the queue's word for it, unless it has taken all of them. */
  readonly send: (bodies: readonly string[], signal: AbortSignal) => Promise<void>;
}

/** SendMessageBatch takes ten, of 1 MiB together (SQS quotas); half of it is left for what surrounds them. */
const MOST_MESSAGES = 10;
const MOST_BYTES = 512 * 1024;
/** Of a message that SQS did not take, though it took others of its request. */
const ATTEMPTS = 3;
const PAUSE_MS = 200;

export function openSliceQueue(sqs: SQSClient, QueueUrl: string): SliceQueue {
  return {
    countWaiting: async (abortSignal) => {
      const command = new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages'],
      });
      const { Attributes } = await sqs.send(command, { abortSignal });
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    },

    send: async (bodies, signal) => {
      for (const batch of batchesOf(bodies)) await sendAll(batch, signal);
    },
  };

  async function sendAll(entries: readonly Entry[], abortSignal: AbortSignal): Promise<void> {
    let open = entries;
    for (let attempt = 1; open.length > 0; attempt += 1) {
      const command = new SendMessageBatchCommand({ QueueUrl, Entries: [...open] });
      const { Failed = [] } = await sqs.send(command, { abortSignal });
      const [first] = Failed;
      if (first && (first.SenderFault || attempt === ATTEMPTS)) {
        const all = `${Failed.length} of ${entries.length} slices`;
        throw new Error(`SQS did not take ${all}: ${first.Code}: ${first.Message}`);
      }
      const failed = new Set(Failed.map(({ Id }) => Id));
      open = open.filter(({ Id }) => failed.has(Id));
      if (open.length > 0) await pause(PAUSE_MS * attempt, undefined, { signal: abortSignal });
    }
  }
}

function batchesOf(bodies: readonly string[]): Entry[][] {
  const batches: Entry[][] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    const last = batches.at(-1);
    if (last === undefined || last.length === MOST_MESSAGES || bytes + size > MOST_BYTES) {
      batches.push([{ Id: '0', MessageBody: body }]);
      bytes = size;
    } else {
      last.push({ Id: String(last.length), MessageBody: body });
      bytes += size;
    }
  }
  return batches;
}
