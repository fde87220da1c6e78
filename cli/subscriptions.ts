/** Who is subscribed to a topic, and what keeps a message from reaching them. */
import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  type MessageAttributeValue,
  type SNSClient,
  type Subscription as SnsSubscription,
} from '@aws-sdk/client-sns';
import type { Message, NoticeKind } from '../functions/alerts/notice.ts';
import { messageAttributes } from '../functions/messages/publish-input.ts';

/**
 * `unconfirmed` is also what SNS makes of an email subscription that it switched off for more than ten messages a second
 * (repost.aws, "sns-email-subscription-disabled"); `unsubscribed` is listed for some days after its owner followed the
 * link at the end of an email.
 */
export type SubscriptionState = 'confirmed' | 'unconfirmed' | 'unsubscribed';

export interface Subscription {
  /** `email`, `lambda`, `https`, … */
  readonly protocol: string;
  readonly endpoint: string;
  readonly state: SubscriptionState;
  /** Absent where it gets every message. */
  readonly filter?: FilterPolicy;
}

/** What SNS writes in place of the ARN of a subscription that has none (yet or any more). */
const stateByWord: Readonly<Record<string, SubscriptionState>> = {
  PendingConfirmation: 'unconfirmed',
  Deleted: 'unsubscribed',
};

/** All of them, in SNS's order. Throws what the SDK does. */
export async function listSubscriptions(
  sns: SNSClient,
  topicArn: string,
  signal: AbortSignal,
): Promise<Subscription[]> {
  const found: Subscription[] = [];
  let token: string | undefined;
  do {
    const page = await sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken: token }),
      { abortSignal: signal },
    );
    for (const one of page.Subscriptions ?? [])
      found.push(await readSubscription(one, sns, signal));
    token = page.NextToken;
  } while (token !== undefined);
  return found;
}

async function readSubscription(
  { Protocol = '', Endpoint = '', SubscriptionArn = '' }: SnsSubscription,
  sns: SNSClient,
  signal: AbortSignal,
): Promise<Subscription> {
  const state = stateByWord[SubscriptionArn];
  const shown = { protocol: Protocol, endpoint: Endpoint };
  if (state !== undefined) return { ...shown, state };
  const { Attributes = {} } = await sns.send(
    new GetSubscriptionAttributesCommand({ SubscriptionArn }),
    { abortSignal: signal },
  );
  const filter = readFilterPolicy(Attributes);
  return { ...shown, state: 'confirmed', ...(filter && { filter }) };
}

/** What somebody has to know, and do, for alerts to arrive. */
export interface DeliveryFinding {
  /** Some sentences. */
  readonly text: string;
  /** For the shell, where there is one that helps. */
  readonly command?: string;
}

export interface TestedSubscription extends Subscription {
  /** Kinds of those sent that its filter policy keeps back; absent where that cannot be said. */
  readonly withheld?: readonly NoticeKind[];
}

export function tested(subscription: Subscription, sent: readonly Message[]): TestedSubscription {
  const { filter } = subscription;
  if (filter === undefined) return subscription;
  if (filter.allowed === undefined) return subscription;
  const keptBack = sent.filter(
    (message) => !letsThrough(filter, { ...messageAttributes(message) }),
  );
  const withheld = keptBack.flatMap(({ notices }) => notices.map(({ kind }) => kind));
  return { ...subscription, withheld };
}

/** Protocol, endpoint and state, a line each. */
export function subscriptionLines(subscriptions: readonly TestedSubscription[]): string[] {
  if (subscriptions.length === 0) return ['No subscriptions.'];
  const protocols = widest(subscriptions.map(({ protocol }) => protocol));
  const endpoints = widest(subscriptions.map(({ endpoint }) => endpoint));
  return [
    'Subscriptions:',
    ...subscriptions.map(
      (one) =>
        `  ${one.protocol.padEnd(protocols)}  ${one.endpoint.padEnd(endpoints)}  ${stateText(one)}`,
    ),
  ];
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}

function stateText({ state, filter, withheld }: TestedSubscription): string {
  if (filter === undefined) return state;
  const policy = `${state}, filter policy ${filter.text}`;
  if (withheld === undefined) return `${policy}: may keep messages back`;
  if (withheld.length === 0) return policy;
  return `${policy}: kept back ${withheld.join(', ')} of account northflank/TEST`;
}

