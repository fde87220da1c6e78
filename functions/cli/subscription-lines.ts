/** What is told of a topic's subscriptions after a test. */
import type { Message, NoticeKind } from '../alerts/notice.ts';
import { messageAttributes } from '../messages/attributes.ts';
import { letsThrough } from './filter-policy.ts';
import type { Subscription } from './subscriptions.ts';

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
