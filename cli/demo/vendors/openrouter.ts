/** OpenRouter's analytics query on loopback, with the traps of the real API. */
import { Big } from 'big.js';
import { DAY_MS, HOUR_MS } from '../../../functions/config/durations.ts';
import { activityAt, hoursWith, jsonNumber, runawayBudgets } from './history.ts';
import {
  type Answer,
  type ClockedServerOptions,
  jsonAnswer,
  type ServerWithHistory,
  type SimulatedRequest,
  type SimulatedWorld,
  startWithHistory,
} from './server.ts';

interface OpenrouterHour {
  /** Dollars that OpenRouter bills, a plain decimal. */
  readonly credits: string;
  /** Dollars of them, by model. Default: all of them for `acme/zeta-5`. */
  readonly models?: Readonly<Record<string, string>>;
  /** Dollars that the customer's own keys cost at other vendors. Default: 0. */
  readonly ownKeys?: string;
  /** Default: 0. */
  readonly requests?: number;
  readonly tokensIn?: number;
  readonly tokensOut?: number;
}

/** By the start of an hour, epoch milliseconds: undefined where it has no row. */
export type OpenrouterHistory = (start: number) => OpenrouterHour | undefined;

export interface SimulatedOpenrouterOptions extends ClockedServerOptions {
  /** The one management key. Keys that begin with `sk-or-v1-model` are known and no management keys. */
  readonly token: string;
  readonly history: OpenrouterHistory;
  /** How hours are written. Default: `2026-11-21 10:00:00`. */
  readonly hours?: 'blank' | 'iso';
  /** Whether the hour that begins at the end of the time range is in the answer. Default: false. */
  readonly endInclusive?: boolean;
  /** Dollars of credit that are left at a time, epoch milliseconds; a plain decimal. Default: 50. */
  readonly balance?: (at: number) => string;
  /** Rows in an answer, whatever was asked for. Default: 10,000. */
  readonly mostRows?: number;
}

export type SimulatedOpenrouter = ServerWithHistory<OpenrouterHistory>;

type Api = Required<Omit<SimulatedOpenrouterOptions, 'port'>>;

export function startSimulatedOpenrouter(
  options: SimulatedOpenrouterOptions,
): Promise<SimulatedOpenrouter> {
  const defaults = {
    hours: 'blank',
    endInclusive: false,
    balance: () => '50',
    mostRows: 10_000,
    now: Date.now,
  } as const;
  return startWithHistory(options, (request, history) =>
    reply(request, { ...defaults, ...options, history }),
  );
}

interface Query {
  readonly metrics: readonly string[];
  readonly dimensions?: readonly string[];
  readonly granularity: string;
  readonly time_range: { readonly start: string; readonly end: string };
  readonly limit?: number;
}

function reply({ url, method, headers, body }: SimulatedRequest, api: Api): Answer {
  const allowed = METHODS[url.pathname];
  if (allowed === undefined) return apiError(404, 'Not Found');
  if (method !== allowed) return apiError(405, 'Method Not Allowed');
  if (headers.authorization?.startsWith('Bearer sk-or-v1-model')) {
    return apiError(403, 'Only management keys can perform this operation');
  }
  if (headers.authorization !== `Bearer ${api.token}`) return apiError(401, 'User not found.');
  if (method === 'GET') return creditsAnswer(api);
  const query: Query = JSON.parse(body);
  const problem = queryProblem(query);
  return problem === undefined ? answerTo(query, api) : apiError(400, problem);
}

const METHODS: Readonly<Record<string, string>> = {
  '/api/v1/analytics/query': 'POST',
  '/api/v1/credits': 'GET',
};

/** Bought and used since the account was opened. */
function creditsAnswer({ balance, now }: Api): Answer {
  const used = new Big('1234.5678901234');
  const bought = used.plus(balance(now()));
  const [total_credits, total_usage] = [bought, used].map((one) => jsonNumber(one.toFixed()));
  return jsonAnswer({ data: { total_credits, total_usage } });
}

function apiError(code: number, message: string): Answer {
  return jsonAnswer({ error: { message, code } }, code);
}

function queryProblem(query: Query): string | undefined {
  const { metrics, dimensions = [], granularity, time_range, limit = 1000 } = query;
  const unknown = metrics.find((metric) => !Object.hasOwn(metricValues, metric));
  if (unknown !== undefined) return `Unknown metric: ${unknown}`;
  if (dimensions.some((name) => name !== 'model')) return 'dimensions: not simulated';
  if (granularity !== 'hour') return 'granularity: not simulated';
  if (!(Date.parse(time_range.start) < Date.parse(time_range.end)))
    return 'time_range: start < end';
  return limit >= 1 && limit <= 10_000 ? undefined : 'limit: at most 10000';
}

