/** Who is subscribed to a topic, through which channel, and why a subscriber may not receive a message. */
import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  type MessageAttributeValue,
  type SNSClient,
  type Subscription as SnsSubscription,
} from '@aws-sdk/client-sns';
import type { NoticeKind, Status } from '../functions/alerts/kinds.ts';
import type { Message } from '../functions/alerts/notice.ts';
import { messageAttributes } from '../functions/messages/publish.ts';
import { textTable } from './output.ts';

/**
 * SNS also reports `unconfirmed` for an email subscription that it disabled after more than ten messages in a second
 * (repost.aws, "sns-email-subscription-disabled"), and lists `unsubscribed` ones for some days.
 */
type SubscriptionState = 'confirmed' | 'unconfirmed' | 'unsubscribed';

export interface Subscription {
  /** `email`, `lambda`, `https`, … */
  readonly protocol: string;
  readonly endpoint: string;
  readonly state: SubscriptionState;
  /** Absent where it receives every message. */
  readonly filter?: FilterPolicy;
}

/** What SNS returns in place of an ARN while a subscription has none. */
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

/** Why alerts do not arrive, and what to do. */
export interface DeliveryFinding {
  /** One or more sentences. */
  readonly text: string;
  /** A shell command that fixes it. */
  readonly command?: string;
}

/** A test message, by what it is a sample of. */
export interface Sample {
  readonly kind: SampleKind;
  /** Absent of a digest. */
  readonly status?: Status;
}

export type SampleKind = NoticeKind | 'digest';

export function sampleOf({ notices: [notice] }: Message): Sample {
  return notice ? { kind: notice.kind, status: notice.status } : { kind: 'digest' };
}

export interface TestedSubscription extends Subscription {
  /** Samples that its filter policy filters out; absent where that is unknown. */
  readonly filteredOut?: readonly Sample[];
}

export function tested(subscription: Subscription, sent: readonly Message[]): TestedSubscription {
  const allowed = subscription.filter?.allowed;
  if (allowed === undefined) return subscription;
  const filteredOut = sent
    .filter((message) => !accepts(allowed, { ...messageAttributes(message) }))
    .map(sampleOf);
  return { ...subscription, filteredOut };
}

/** `budget (firing, resolved), no-data (resolved), digest`. */
export function statusesByKind(samples: readonly Sample[]): string {
  const byKind = Map.groupBy(samples, ({ kind }) => kind);
  return [...byKind]
    .map(([kind, ofKind]) => {
      const statuses = ofKind.flatMap(({ status }) => status ?? []);
      return statuses.length === 0 ? kind : `${kind} (${statuses.join(', ')})`;
    })
    .join(', ');
}

/** None where there is a subscription, and all are confirmed. */
export function subscriptionFindings(
  subscriptions: readonly TestedSubscription[],
  topicArn: string,
): DeliveryFinding[] {
  const confirmed = subscriptions.filter(({ state }) => state === 'confirmed');
  const findings = subscriptions.flatMap((one) => finding(one, confirmed, topicArn) ?? []);
  if (confirmed.length > 0) return findings;
  const someone = { protocol: 'email', endpoint: 'ops@example.com' };
  const nobody = 'Nobody receives alerts: no subscription is confirmed.';
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
  return { text: `${name} receives nothing: ${why}`, command };
}

const hasLeft =
  'it unsubscribed (SNS lists it for about three more days). If that was a mistake, subscribe it again.';

/** SNS deletes an unconfirmed subscription after 48 hours (AWS, "What's new", 2023-05-10). */
function notConfirmed({ protocol }: TestedSubscription): string {
  if (!protocol.startsWith('email')) {
    return 'it is not confirmed. Within 48 hours of subscribing it must visit the URL in the request from SNS; after that, subscribe it again.';
  }
  return 'it is not confirmed. Within 48 hours of subscribing, follow the link in the email from SNS (it may be in the spam folder); after that, subscribe it again. SNS also disables an email address that received more than ten messages in a second.';
}

/** A new deploy would not subscribe again: nothing in the stack has changed. */
function subscribing(
  { protocol, endpoint }: Pick<Subscription, 'protocol' | 'endpoint'>,
  topicArn: string,
): string {
  const region = topicArn.split(':')[3];
  return `aws sns subscribe --region ${region} --topic-arn ${topicArn} --protocol ${protocol} --notification-endpoint ${endpoint}`;
}

