/** The few operations of SNS that are used, in the AWS query protocol (form in, XML out) of the SNS client. */
import { type Published, readPublish } from './publish.ts';
import {
  AwsError,
  accountId,
  type EmbeddedService,
  type QueryApi,
  queryError,
  queryOperation,
  queryReply,
  region,
  xmlElement,
} from './server.ts';

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

export interface EmbeddedSns extends EmbeddedService {
  readonly published: readonly Published[];
  /** Returns the topic's ARN; a topic that exists gets the new subscriptions. */
  readonly createTopic: (name: string, subscriptions?: readonly Subscription[]) => string;
}

type Topics = Map<string, readonly Subscription[]>;
type Operation = (form: URLSearchParams) => string;

const api: QueryApi = {
  version: '2010-03-31',
  namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
};

/** Subscriptions in a page (SNS API reference, ListSubscriptionsByTopic). */
const PAGE_SIZE = 100;

export function createSns(now: () => number): EmbeddedSns {
  const topics: Topics = new Map();
  const published: Published[] = [];
  const operations: Readonly<Record<string, Operation>> = {
    Publish: (form) => {
      const message = readPublish(form, now());
      findTopic(message.topicArn, topics);
      published.push(message);
      return `<MessageId>${message.messageId}</MessageId>`;
    },
    ListSubscriptionsByTopic: (form) => listSubscriptions(form, topics),
    GetSubscriptionAttributes: (form) => subscriptionAttributes(form, topics),
    GetTopicAttributes: (form) => topicAttributes(form, topics),
  };
  return {
    id: 'sns',
    refusals: {
      throttle: { code: 'Throttled', statusCode: 429 },
      deny: { code: 'AuthorizationError', statusCode: 403 },
      error: { code: 'InternalError', statusCode: 500 },
      unsigned: { code: 'MissingAuthenticationToken', statusCode: 403 },
    },
    operationOf: (request) => queryOperation(request, api),
    answer: async (name, request) => {
      const operation = operations[name];
      if (operation === undefined) throw new AwsError('InvalidAction', `Unknown action ${name}.`);
      return queryReply(api, name, operation(new URLSearchParams(request.body)));
    },
    errorReply: (error) => queryError(api, error),
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
