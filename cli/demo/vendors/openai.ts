/** OpenAI's organization costs on loopback, with the traps of the real API. */
import { createHash } from 'node:crypto';
import { DAY_MS } from '../../../functions/config/durations.ts';
import { activityAt, isoDate, jsonNumber, shareOfDay, startRunawayWorld } from './history.ts';
import {
  type Answer,
  type ClockedServerOptions,
  jsonAnswer,
  type ServerWithHistory,
  type SimulatedRequest,
  type SimulatedWorld,
  startWithHistory,
} from './server.ts';

interface OpenaiCost {
  /** Dollars, a plain decimal. */
  readonly amount: string;
  /** `zeta-5, input` */
  readonly lineItem: string | null;
  readonly projectId?: string;
}

/** By date in UTC: an empty list is a day without costs, undefined one that is not in the answer. */
export type OpenaiHistory = (date: string) => readonly OpenaiCost[] | undefined;

export interface SimulatedOpenaiOptions extends ClockedServerOptions {
  /** The one admin key. Keys that begin with `sk-proj-` are known and lack the scope. */
  readonly token: string;
  readonly history: OpenaiHistory;
  /** How amounts are written: the real API has done both. Default: number. */
  readonly amounts?: 'number' | 'string';
  /** Lower case. Default: usd. */
  readonly currency?: string;
  /** Days on a page, whatever was asked for. Default: 31. */
  readonly mostBuckets?: number;
}

export type SimulatedOpenai = ServerWithHistory<OpenaiHistory>;

type Api = Required<Omit<SimulatedOpenaiOptions, 'port'>>;

export function startSimulatedOpenai(options: SimulatedOpenaiOptions): Promise<SimulatedOpenai> {
  const defaults = { amounts: 'number', currency: 'usd', mostBuckets: 31, now: Date.now } as const;
  return startWithHistory(options, (request, history) =>
    reply(request, { ...defaults, ...options, history }),
  );
}

const WHOLE_NUMBER = /^\d{1,10}$/;
/** From here on costs can be grouped by key: 6 December 2025. */
const KEYS_KNOWN_FROM = 1_764_979_200;

function reply({ url, headers, method }: SimulatedRequest, api: Api): Answer {
  if (url.pathname !== '/v1/organization/costs' || method !== 'GET') {
    return apiError(404, `Invalid URL (${method} ${url.pathname})`);
  }
  const key = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1];
  if (key?.startsWith('sk-proj-')) {
    return apiError(403, 'You have insufficient permissions. Missing scopes: api.usage.read.');
  }
  if (key !== api.token) return apiError(401, 'Incorrect API key provided.', 'invalid_api_key');
  const problem = queryProblem(url.searchParams);
  return problem === undefined ? pageOf(url.searchParams, api) : apiError(400, problem);
}

function apiError(status: number, message: string, code: string | null = null): Answer {
  return jsonAnswer(
    { error: { message, type: 'invalid_request_error', param: null, code } },
    status,
  );
}

function queryProblem(query: URLSearchParams): string | undefined {
  const [start, end] = ['start_time', 'end_time'].map((name) => query.get(name));
  if (!WHOLE_NUMBER.test(start ?? '')) return "Missing required parameter: 'start_time'.";
  if (end && !WHOLE_NUMBER.test(end)) return "Invalid type for 'end_time'.";
  if ((query.get('bucket_width') ?? '1d') !== '1d') return "Invalid value for 'bucket_width'.";
  const limit = Number(query.get('limit') ?? 7);
  if (!(limit >= 1 && limit <= 180)) return "Invalid 'limit': expected a value <= 180.";
  const byKey = query.getAll('group_by').includes('api_key_id');
  if (byKey && Number(start) < KEYS_KNOWN_FROM) return "Invalid 'start_time' for api_key_id.";
  return pageProblem(query);
}

