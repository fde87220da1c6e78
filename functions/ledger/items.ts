/**
 * The table's items. One partition an account, `northflank/acme`, so that a function's role can be held to its
 * provider's partitions (`dynamodb:LeadingKeys`); in it one item a day (`day#2026-11-21`) and one for the state.
 * The partition `northflank/` holds what concerns a run over all accounts of a provider, and which accounts those are.
 */
import type { Usage } from '../providers/provider.ts';
import { dayNamed, type UsageDay } from './usage-day.ts';

export interface AccountKey {
  readonly provider: string;
  readonly account: string;
}

export const stateSortKey = 'state';

export function partition(key: AccountKey): string {
  return `${key.provider}/${key.account}`;
}

export function stateKey(key: AccountKey): { pk: string; sk: string } {
  return { pk: partition(key), sk: stateSortKey };
}

export function daySortKey(date: string): string {
  return `day#${date}`;
}

/**
 * A meter's buckets in a day as parallel lists: `at` is the bucket's start in hours after the day's start.
 * A day of 24 hours and 8 meters stays under 10 KB.
 */
interface MeterColumns {
  at: number[];
  quantity?: (string | null)[];
  cost?: (string | null)[];
}

export interface DayItem {
  readonly pk: string;
  readonly sk: string;
  readonly bucket: 'hour' | 'day';
  readonly meters: Record<string, MeterColumns>;
  /** Epoch seconds, for DynamoDB's TTL. */
  readonly expiresAt: number;
}

/** A year's budget needs the year before as well; after that a day is of no use. */
const dayKeptForMs = 800 * 86_400_000;
const hourMs = 3_600_000;

export function dayItem(key: AccountKey, day: UsageDay, bucket: DayItem['bucket']): DayItem {
  const meters: Record<string, MeterColumns> = {};
  for (const [meter, rows] of Map.groupBy(day.usage, (row) => row.meter)) {
    meters[meter] = columns(rows, day.start);
  }
  return {
    pk: partition(key),
    sk: daySortKey(day.date),
    bucket,
    meters,
    expiresAt: Math.floor((day.end + dayKeptForMs) / 1000),
  };
}

function columns(rows: readonly Usage[], dayStart: number): MeterColumns {
  const sorted = rows.toSorted((a, b) => a.start - b.start);
  return {
    at: sorted.map((row) => (row.start - dayStart) / hourMs),
    ...(sorted.some((row) => row.quantity !== undefined) && {
      quantity: sorted.map((row) => row.quantity ?? null),
    }),
    ...(sorted.some((row) => row.cost !== undefined) && {
      cost: sorted.map((row) => row.cost ?? null),
    }),
  };
}

/** The day that an item holds; the inverse of `dayItem`. */
export function usageDay(item: DayItem, dayZone: string): UsageDay {
  const day = dayNamed(item.sk.slice(daySortKey('').length), dayZone);
  const usage = Object.entries(item.meters).flatMap(([meter, { at, quantity, cost }]) =>
    at.map((hour, index): Usage => {
      const start = day.start + hour * hourMs;
      const end = item.bucket === 'day' ? day.end : start + hourMs;
      return {
        meter,
        start,
        end,
        ...present('quantity', quantity?.[index]),
        ...present('cost', cost?.[index]),
      };
    }),
  );
  return { ...day, usage };
}

function present<Key extends string>(
  key: Key,
  value: string | null | undefined,
): { [key in Key]?: string } {
  return value == null ? {} : ({ [key]: value } as { [key in Key]: string });
}
