/**
 * The table's items. One partition an account, `northflank/acme`, so that a function's role can be held to its
 * provider's partitions (`dynamodb:LeadingKeys`); in it one item a day with the scope (`day#0f1e2d3c4b5a#2026-11-21`) and
 * one for the state.
 * The partition `northflank/` holds what concerns a run over all accounts of a provider, and which accounts those are.
 */
import { Decimal } from '../config/decimal.ts';
import { DAY_MS, HOUR_MS } from '../config/durations.ts';
import type { LabelledCost, Usage } from '../providers/provider.ts';
import type { AccountState } from './account-state.ts';
import { dayNamed, type UsageDay } from './usage-day.ts';

export interface AccountKey {
  readonly provider: string;
  readonly account: string;
}

/** How an account's days are counted. */
export interface Calendar {
  readonly dayZone: string;
  readonly bucket: 'hour' | 'day';
}

/** An account's days as one scope knows them. */
export interface ScopedKey extends AccountKey {
  /** By `scopeOf`. */
  readonly scope: string;
  readonly calendar: Calendar;
}

export const STATE_SORT_KEY = 'state';

export function partition(key: AccountKey): string {
  return `${key.provider}/${key.account}`;
}

export function stateKey(key: AccountKey): { pk: string; sk: string } {
  return { pk: partition(key), sk: STATE_SORT_KEY };
}

/** Every scope's days begin with it, and no other item. */
export const DAY_SORT_KEYS = 'day#';

/** Days of two scopes never replace one another, whatever runs write at once. */
export function daySortKey(scope: string, date: string): string {
  return `${DAY_SORT_KEYS}${scope}#${date}`;
}

/**
 * A meter's buckets in a day as parallel lists: `at` is the bucket's start in hours after the day's start.
 * A day of 24 hours and 8 meters stays under 10 KB, and with labels under 30.
 */
interface MeterColumns {
  meter: string;
  at: number[];
  quantity?: (string | null)[];
  cost?: (string | null)[];
  labels?: LabelColumn[];
}

/** A label's cost in each of a meter's buckets; null where it has none. */
interface LabelColumn {
  label: string;
  cost: (string | null)[];
}

export interface DayKey {
  readonly pk: string;
  readonly sk: string;
}

export interface DayItem extends DayKey {
  readonly bucket: 'hour' | 'day';
  /** `MeterColumns[]` as JSON: one value in place of hundreds that each request would encode, check and decode. */
  readonly meters: string;
  /** Epoch seconds, for DynamoDB's TTL. */
  readonly expiresAt: number;
}

/** A year's budget needs the year before as well; after that a day is of no use. */
const DAY_KEPT_FOR_MS = 800 * DAY_MS;

export function dayItem({ scope, calendar, ...key }: ScopedKey, day: UsageDay): DayItem {
  const byMeter = Map.groupBy(day.usage, (row) => row.meter);
  return {
    pk: partition(key),
    sk: daySortKey(scope, day.date),
    bucket: calendar.bucket,
    meters: JSON.stringify([...byMeter].map(([meter, rows]) => columns(meter, rows, day.start))),
    expiresAt: Math.floor((day.end + DAY_KEPT_FOR_MS) / 1000),
  };
}

function columns(meter: string, rows: readonly Usage[], dayStart: number): MeterColumns {
  const sorted = rows.toSorted((a, b) => a.start - b.start);
  const labels = labelColumns(sorted);
  return {
    meter,
    at: sorted.map((row) => (row.start - dayStart) / HOUR_MS),
    ...(sorted.some((row) => row.quantity !== undefined) && {
      quantity: sorted.map((row) => row.quantity?.toFixed() ?? null),
    }),
    ...(sorted.some((row) => row.cost !== undefined) && {
      cost: sorted.map((row) => row.cost?.toFixed() ?? null),
    }),
    ...(labels && { labels }),
  };
}

/** The day that an item holds; the inverse of `dayItem`. */
export function usageDay(item: DayItem, dayZone: string): UsageDay {
  const day = dayNamed(item.sk.slice(item.sk.lastIndexOf('#') + 1), dayZone);
  const meters: MeterColumns[] = JSON.parse(item.meters);
  const usage = meters.flatMap(({ meter, at, quantity, cost, labels = [] }) =>
    at.map((hour, index): Usage => {
      const start = day.start + hour * HOUR_MS;
      const end = item.bucket === 'day' ? day.end : start + HOUR_MS;
      // Set one by one: a check reads some ten thousand of them.
      const row: { -readonly [key in keyof Usage]: Usage[key] } = { meter, start, end };
      const counted = quantity?.[index];
      const charged = cost?.[index];
      if (counted != null) row.quantity = new Decimal(counted);
      if (charged != null) row.cost = new Decimal(charged);
      return labels.length === 0 ? row : { ...row, ...labelsAt(labels, index) };
    }),
  );
  return { ...day, usage };
}

/** Of a meter's rows; undefined where none has a label. */
function labelColumns(rows: readonly Usage[]): LabelColumn[] | undefined {
  if (rows.every(({ labels }) => labels === undefined)) return undefined;
  const names = new Set(rows.flatMap(({ labels = [] }) => labels.map(({ label }) => label)));
  return [...names].map((name) => ({
    label: name,
    cost: rows.map(
      ({ labels = [] }) => labels.find(({ label }) => label === name)?.cost.toFixed() ?? null,
    ),
  }));
}

/** Of the row at an index; the inverse of `labelColumns`. */
function labelsAt(
  columns: readonly LabelColumn[],
  index: number,
): { readonly labels?: readonly LabelledCost[] } {
  const labels = columns.flatMap(({ label, cost }) => {
    const own = cost[index];
    return own == null ? [] : [{ label, cost: new Decimal(own) }];
  });
  return labels.length > 0 ? { labels: labels.sort((a, b) => (a.label < b.label ? -1 : 1)) } : {};
}

/** What is kept under the id of its message. */
export interface Queued {
  readonly message: { readonly id: string; readonly at: string };
  /** Id of the message that it goes out as. */
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
    names: entryNames(entries.map(({ message }) => message.id)),
    values: Object.fromEntries(entries.map((entry, index) => [`:entry${index}`, entry])),
  };
}

export function entryNames(ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id, index) => [`#entry${index}`, id]));
}
