/** A message as one SNS publish: each protocol its form, all of them together within the limit. */
import type { MessageAttributeValue, PublishCommandInput } from '@aws-sdk/client-sns';
import type { Message, Notice } from '../alerts/notice.ts';
import { chatNotification } from './chat.ts';
import { emailText } from './email.ts';
import { accountsOf, gravestFirst, isBudgetNotice, subject } from './headline.ts';
import { byteLength, clip, visibleJson } from './plain-text.ts';
import { smsText } from './sms.ts';

/** 256 KiB for `Message` and attributes together (SNS, API_Publish). */
const MAX_BYTES = 262_144;
/** For the subject, should it count, and to stay below the limit, not at it. */
const RESERVED_BYTES = 1_024;

/**
 * What does not fit is left out of email and JSON alike: first all drivers, then the least grave notices; both say so.
 * SMS, chat and subject are short by themselves and always speak of the whole message.
 */
export function publishInput(message: Message, topicArn: string): PublishCommandInput {
  const attributes = messageAttributes(message);
  const room = MAX_BYTES - RESERVED_BYTES - attributesByteLength(attributes);
  const envelope = envelopeOf(message);
  const excerpt = largestFitting(message, (tried) => fits(tried, envelope, room));
  return {
    TopicArn: topicArn,
    Subject: subject(message),
    MessageStructure: 'json',
    Message: envelope(excerpt),
    MessageAttributes: { ...attributes },
  };
}

type Envelope = (excerpt: Excerpt) => string;

function envelopeOf(message: Message): Envelope {
  const sms = smsText(message);
  const chat = visibleJson(chatNotification(message));
  return (excerpt) => {
    const email = emailText(excerpt);
    const json = excerptJson(excerpt);
    const programs = { lambda: json, sqs: json, firehose: json };
    return JSON.stringify({ default: email, email, sms, ...programs, http: chat, https: chat });
  };
}

function fits(excerpt: Excerpt, envelope: Envelope, room: number): boolean {
  // Cheap before dear: of 10,000 notices no email is written only to be thrown away.
  if (excerptJson(excerpt).length > room) return false;
  return byteLength(envelope(excerpt)) <= room;
}

/** `provider` is a String, or a String.Array where there are several; `accounts` and `kinds` are String.Array, `severity` is a String. */
export type MessageAttributes = {
  readonly provider?: MessageAttributeValue;
  readonly accounts: MessageAttributeValue;
  readonly kinds: MessageAttributeValue;
  readonly severity: MessageAttributeValue;
};

/** A longer list is cut after its gravest entries and ends in `*`; a filter policy that lists `*` too gets those as well. */
const MAX_ENTRIES = 100;
const MAX_LIST_BYTES = 16_384;
const REST = '*';

/** From the gravest notice on; `provider` is absent only from a message without notices. */
export function messageAttributes(message: Message): MessageAttributes {
  const notices = gravestFirst(message.notices);
  const providers = cutList([...new Set(notices.map((notice) => notice.provider))]);
  const [provider] = providers;
  return {
    ...(provider !== undefined && {
      provider: providers.length === 1 ? text(provider) : list(providers),
    }),
    accounts: list(cutList(accountsOf(notices))),
    kinds: list([...new Set(notices.map((notice) => notice.kind))]),
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

/**
 * At most `maxBytes` of UTF-8, from 4 KiB up. Where the message is larger, `"omitted": {"drivers": true, "notices": 12}`
 * says that the drivers of all notices and so many of the least grave notices are left out. Where leaving out the drivers
 * is not enough, texts of more than 300 characters are shortened too, and end in `...`.
 */
export function jsonText(message: Message, maxBytes: number): string {
  const excerpt = largestFitting(message, (tried) => byteLength(excerptJson(tried)) <= maxBytes);
  return excerptJson(excerpt);
}

/** An excerpt as it is; `omitted` only where something was. A name's invisible characters are there, as escapes. */
export function excerptJson({ message, omitted }: Excerpt): string {
  return visibleJson({ ...message, ...(omitted && { omitted }) });
}

/** What had to be left out; published as `omitted` beside the notices, absent where nothing was. */
export interface Omitted {
  /** Every notice lost its `drivers`. */
  readonly drivers: boolean;
  /** So many notices, the least grave ones. */
  readonly notices: number;
}

export interface Excerpt {
  readonly message: Message;
  readonly omitted?: Omitted;
}

/** Above what names, reasons and links come to; longer ones are shortened for want of room, and end in `...`. */
const MAX_TEXT_LENGTH = 300;
const MAX_UNPRICED = 10;

/**
 * The largest excerpt that fits. Each notice adds to the size, so that fewer of them fit whenever more do.
 * Where not even one does, the excerpt has none, whether that fits or not.
 */
export function largestFitting(message: Message, fits: (excerpt: Excerpt) => boolean): Excerpt {
  const whole = { message };
  if (fits(whole)) return whole;
  const bare = {
    message: { ...message, notices: message.notices.map(withoutDrivers) },
    omitted: { drivers: true, notices: 0 },
  };
  if (fits(bare)) return bare;
  return gravestFitting(shortened(bare.message), fits);
}

function gravestFitting(message: Message, fits: (excerpt: Excerpt) => boolean): Excerpt {
  const notices = gravestFirst(message.notices);
  const gravest = (count: number): Excerpt => ({
    message: { ...message, notices: notices.slice(0, count) },
    omitted: { drivers: true, notices: notices.length - count },
  });
  let fitting = 0;
  let tooMany = notices.length + 1;
  while (tooMany - fitting > 1) {
    // Doubling before halving: of 10,000 notices only some hundred are ever rendered.
    const count = Math.min(2 * fitting + 1, Math.floor((fitting + tooMany) / 2));
    if (fits(gravest(count))) fitting = count;
    else tooMany = count;
  }
  return gravest(fitting);
}

function withoutDrivers(notice: Notice): Notice {
  return isBudgetNotice(notice) ? { ...notice, drivers: [] } : notice;
}

function shortened(message: Message): Message {
  return { ...message, id: short(message.id), notices: message.notices.map(shortenedNotice) };
}

function shortenedNotice(notice: Notice): Notice {
  const base = {
    id: short(notice.id),
    provider: short(notice.provider),
    account: short(notice.account),
    reason: short(notice.reason),
    nextStep: short(notice.nextStep),
    links: { provider: short(notice.links.provider), parameter: short(notice.links.parameter) },
  };
  if (!isBudgetNotice(notice)) return { ...notice, ...base };
  return {
    ...notice,
    ...base,
    budget: short(notice.budget),
    unit: short(notice.unit),
    ...(notice.meter !== undefined && { meter: short(notice.meter) }),
    ...(notice.unpriced && { unpriced: notice.unpriced.slice(0, MAX_UNPRICED).map(short) }),
  };
}

function short(text: string): string {
  return clip(text, MAX_TEXT_LENGTH);
}
