/** Publishes messages to the topic: each protocol gets its form, all of them together within the limit of SNS. */
import {
  type MessageAttributeValue,
  PublishCommand,
  type PublishCommandInput,
  type SNSClient,
} from '@aws-sdk/client-sns';
import type { Message } from '../alerts/notice.ts';
import { chatNotification, digestChat } from './chat.ts';
import { digestSubject, type SentDigest } from './digest.ts';
import { digestEmail, emailText } from './email.ts';
import { type Excerpt, excerptJson, largestFitting } from './excerpt.ts';
import { accountsOf, subject } from './headline.ts';
import { byteLength, oneLine, visibleJson } from './plain-text.ts';
import { digestSms, smsText } from './sms.ts';

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

/** 256 KiB for `Message` and attributes together (SNS, API_Publish). */
const MAX_BYTES = 262_144;
/** For the subject, should it count, and to stay below the limit, not at it. */
const RESERVED_BYTES = 1_024;

/**
 * What does not fit is left out of email and JSON alike: first all drivers, then the least grave notices; both say so.
 * SMS, chat and subject are short by themselves and always cover the whole message.
 */
export function publishInput(message: Message, topicArn: string): PublishCommandInput {
  const attributes = messageAttributes(message);
  const room = MAX_BYTES - RESERVED_BYTES - attributesByteLength(attributes);
  const envelope = envelopeOf(message);
  const excerpt = largestFitting(message, (tried) => fits(tried, envelope, room));
  return {
    TopicArn: topicArn,
    Subject: isDigest(message) ? digestSubject(message) : subject(message),
    MessageStructure: 'json',
    Message: envelope(excerpt),
    MessageAttributes: { ...attributes },
  };
}

type Envelope = (excerpt: Excerpt) => string;

/** They get the same JSON, each a copy of its own. */
const PROGRAMS = ['lambda', 'sqs', 'firehose'];

function envelopeOf(message: Message): Envelope {
  const digest = isDigest(message) ? message : undefined;
  const sms = digest ? digestSms(digest) : smsText(message);
  const chat = visibleJson(digest ? digestChat(digest) : chatNotification(message));
  return (excerpt) => {
    const email = digest ? digestEmail(digest) : emailText(excerpt);
    const json = excerptJson(excerpt);
    const programs = Object.fromEntries(PROGRAMS.map((protocol) => [protocol, json]));
    return JSON.stringify({ default: email, email, sms, ...programs, http: chat, https: chat });
  };
}

function isDigest(message: Message): message is Message & SentDigest {
  return message.digest !== undefined;
}

function fits(excerpt: Excerpt, envelope: Envelope, room: number): boolean {
  // Cheap before dear: of 10,000 notices no email is written only to be thrown away.
  if (PROGRAMS.length * excerptJson(excerpt).length > room) return false;
  return byteLength(envelope(excerpt)) <= room;
}

/**
 * `provider` is a String, or a String.Array where there are several; `accounts`, `kinds` and `statuses` are String.Array,
 * `severity` is a String. A digest, which is about no account more than another, has `kinds` and `severity` only.
 */
type MessageAttributes = {
  readonly provider?: MessageAttributeValue;
  readonly accounts?: MessageAttributeValue;
  readonly kinds: MessageAttributeValue;
  readonly statuses?: MessageAttributeValue;
  readonly severity: MessageAttributeValue;
};

/** A longer list is cut after its gravest entries and ends in `*`; a filter policy that lists `*` too gets those as well. */
const MAX_ENTRIES = 100;
const MAX_LIST_BYTES = 16_384;
const REST = '*';

/** From the gravest notice on; `provider` is absent only from a message without notices. */
export function messageAttributes(message: Message): MessageAttributes {
  if (message.digest) return { kinds: list(['digest']), severity: text(message.severity) };
  const { notices } = message;
  const providers = cutList([...new Set(notices.map((notice) => notice.provider))]);
  const [provider] = providers;
  return {
    ...(provider !== undefined && {
      provider: providers.length === 1 ? text(provider) : list(providers),
    }),
    accounts: list(cutList(accountsOf(notices))),
    kinds: list([...new Set(notices.map((notice) => notice.kind))]),
    statuses: list([...new Set(notices.map((notice) => notice.status))]),
    severity: text(message.severity),
  };
}

/** What SNS counts of them: names, types and values, in UTF-8. */
export function attributesByteLength(
  attributes: Readonly<Record<string, MessageAttributeValue>>,
): number {
  return Object.entries(attributes)
    .map(([name, { DataType = '', StringValue = '' }]) => byteLength(name + DataType + StringValue))
    .reduce((sum, bytes) => sum + bytes, 0);
}

function cutList(entries: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += byteLength(visibleJson(entry)) + 1;
    if (kept.length === MAX_ENTRIES || bytes > MAX_LIST_BYTES) return [...kept, REST];
    kept.push(entry);
  }
  return kept;
}

function text(value: string): MessageAttributeValue {
  return { DataType: 'String', StringValue: value };
}

function list(entries: readonly string[]): MessageAttributeValue {
  return { DataType: 'String.Array', StringValue: visibleJson(entries) };
}
