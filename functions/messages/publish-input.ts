/** A message as one SNS publish: each protocol its form, all of them together within the limit. */
import type { MessageAttributeValue, PublishCommandInput } from '@aws-sdk/client-sns';
import type { Message } from '../alerts/notice.ts';
import { chatNotification } from './chat.ts';
import { digestSms, digestSubject, type SentDigest } from './digest.ts';
import { digestChat } from './digest-chat.ts';
import { digestEmail } from './digest-email.ts';
import { emailText } from './email.ts';
import { type Excerpt, excerptJson, largestFitting } from './excerpt.ts';
import { accountsOf, gravestFirst, subject } from './headline.ts';
import { byteLength, visibleJson } from './plain-text.ts';
import { smsText } from './sms.ts';

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

function envelopeOf(message: Message): Envelope {
  const digest = isDigest(message) ? message : undefined;
  const sms = digest ? digestSms(digest) : smsText(message);
  const chat = visibleJson(digest ? digestChat(digest) : chatNotification(message));
  return (excerpt) => {
    const email = digest ? digestEmail(digest) : emailText(excerpt);
    const json = excerptJson(excerpt);
    const programs = { lambda: json, sqs: json, firehose: json };
    return JSON.stringify({ default: email, email, sms, ...programs, http: chat, https: chat });
  };
}

function isDigest(message: Message): message is Message & SentDigest {
  return message.digest !== undefined;
}

function fits(excerpt: Excerpt, envelope: Envelope, room: number): boolean {
  // Cheap before dear: of 10,000 notices no email is written only to be thrown away.
  if (excerptJson(excerpt).length > room) return false;
  return byteLength(envelope(excerpt)) <= room;
}

/**
 * `provider` is a String, or a String.Array where there are several; `accounts`, `kinds` and `statuses` are String.Array,
 * `severity` is a String. A digest, which is about no account more than another, has `kinds` and `severity` only.
 */
export type MessageAttributes = {
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
  const notices = gravestFirst(message.notices);
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
