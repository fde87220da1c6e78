/** A publish as SNS takes it, or why it refuses it. */
import { AwsError } from './server.ts';

/** Message and attributes together, in bytes (SNS API reference, Publish). */
const MAX_MESSAGE_BYTES = 262_144;

/** Keys that a message of structure `json` may have; SNS ignores all others. */
const PROTOCOLS = 'default email email-json sms http https sqs lambda firehose application'.split(
  ' ',
);

export interface MessageAttribute {
  /** `String`, `String.Array`, `Number` or `Binary`. */
  readonly type: string;
  readonly value: string;
}

/** One publish as its subscribers receive it. */
export interface Published {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject?: string;
  /** By protocol; `default` is always there. */
  readonly bodies: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The body for a subscriber of that protocol. */
export function bodyFor(published: Published, protocol: string): string {
  return published.bodies[protocol] ?? published.bodies.default ?? '';
}

/** `at` in epoch milliseconds. Throws AwsError for what SNS refuses, except for an unknown topic. */
export function readPublish(form: URLSearchParams, at: number): Published {
  const topicArn = form.get('TopicArn') ?? form.get('TargetArn');
  if (topicArn === null) {
    throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
  }
  const message = form.get('Message') ?? '';
  const subject = form.get('Subject');
  const attributes = readAttributes(form);
  if (message === '') throw invalid('Empty message');
  if (subject !== null && !isSubject(subject)) throw invalid('Subject');
  if (messageBytes(message, attributes) > MAX_MESSAGE_BYTES) throw invalid('Message too long');
  return {
    messageId: crypto.randomUUID(),
    topicArn,
    ...(subject !== null && { subject }),
    bodies: readBodies(message, form.get('MessageStructure')),
    attributes,
    at,
  };
}

function readBodies(message: string, structure: string | null): Record<string, string> {
  if (structure === null) return { default: message };
  if (structure !== 'json') throw invalid('MessageStructure');
  const parsed = parseObject(message);
  if (parsed === undefined) {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  const bodies = Object.fromEntries(
    Object.entries(parsed).filter(
      (entry): entry is [string, string] =>
        PROTOCOLS.includes(entry[0]) && typeof entry[1] === 'string',
    ),
  );
  if (bodies.default === undefined) {
    throw invalid('Message Structure - No default entry in JSON message body');
  }
  return bodies;
}

function readAttributes(form: URLSearchParams): Record<string, MessageAttribute> {
  const attributes: Record<string, MessageAttribute> = {};
  for (let number = 1; form.has(`MessageAttributes.entry.${number}.Name`); number += 1) {
    const entry = `MessageAttributes.entry.${number}`;
    const name = form.get(`${entry}.Name`) ?? '';
    const type = form.get(`${entry}.Value.DataType`) ?? '';
    const value =
      form.get(`${entry}.Value.StringValue`) ?? form.get(`${entry}.Value.BinaryValue`) ?? '';
    checkAttribute(name, { type, value });
    attributes[name] = { type, value };
  }
  return attributes;
}

function checkAttribute(name: string, { type, value }: MessageAttribute): void {
  const problem = !/^(String|Number|Binary)(\.|$)/.test(type)
    ? 'has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.'
    : value === '' &&
      `must contain non-empty message attribute value for message attribute type '${type}'.`;
  if (!problem) return;
  throw new AwsError('ParameterValueInvalid', `The message attribute '${name}' ${problem}`);
}

/**
 * Under 100 printable ASCII characters, the first of them no space. The reference now says UTF-8; it said ASCII
 * for years, and a subject that is good by the stricter rule is good by both.
 */
function isSubject(subject: string): boolean {
  return /^[!-~][ -~]{0,98}$/.test(subject);
}

function messageBytes(message: string, attributes: Record<string, MessageAttribute>): number {
  const parts = Object.entries(attributes).map(([name, { type, value }]) => name + type + value);
  return Buffer.byteLength(message + parts.join(''));
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
}

function parseObject(json: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? parsed
      : undefined;
  } catch {
    return undefined;
  }
}
