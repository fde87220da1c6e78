/** What waits to be published: written with the alert state in one step, and cleared when SNS has it. */
import type { Message } from '../alerts/notice.ts';
import type { AccountKey } from '../ledger/items.ts';

/** One account's message of one check. */
export interface OutboxEntry {
  readonly message: Message;
  /** Id of the combined message that this one is part of: fixed before it is published, so that a resend has the same. */
  readonly combinedAs?: string;
}

/** What an account's outbox held when its check had ended, oldest first. */
export interface Outbox {
  readonly key: AccountKey;
  readonly entries: readonly OutboxEntry[];
}

/** Half of what an item may hold. */
const mostBytes = 200_000;

/**
 * Whether an outbox, which is part of the account's item, can take no more: SNS must have been down for days. What is
 * not told then is told when it has been emptied, as far as it still holds.
 */
export function isFull(entries: readonly OutboxEntry[]): boolean {
  return entries.length > 0 && Buffer.byteLength(JSON.stringify(entries)) > mostBytes;
}
