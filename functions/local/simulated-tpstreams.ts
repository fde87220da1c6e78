/** TPStreams' usage API on loopback, with a history that can be changed while it runs. */
import {
  type Answer,
  jsonAnswer,
  type SimulatedRequest,
  type SimulatedServer,
  startSimulatedServer,
} from './simulated-server.ts';
import {
  dailyRows,
  monthlyRows,
  type TpstreamsHistory,
  type TpstreamsRow,
} from './simulated-tpstreams-history.ts';

export interface SimulatedTpstreamsOptions {
  /** The one token that is accepted. */
  readonly token: string;
  /** The one organization that there is. */
  readonly organizationId: string;
  readonly history: TpstreamsHistory;
  /** Which of this API's two ways to page it has. Default: offset. */
  readonly paging?: 'offset' | 'page';
  /** Rows on a page. Default: 50. */
  readonly pageSize?: number;
  /** Whether the day that `end` names is in the answer, which is not documented. Default: true. */
  readonly endInclusive?: boolean;
  /** Epoch milliseconds: later days do not exist yet, and of today there is a part. Default: the real time. */
  readonly now?: () => number;
  /** Epoch milliseconds of the earliest day. Default: 400 days before the start. */
  readonly since?: number;
  /** Default: a free one. */
  readonly port?: number;
}

export interface SimulatedTpstreams extends SimulatedServer {
  /** Replaces what is answered. */
  readonly setHistory: (history: TpstreamsHistory) => void;
}

type Api = Required<Omit<SimulatedTpstreamsOptions, 'port'>>;

const DAY_MS = 24 * 3_600_000;
const USAGE_PATH = /^\/api\/v1\/(?<organization>[^/]+)\/assets_usage\/$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const WHOLE_NUMBER = /^\d{1,9}$/;

export async function startSimulatedTpstreams(
  options: SimulatedTpstreamsOptions,
): Promise<SimulatedTpstreams> {
  const { paging = 'offset', pageSize = 50, endInclusive = true, now = Date.now } = options;
  const since = options.since ?? now() - 400 * DAY_MS;
  let { history } = options;
  const server = await startSimulatedServer(
    (request) =>
      reply(request, { ...options, paging, pageSize, endInclusive, now, since, history }),
    options.port,
  );
  return {
    ...server,
    setHistory: (next) => {
      history = next;
    },
  };
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
  return pageOf(request, listOf(url.searchParams, api), api);
}

/** An address without the trailing slash is another one. */
function notFoundPage(): Answer {
  const body = '<!doctype html>\n<html lang="en"><body><h1>Not Found</h1></body></html>';
  return { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

function detail(status: number, text: string): Answer {
  return jsonAnswer({ detail: text }, status);
}

/** What is wrong with each filter; a parameter that is not known is no problem to Django. */
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

/** The rows of months unless days are asked for; the earliest first unless asked otherwise. */
function listOf(query: URLSearchParams, api: Api): TpstreamsRow[] {
  const moment = { since: api.since, now: api.now() };
  const rows =
    query.get('time_frame') === 'daily'
      ? dailyRows(api.history, moment)
      : monthlyRows(api.history, moment);
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

function pageOf(request: SimulatedRequest, rows: readonly TpstreamsRow[], api: Api): Answer {
  return api.paging === 'page'
    ? numberedPage(request, rows, api.pageSize)
    : offsetPage(request, rows, api.pageSize);
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

/** The address that was asked for, with other parameters; sorted by name, as Django REST framework does. */
function addressOf({ url, headers }: SimulatedRequest, changes: Record<string, string>): string {
  const query = new URLSearchParams({ ...Object.fromEntries(url.searchParams), ...changes });
  query.sort();
  return `http://${headers.host}${url.pathname}?${query}`;
}
