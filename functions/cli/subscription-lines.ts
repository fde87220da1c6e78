/** What is told of a topic's subscriptions after a test. */
import type { Message, NoticeKind } from '../alerts/notice.ts';
import { messageAttributes } from '../messages/attributes.ts';
import { letsThrough } from './filter-policy.ts';
import type { Subscription } from './subscriptions.ts';

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

/** What somebody has to do for alerts to arrive, a sentence each. */
export function subscriptionFindings(
  subscriptions: readonly TestedSubscription[],
  topicArn: string,
): string[] {
  const confirmed = subscriptions.filter(({ state }) => state === 'confirmed');
  const findings = subscriptions.flatMap((one) => finding(one, confirmed, topicArn) ?? []);
  if (confirmed.length > 0) return findings;
  const how = subscribing({ protocol: 'email', endpoint: 'ops@example.com' }, topicArn);
  return [
    `Nobody gets the alerts: no subscription is confirmed. Subscribe by ${how}.`,
    ...findings,
  ];
}

function finding(
  one: TestedSubscription,
  confirmed: readonly TestedSubscription[],
  topicArn: string,
): string | undefined {
  const isThereAgain = confirmed.some(
    ({ protocol, endpoint }) => protocol === one.protocol && endpoint === one.endpoint,
  );
  if (one.state === 'confirmed' || isThereAgain) return undefined;
  const name = `${one.protocol} ${one.endpoint}`;
  const again = subscribing(one, topicArn);
  if (one.state === 'unsubscribed') {
    return `${name} has unsubscribed and gets nothing; SNS lists it for about three days. If that was a mistake: ${again}.`;
  }
  const link = one.protocol.startsWith('email')
    ? 'follow the link in the mail'
    : 'answer the request';
  return `${name} is not confirmed and gets nothing. Its owner has to ${link} that SNS sent (look into the spam folder); SNS gives up after 48 hours. For a new one: ${again}. SNS also switches an email off like this after more than ten messages in a second.`;
}

/** A deploy does not do it again: its template has not changed. */
function subscribing(
  { protocol, endpoint }: Pick<Subscription, 'protocol' | 'endpoint'>,
  topicArn: string,
): string {
  const region = topicArn.split(':')[3];
  return `aws sns subscribe --region ${region} --topic-arn ${topicArn} --protocol ${protocol} --notification-endpoint ${endpoint}`;
}
