/** A message as one SNS publish: each protocol its form, all of them together within the limit. */
import type { PublishCommandInput } from '@aws-sdk/client-sns';
import type { Message } from '../alerts/notice.ts';
import { attributesByteLength, messageAttributes } from './attributes.ts';
import { chatNotification } from './chat.ts';
import { emailText } from './email.ts';
import { type Excerpt, largestFitting } from './excerpt.ts';
import { excerptJson } from './json.ts';
import { byteLength, visibleJson } from './plain-text.ts';
import { smsText } from './sms.ts';
import { subject } from './subject.ts';

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
