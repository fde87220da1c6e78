/** Anthropic's two cost reports on loopback, with the traps of the real API. */
import { Big } from 'big.js';
import { DAY_MS } from '../../../functions/config/durations.ts';
import { activityAt, isoDate, shareOfDay, startRunawayWorld } from './history.ts';
import {
  type Answer,
  type ClockedServerOptions,
  jsonAnswer,
  type ServerWithHistory,
  type SimulatedRequest,
  type SimulatedWorld,
  startWithHistory,
} from './server.ts';

interface AnthropicCost {
  /** US cents, a plain decimal. */
  readonly cents: string;
  readonly costType: string;
  /** Default: null. */
  readonly tokenType?: string;
  /** Default: null. */
  readonly model?: string;
}

/** By date in UTC. In the older report an empty list is a day without results, and undefined no day at all. */
export type AnthropicHistory = (date: string) => readonly AnthropicCost[] | undefined;

/** `hipaa` is an organization for which the newer report does not exist, `forbidden` a key that may not read it. */
type Analytics = 'open' | 'hipaa' | 'forbidden';

export interface SimulatedAnthropicOptions extends ClockedServerOptions {
  /** The one key. */
  readonly token: string;
  readonly history: AnthropicHistory;
  /** Default: open. */
  readonly analytics?: Analytics;
  /** How far the newer report's data goes, epoch milliseconds; null where it does not say. Default: as far as the clock. */
  readonly refreshedAt?: () => number | null;
  readonly currency?: string;
  /** Days on a page, whatever was asked for. Default: 1,000. */
  readonly mostBuckets?: number;
}

type SimulatedAnthropic = ServerWithHistory<AnthropicHistory>;

type Api = Required<Omit<SimulatedAnthropicOptions, 'port'>>;

export function startSimulatedAnthropic(
  options: SimulatedAnthropicOptions,
): Promise<SimulatedAnthropic> {
  const { now = Date.now } = options;
  const defaults = { analytics: 'open', currency: 'USD', mostBuckets: 1000 } as const;
  return startWithHistory(options, (request, history) =>
    reply(request, { ...defaults, refreshedAt: now, ...options, now, history }),
  );
}

const BETA = 'analytics-usage-cost-2026-08-24';
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** The newer report has nothing before. */
const EARLIEST = Date.UTC(2026, 0, 1);

function reply({ url, headers }: SimulatedRequest, api: Api): Answer {
  const reports: Readonly<Record<string, Report>> = {
    '/v1/organizations/analytics/cost': analytics,
    '/v1/organizations/cost_report': costReport,
  };
  const report = reports[url.pathname];
  if (report === undefined) return apiError(404, 'not_found_error', 'Not found');
  if (headers['x-api-key'] !== api.token) {
    return apiError(401, 'authentication_error', 'invalid x-api-key');
  }
  if (headers['anthropic-version'] !== '2023-06-01') return invalid('anthropic-version: required');
  return report(url.searchParams, api, headers['anthropic-beta'] === BETA);
}

type Report = (query: URLSearchParams, api: Api, isBeta: boolean) => Answer;

function apiError(status: number, type: string, message: string): Answer {
  return jsonAnswer(
    { type: 'error', error: { type, message }, request_id: 'req_simulated' },
    status,
  );
}

function invalid(message: string): Answer {
  return apiError(400, 'invalid_request_error', message);
}

function analytics(query: URLSearchParams, api: Api, isBeta: boolean): Answer {
  if (!isBeta) return apiError(404, 'not_found_error', 'Not found');
  if (api.analytics === 'hipaa') return invalid('not available to organizations with HIPAA');
  if (api.analytics === 'forbidden') {
    return apiError(403, 'permission_error', 'Missing scope: read:analytics');
  }
  const problem = rangeProblem(query, 'time_bucket_width') ?? analyticsProblem(query);
  if (problem !== undefined) return invalid(problem);
  const refreshedAt = api.refreshedAt();
  const page = pageOf(query, api, 20);
  return jsonAnswer({
    ...page,
    data: page.data.flatMap(({ start, costs }) =>
      costs.map((cost) => analyticsRow(cost, start, api)),
    ),
    data_refreshed_at: refreshedAt === null ? null : new Date(refreshedAt).toISOString(),
  });
}

function analyticsProblem(query: URLSearchParams): string | undefined {
  if (Date.parse(query.get('starting_at') ?? '') < EARLIEST) return 'starting_at: from 2026-01-01';
  const limit = Number(query.get('limit') ?? 20);
  if (!(limit >= 1 && limit <= 1000)) return 'limit: at most 1000';
  const groups = query.getAll('group_by[]').join();
  return groups === 'cost_type,token_type,model' ? undefined : 'group_by: not simulated';
}

