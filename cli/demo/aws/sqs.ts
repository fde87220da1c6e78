/** Queues (SQS, in AWS JSON 1.0), and what Lambda does with them: it hands their messages to a function. */
import { createHash, randomUUID } from 'node:crypto';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type Input, jsonService } from './json-service.ts';
import { AwsError, accountId, type EmbeddedService, region } from './server.ts';

export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  /** How often it was handed to a function. */
  receives: number;
  /** Epoch milliseconds; until then nobody gets it. */
  visibleAt: number;
}

/** An event source mapping with batches of one. */
interface EventSource {
  readonly queue: string;
  /** Gets what was handed over `mostReceives` times. */
  readonly deadLetterQueue: string;
  readonly mostReceives: number;
  readonly visibilityTimeoutMs: number;
  readonly invoke: (event: Pick<SQSEvent, 'Records'>) => Promise<SQSBatchResponse>;
}

export interface EmbeddedSqs extends EmbeddedService {
  /** With these messages, if any; empties one that exists. */
  readonly createQueue: (url: string, bodies?: readonly string[]) => void;
  /** What is in a queue, oldest first. */
  readonly messagesIn: (url: string) => readonly QueuedMessage[];
  /**
   * Hands over every message that is visible now, all at the same time. What the function has not failed is deleted. Gives
   * what it threw.
   */
  readonly handOver: (source: EventSource) => Promise<unknown[]>;
}

/** SQS quotas. */
const MOST_ENTRIES = 10;
const MOST_BYTES = 1024 * 1024;

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

export function createSqs(now: () => number): EmbeddedSqs {
  /** By path: there may be a proxy in front of this AWS. */
  const queues = new Map<string, QueuedMessage[]>();
  const service = jsonService('sqs', 'AmazonSQS', {
    GetQueueAttributes: ({ QueueUrl }) => {
      const waiting = queueAt(QueueUrl).filter(isVisible).length;
      return { Attributes: { ApproximateNumberOfMessages: String(waiting) } };
    },
    SendMessageBatch: sendBatch,
  });

  function queueAt(url: unknown): QueuedMessage[] {
    const queue = queues.get(pathOf(String(url)));
    if (queue) return queue;
    throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  }

  function sendBatch(input: Input): object {
    const queue = queueAt(input.QueueUrl);
    const entries = input.Entries as readonly Entry[];
    if (entries.length > MOST_ENTRIES) {
      throw new AwsError('TooManyEntriesInBatchRequest', `got ${entries.length}`);
    }
    const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.MessageBody), 0);
    if (bytes > MOST_BYTES) throw new AwsError('BatchRequestTooLong', `got ${bytes} bytes`);
    const Successful = entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: put(queue, MessageBody).messageId,
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    }));
    return { Successful };
  }

  function put(queue: QueuedMessage[], body: string): QueuedMessage {
    const message = { messageId: randomUUID(), body, receives: 0, visibleAt: now() };
    queue.push(message);
    return message;
  }

  function isVisible({ visibleAt }: QueuedMessage): boolean {
    return visibleAt <= now();
  }

  function take(queue: QueuedMessage[], message: QueuedMessage): void {
    const index = queue.indexOf(message);
    if (index >= 0) queue.splice(index, 1);
  }

  async function handOver(source: EventSource): Promise<unknown[]> {
    const queue = queueAt(source.queue);
    const ends = await Promise.allSettled(queue.filter(isVisible).map(handOne));
    return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));

    async function handOne(message: QueuedMessage): Promise<void> {
      if (message.receives >= source.mostReceives) {
        take(queue, message);
        put(queueAt(source.deadLetterQueue), message.body);
        return;
      }
      message.receives += 1;
      message.visibleAt = now() + source.visibilityTimeoutMs;
      const { batchItemFailures } = await source.invoke({ Records: [recordOf(message)] });
      if (batchItemFailures.length === 0) take(queue, message);
    }
  }

  return {
    ...service,
    messagesIn: queueAt,
    createQueue: (url, bodies = []) => {
      const queue: QueuedMessage[] = [];
      queues.set(pathOf(url), queue);
      for (const body of bodies) put(queue, body);
    },
    handOver,
  };
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}

/** As in Lambda's event. */
function recordOf({ messageId, body, receives }: QueuedMessage): SQSEvent['Records'][number] {
  return {
    messageId,
    body,
    receiptHandle: messageId,
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${region}:${accountId}:slices`,
    awsRegion: region,
    md5OfBody: createHash('md5').update(body).digest('hex'),
    messageAttributes: {},
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: 'local',
      ApproximateFirstReceiveTimestamp: '0',
    },
  };
}
