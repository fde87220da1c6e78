/** Northflank's billing usage API on loopback, with a history that can be changed while it runs. */
import { periodAt } from '../../../functions/budgets/period.ts';
import { DAY_MS, HOUR_MS } from '../../../functions/config/durations.ts';
import { activityAt, dayOfMonth, hoursWith, weekdayOf } from './history.ts';
import {
  type ContractVersion,
  type HourlyAmounts,
  type NorthflankHistory,
  northflankRow,
  rowsOf,
  withCustomerByoc,
} from './northflank-history.ts';
import {
  type Answer,
  jsonAnswer,
  type ServerWithHistory,
  type SimulatedAccount,
  type SimulatedRequest,
  type SimulatedWorld,
  startWithHistory,
} from './server.ts';

export interface SimulatedNorthflankOptions {
  /** The only valid token. */
  readonly token: string;
  /** The answer without a team. Its BYOC costs are on every team's bill, too. */
  readonly history: NorthflankHistory;
  /** By team id; other teams do not exist. */
  readonly teams?: Readonly<Record<string, NorthflankHistory>>;
  /** Default: legacy. */
  readonly version?: ContractVersion;
  /** The parameter for the page size. Default: `perPage` in the current version, else `per_page`. */
  readonly pageSizeParameter?: 'per_page' | 'perPage';
  /** ISO 4217, lower case. Default: usd. */
  readonly currency?: string;
  /** Epoch milliseconds: later hours do not exist yet, and the current hour costs its elapsed share. Default: the real time. */
  readonly now?: () => number;
  /** Epoch milliseconds of the earliest row. Default: 60 days before the start. */
  readonly since?: number;
  /** Requests an hour. Default: 1,000. */
  readonly rateLimit?: number;
  /** Default: a free one. */
  readonly port?: number;
}

/** Its history is that without a team. */
export type SimulatedNorthflank = ServerWithHistory<NorthflankHistory>;

interface Api extends SimulatedNorthflankOptions {
  readonly version: ContractVersion;
  readonly currency: string;
  readonly pageSizeParameter: 'per_page' | 'perPage';
  readonly now: () => number;
  readonly since: number;
}

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
  return startWithHistory(options, (request, history) => {
    const headers = count();
    const api = { ...options, version, currency, now, pageSizeParameter, since, history };
    const answer = headers['retry-after']
      ? apiError(429, 'Too many requests')
      : reply(request, api);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  });
}

/** Counts a request against the limit of its clock hour; beyond it, sets `retry-after`. */
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

/** What is wrong with each parameter, as in an error's `details`. */
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

/** The cursor ends the span, so that new rows do not shift the pages. */
function spanOf(query: URLSearchParams, { now, since }: Api) {
  const cursor = CURSOR.exec(query.get('cursor') ?? '')?.groups?.seconds;
  const start = Math.max(since, Number(query.get('startTime') ?? 0) * 1000);
  const ends = [query.get('endTime'), cursor].map((end) => Number(end ?? Number.POSITIVE_INFINITY));
  return { start, end: Math.min(...ends) * 1000, now: now() };
}

/** Has characters that a client must encode. */
function cursorBefore(start: number): string {
  return `before=${start / 1000}&/+`;
}

const HISTORY_DAYS = 60;
const berlin = 'Europe/Berlin';

/** A started account: its config, and how to close its API. */
interface RunningAccount {
  readonly account: SimulatedAccount;
  readonly close: () => Promise<void>;
}

export async function startNorthflankWorld(end: number): Promise<SimulatedWorld> {
  const lastHour = end - (end % HOUR_MS);
  const running = await Promise.all([startAcme(lastHour), startPlatformTeam(lastHour)]);
  return {
    accounts: running.map(({ account }) => account),
    close: async () => {
      await Promise.all(running.map(({ close }) => close()));
    },
  };
}

/** A web shop that trains a model for two hours each night, and since last week for nine: over its limit only today. */
async function startAcme(lastHour: number): Promise<RunningAccount> {
  const token = 'simulated-token-of-acme';
  const longerFrom = lastHour - 158 * HOUR_MS;
  const hourAt = (start: number) => shopHour(start, start >= longerFrom ? 9 : 2);
  const startsOn = dayOfMonth(lastHour - 22 * DAY_MS);
  const month = periodAt({ per: 'month', startsOn }, 'UTC', lastHour);
  const crossed = hoursWith(hourAt, month.start, lastHour - 8 * HOUR_MS);
  const server = await startSimulatedNorthflank({
    token,
    ...clockUntil(lastHour),
    history: hourAt,
  });
  const config = {
    baseUrl: server.url,
    budgets: [
      {
        name: 'everything',
        limit: 5 * Math.floor(costOf(crossed.map(({ value }) => value)) / 5),
        per: 'month',
        startsOn,
        thresholds: [100, 150],
      },
      { name: 'gpu', meter: 'gpu', limit: 25, per: 'day', thresholds: [100] },
    ],
  };
  return { account: { name: 'acme', token, config }, close: server.close };
}

/** One team of a larger customer, on the current contract; for 18 hours one of its rows is far too high. */
async function startPlatformTeam(lastHour: number): Promise<RunningAccount> {
  const token = 'simulated-token-of-platform-team';
  const wrongHour = lastHour - 44 * HOUR_MS;
  const correctedAt = lastHour - 26 * HOUR_MS;
  const server = await startSimulatedNorthflank({
    token,
    version: 'current',
    ...clockUntil(lastHour),
    history: [],
    teams: {
      platform: (start) => platformHour(start, start === wrongHour && Date.now() < correctedAt),
    },
  });
  const config = {
    teamId: 'platform',
    baseUrl: server.url,
    timeZone: berlin,
    budgets: [
      {
        name: 'everything',
        limit: 90,
        per: 'week',
        startsOn: weekdayOf(lastHour - 5 * DAY_MS, berlin),
      },
      { name: 'cpu', meter: 'cpu', limit: 10, per: 'day', thresholds: [100] },
    ],
  };
  return { account: { name: 'platform-team', token, config }, close: server.close };
}

function clockUntil(lastHour: number) {
  return { now: () => Date.now(), since: lastHour - HISTORY_DAYS * DAY_MS };
}

/** Prices are about those of 6 vCPU, 8 GB, 50 GB of disk, and an H100 where a training runs: from 2 o'clock on. */
function shopHour(start: number, trainingHours: number): HourlyAmounts {
  const activity = activityAt(start, 1);
  const hour = new Date(start).getUTCHours();
  const isTraining = hour >= 2 && hour < 2 + trainingHours;
  return {
    cpu: amount(0.1 * activity),
    memory: amount(0.066 * activity),
    storage: '0.0104',
    ...(isTraining && { gpu: '2.74' }),
  };
}

function platformHour(start: number, isWrong: boolean): HourlyAmounts {
  const activity = activityAt(start, 2);
  return {
    cpu: amount(0.24 * activity),
    memory: amount(0.13 * activity),
    storage: isWrong ? '64.32' : '0.0536',
    egressIp: '0.0068',
    loadBalancer: '0.0205',
  };
}

function costOf(hours: readonly HourlyAmounts[]): number {
  return hours.reduce((cost, amounts) => {
    return Object.values(amounts).reduce((sum, one) => sum + Number(one), cost);
  }, 0);
}

function amount(value: number): string {
  return value.toFixed(4);
}
