/** TPStreams' usage API on loopback, with a history that can be changed while it runs. */
import { Big } from 'big.js';
import { DAY_MS, HOUR_MS } from '../../../functions/config/durations.ts';
import { activityAt, weekdayOf } from './history.ts';
import {
  type Answer,
  jsonAnswer,
  type ServerWithHistory,
  type SimulatedRequest,
  type SimulatedWorld,
  startWithHistory,
} from './server.ts';

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

interface TpstreamsRow extends Required<TpstreamsDay> {
  readonly id: number;
  readonly date: string;
}

export interface SimulatedTpstreamsOptions {
  /** The only valid token. */
  readonly token: string;
  /** The only organization. */
  readonly organizationId: string;
  readonly history: TpstreamsHistory;
  /** Which of the API's two ways of paging it uses. Default: offset. */
  readonly paging?: 'offset' | 'page';
  /** Rows on a page. Default: 50. */
  readonly pageSize?: number;
  /** Whether the answer includes the day `end`; undocumented. Default: true. */
  readonly endInclusive?: boolean;
  /** Epoch milliseconds: later days do not exist yet, and today exists in part. Default: the real time. */
  readonly now?: () => number;
  /** Epoch milliseconds of the earliest day. Default: 400 days before the start. */
  readonly since?: number;
  /** Default: a free one. */
  readonly port?: number;
}

export type SimulatedTpstreams = ServerWithHistory<TpstreamsHistory>;

type Api = Required<Omit<SimulatedTpstreamsOptions, 'port'>>;

const USAGE_PATH = /^\/api\/v1\/(?<organization>[^/]+)\/assets_usage\/$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const WHOLE_NUMBER = /^\d{1,9}$/;
const INDIA_MS = 5.5 * HOUR_MS;

export async function startSimulatedTpstreams(
  options: SimulatedTpstreamsOptions,
): Promise<SimulatedTpstreams> {
  const { paging = 'offset', pageSize = 50, endInclusive = true, now = Date.now } = options;
  const since = options.since ?? now() - 400 * DAY_MS;
  return startWithHistory(options, (request, history) =>
    reply(request, { ...options, paging, pageSize, endInclusive, now, since, history }),
  );
}

function reply(request: SimulatedRequest, api: Api): Answer {
  const { url, headers } = request;
  const path = USAGE_PATH.exec(url.pathname);
  if (path === null) return notFoundPage();
  const [word, token] = headers.authorization?.split(' ', 2) ?? [];
  if (word !== 'Token') return detail(401, 'Authentication credentials were not provided.');
  if (token !== api.token) return detail(401, 'Invalid token.');
  if (decodeURIComponent(path.groups?.organization ?? '') !== api.organizationId) {
    return detail(404, 'Not found.');
  }
  const problems = queryProblems(url.searchParams);
  if (Object.keys(problems).length > 0) return jsonAnswer(problems, 400);
  const page = api.paging === 'page' ? numberedPage : offsetPage;
  return page(request, listOf(url.searchParams, api), api.pageSize);
}

