/** The few operations of SNS that are used. */
import { queryService, xmlElement } from './query-service.ts';
import { AwsError, accountId, type EmbeddedService, region } from './server.ts';

export interface Subscription {
  /** `email`, `sms`, `lambda`, … */
  readonly protocol: string;
  readonly endpoint: string;
  /** False until its owner confirms it. Default: true. */
  readonly confirmed?: boolean;
  /** Its owner unsubscribed; SNS lists it for some more days. Default: false. */
  readonly unsubscribed?: boolean;
  /** As GetSubscriptionAttributes returns them: `FilterPolicy`, `FilterPolicyScope`, `RedrivePolicy`, … */
  readonly attributes?: Readonly<Record<string, string>>;
}

interface EmbeddedSns extends EmbeddedService {
  readonly published: readonly Published[];
  /** Returns the topic's ARN; a topic that exists gets the new subscriptions. */
  readonly createTopic: (name: string, subscriptions?: readonly Subscription[]) => string;
}

type Topics = Map<string, readonly Subscription[]>;

const API = {
  id: 'sns',
  version: '2010-03-31',
  namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
  refusals: {
    throttle: { code: 'Throttled', statusCode: 429 },
    deny: { code: 'AuthorizationError', statusCode: 403 },
    error: { code: 'InternalError', statusCode: 500 },
  },
} as const;

/** Subscriptions in a page (SNS API reference, ListSubscriptionsByTopic). */
const PAGE_SIZE = 100;

export function createSns(now: () => number): EmbeddedSns {
  const topics: Topics = new Map();
  const published: Published[] = [];
  const service = queryService(API, {
    Publish: (form) => {
      const message = readPublish(form, now());
      findTopic(message.topicArn, topics);
      published.push(message);
      return `<MessageId>${message.messageId}</MessageId>`;
    },
    ListSubscriptionsByTopic: (form) => listSubscriptions(form, topics),
    GetSubscriptionAttributes: (form) => subscriptionAttributes(form, topics),
    GetTopicAttributes: (form) => topicAttributes(form, topics),
  });
  return {
    ...service,
    published,
    createTopic: (name, subscriptions = []) => {
      const arn = `arn:aws:sns:${region}:${accountId}:${name}`;
      topics.set(arn, subscriptions);
      return arn;
    },
  };
}

function listSubscriptions(form: URLSearchParams, topics: Topics): string {
  const topicArn = form.get('TopicArn') ?? '';
  const subscriptions = findTopic(topicArn, topics);
  const start = pageStart(form.get('NextToken'));
  const end = start + PAGE_SIZE;
  const members = subscriptions
    .map((subscription, index) => member(subscription, topicArn, index))
    .slice(start, end);
  const next = end < subscriptions.length ? xmlElement('NextToken', pageToken(end)) : '';
  return `<Subscriptions>${members.join('')}</Subscriptions>${next}`;
}

function member(subscription: Subscription, topicArn: string, index: number): string {
  return [
    '<member>',
    xmlElement('TopicArn', topicArn),
    xmlElement('Protocol', subscription.protocol),
    xmlElement('SubscriptionArn', arnOf(subscription, topicArn, index)),
    xmlElement('Owner', accountId),
    xmlElement('Endpoint', subscription.endpoint),
    '</member>',
  ].join('');
}

/** An unconfirmed or deleted subscription has one of two words in place of its ARN. */
function arnOf(subscription: Subscription, topicArn: string, index: number): string {
  if (subscription.unsubscribed === true) return 'Deleted';
  return subscription.confirmed === false ? 'PendingConfirmation' : `${topicArn}:${index}`;
}

function subscriptionAttributes(form: URLSearchParams, topics: Topics): string {
  const arn = form.get('SubscriptionArn') ?? '';
  const parts = arn.split(':');
  if (parts.length < 6) {
    const reason = `An ARN must have at least 6 elements, not ${parts.length}`;
    throw new AwsError('InvalidParameter', `Invalid parameter: SubscriptionArn Reason: ${reason}`);
  }
  const topicArn = parts.slice(0, 6).join(':');
  const index = Number(parts[6]);
  const subscription = topics.get(topicArn)?.[index];
  if (subscription === undefined || arnOf(subscription, topicArn, index) !== arn) {
    throw new AwsError('NotFound', 'Subscription does not exist', 404);
  }
  const attributes = {
    SubscriptionArn: arn,
    TopicArn: topicArn,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    Owner: accountId,
    PendingConfirmation: 'false',
    ConfirmationWasAuthenticated: 'false',
    RawMessageDelivery: 'false',
    ...subscription.attributes,
  };
  return attributeMap(attributes);
}

function topicAttributes(form: URLSearchParams, topics: Topics): string {
  const topicArn = form.get('TopicArn') ?? '';
  const subscriptions = findTopic(topicArn, topics);
  const count = (isOne: (one: Subscription) => boolean) =>
    String(subscriptions.filter(isOne).length);
  const isGone = ({ unsubscribed }: Subscription) => unsubscribed === true;
  return attributeMap({
    TopicArn: topicArn,
    Owner: accountId,
    SubscriptionsConfirmed: count((one) => !isGone(one) && one.confirmed !== false),
    SubscriptionsPending: count((one) => !isGone(one) && one.confirmed === false),
    SubscriptionsDeleted: count(isGone),
  });
}

function attributeMap(attributes: Readonly<Record<string, string>>): string {
  const entries = Object.entries(attributes).map(
    ([key, value]) => `<entry>${xmlElement('key', key)}${xmlElement('value', value)}</entry>`,
  );
  return `<Attributes>${entries.join('')}</Attributes>`;
}

function pageToken(start: number): string {
  return Buffer.from(`page ${start}`).toString('base64');
}

function pageStart(token: string | null): number {
  if (token === null) return 0;
  const start = /^page (\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1];
  if (start === undefined) throw new AwsError('InvalidParameter', 'Invalid parameter: NextToken');
  return Number(start);
}

function findTopic(topicArn: string, topics: Topics): readonly Subscription[] {
  if (!/^arn:aws[\w-]*:sns:/.test(topicArn)) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: TopicArn');
  }
  const subscriptions = topics.get(topicArn);
  if (subscriptions === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
  return subscriptions;
}

/** Message and attributes together, in bytes (SNS API reference, Publish). */
const MAX_MESSAGE_BYTES = 262_144;

/** Keys that a message of structure `json` may have; SNS ignores all others. */
const PROTOCOLS = 'default email email-json sms http https sqs lambda firehose application'.split(
  ' ',
);

interface MessageAttribute {
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

export function bodyFor(published: Published, protocol: string): string {
  return published.bodies[protocol] ?? published.bodies.default ?? '';
}

/** A publish as SNS takes it; `at` in epoch milliseconds. Throws AwsError for what SNS refuses, except for an unknown topic. */
function readPublish(form: URLSearchParams, at: number): Published {
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
