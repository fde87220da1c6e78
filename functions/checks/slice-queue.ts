/** The queue on which a run over all accounts puts slices of them. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type SendMessageBatchRequestEntry as Entry,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

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
