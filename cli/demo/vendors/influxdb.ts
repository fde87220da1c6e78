/** InfluxDB Cloud's usage API on loopback, with a history that can be changed while it runs. */
import { gzipSync } from 'node:zlib';
import { DAY_MS, HOUR_MS } from '../../../functions/config/durations.ts';
import { activityAt, weekdayOf } from './history.ts';
import {
  annotatedCsv,
  type CsvStyle,
  type InfluxdbHistory,
  type InfluxdbHour,
  type UsageSpan,
  usageTables,
} from './influxdb-history.ts';
import {
  type Answer,
  jsonAnswer,
  type ServerWithHistory,
  type SimulatedRequest,
  type SimulatedWorld,
  startWithHistory,
} from './server.ts';

export interface SimulatedInfluxdbOptions {
  /** The only valid token. */
  readonly token: string;
  /** The only organization. */
  readonly orgId: string;
  readonly history: InfluxdbHistory;
  /** Word before the token. Default: Token. */
  readonly auth?: 'Token' | 'Bearer';
  /** Epoch milliseconds: an hour has rows once it is over. Default: the real time. */
  readonly now?: () => number;
  /** Epoch milliseconds of the earliest hour. Default: 60 days before the start. */
  readonly since?: number;
  readonly style?: AnswerStyle;
  /** Default: a free one. */
  readonly port?: number;
}

export interface AnswerStyle extends CsvStyle {
  readonly gzip?: boolean;
  /** Default: text/csv; charset=utf-8. */
  readonly contentType?: string;
  /** Which bound of the range may be a row's `_time`; undocumented. Default: stop. */
  readonly inclusive?: 'start' | 'stop' | 'both';
}

export type SimulatedInfluxdb = ServerWithHistory<InfluxdbHistory>;

interface Api extends SimulatedInfluxdbOptions {
  readonly now: () => number;
  readonly since: number;
}

const LONGEST_MS = 30 * DAY_MS;
const USAGE_PATH = /^\/api\/v2\/orgs\/(?<org>[^/]+)\/usage$/;
const SECONDS = /^\d{1,10}$/;

export async function startSimulatedInfluxdb(
  options: SimulatedInfluxdbOptions,
): Promise<SimulatedInfluxdb> {
  const { now = Date.now } = options;
  const since = options.since ?? now() - 60 * DAY_MS;
  return startWithHistory(options, (request, history) =>
    reply(request, { ...options, now, since, history }),
  );
}

function reply({ url, headers }: SimulatedRequest, api: Api): Answer {
  const org = USAGE_PATH.exec(url.pathname)?.groups?.org;
  if (org === undefined) return apiError(404, 'not found', 'path not found');
  if (headers.authorization !== `${api.auth ?? 'Token'} ${api.token}`) {
    return apiError(401, 'unauthorized', 'unauthorized access');
  }
  if (decodeURIComponent(org) !== api.orgId) {
    return apiError(404, 'not found', 'organization not found');
  }
  const problem = queryProblem(url.searchParams, api.now());
  if (problem !== undefined) return apiError(400, 'invalid', problem);
  return csvAnswer(spanOf(url.searchParams, api), api);
}

function apiError(status: number, code: string, message: string): Answer {
  return jsonAnswer({ code, message }, status);
}

function queryProblem(query: URLSearchParams, now: number): string | undefined {
  const isValid: Readonly<Record<string, (value: string) => boolean>> = {
    start: (value) => SECONDS.test(value),
    stop: (value) => SECONDS.test(value),
    raw: (value) => value === 'false',
  };
  const wrong = [...query].find(([name, value]) => !isValid[name]?.(value));
  if (wrong !== undefined) return `invalid ${wrong.join(' ')}`;
  if (!query.has('start')) return 'start is required';
  const { start, stop } = boundsOf(query, now);
  if (start >= stop) return 'start must be before stop';
  return stop - start > LONGEST_MS ? 'the time range must not be over 30 days' : undefined;
}

function boundsOf(query: URLSearchParams, now: number) {
  const stop = query.get('stop');
  return {
    start: Number(query.get('start')) * 1000,
    stop: stop === null ? now : Number(stop) * 1000,
  };
}

function spanOf(query: URLSearchParams, { now, since, style }: Api): UsageSpan {
  const { start, stop } = boundsOf(query, now());
  const inclusive = style?.inclusive ?? 'stop';
  return {
    start,
    stop,
    includes: (time) =>
      (time > start || (time === start && inclusive !== 'stop')) &&
      (time < stop || (time === stop && inclusive !== 'start')) &&
      time <= now() &&
      time - HOUR_MS >= since,
  };
}

function csvAnswer(span: UsageSpan, { history, orgId, style = {} }: Api): Answer {
  const { contentType = 'text/csv; charset=utf-8', gzip = false } = style;
  const csv = annotatedCsv(usageTables(history, orgId, span), style);
  return {
    status: 200,
    headers: { 'content-type': contentType, ...(gzip && { 'content-encoding': 'gzip' }) },
    body: gzip ? gzipSync(csv) : csv,
  };
}

const HISTORY_DAYS = 60;
const token = 'simulated-token-of-sensors';
const orgId = '5f0a1c2d3e4b5a69';

export async function startInfluxdbWorld(end: number): Promise<SimulatedWorld> {
  const lastHour = end - (end % HOUR_MS);
  const updatedAt = lastHour - 40 * HOUR_MS;
  const server = await startSimulatedInfluxdb({
    token,
    orgId,
    now: () => Date.now(),
    since: lastHour - HISTORY_DAYS * DAY_MS,
    history: (start) => sensorHour(start, start >= updatedAt ? 5 : 1),
  });
  const startsOn = weekdayOf(lastHour - 5 * DAY_MS, 'UTC');
  const config = {
    orgId,
    baseUrl: server.url,
    budgets: [
      { name: 'everything', limit: 40, per: 'week', startsOn },
      {
        name: 'writes',
        meter: 'data-in',
        measure: 'usage',
        unit: 'GB',
        limit: 3,
        per: 'day',
        thresholds: [100],
      },
    ],
  };
  return { accounts: [{ name: 'sensors', token, config }], close: server.close };
}

/** About 1 GB in, 14,000 queries and 1.2 GB out a day, and 30 GB in two buckets. */
function sensorHour(start: number, copies: number): InfluxdbHour {
  const activity = activityAt(start, 3);
  return {
    writeBytes: copies * Math.round(40e6 * activity),
    refusedWriteBytes: Math.round(1e6 * activity),
    queries: Math.round(600 * activity),
    failedQueries: 7,
    responseBytes: Math.round(50e6 * activity),
    storageBytesByBucket: { '0a1b2c3d4e5f6a7b': 22e9, '1b2c3d4e5f6a7b8c': 8e9 },
  };
}
