/** An API of a team's own on loopback, as a config may describe one: in every format, and with every way of paging. */
import { DAY_MS } from '../../../functions/config/durations.ts';
import { instant } from '../../export/focus.ts';
import { csvLine } from '../../export/formats.ts';
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

interface CustomCost {
  readonly service: string;
  /** A plain decimal. */
  readonly cost: string;
}

/** By date in UTC; undefined is a day without rows. */
export type CustomHistory = (date: string) => readonly CustomCost[] | undefined;

interface SimulatedCustomOptions extends ClockedServerOptions {
  readonly token: string;
  readonly history: CustomHistory;
  /** Default: json, in which days hold their rows. */
  readonly format?: 'json' | 'jsonl' | 'csv' | 'focus';
  /** How amounts are written in JSON. Default: number. */
  readonly amounts?: 'number' | 'string';
  /** Default: all on one page. */
  readonly paging?: 'cursor' | 'link' | 'page' | 'offset';
  /** Days of JSON, or rows, on a page. Default: 40. */
  readonly pageSize?: number;
}

type SimulatedCustom = ServerWithHistory<CustomHistory>;

type Api = Required<Omit<SimulatedCustomOptions, 'port' | 'paging'>> &
  Pick<SimulatedCustomOptions, 'paging'>;

export function startSimulatedCustom(options: SimulatedCustomOptions): Promise<SimulatedCustom> {
  const defaults = { format: 'json', amounts: 'number', pageSize: 40, now: Date.now } as const;
  return startWithHistory(options, (request, history) =>
    reply(request, { ...defaults, ...options, history }),
  );
}

const DATE = /^\d{4}-\d\d-\d\d$/;

function reply({ url, headers }: SimulatedRequest, api: Api): Answer {
  if (url.pathname !== '/costs') return jsonAnswer({ message: 'not found' }, 404);
  if (headers['x-api-key'] !== api.token) return jsonAnswer({ message: 'unknown key' }, 401);
  const [from = '', to = ''] = ['from', 'to'].map((name) => url.searchParams.get(name) ?? '');
  if (!DATE.test(from) || !DATE.test(to)) return jsonAnswer({ message: 'from and to' }, 400);
  const days = daysBetween(from, to, api);
  return api.format === 'json' ? pageOf(days, url, api) : linesOf(days, url, api);
}

interface Day {
  readonly start: number;
  readonly costs: readonly CustomCost[];
}

/** The last day is in it, as people think of days. */
function daysBetween(from: string, to: string, { history, now }: Api): Day[] {
  const days: Day[] = [];
  for (let start = Date.parse(from); start <= Date.parse(to) && start < now(); start += DAY_MS) {
    const costs = history(isoDate(start))?.map(({ service, cost }) => ({
      service,
      cost: shareOfDay(cost, start, now()),
    }));
    if (costs) days.push({ start, costs });
  }
  return days;
}

function pageOf(days: readonly Day[], url: URL, api: Api): Answer {
  const { items, following } = paged(days, url, api);
  const money = (cost: string) => (api.amounts === 'string' ? cost : jsonNumber(cost));
  const data = items.map(({ start, costs }) => ({
    date: isoDate(start),
    results: costs.map(({ service, cost }) => ({
      service,
      amount: { value: money(cost), currency: 'usd' },
    })),
  }));
  const next = following === undefined ? null : nextOf(following, url, api);
  return jsonAnswer({ data, meta: { next, more: following !== undefined } });
}

/** `following` is where the next page begins, in days or rows. */
function paged<Item>(
  all: readonly Item[],
  { searchParams }: URL,
  { paging, pageSize }: Api,
): { readonly items: readonly Item[]; readonly following?: number } {
  if (paging === undefined) return { items: all };
  const at = Number(searchParams.get('at') ?? 0);
  const first = paging === 'page' ? (at - 1) * pageSize : at;
  const following = first + pageSize;
  const isLast = following >= all.length;
  return { items: all.slice(first, following), ...(!isLast && { following }) };
}

