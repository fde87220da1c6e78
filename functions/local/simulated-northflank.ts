/** Northflank's billing usage API on loopback, with a history that can be changed while it runs. */
import {
  type NorthflankHistory,
  rowsOf,
  withCustomerByoc,
} from './simulated-northflank-history.ts';
import { type ContractVersion, northflankRow } from './simulated-northflank-rows.ts';
import {
  type Answer,
  jsonAnswer,
  type SimulatedRequest,
  type SimulatedServer,
  startSimulatedServer,
} from './simulated-server.ts';

export interface SimulatedNorthflankOptions {
  /** The one token that is accepted. */
  readonly token: string;
  /** What is answered without a team. Its BYOC costs are on every team's bill too. */
  readonly history: NorthflankHistory;
  /** By team id; other teams do not exist. */
  readonly teams?: Readonly<Record<string, NorthflankHistory>>;
  /** Default: legacy. */
  readonly version?: ContractVersion;
  /** The parameter that is known for the page size. Default: `perPage` in the current version, else `per_page`. */
  readonly pageSizeParameter?: 'per_page' | 'perPage';
  /** ISO 4217, lower case. Default: usd. */
  readonly currency?: string;
  /** Epoch milliseconds: later hours do not exist yet, and the one in progress costs its share. Default: the real time. */
  readonly now?: () => number;
  /** Epoch milliseconds of the earliest row. Default: 60 days before the start. */
  readonly since?: number;
  /** Requests an hour. Default: 1,000. */
  readonly rateLimit?: number;
  /** Default: a free one. */
  readonly port?: number;
}

export interface SimulatedNorthflank extends SimulatedServer {
  /** Replaces what is answered without a team. */
  readonly setHistory: (history: NorthflankHistory) => void;
}

interface Api extends SimulatedNorthflankOptions {
  readonly version: ContractVersion;
  readonly currency: string;
  readonly pageSizeParameter: 'per_page' | 'perPage';
  readonly now: () => number;
  readonly since: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DEFAULT_PAGE_SIZE = 50;
const LARGEST_PAGE_SIZE = 100;
const USAGE_PATH = /^\/v1(?:\/teams\/(?<team>[^/]+))?\/billing\/usage$/;
const WHOLE_NUMBER = /^\d{1,10}$/;
const CURSOR = /^before=(?<seconds>\d+)&\/\+$/;

export async function startSimulatedNorthflank(
  options: SimulatedNorthflankOptions,
): Promise<SimulatedNorthflank> {
  const { version = 'legacy', currency = 'usd', now = Date.now, rateLimit = 1_000 } = options;
  const pageSizeParameter =
    options.pageSizeParameter ?? (version === 'current' ? 'perPage' : 'per_page');
  const since = options.since ?? now() - 60 * DAY_MS;
  const count = requestCounter(now, rateLimit);
  let { history } = options;
  const server = await startSimulatedServer((request) => {
    const headers = count();
    const api = { ...options, version, currency, now, pageSizeParameter, since, history };
    const answer = headers['retry-after']
      ? apiError(429, 'Too many requests')
      : reply(request, api);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  }, options.port);
  return {
    ...server,
    setHistory: (next) => {
      history = next;
    },
  };
}

/** Counts a request against the limit of its clock hour; tells by `retry-after` that it is one too many. */
function requestCounter(now: () => number, limit: number): () => Record<string, string> {
  let hour = Number.NaN;
  let used = 0;
  return () => {
    const current = Math.floor(now() / HOUR_MS);
    used = current === hour ? used + 1 : 1;
    hour = current;
    const reset = String(Math.ceil(((hour + 1) * HOUR_MS - now()) / 1000));
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - used)),
      'x-ratelimit-reset': reset,
      ...(used > limit && { 'retry-after': reset }),
    };
  };
}

function reply({ url, headers }: SimulatedRequest, api: Api): Answer {
  const path = USAGE_PATH.exec(url.pathname);
  if (path === null) return apiError(404, 'Not found');
  if (headers.authorization !== `Bearer ${api.token}`) return apiError(401, 'Unauthorized');
  const team = path.groups?.team;
  const teamHistory = team === undefined ? undefined : api.teams?.[decodeURIComponent(team)];
  if (team !== undefined && teamHistory === undefined) return apiError(404, 'Team not found');
  const details = queryProblems(url.searchParams, api);
  if (Object.keys(details).length > 0) return apiError(400, 'Invalid request', details);
  return jsonAnswer(pageOf(url.searchParams, api, teamHistory));
}

function apiError(status: number, message: string, details?: Record<string, string[]>): Answer {
  const id = message.toLowerCase().replaceAll(' ', '-');
  return jsonAnswer({ error: { status, message, id, ...(details && { details }) } }, status);
}

/** What is wrong with each parameter, as an error's `details` say it. */
function queryProblems(query: URLSearchParams, api: Api): Record<string, string[]> {
  const isValid: Readonly<Record<string, (value: string) => boolean>> = {
    [api.pageSizeParameter]: (value) =>
      WHOLE_NUMBER.test(value) && Number(value) >= 1 && Number(value) <= LARGEST_PAGE_SIZE,
    cursor: (value) => CURSOR.test(value),
    startTime: (value) => WHOLE_NUMBER.test(value),
    endTime: (value) => WHOLE_NUMBER.test(value) && query.has('startTime'),
    granularity: (value) => value === 'hour',
    removeLegacyFields: (value) => value === 'true' || value === 'false',
  };
  const wrong = [...query].filter(([name, value]) => !isValid[name]?.(value));
  return Object.fromEntries(
    wrong.map(([name]) => [name, [isValid[name] ? 'is invalid' : 'is not allowed']]),
  );
}

function pageOf(query: URLSearchParams, api: Api, team: NorthflankHistory | undefined): object {
  const span = spanOf(query, api);
  const customer = rowsOf(api.history, span);
  const rows = team === undefined ? customer : withCustomerByoc(rowsOf(team, span), customer);
  const page = rows.slice(0, Number(query.get(api.pageSizeParameter) ?? DEFAULT_PAGE_SIZE));
  const hasNextPage = rows.length > page.length;
  const oldest = page.at(-1)?.start ?? 0;
  const version = query.get('removeLegacyFields') === 'true' ? 'current' : api.version;
  const contract = { version, currency: api.currency };
  return {
    data: { usage: page.map(({ start, amounts }) => northflankRow(start, amounts, contract)) },
    pagination: {
      hasNextPage,
      ...(hasNextPage && { cursor: cursorBefore(oldest) }),
      count: page.length,
    },
  };
}

/** The cursor ends the span, so that rows which appear meanwhile shift nothing. */
function spanOf(query: URLSearchParams, { now, since }: Api) {
  const cursor = CURSOR.exec(query.get('cursor') ?? '')?.groups?.seconds;
  const start = Math.max(since, Number(query.get('startTime') ?? 0) * 1000);
  const ends = [query.get('endTime'), cursor].map((end) => Number(end ?? Number.POSITIVE_INFINITY));
  return { start, end: Math.min(...ends) * 1000, now: now() };
}

/** Has characters that are refused if a client does not encode them. */
function cursorBefore(start: number): string {
  return `before=${start / 1000}&/+`;
}
