/** The channels through which alerts reach people, by the subscriptions of the topic. */
import { type Subscription, statusesByKind, type TestedSubscription } from './subscriptions.ts';

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
  const [channels, endpoints] = [0, 1].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [
    'Channels:',
    ...rows.map(
      ([channel = '', endpoint = '', state]) =>
        `  ${channel.padEnd(channels ?? 0)}  ${endpoint.padEnd(endpoints ?? 0)}  ${state}`,
    ),
  ];
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