function nextOf(following: number, url: URL, { paging }: Api): string | number {
  if (paging !== 'link') return following;
  const next = new URL(url);
  next.searchParams.set('at', String(following));
  return `${next.pathname}${next.search}`;
}

function linesOf(days: readonly Day[], url: URL, api: Api): Answer {
  const rows = days.flatMap(({ start, costs }) => costs.map((cost) => ({ start, ...cost })));
  const { items } = paged(rows, url, api);
  if (api.format === 'jsonl') {
    const lines = items.map(({ start, service, cost }) =>
      JSON.stringify({ date: isoDate(start), service, cost: jsonNumber(cost), currency: 'USD' }),
    );
    const body = lines.map((line) => `${line}\n`).join('');
    return { status: 200, headers: { 'content-type': 'application/x-ndjson' }, body };
  }
  const isFocus = api.format === 'focus';
  const names = isFocus ? FOCUS_COLUMNS : ['date', 'service', 'cost', 'currency'];
  const cells = items.map(({ start, service, cost }) =>
    isFocus
      ? [cost, 'USD', 'Usage', instant(start + DAY_MS), instant(start), service]
      : [isoDate(start), service, cost, 'USD'],
  );
  const body = [names, ...cells].map(csvLine).join('');
  return { status: 200, headers: { 'content-type': 'text/csv' }, body };
}

const FOCUS_COLUMNS = [
  ...['BilledCost', 'BillingCurrency', 'ChargeCategory'],
  ...['ChargePeriodEnd', 'ChargePeriodStart', 'ServiceName'],
];

/** How a config describes this API. */
export function customApi({
  format = 'json',
  paging,
}: Pick<Api, 'paging'> & { format?: Api['format'] } = {}) {
  const isJson = format === 'json';
  return {
    path: '/costs?from={start}&to={last}',
    pathTime: 'date',
    header: 'x-api-key',
    value: '{token}',
    format,
    ...(paging && { paging: pagings[paging] }),
    ...(format !== 'focus' && {
      ...(isJson && { rows: 'data[].results[]' }),
      time: { path: isJson ? '^.date' : 'date', format: 'date' },
      amount: isJson
        ? { path: 'amount.value', currency: 'amount.currency' }
        : { path: 'cost', currency: 'currency' },
      part: { path: 'service', meters: { gpu: 'compute', cpu: 'compute', disk: 'storage' } },
    }),
  };
}

const pagings: Readonly<Record<NonNullable<Api['paging']>, object>> = {
  cursor: { style: 'cursor', next: 'meta.next', parameter: 'at', more: 'meta.more' },
  link: { style: 'link', next: 'meta.next' },
  page: { style: 'page', parameter: 'at' },
  offset: { style: 'offset', parameter: 'at' },
};

/** A proxy for models of a team's own, one of whose keys leaked two days ago. */
export function startCustomWorld(end: number): Promise<SimulatedWorld> {
  const account = {
    name: 'proxy',
    token: 'custom-simulated-of-proxy',
    config: { billingUrl: 'https://proxy.example.com/usage', api: customApi() },
    limits: { month: 160, meter: 'compute', day: 25 },
  };
  return startRunawayWorld(end, account, (served, from) =>
    startSimulatedCustom({ ...served, history: (date) => proxyOn(date, date >= isoDate(from)) }),
  );
}

function proxyOn(date: string, isLeaked: boolean): readonly CustomCost[] {
  const activity = activityAt(Date.parse(date), 17);
  const dollars = (amount: number) => (amount * activity).toFixed(6);
  return [
    { service: 'gpu', cost: dollars(isLeaked ? 41 : 4.2) },
    { service: 'cpu', cost: dollars(1.3) },
    { service: 'disk', cost: dollars(0.6) },
  ];
}
