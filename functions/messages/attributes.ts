/** Message attributes of a publish, for the filter policies of subscriptions. */
import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import type { Message } from '../alerts/notice.ts';
import { accountsOf, gravestFirst } from './grouping.ts';
import { byteLength, visibleJson } from './plain-text.ts';

/** `provider` is a String, or a String.Array where there are several; `accounts` and `kinds` are String.Array, `severity` is a String. */
export type MessageAttributes = {
  readonly provider?: MessageAttributeValue;
  readonly accounts: MessageAttributeValue;
  readonly kinds: MessageAttributeValue;
  readonly severity: MessageAttributeValue;
};

/** A longer list is cut after its gravest entries and ends in `*`; a filter policy that lists `*` too gets those as well. */
const MAX_ENTRIES = 100;
const MAX_LIST_BYTES = 16_384;
const REST = '*';

/** From the gravest notice on; `provider` is absent only from a message without notices. */
export function messageAttributes(message: Message): MessageAttributes {
  const notices = gravestFirst(message.notices);
  const providers = cutList([...new Set(notices.map((notice) => notice.provider))]);
  const [provider] = providers;
  return {
    ...(provider !== undefined && {
      provider: providers.length === 1 ? text(provider) : list(providers),
    }),
    accounts: list(cutList(accountsOf(notices))),
    kinds: list([...new Set(notices.map((notice) => notice.kind))]),
    severity: text(message.severity),
  };
}

/** What SNS counts of them: names, types and values, in UTF-8. */
export function attributesByteLength(
  attributes: Readonly<Record<string, MessageAttributeValue>>,
): number {
  return Object.entries(attributes)
    .map(([name, { DataType = '', StringValue = '' }]) => byteLength(name + DataType + StringValue))
    .reduce((sum, bytes) => sum + bytes, 0);
}

function cutList(entries: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += byteLength(visibleJson(entry)) + 1;
    if (kept.length === MAX_ENTRIES || bytes > MAX_LIST_BYTES) return [...kept, REST];
    kept.push(entry);
  }
  return kept;
}

function text(value: string): MessageAttributeValue {
  return { DataType: 'String', StringValue: value };
}

function list(entries: readonly string[]): MessageAttributeValue {
  return { DataType: 'String.Array', StringValue: visibleJson(entries) };
}