type Counts = Required<Omit<OpenrouterHour, 'models'>>;

/** Counts are texts, and money numbers. */
const metricValues: Readonly<Record<string, (hour: Counts) => unknown>> = {
  credits_usage: ({ credits }) => jsonNumber(credits),
  total_usage: ({ credits, ownKeys }) => jsonNumber(new Big(credits).plus(ownKeys).toFixed()),
  request_count: ({ requests }) => String(requests),
  tokens_prompt: ({ tokensIn }) => String(tokensIn),
  tokens_completion: ({ tokensOut }) => String(tokensOut),
};

function answerTo({ metrics, dimensions, time_range, limit = 1000 }: Query, api: Api): Answer {
  const end = Date.parse(time_range.end) + (api.endInclusive ? 1 : 0);
  const until = Math.min(end, api.now());
  const all = hoursWith(api.history, Date.parse(time_range.start), until).flatMap(
    ({ start, value }) => {
      const share = Math.min(1, (api.now() - start) / HOUR_MS);
      return (dimensions ? byModel(value) : [value as ModelHour]).map(({ model, ...hour }) => {
        const part = partOf(hour, share);
        const values = metrics.map((metric) => [metric, metricValues[metric]?.(part)]);
        const of = model !== undefined && { model };
        return { date__hour: written(start, api.hours), ...of, ...Object.fromEntries(values) };
      });
    },
  );
  const rows = all.slice(0, Math.min(limit, api.mostRows));
  const metadata = {
    query_time_ms: 12,
    row_count: rows.length,
    truncated: rows.length < all.length,
  };
  return jsonAnswer({ data: { data: rows, metadata } });
}

interface ModelHour extends OpenrouterHour {
  readonly model?: string;
}

function byModel(hour: OpenrouterHour): ModelHour[] {
  const { models = { 'acme/zeta-5': hour.credits } } = hour;
  return Object.entries(models).map(([model, credits]) => ({ ...hour, model, credits }));
}

function written(start: number, hours: Api['hours']): string {
  const iso = new Date(start).toISOString();
  return hours === 'iso' ? iso : iso.slice(0, '2026-11-21T10:00:00'.length).replace('T', ' ');
}

function partOf(hour: OpenrouterHour, share: number): Counts {
  const { credits, ownKeys = '0', requests = 0, tokensIn = 0, tokensOut = 0 } = hour;
  const part = (amount: string | number, decimals: number) =>
    share === 1 ? new Big(amount) : new Big(amount).times(share).round(decimals, Big.roundDown);
  return {
    credits: part(credits, 10).toFixed(),
    ownKeys: part(ownKeys, 10).toFixed(),
    requests: part(requests, 0).toNumber(),
    tokensIn: part(tokensIn, 0).toNumber(),
    tokensOut: part(tokensOut, 0).toNumber(),
  };
}

/** A chat whose requests repeat themselves since 40 hours, which uses up its credit. */
export async function startOpenrouterWorld(end: number): Promise<SimulatedWorld> {
  const lastHour = end - (end % HOUR_MS);
  const repeatsFrom = lastHour - 40 * HOUR_MS;
  const token = 'sk-or-v1-simulated-of-chat';
  const history = (start: number) => chatHour(start, start >= repeatsFrom);
  const server = await startSimulatedOpenrouter({
    token,
    now: () => Date.now(),
    history,
    balance: (at) => creditAt(at, repeatsFrom, history),
  });
  const config = {
    baseUrl: server.url,
    budgets: [
      ...runawayBudgets(lastHour, { month: 60, meter: 'inference', day: 15 }),
      { name: 'credit', measure: 'balance', days: 7 },
    ],
  };
  return { accounts: [{ name: 'chat', token, config }], close: server.close };
}

/** 60 dollars five days before requests repeat themselves, and no top-up. */
function creditAt(at: number, repeatsFrom: number, history: OpenrouterHistory): string {
  const spent = hoursWith(history, repeatsFrom - 5 * DAY_MS, at).map(({ value }) => value.credits);
  return spent.reduce((left, credits) => left.minus(credits), new Big('60')).toFixed();
}

function chatHour(start: number, isRepeating: boolean): OpenrouterHour {
  const usual = activityAt(start, 9);
  const activity = usual * (isRepeating ? 9 : 1);
  const models = [0.04 * usual, 0.11 * activity - 0.04 * usual].map((cost) => cost.toFixed(6));
  const [small = '0', large = '0'] = models;
  return {
    credits: new Big(small).plus(large).toFixed(),
    models: { 'acme/eta-2-mini': small, 'acme/zeta-5': large },
    ownKeys: (0.04 * activity).toFixed(6),
    requests: Math.round(220 * activity),
    tokensIn: Math.round(900_000 * activity),
    tokensOut: Math.round(110_000 * activity),
  };
}
