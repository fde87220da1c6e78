/**
 * An account's state item: what is known, under `known`; what is to be published, by message id under `outbox`; and
 * which run publishes it at the moment, under `claim`.
 */
import type { AccountState } from './ledger.ts';

/** What is kept under the id of its message. */
export interface Queued {
  readonly message: { readonly id: string; readonly at: string };
  /** Id of the message that it goes out as a part of. */
  readonly combinedAs?: string;
}

/** The state of an account without an item. */
export const neverChecked = { version: 0, outbox: [] } as const;

type Item = Readonly<Record<string, unknown>>;

export function stateIn<Alerts, Entry>(item: Item | undefined): AccountState<Alerts, Entry> {
  if (item === undefined) return neverChecked;
  const { known, version, outbox } = item;
  return {
    ...(known as Omit<AccountState<Alerts, Entry>, 'version' | 'outbox'>),
    version: version as number,
    outbox: entriesIn(outbox),
  };
}

/** Oldest first. */
export function entriesIn<Entry>(outbox: unknown): readonly Entry[] {
  const entries = Object.values((outbox ?? {}) as Record<string, Entry & Queued>);
  return entries.sort((a, b) => orderOf(a).localeCompare(orderOf(b)));
}

export function outboxOf<Entry extends Queued>(entries: readonly Entry[]): Record<string, Entry> {
  return Object.fromEntries(entries.map((entry) => [entry.message.id, entry]));
}

function orderOf({ message: { at, id } }: Queued): string {
  return `${at} ${id}`;
}

/** Parts of an update that puts each entry into the item's outbox. */
export function settingEntries(entries: readonly Queued[]): {
  readonly set: string[];
  readonly names: Record<string, string>;
  readonly values: Record<string, unknown>;
} {
  return {
    set: entries.map((_, index) => `outbox.#entry${index} = :entry${index}`),
    names: namingEntries(entries.map(({ message }) => message.id)),
    values: Object.fromEntries(entries.map((entry, index) => [`:entry${index}`, entry])),
  };
}

export function namingEntries(ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id, index) => [`#entry${index}`, id]));
}
