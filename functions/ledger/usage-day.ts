/** Usage by whole day of the provider's day zone: the unit in which the ledger replaces what it knows. */
import type { Big } from 'big.js';
import { Temporal } from 'temporal-polyfill';
import { ZERO } from '../config/decimal.ts';
import { DAY_MS } from '../config/durations.ts';
import {
  type Interval,
  type LabelledCost,
  OTHER_LABEL,
  type Usage,
} from '../providers/provider.ts';

/** A day's name and its half-open `[start, end)`, midnights in the provider's day zone, epoch milliseconds. */
export interface Day extends Interval {
  /** `2026-11-21` in the provider's day zone. */
  readonly date: string;
}

export interface UsageDay extends Day {
  readonly usage: readonly Usage[];
}

/** Finding a day takes 50 µs, and the same ones are asked for by every account. Changes no result. */
const kept = new Map<string, Day>();
const KEPT_DAYS = 10_000;
const QUARTER_HOUR_MS = 900_000;

/** The day of `timeZone` that holds the instant `at` (epoch milliseconds). */
export function dayAt(at: number, timeZone: string): Day {
  const key = `${timeZone} ${Math.floor(at / QUARTER_HOUR_MS)}`;
  const hit = kept.get(key);
  if (hit && hit.start <= at && at < hit.end) return hit;
  const { year, month, day } =
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return keep(key, plainDay(new Temporal.PlainDate(year, month, day), timeZone));
}

/** The day of `timeZone` named `2026-11-21`. */
export function dayNamed(date: string, timeZone: string): Day {
  const key = `${timeZone} ${date}`;
  return kept.get(key) ?? keep(key, plainDay(Temporal.PlainDate.from(date), timeZone));
}

function keep(key: string, day: Day): Day {
  if (kept.size >= KEPT_DAYS) kept.clear();
  kept.set(key, day);
  return day;
}

/** The date so many days after (or before, if negative) a date: `2026-11-21`, 10 → `2026-12-01`. */
export function dateAfter(date: string, days: number): string {
  return dateOf(dayNumber(date) + days);
}

/** Days from 1970-01-01 to `2026-09-01`. Throws for anything that is no date. */
export function dayNumber(date: string): number {
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  if (Number.isNaN(day)) throw new Error(`expected a day such as 2026-09-01, got "${date}"`);
  return day;
}

/** `2026-09-01` of its number. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, '2026-09-01'.length);
}

/** Of a day's number: 0 is Monday; 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/**
 * Sorts usage into every day of the window, ascending; a day without usage is there, empty. Usage outside is left out,
 * and so are all but a day's largest labels.
 */
export function toDays(usage: readonly Usage[], window: Interval, timeZone: string): UsageDay[] {
  const days: (Day & { usage: Usage[] })[] = [];
  for (let start = window.start; start < window.end; ) {
    const day = { ...dayAt(start, timeZone), usage: [] };
    days.push(day);
    start = day.end;
  }
  let current = days[0];
  for (const row of usage) {
    // Rows mostly come in a row.
    if (!current || !holds(current, row)) current = days.find((day) => holds(day, row));
    current?.usage.push(row);
  }
  return days.map((day) => ({ ...day, usage: withFewLabels(day.usage) }));
}

function holds(day: Day, { start }: Usage): boolean {
  return start >= day.start && start < day.end;
}

function plainDay(date: Temporal.PlainDate, timeZone: string): Day {
  return {
    date: date.toString(),
    start: date.toZonedDateTime({ timeZone }).epochMilliseconds,
    end: date.add({ days: 1 }).toZonedDateTime({ timeZone }).epochMilliseconds,
  };
}

/** A day, so that it fits into an item. */
const MOST_LABELS = 20;

/** The same rows with the largest labels of all of them together; what the others cost is `other`. */
function withFewLabels(usage: readonly Usage[]): readonly Usage[] {
  const costs = new Map<string, Big>();
  for (const { label, cost } of usage.flatMap(({ labels = [] }) => labels)) {
    costs.set(label, cost.plus(costs.get(label) ?? ZERO));
  }
  if (costs.size === 0) return usage;
  const largest = [...costs].sort(
    ([labelA, a], [labelB, b]) => b.abs().cmp(a.abs()) || (labelA < labelB ? -1 : 1),
  );
  const kept = new Set(largest.slice(0, MOST_LABELS).map(([label]) => label));
  return usage.map((row) => {
    return row.labels ? { ...row, labels: fewer(row.labels, kept) } : row;
  });
}

/** In the order of their names, so that the same costs are the same row. */
function fewer(labels: readonly LabelledCost[], kept: ReadonlySet<string>): LabelledCost[] {
  const byLabel = Map.groupBy(labels, ({ label }) => (kept.has(label) ? label : OTHER_LABEL));
  return [...byLabel]
    .map(([label, own]) => ({
      label,
      cost: own.reduce((sum, { cost }) => sum.plus(cost), ZERO),
    }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}
