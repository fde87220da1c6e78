/** Vercel's billing charges on loopback, with the traps of the real API. */
import { Temporal } from 'temporal-polyfill';
import { activityAt, jsonNumber, shareOfDay, startRunawayWorld } from './history.ts';
import {
  type Answer,
  type ClockedServerOptions,
  jsonAnswer,
  type ServerWithHistory,
  type SimulatedRequest,
  type SimulatedWorld,
  startWithHistory,
} from './server.ts';

interface VercelCharge {
  /** A plain decimal. */
  readonly cost: string;
  /** Default: Usage. */
  readonly category?: string;
  readonly service: string | null;
  readonly tags?: Readonly<Record<string, string>>;
}

/** By date in Los Angeles; undefined is a day without rows. */
export type VercelHistory = (date: string) => readonly VercelCharge[] | undefined;

export interface SimulatedVercelOptions extends ClockedServerOptions {
  readonly token: string;
  readonly history: VercelHistory;
  /** Id of the one team with a plan that has charges. Default: team_acme, whose slug is acme. */
  readonly team?: string;
  /** Default: USD. */
  readonly currency?: string;
}

type SimulatedVercel = ServerWithHistory<VercelHistory>;

type Api = Required<Omit<SimulatedVercelOptions, 'port'>>;

export function startSimulatedVercel(options: SimulatedVercelOptions): Promise<SimulatedVercel> {
  const defaults = { team: 'team_acme', currency: 'USD', now: Date.now } as const;
  return startWithHistory(options, (request, history) =>
    reply(request, { ...defaults, ...options, history }),
  );
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ZONE = 'America/Los_Angeles';

function reply({ url, headers }: SimulatedRequest, api: Api): Answer {
  if (url.pathname !== '/v1/billing/charges') return apiError(404, 'not_found', 'Not found');
  if (headers.authorization !== `Bearer ${api.token}`) {
    return apiError(403, 'forbidden', 'Not authorized');
  }
  const { searchParams: query } = url;
  const team = query.get('teamId') ?? (query.has('slug') ? `team_${query.get('slug')}` : null);
  // Also where the plan is Hobby.
  if (team !== api.team) return apiError(404, 'not_found', 'Plan not found.');
  for (const name of ['from', 'to']) {
    if (!INSTANT.test(query.get(name) ?? '')) {
      return apiError(400, `invalid_${name}_date`, `Invalid ${name} date`);
    }
  }
  const lines = linesIn(query, api);
  const body = lines.map((line) => `${line}\n`).join('');
  return { status: 200, headers: { 'content-type': 'application/jsonl' }, body };
}

function apiError(status: number, code: string, message: string): Answer {
  return jsonAnswer({ error: { code, message } }, status);
}

function linesIn(query: URLSearchParams, api: Api): string[] {
  const [from = 0, to = 0] = ['from', 'to'].map((name) => Date.parse(query.get(name) ?? ''));
  const lines: string[] = [];
  let date = dateOf(from);
  for (let start = midnight(date); start < Math.min(to, api.now()); start = midnight(date)) {
    const next = date.add({ days: 1 });
    const bounds = { start, end: midnight(next) };
    if (start >= from) {
      const charges = api.history(date.toString()) ?? [];
      lines.push(...charges.map((charge) => JSON.stringify(rowOf(charge, bounds, api))));
    }
    date = next;
  }
  return lines;
}

function dateOf(at: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE).toPlainDate();
}

function midnight(date: Temporal.PlainDate): number {
  return date.toZonedDateTime(ZONE).epochMilliseconds;
}

function rowOf(
  { cost, category = 'Usage', service, tags = {} }: VercelCharge,
  { start, end }: { readonly start: number; readonly end: number },
  { currency, now }: Api,
): object {
  const amount = jsonNumber(shareOfDay(cost, start, now(), end));
  return {
    BilledCost: amount,
    EffectiveCost: amount,
    BillingCurrency: currency,
    ChargeCategory: category,
    ChargePeriodStart: new Date(start).toISOString(),
    ChargePeriodEnd: new Date(end).toISOString(),
    ConsumedQuantity: 71,
    ConsumedUnit: 'Requests',
    ServiceName: service,
    ServiceCategory: 'Compute',
    Tags: tags,
  };
}

/** A site whose images are fetched by a robot since two days. */
export function startVercelWorld(end: number): Promise<SimulatedWorld> {
  const account = {
    name: 'site',
    token: 'vercel-simulated-of-site',
    config: { team: 'acme' },
    limits: { month: 160, meter: 'usage', day: 25 },
  };
  return startRunawayWorld(end, account, (served, from) =>
    startSimulatedVercel({
      ...served,
      history: (date) => siteOn(date, date >= dateOf(from).toString()),
    }),
  );
}

function siteOn(date: string, isFetched: boolean): readonly VercelCharge[] {
  const activity = activityAt(Date.parse(date), 13);
  const dollars = (amount: number) => (amount * activity).toFixed(6);
  return [
    { service: 'Image Optimization', cost: dollars(isFetched ? 38 : 1.4) },
    { service: 'Function Duration', cost: dollars(3.1) },
    { service: 'Fast Data Transfer', cost: dollars(isFetched ? 3 : 1.6) },
    { service: 'Pro seats', cost: '1.290323', tags: { Category: 'Subscription Licenses' } },
  ];
}
