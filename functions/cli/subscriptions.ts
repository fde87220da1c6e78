/** Who is subscribed to a topic, and what keeps a message from reaching them. */
import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  type SNSClient,
  type Subscription as SnsSubscription,
} from '@aws-sdk/client-sns';
import { type FilterPolicy, readFilterPolicy } from './filter-policy.ts';

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