function pageProblem(query: URLSearchParams): string | undefined {
  const cursor = query.get('page');
  if (cursor === null || cursorOf(query, offsetIn(cursor)) === cursor) return undefined;
  return "Invalid 'page': it belongs to another query.";
}

/** Where a page begins, bound to the query that it is a page of. */
function cursorOf(query: URLSearchParams, offset: number): string {
  const others = new URLSearchParams(query);
  others.delete('page');
  others.sort();
  const hash = createHash('sha256').update(others.toString()).digest('base64url');
  return `page_${offset}_${hash.slice(0, 16)}==`;
}

function offsetIn(cursor: string): number {
  return Number(/^page_(\d{1,6})_/.exec(cursor)?.[1] ?? Number.NaN);
}

function pageOf(query: URLSearchParams, api: Api): Answer {
  const all = bucketsIn(query, api);
  const size = Math.min(Number(query.get('limit') ?? 7), api.mostBuckets);
  const offset = query.has('page') ? offsetIn(query.get('page') ?? '') : 0;
  const hasMore = offset + size < all.length;
  return jsonAnswer({
    object: 'page',
    data: all.slice(offset, offset + size),
    has_more: hasMore,
    next_page: hasMore ? cursorOf(query, offset + size) : null,
  });
}

function bucketsIn(query: URLSearchParams, api: Api): object[] {
  const now = api.now();
  const asked = query.has('end_time') ? Number(query.get('end_time')) * 1000 : now;
  const buckets = [];
  const first = Math.floor((Number(query.get('start_time')) * 1000) / DAY_MS) * DAY_MS;
  for (let start = first; start < Math.min(asked, now); start += DAY_MS) {
    const costs = api.history(isoDate(start));
    if (costs === undefined) continue;
    buckets.push({
      object: 'bucket',
      start_time: start / 1000,
      end_time: (start + DAY_MS) / 1000,
      results: costs.filter(isOfProject(query)).map((cost) => resultOf(cost, start, api)),
    });
  }
  return buckets;
}

function isOfProject(query: URLSearchParams): (cost: OpenaiCost) => boolean {
  const projects = [...query.getAll('project_ids'), ...query.getAll('project_ids[]')];
  return ({ projectId = 'proj_default' }) => projects.length === 0 || projects.includes(projectId);
}

function resultOf({ amount, lineItem, projectId }: OpenaiCost, start: number, api: Api): object {
  const value = shareOfDay(amount, start, api.now());
  return {
    object: 'organization.costs.result',
    amount: {
      value: api.amounts === 'string' ? value : jsonNumber(value),
      currency: api.currency,
    },
    line_item: lineItem,
    project_id: projectId ?? null,
    api_key_id: null,
    organization_id: 'org-simulated',
  };
}

/** A team whose agent loops since two days. */
export function startOpenaiWorld(end: number): Promise<SimulatedWorld> {
  const account = {
    name: 'agents',
    token: 'sk-admin-simulated-of-agents',
    limits: { month: 160, meter: 'output', day: 20 },
  };
  return startRunawayWorld(end, account, (served, from) =>
    startSimulatedOpenai({ ...served, history: (date) => agentsDay(date, date >= isoDate(from)) }),
  );
}

function agentsDay(date: string, isLooping: boolean): readonly OpenaiCost[] {
  const activity = activityAt(Date.parse(date), 5);
  const dollars = (amount: number, factor: number) => (amount * factor * activity).toFixed(6);
  const looping = isLooping ? 9 : 1;
  return [
    { lineItem: 'zeta-5, input', amount: dollars(2.6, looping) },
    { lineItem: 'zeta-5, cached input', amount: dollars(0.4, looping) },
    { lineItem: 'zeta-5, output', amount: dollars(3.9, looping) },
    { lineItem: 'zeta-5-mini, input', amount: dollars(0.5, 1) },
    { lineItem: 'zeta-5-mini, output', amount: dollars(0.8, 1) },
  ];
}