interface FilterPolicy {
  /** JSON, as it is set. */
  readonly text: string;
  /** The values allowed for each attribute; absent where the policy is more than lists of words, or filters on the body. */
  readonly allowed?: WordLists;
}

type WordLists = Readonly<Record<string, readonly string[]>>;
type Attributes = Readonly<Record<string, MessageAttributeValue>>;

/** From the attributes of GetSubscriptionAttributes; undefined where there is no policy. */
export function readFilterPolicy({
  FilterPolicy: text,
  FilterPolicyScope: scope,
}: Partial<Record<string, string>>): FilterPolicy | undefined {
  if (text === undefined || text === '{}') return undefined;
  const allowed = scope === 'MessageBody' ? undefined : wordLists(parsed(text));
  return { text, ...(allowed && { allowed }) };
}

/** Whether a message with these attributes passes. */
function accepts(allowed: WordLists, attributes: Attributes): boolean {
  return Object.entries(allowed).every(([name, words]) =>
    valuesOf(attributes[name]).some((value) => words.includes(value)),
  );
}

/** Any value of a String.Array counts (SNS developer guide, "Subscription filter policies"). */
function valuesOf(attribute: MessageAttributeValue | undefined): readonly string[] {
  const { DataType, StringValue } = attribute ?? {};
  if (StringValue === undefined) return [];
  return DataType === 'String.Array' ? (JSON.parse(StringValue) as string[]) : [StringValue];
}

function wordLists(policy: unknown): WordLists | undefined {
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

interface Channel {
  readonly name: string;
  readonly has: (subscription: Pick<Subscription, 'protocol' | 'endpoint'>) => boolean;
}

/** Amazon Q Developer in chat applications subscribes this host (its administrator guide, "Getting started"). */
const CHAT_HOST = 'sns-api.chatbot.amazonaws.com';

/** Those that the docs describe. */
const CHANNELS: readonly Channel[] = [
  { name: 'email', has: ({ protocol }) => protocol.startsWith('email') },
  { name: 'sms', has: ({ protocol }) => protocol === 'sms' },
  // As the stack names its function.
  {
    name: 'slack',
    has: ({ protocol, endpoint }) => protocol === 'lambda' && /PostToSlack/.test(endpoint),
  },
  { name: 'chat', has: ({ endpoint }) => URL.parse(endpoint)?.host.endsWith(CHAT_HOST) === true },
];

/** `email`, `sms`, `slack` or `chat`; of any other subscription its protocol. */
export function channelOf(subscription: Pick<Subscription, 'protocol' | 'endpoint'>): string {
  return CHANNELS.find(({ has }) => has(subscription))?.name ?? subscription.protocol;
}

/** The channels that nobody is subscribed to. */
export function channelsNotSetUp(subscriptions: readonly Subscription[]): readonly string[] {
  const used = new Set(subscriptions.map(channelOf));
  return CHANNELS.map(({ name }) => name).filter((name) => !used.has(name));
}

/** A line for each subscription, with whether a message was sent there, and for each channel without one. */
export function channelLines(subscriptions: readonly TestedSubscription[]): string[] {
  const rows = [
    ...subscriptions.map((one) => [channelOf(one), endpointText(one), stateText(one)]),
    ...channelsNotSetUp(subscriptions).map((name) => [name, '-', 'not set up']),
  ];
  return ['Channels:', ...textTable(rows).map((line) => `  ${line}`)];
}

/** Of a function its name, as its ARN is long. */
function endpointText({ protocol, endpoint }: TestedSubscription): string {
  return protocol === 'lambda' ? (endpoint.split(':').at(-1) ?? endpoint) : endpoint;
}

function stateText(subscription: TestedSubscription): string {
  const { state, filter, filteredOut } = subscription;
  const isFunction = subscription.protocol === 'lambda';
  const reached = isFunction ? 'sent to the function' : 'sent';
  const shown = state === 'confirmed' ? reached : state;
  if (filter === undefined) return shown;
  const policy = `filter policy ${filter.text}`;
  if (filteredOut === undefined) return `${shown}, ${policy}: may filter alerts out`;
  if (filteredOut.length === 0) return `${shown}, ${policy}`;
  return `${state}, ${policy}: filters out ${statusesByKind(filteredOut)} of northflank/TEST`;
}