function costReport(query: URLSearchParams, api: Api): Answer {
  const problem = rangeProblem(query, 'bucket_width');
  if (problem !== undefined) return invalid(problem);
  const limit = Number(query.get('limit') ?? 7);
  if (!(limit >= 1 && limit <= 31)) return invalid('limit: at most 31');
  const today = Math.floor(api.now() / DAY_MS) * DAY_MS;
  if (Date.parse(query.get('starting_at') ?? '') >= today) {
    return invalid('ending_at: no day has ended after starting_at');
  }
  const isDescribed = query.getAll('group_by[]').includes('description');
  const page = pageOf(query, api, 7);
  return jsonAnswer({
    ...page,
    data: page.data.map(({ start, costs }) => ({
      ...boundsOf(start),
      results: costs.map((cost) => reportResult(cost, start, { ...api, isDescribed })),
    })),
  });
}

function rangeProblem(query: URLSearchParams, width: string): string | undefined {
  const [start, end] = ['starting_at', 'ending_at'].map((name) => query.get(name) ?? '');
  if (!INSTANT.test(start ?? '') || !INSTANT.test(end ?? '')) return 'starting_at: RFC 3339';
  const days = (Date.parse(end ?? '') - Date.parse(start ?? '')) / DAY_MS;
  if (!(days > 0 && days <= 32)) return 'ending_at: at most 31 days after starting_at';
  return query.get(width) === '1d' ? undefined : `${width}: not simulated`;
}

interface Day {
  readonly start: number;
  readonly costs: readonly AnthropicCost[];
}

function pageOf(query: URLSearchParams, api: Api, defaultLimit: number) {
  const days: Day[] = [];
  const end = Math.min(Date.parse(query.get('ending_at') ?? ''), api.now());
  for (let start = Date.parse(query.get('starting_at') ?? ''); start < end; start += DAY_MS) {
    const costs = api.history(isoDate(start));
    if (costs !== undefined) days.push({ start, costs });
  }
  const size = Math.min(Number(query.get('limit') ?? defaultLimit), api.mostBuckets);
  const offset = Number(query.get('page')?.replace('page_', '') ?? 0);
  const hasMore = offset + size < days.length;
  return {
    data: days.slice(offset, offset + size),
    has_more: hasMore,
    next_page: hasMore ? `page_${offset + size}` : null,
  };
}

function boundsOf(start: number) {
  const [starting_at, ending_at] = [start, start + DAY_MS].map((at) =>
    new Date(at).toISOString().replace('.000Z', 'Z'),
  );
  return { starting_at, ending_at };
}

/** List prices are a quarter higher than what is paid. */
function analyticsRow(
  { cents, costType, tokenType, model }: AnthropicCost,
  start: number,
  api: Api,
) {
  const amount = shareOfDay(cents, start, api.now());
  const list_amount = new Big(amount).times('1.25').toFixed();
  return {
    ...boundsOf(start),
    cost: { amount, list_amount, currency: api.currency, requests: null },
    group: { cost_type: costType, token_type: tokenType ?? null, model: model ?? null },
  };
}

function reportResult(
  { cents, costType, tokenType, model }: AnthropicCost,
  start: number,
  { currency, now, isDescribed }: Api & { readonly isDescribed: boolean },
): object {
  return {
    amount: shareOfDay(cents, start, now()),
    currency,
    cost_type: isDescribed ? costType : null,
    token_type: isDescribed ? (tokenType ?? null) : null,
    model: isDescribed ? (model ?? null) : null,
    description: isDescribed ? `Claude Zeta Usage - ${tokenType ?? costType}` : null,
    workspace_id: null,
  };
}

/** A team whose cache stopped to work two days ago. */
export function startAnthropicWorld(end: number): Promise<SimulatedWorld> {
  const account = {
    name: 'research',
    token: 'sk-ant-admin01-simulated-of-research',
    limits: { month: 160, meter: 'input', day: 20 },
  };
  return startRunawayWorld(end, account, (served, from) =>
    startSimulatedAnthropic({
      ...served,
      history: (date) => researchDay(date, date >= isoDate(from)),
    }),
  );
}

function researchDay(date: string, isUncached: boolean): readonly AnthropicCost[] {
  const activity = activityAt(Date.parse(date), 7);
  const cents = (amount: number) => (amount * activity).toFixed(4);
  const tokens = (tokenType: string, model: string, amount: number) => ({
    costType: 'tokens',
    tokenType,
    model,
    cents: cents(amount),
  });
  return [
    tokens('uncached_input_tokens', 'claude-zeta-5', isUncached ? 3850 : 140),
    tokens('uncached_input_tokens', 'claude-eta-2', 50),
    tokens('cache_read_input_tokens', 'claude-zeta-5', isUncached ? 10 : 260),
    tokens('output_tokens', 'claude-zeta-5', 340),
    { costType: 'web_search', cents: cents(12) },
  ];
}
