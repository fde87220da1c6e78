/** What waits to be published: written with the alert state in one step, and cleared when SNS has it. */
import type { SNSClient } from '@aws-sdk/client-sns';
import { combinedMessage } from '../alerts/message.ts';
import type { Message } from '../alerts/notice.ts';
import type { AccountKey } from '../ledger/items.ts';
import { publishMessages } from '../messages/publisher.ts';
import type { AccountLedger } from './check-account.ts';
import { inParallel } from './in-parallel.ts';

/** One account's message of one check. */
export interface OutboxEntry {
  readonly message: Message;
  /** Id of the combined message that this one is part of: fixed before it is published, so that a resend has the same. */
  readonly combinedAs?: string;
}

/** An account's outbox as it stands in the ledger at `version`, oldest first. */
export interface Outbox {
  readonly key: AccountKey;
  readonly version: number;
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

export interface OutboxDelivery {
  readonly published: number;
  /** One line a message that SNS did not take, or that could not be cleared: it is still in an outbox. */
  readonly failures: readonly string[];
}

export interface OutboxDeps {
  readonly ledger: AccountLedger;
  readonly sns: SNSClient;
  readonly topicArn: string;
  readonly signal: AbortSignal;
}

/** More accounts than this alerting in one check become one combined message. */
const separateAccounts = 5;
const parallelWrites = 10;

/**
 * Publishes what the outboxes hold, oldest check first, and clears it. One message an account and check; a check in which
 * more than five accounts alert gives one combined message. A crash between publishing and clearing means a second copy
 * with the same id at the next run, never a loss.
 */
export async function deliverOutboxes(
  outboxes: readonly Outbox[],
  deps: OutboxDeps,
): Promise<OutboxDelivery> {
  let waiting = await markCombined(outboxes, deps);
  const messages = messagesOf(waiting.flatMap((outbox) => outbox.entries));
  let published = 0;
  const failures: string[] = [];
  const { sns, topicArn, signal } = deps;
  for await (const outcome of publishMessages({ sns, topicArn, signal, messages })) {
    if (outcome.published) {
      published += 1;
      waiting = await clear(waiting, outcome.id, deps, failures);
    } else failures.push(`message ${outcome.id}: ${outcome.error}`);
  }
  return { published, failures };
}

/** Fixes, in the ledger, which messages go out as one. An account that another run has written meanwhile is left to it. */
async function markCombined(outboxes: readonly Outbox[], deps: OutboxDeps): Promise<Outbox[]> {
  const unmarked = outboxes.flatMap(({ entries }) => entries.filter((entry) => !entry.combinedAs));
  const marks = new Map<string, string>();
  for (const [at, entries] of Map.groupBy(unmarked, (entry) => entry.message.at)) {
    if (entries.length > separateAccounts) {
      marks.set(at, combinedMessage(entries.map((entry) => entry.message)).id);
    }
  }
  const marked = await inParallel(parallelWrites, outboxes, async (outbox) => {
    if (!outbox.entries.some((entry) => isToMark(entry, marks))) return outbox;
    const entries = outbox.entries.map((entry) => mark(entry, marks));
    const saved = await deps.ledger.saveOutbox(outbox.key, outbox.version, entries);
    return saved ? { ...outbox, version: outbox.version + 1, entries } : undefined;
  });
  return marked.filter((outbox) => outbox !== undefined);
}

function isToMark(entry: OutboxEntry, marks: ReadonlyMap<string, string>): boolean {
  return !entry.combinedAs && marks.has(entry.message.at);
}

function mark(entry: OutboxEntry, marks: ReadonlyMap<string, string>): OutboxEntry {
  const combinedAs = entry.combinedAs ?? marks.get(entry.message.at);
  return combinedAs === undefined ? entry : { ...entry, combinedAs };
}

function messagesOf(entries: readonly OutboxEntry[]): Message[] {
  const groups = Map.groupBy(entries, publishedAs);
  return [...groups]
    .map(([id, group]) => ({ ...combinedMessage(group.map((entry) => entry.message)), id }))
    .sort((a, b) => a.at.localeCompare(b.at));
}

function publishedAs({ combinedAs, message }: OutboxEntry): string {
  return combinedAs ?? message.id;
}

/**
 * Takes a published message out of every outbox it came from. An account that another run has written meanwhile is left
 * to it. Where the ledger fails, a second copy will follow; the messages of others must not wait for that.
 */
function clear(
  outboxes: readonly Outbox[],
  published: string,
  { ledger }: OutboxDeps,
  failures: string[],
): Promise<Outbox[]> {
  return inParallel(parallelWrites, outboxes, async (outbox) => {
    const { key, version } = outbox;
    const entries = outbox.entries.filter((entry) => publishedAs(entry) !== published);
    if (entries.length === outbox.entries.length) return outbox;
    try {
      await ledger.saveOutbox(key, version, entries);
      return { key, version: version + 1, entries };
    } catch (error) {
      const account = `${key.provider}/${key.account}`;
      failures.push(`message ${published}: published, but not cleared for ${account}: ${error}`);
      return { key, version, entries };
    }
  });
}
