/** Filter policies of subscriptions, as far as it can be said for sure which messages they keep back. */
import type { MessageAttributeValue } from '@aws-sdk/client-sns';

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
