/** The few operations of SNS that are used, in the AWS query protocol (form in, XML out) as the SNS client speaks it. */
import { type Published, readPublish } from './embedded-publish.ts';
import {
  AwsError,
  type AwsReply,
  accountId,
  type EmbeddedService,
  region,
} from './embedded-service.ts';

export interface Subscription {
  /** `email`, `sms`, `lambda`, … */
  readonly protocol: string;
  readonly endpoint: string;
  /** False until its owner has confirmed it; true, if not given. */
  readonly confirmed?: boolean;
}

export interface EmbeddedSns extends EmbeddedService {
  readonly published: readonly Published[];
  /** Returns the topic's ARN; a topic that exists gets the new subscriptions. */
  readonly createTopic: (name: string, subscriptions?: readonly Subscription[]) => string;
}

type Topics = Map<string, readonly Subscription[]>;
type Operation = (form: URLSearchParams) => string;

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
  };
  return {
    id: 'sns',
    refusals: {
      throttle: { code: 'Throttled', statusCode: 429 },
      deny: { code: 'AuthorizationError', statusCode: 403 },
      error: { code: 'InternalError', statusCode: 500 },
      unsigned: { code: 'MissingAuthenticationToken', statusCode: 403 },
    },
    operationOf: ({ headers, body }) =>
      headers['content-type']?.startsWith('application/x-www-form-urlencoded')
        ? (new URLSearchParams(body).get('Action') ?? undefined)
        : undefined,
    answer: async (name, request) => {
      const operation = operations[name];
      if (operation === undefined) throw new AwsError('InvalidAction', `Unknown action ${name}.`);
      return resultReply(name, operation(new URLSearchParams(request.body)));
    },
    errorReply,
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
  const members = findTopic(topicArn, topics).map(({ protocol, endpoint, confirmed }, index) => {
    const arn = confirmed === false ? 'PendingConfirmation' : `${topicArn}:${index}`;
    return [
      '<member>',
      element('TopicArn', topicArn),
      element('Protocol', protocol),
      element('SubscriptionArn', arn),
      element('Owner', accountId),
      element('Endpoint', endpoint),
      '</member>',
    ].join('');
  });
  return `<Subscriptions>${members.join('')}</Subscriptions>`;
}

function findTopic(topicArn: string, topics: Topics): readonly Subscription[] {
  if (!/^arn:aws[\w-]*:sns:/.test(topicArn)) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: TopicArn');
  }
  const subscriptions = topics.get(topicArn);
  if (subscriptions === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
  return subscriptions;
}

function resultReply(operation: string, result: string): AwsReply {
  return xmlReply(
    200,
    `${operation}Response`,
    (requestId) =>
      `<${operation}Result>${result}</${operation}Result><ResponseMetadata>${requestId}</ResponseMetadata>`,
  );
}

function errorReply({ code, message, statusCode }: AwsError): AwsReply {
  const type = element('Type', statusCode < 500 ? 'Sender' : 'Receiver');
  return xmlReply(
    statusCode,
    'ErrorResponse',
    (requestId) =>
      `<Error>${type}${element('Code', code)}${element('Message', message)}</Error>${requestId}`,
  );
}

function xmlReply(
  statusCode: number,
  root: string,
  content: (requestId: string) => string,
): AwsReply {
  const requestId = element('RequestId', crypto.randomUUID());
  const body = `<${root} xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${content(requestId)}</${root}>`;
  return { statusCode, headers: { 'content-type': 'text/xml' }, body };
}

function element(name: string, text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<${name}>${escaped}</${name}>`;
}
