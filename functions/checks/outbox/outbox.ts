/** What waits to be published: written with the alert state in one step, and cleared when SNS has it. */
import { combinedMessage } from '../../alerts/message.ts';
import type { Message } from '../../alerts/notice.ts';
import type { AccountKey } from '../../ledger/items.ts';
import type { Ledger } from '../../ledger/ledger.ts';

/** One account's message of one check. */
export interface OutboxEntry {
  readonly message: Message;
  /** Id of the message that it goes out as, alone or combined: fixed before it is published, so that a resend has the same. */
  readonly combinedAs?: string;
}

/** Whether it goes out with others, at a resend as well. */
export function isPart({ message, combinedAs }: OutboxEntry): boolean {
  return combinedAs !== undefined && combinedAs !== message.id;
}

/** What an account's outbox held when its check had ended, oldest first. */
export interface Outbox {
  readonly key: AccountKey;
  readonly entries: readonly OutboxEntry[];
}

/** As it is now, whoever put it there. */
export async function readOutbox(
  key: AccountKey,
  ledger: Pick<Ledger<unknown, OutboxEntry>, 'readState'>,
): Promise<Outbox> {
  return { key, entries: (await ledger.readState(key)).outbox };
}

/** Half of what an item may hold. */
const MOST_BYTES = 200_000;

/**
 * Whether an outbox, which is part of the account's item, can take no more: SNS must have been down for days. What is
 * not published then is published when it has been emptied, as far as it still holds.
 */
export function isFull(entries: readonly OutboxEntry[]): boolean {
  return entries.length > 0 && Buffer.byteLength(JSON.stringify(entries)) > MOST_BYTES;
}

/** One message to be published, from the outboxes of one account or several. */
export interface Parcel {
  readonly id: string;
  /** In order of the accounts. */
  readonly parts: readonly ParcelPart[];
}

/** An account's share of a parcel. */
export interface ParcelPart {
  readonly key: AccountKey;
  readonly entries: readonly OutboxEntry[];
}

/** More accounts than this alerting in one check become one combined message. */
const SEPARATE_ACCOUNTS = 5;

/**
 * Makes parcels of outboxes, those of the oldest check first: one an account and check, until more than five accounts
 * have alerted in a check; from then on one for all that are there together. Counts over all calls. Checks of functions
 * side by side have each their own time: then all that is there in a call counts as one check.
 */
export function openSorting(isFannedOut = false): (outboxes: readonly Outbox[]) => Parcel[] {
  const counted = new Map<string, number>();
  const checkOf = ({ at }: Message) => (isFannedOut ? '' : at);
  return (outboxes) => {
    const shares = outboxes
      .toSorted((a, b) => (a.key.account < b.key.account ? -1 : 1))
      .flatMap(({ key, entries }) => entries.map((entry) => ({ key, entry })));
    const unmarked = shares.flatMap(({ entry }) => (entry.combinedAs === undefined ? entry : []));
    const marks = marksOf(
      Map.groupBy(unmarked, ({ message }) => checkOf(message)),
      isFannedOut ? new Map() : counted,
    );
    const parcels = Map.groupBy(
      shares,
      ({ entry }) => entry.combinedAs ?? marks.get(checkOf(entry.message)) ?? entry.message.id,
    );
    return [...parcels]
      .map(([id, own]) => ({ id, parts: partsOf(own) }))
      .sort((a, b) => oldestOf(a).localeCompare(oldestOf(b)));
  };
}

/** By the check the id of the combined message; counts the others. */
function marksOf(
  checks: ReadonlyMap<string, readonly OutboxEntry[]>,
  alone: Map<string, number>,
): Map<string, string> {
  const marks = new Map<string, string>();
  for (const [check, together] of checks) {
    const before = alone.get(check) ?? 0;
    if (together.length > 1 && before + together.length > SEPARATE_ACCOUNTS) {
      marks.set(check, combinedMessage(together.map(({ message }) => message)).id);
    } else alone.set(check, before + together.length);
  }
  return marks;
}

function partsOf(shares: readonly { key: AccountKey; entry: OutboxEntry }[]): ParcelPart[] {
  return [...Map.groupBy(shares, ({ key }) => key.account).values()].flatMap((own) => {
    const [first] = own;
    return first ? { key: first.key, entries: own.map(({ entry }) => entry) } : [];
  });
}

function oldestOf({ parts }: Parcel): string {
  return parts.flatMap(({ entries }) => entries.map(({ message }) => message.at)).sort()[0] ?? '';
}

export function idsIn({ entries }: ParcelPart): string[] {
  return entries.map(({ message }) => message.id);
}

/** What is published. */
export function messageIn({ id, parts }: Parcel): Message {
  const messages = parts.flatMap(({ entries }) => entries.map(({ message }) => message));
  const [first, ...others] = messages;
  if (first && others.length === 0) return { ...first, id };
  return { ...combinedMessage(messages), id };
}
