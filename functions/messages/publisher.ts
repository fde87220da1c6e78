/** Sends messages to the topic, one after the other, each when it is there. */
import { PublishCommand, type PublishCommandInput, type SNSClient } from '@aws-sdk/client-sns';
import type { Message } from '../alerts/notice.ts';
import { oneLine } from './plain-text.ts';
import { publishInput } from './publish-input.ts';

export interface PublishRequest {
  readonly sns: SNSClient;
  readonly topicArn: string;
  /** May still be growing. */
  readonly messages: Iterable<Message> | AsyncIterable<Message>;
  /** When it aborts, the messages not yet sent are reported as failed. */
  readonly signal?: AbortSignal;
}

/** `id` is the message's; an error is one line. */
export type PublishOutcome =
  | { readonly id: string; readonly published: true; readonly messageId: string }
  | { readonly id: string; readonly published: false; readonly error: string };

/** A topic that is gone, forbidden or out of reach stays so for the rest of a run. */
const MAX_FAILURES_IN_A_ROW = 3;

/**
 * One outcome for each message, as soon as it is known and in their order. Never throws for what SNS or the network does;
 * after three such failures in a row the rest is not tried. A message that SNS finds invalid fails alone.
 */
export async function* publishMessages(request: PublishRequest): AsyncGenerator<PublishOutcome> {
  const { messages, signal } = request;
  let failures: readonly string[] = [];
  for await (const message of messages) {
    const reason = reasonToStop(failures, signal);
    if (reason !== undefined) {
      yield failed(message, reason);
      continue;
    }
    const { outcome, isLasting } = await attempt(message, request);
    failures = isLasting && !outcome.published ? [...failures, outcome.error] : [];
    yield outcome;
  }
}

function reasonToStop(failures: readonly string[], signal?: AbortSignal): string | undefined {
  if (signal?.aborted) return 'not sent: the time for this run is over';
  if (failures.length < MAX_FAILURES_IN_A_ROW) return undefined;
  return `not sent: ${failures.length} messages in a row failed before, the last with ${failures.at(-1)}`;
}

interface Attempt {
  readonly outcome: PublishOutcome;
  /** Whether the next message has to expect the same. */
  readonly isLasting: boolean;
}

async function attempt(message: Message, request: PublishRequest): Promise<Attempt> {
  let input: PublishCommandInput;
  try {
    input = publishInput(message, request.topicArn);
  } catch (error) {
    return { outcome: failed(message, errorText(error)), isLasting: false };
  }
  try {
    const messageId = await send(input, request);
    return { outcome: { id: message.id, published: true, messageId }, isLasting: false };
  } catch (error) {
    return { outcome: failed(message, errorText(error)), isLasting: !isInvalidInput(error) };
  }
}

async function send(input: PublishCommandInput, { sns, signal }: PublishRequest): Promise<string> {
  const options = signal ? { abortSignal: signal } : {};
  const { MessageId } = await sns.send(new PublishCommand(input), options);
  return MessageId ?? '';
}

/** `InvalidParameterException` and `InvalidParameterValueException`. */
function isInvalidInput(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('InvalidParameter');
}

function failed({ id }: Message, error: string): PublishOutcome {
  return { id, published: false, error };
}

/** An SDK's error without a message, as of a refused connection, has a code at least. */
function errorText(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const code = 'code' in error ? String(error.code) : '';
  return oneLine(`${error.name}: ${error.message || code}`);
}
