/** The usage of a simulated TPStreams at a moment: past days of India in full, today in part, no later days. */
import { Big } from 'big.js';
import { DAY_MS, HOUR_MS } from '../../../functions/config/durations.ts';

/** As in the answer: numbers, decimals as strings (as Django writes them), and null. */
export type Written = number | string | null;

/** A day by the names of the API's fields; a missing field is 0, and total storage the sum of the other two. */
export interface TpstreamsDay {
  readonly bandwidth_used?: Written;
  readonly subtitle_generation_cost?: Written;
  readonly live_stream_usage?: Written;
  readonly active_storage_bytes?: Written;
  readonly deleted_storage_bytes?: Written;
  readonly total_storage_bytes?: Written;
}

/** By date, or from a date to its row; undefined where it has none. */
export type TpstreamsHistory =
  | Readonly<Record<string, TpstreamsDay>>
  | ((date: string) => TpstreamsDay | undefined);

export interface TpstreamsRow extends Required<TpstreamsDay> {
  readonly id: number;
  readonly date: string;
}

/** Epoch milliseconds. */
interface Moment {
  readonly since: number;
  readonly now: number;
}

const INDIA_MS = 5.5 * HOUR_MS;

/** One row a day, the earliest first; none before `since`. */
export function dailyRows(history: TpstreamsHistory, { since, now }: Moment): TpstreamsRow[] {
  const rows: TpstreamsRow[] = [];
  for (let at = since; dateInIndia(at) <= dateInIndia(now); at += DAY_MS) {
    const date = dateInIndia(at);
    const day = typeof history === 'function' ? history(date) : history[date];
    if (day !== undefined) rows.push(rowOf(date, day, dateInIndia(now) === date ? now : undefined));
  }
  return rows;
}

/** One row a month, dated its first day, with no sign that it is not that day's. */
export function monthlyRows(history: TpstreamsHistory, moment: Moment): TpstreamsRow[] {
  const months = Map.groupBy(dailyRows(history, moment), ({ date }) => `${date.slice(0, 7)}-01`);
  return [...months].map(([date, rows]) => ({
    ...(rows.at(-1) as TpstreamsRow),
    id: idOf(date) + 100_000,
    date,
    bandwidth_used: sum(rows.map((row) => row.bandwidth_used)),
    subtitle_generation_cost: sum(rows.map((row) => row.subtitle_generation_cost)),
    live_stream_usage: sum(rows.map((row) => row.live_stream_usage)),
  }));
}

/** Usage that adds up over the day is reported in part until the day is over. */
function rowOf(date: string, day: TpstreamsDay, until: number | undefined): TpstreamsRow {
  const elapsedMs = until === undefined ? DAY_MS : (until + INDIA_MS) % DAY_MS;
  const { active_storage_bytes = 0, deleted_storage_bytes = 0 } = day;
  return {
    id: idOf(date),
    date,
    bandwidth_used: partOf(day.bandwidth_used, elapsedMs, 0),
    subtitle_generation_cost: partOf(day.subtitle_generation_cost, elapsedMs, 4),
    live_stream_usage: partOf(day.live_stream_usage, elapsedMs, 4),
    active_storage_bytes,
    deleted_storage_bytes,
    total_storage_bytes:
      day.total_storage_bytes === undefined
        ? sum([active_storage_bytes, deleted_storage_bytes])
        : day.total_storage_bytes,
  };
}

function partOf(value: Written | undefined, elapsedMs: number, decimals: number): Written {
  if (value === undefined) return 0;
  if (value === null || elapsedMs === DAY_MS) return value;
  const part = new Big(value).times(elapsedMs).div(DAY_MS).round(decimals, Big.roundDown);
  return typeof value === 'string' ? part.toFixed() : part.toNumber();
}

function sum(values: readonly Written[]): number {
  return values.reduce((total, value) => total.plus(value ?? 0), new Big(0)).toNumber();
}

/** Not chronological, as the real ones. */
function idOf(date: string): number {
  return (Number(date.replaceAll('-', '')) * 7919) % 99_991;
}

function dateInIndia(at: number): string {
  return new Date(at + INDIA_MS).toISOString().slice(0, '2026-11-21'.length);
}
