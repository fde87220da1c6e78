/** What a simulated Northflank knows at a moment: past hours in full, the hour in progress in part, no later ones. */
import { Big } from 'big.js';
import { hoursWith } from './simulated-history.ts';
import type { HourlyAmounts } from './simulated-northflank-rows.ts';

export interface HourlyRow {
  /** Full hour, epoch milliseconds. */
  readonly start: number;
  readonly amounts: HourlyAmounts;
}

/** Rows in any order, or what the hour that starts at a time cost: undefined where it has no row. */
export type NorthflankHistory =
  | readonly HourlyRow[]
  | ((start: number) => HourlyAmounts | undefined);

export interface Span {
  /** Epoch milliseconds, half-open. */
  readonly start: number;
  readonly end: number;
  readonly now: number;
}

const HOUR_MS = 3_600_000;
/** As precise as a bill gets. */
const DECIMALS = 8;

/** The rows of the span, the newest first. */
export function rowsOf(history: NorthflankHistory, { start, end, now }: Span): HourlyRow[] {
  const until = Math.min(end, now);
  const rows = typeof history === 'function' ? generated(history, start, until) : history;
  return rows
    .filter((row) => row.start >= start && row.start < until)
    .map((row) => ({
      start: row.start,
      amounts: shareOf(row.amounts, (now - row.start) / HOUR_MS),
    }))
    .sort((one, other) => other.start - one.start);
}

function generated(
  amountsOf: (start: number) => HourlyAmounts | undefined,
  start: number,
  until: number,
): HourlyRow[] {
  const first = Math.ceil(start / HOUR_MS) * HOUR_MS;
  return hoursWith(amountsOf, first, until).map((hour) => ({
    start: hour.start,
    amounts: hour.value,
  }));
}

function shareOf(amounts: HourlyAmounts, elapsed: number): HourlyAmounts {
  if (elapsed >= 1) return amounts;
  const shares = Object.entries(amounts).map(([meter, amount]: [string, string]) => [
    meter,
    new Big(amount).times(elapsed).round(DECIMALS).toFixed(),
  ]);
  return Object.fromEntries(shares);
}

/** A team's rows with the BYOC costs of the whole customer, which the API reports on every team's bill. */
export function withCustomerByoc(
  team: readonly HourlyRow[],
  customer: readonly HourlyRow[],
): HourlyRow[] {
  const byocByStart = new Map(customer.map(({ start, amounts }) => [start, amounts.byoc]));
  return team.map(({ start, amounts: { byoc: _own, ...amounts } }) => {
    const byoc = byocByStart.get(start);
    return { start, amounts: { ...amounts, ...(byoc !== undefined && { byoc }) } };
  });
}