/** None where every subscription is confirmed, and there is one. */
export function subscriptionFindings(
  subscriptions: readonly TestedSubscription[],
  topicArn: string,
): DeliveryFinding[] {
  const confirmed = subscriptions.filter(({ state }) => state === 'confirmed');
  const findings = subscriptions.flatMap((one) => finding(one, confirmed, topicArn) ?? []);
  if (confirmed.length > 0) return findings;
  const someone = { protocol: 'email', endpoint: 'ops@example.com' };
  const nobody = 'Nobody gets the alerts: no subscription is confirmed.';
  return subscriptions.length > 0
    ? [{ text: nobody }, ...findings]
    : [{ text: nobody, command: subscribing(someone, topicArn) }];
}

function finding(
  one: TestedSubscription,
  confirmed: readonly TestedSubscription[],
  topicArn: string,
): DeliveryFinding | undefined {
  const isThereAgain = confirmed.some(
    ({ protocol, endpoint }) => protocol === one.protocol && endpoint === one.endpoint,
  );
  if (one.state === 'confirmed' || isThereAgain) return undefined;
  const command = subscribing(one, topicArn);
  const name = `${one.protocol} ${one.endpoint}`;
  const why = one.state === 'unsubscribed' ? hasLeft : notConfirmed(one);
  return { text: `${name} gets nothing: ${why}`, command };
}

const hasLeft =
  'it has unsubscribed, and SNS lists it for about three days more. If that was a mistake, subscribe it again.';

/** SNS deletes after 48 hours what nobody confirmed (AWS, "What's new", 2023-05-10). */
function notConfirmed({ protocol }: TestedSubscription): string {
  if (!protocol.startsWith('email')) {
    return 'it is not confirmed. It has to visit the address in the request that SNS sent it, within 48 hours; else subscribe it again.';
  }
  return 'it is not confirmed. Its owner has to follow the link in the mail from SNS, which may be in the spam folder, within 48 hours; else subscribe it again. It is also what SNS makes of an email that got more than ten messages in a second.';
}

/** A deploy does not do it again: nothing in the stack has changed. */
function subscribing(
  { protocol, endpoint }: Pick<Subscription, 'protocol' | 'endpoint'>,
  topicArn: string,
): string {
  const region = topicArn.split(':')[3];
  return `aws sns subscribe --region ${region} --topic-arn ${topicArn} --protocol ${protocol} --notification-endpoint ${endpoint}`;
}

export interface FilterPolicy {
  /** JSON, as it is set. */
  readonly text: string;
  /** The values allowed for each attribute; absent where the policy has more than lists of words, or looks at the body. */
  readonly allowed?: Readonly<Record<string, readonly string[]>>;
}

type Attributes = Readonly<Record<string, MessageAttributeValue>>;

/** Of what GetSubscriptionAttributes tells; undefined where there is none. */
export function readFilterPolicy({
  FilterPolicy: text,
  FilterPolicyScope: scope,
}: Partial<Record<string, string>>): FilterPolicy | undefined {
  if (text === undefined || text === '{}') return undefined;
  const allowed = scope === 'MessageBody' ? undefined : wordLists(parsed(text));
  return { text, ...(allowed && { allowed }) };
}

/** Whether a message with these attributes gets through; undefined where that cannot be said. */
export function letsThrough(
  { allowed }: FilterPolicy,
  attributes: Attributes,
): boolean | undefined {
  if (allowed === undefined) return undefined;
  return Object.entries(allowed).every(([name, words]) =>
    valuesOf(attributes[name]).some((value) => words.includes(value)),
  );
}

/** Of a String.Array any value counts (SNS developer guide, "Subscription filter policies"). */
function valuesOf(attribute: MessageAttributeValue | undefined): readonly string[] {
  const { DataType, StringValue } = attribute ?? {};
  if (StringValue === undefined) return [];
  return DataType === 'String.Array' ? (JSON.parse(StringValue) as string[]) : [StringValue];
}

function wordLists(policy: unknown): Record<string, readonly string[]> | undefined {
  if (typeof policy !== 'object' || policy === null) return undefined;
  const entries = Object.entries(policy);
  return entries.every(([, words]) => isWordList(words)) ? Object.fromEntries(entries) : undefined;
}

function isWordList(words: unknown): words is readonly string[] {
  return Array.isArray(words) && words.every((word) => typeof word === 'string');
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