/** A path without the trailing slash is another path. */
function notFoundPage(): Answer {
  const body = '<!doctype html>\n<html lang="en"><body><h1>Not Found</h1></body></html>';
  return { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

function detail(status: number, text: string): Answer {
  return jsonAnswer({ detail: text }, status);
}

/** What is wrong with each filter; Django ignores unknown parameters. */
function queryProblems(query: URLSearchParams): Record<string, string[]> {
  const problems: Record<string, string[]> = {};
  for (const [name, value] of query) {
    if (['start', 'end'].includes(name) && !DATE.test(value)) {
      problems[name] = ['Enter a valid date.'];
    }
    if (['day', 'month', 'year'].includes(name) && !WHOLE_NUMBER.test(value)) {
      problems[name] = ['Enter a number.'];
    }
    if (name === 'time_frame' && value !== 'daily' && value !== 'monthly') {
      const text = `Select a valid choice. ${value} is not one of the available choices.`;
      problems[name] = [text];
    }
  }
  return problems;
}

/** Monthly rows unless the request asks for days; the earliest first unless it asks otherwise. */
function listOf(query: URLSearchParams, api: Api): TpstreamsRow[] {
  const rows = query.get('time_frame') === 'daily' ? dailyRows(api) : monthlyRows(api);
  const { start = '', end = '9999-12-31' } = Object.fromEntries(query);
  const found = rows
    .filter(({ date }) => date >= start && (api.endInclusive ? date <= end : date < end))
    .filter(({ date }) => hasParts(date, query));
  return query.get('ordering') === '-date' ? found.reverse() : found;
}

function hasParts(date: string, query: URLSearchParams): boolean {
  const [year, month, day] = date.split('-');
  return Object.entries({ year, month, day }).every(([name, part]) => {
    const wanted = query.get(name);
    return wanted === null || Number(wanted) === Number(part);
  });
}

function offsetPage(
  request: SimulatedRequest,
  rows: readonly TpstreamsRow[],
  pageSize: number,
): Answer {
  const query = request.url.searchParams;
  const limit = Math.min(pageSize, Number(query.get('limit') ?? pageSize));
  const offset = Number(query.get('offset') ?? 0);
  const at = (start: number) =>
    addressOf(request, { limit: String(limit), offset: String(Math.max(0, start)) });
  return jsonAnswer({
    count: rows.length,
    next: offset + limit < rows.length ? at(offset + limit) : null,
    previous: offset > 0 ? at(offset - limit) : null,
    results: rows.slice(offset, offset + limit),
  });
}

function numberedPage(
  request: SimulatedRequest,
  rows: readonly TpstreamsRow[],
  pageSize: number,
): Answer {
  const page = Number(request.url.searchParams.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(rows.length / pageSize));
  if (!(page >= 1 && page <= last)) return detail(404, 'Invalid page.');
  return jsonAnswer({
    count: rows.length,
    next: page < last ? addressOf(request, { page: String(page + 1) }) : null,
    previous: page > 1 ? addressOf(request, { page: String(page - 1) }) : null,
    results: rows.slice((page - 1) * pageSize, page * pageSize),
  });
}

/** The requested URL with other parameters, sorted by name, as Django REST framework does. */
function addressOf({ url, headers }: SimulatedRequest, changes: Record<string, string>): string {
  const query = new URLSearchParams({ ...Object.fromEntries(url.searchParams), ...changes });
  query.sort();
  return `http://${headers.host}${url.pathname}?${query}`;
}

const HISTORY_DAYS = 60;
const india = 'Asia/Kolkata';
const token = 'simulated-token-of-academy';
const organizationId = 'dcek2m';

export async function startTpstreamsWorld(end: number): Promise<SimulatedWorld> {
  const lastHour = end - (end % HOUR_MS);
  const sharedAt = lastHour - 2 * DAY_MS;
  const server = await startSimulatedTpstreams({
    token,
    organizationId,
    now: () => Date.now(),
    since: lastHour - HISTORY_DAYS * DAY_MS,
    history: (date) => lessonDay(date, Date.parse(`${date}T00:00:00+05:30`) >= sharedAt),
  });
  const startsOn = weekdayOf(lastHour - 5 * DAY_MS, india);
  const config = {
    organizationId,
    baseUrl: server.url,
    prices: {
      bandwidth: { price: 0.08, per: 'GB' },
      storage: { price: 0.03, per: 'GB-month' },
    },
    budgets: [
      { name: 'everything', limit: 45, per: 'week', startsOn },
      {
        name: 'traffic',
        meter: 'bandwidth',
        measure: 'usage',
        unit: 'GB',
        limit: 150,
        per: 'day',
        thresholds: [80, 100],
      },
    ],
  };
  return { accounts: [{ name: 'academy', token, config }], close: server.close };
}

/** About 40 GB of traffic a day, eight times as much for a lesson that is shared; 800 GB stored. */
function lessonDay(date: string, isShared: boolean): TpstreamsDay {
  const activity = activityAt(Date.parse(`${date}T08:00:00Z`), 4);
  return {
    bandwidth_used: (isShared ? 8 : 1) * Math.round(40e9 * activity),
    live_stream_usage: Math.round(90 * activity),
    subtitle_generation_cost: '1.4200',
    active_storage_bytes: 760e9,
    deleted_storage_bytes: 40e9,
  };
}

/** Past days of India in full, today in part, no later days; the earliest first. */
function dailyRows({ history, since, ...api }: Api): TpstreamsRow[] {
  const now = api.now();
  const rows: TpstreamsRow[] = [];
  for (let at = since; dateInIndia(at) <= dateInIndia(now); at += DAY_MS) {
    const date = dateInIndia(at);
    const day = typeof history === 'function' ? history(date) : history[date];
    if (day !== undefined) rows.push(rowOf(date, day, dateInIndia(now) === date ? now : undefined));
  }
  return rows;
}

/** One row a month, dated its first day, with no sign that it is not that day's. */
function monthlyRows(api: Api): TpstreamsRow[] {
  const months = Map.groupBy(dailyRows(api), ({ date }) => `${date.slice(0, 7)}-01`);
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
