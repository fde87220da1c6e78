/** GitHub's billing usage on loopback, with the traps of the real API. */
import { Big } from 'big.js';
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

interface GithubItem {
  /** `Actions` */
  readonly product: string;
  /** `Actions Linux` */
  readonly sku: string;
  /** Dollars, a plain decimal: what is billed. */
  readonly net: string;
  /** Dollars, what is included or discounted. Default: 0. */
  readonly discount?: string;
}

/** By date in UTC; undefined is a day without items. */
export type GithubHistory = (date: string) => readonly GithubItem[] | undefined;

export interface SimulatedGithubOptions extends ClockedServerOptions {
  /** The one token. Tokens that begin with `ghp_` are known and may not read the billing. */
  readonly token: string;
  /** Login of the one organization. Default: acme. */
  readonly owner?: string;
  readonly history: GithubHistory;
  /** Both have been answered. Default: with the time. */
  readonly dates?: 'instant' | 'date';
}

type SimulatedGithub = ServerWithHistory<GithubHistory>;

type Api = Required<Omit<SimulatedGithubOptions, 'port'>>;

export function startSimulatedGithub(options: SimulatedGithubOptions): Promise<SimulatedGithub> {
  const defaults = { owner: 'acme', dates: 'instant', now: Date.now } as const;
  return startWithHistory(options, (request, history) =>
    reply(request, { ...defaults, ...options, history }),
  );
}

function reply({ url, headers }: SimulatedRequest, api: Api): Answer {
  if (headers['user-agent'] === undefined) {
    return apiError(403, 'Request forbidden by administrative rules. Send a User-Agent header.');
  }
  if (headers.authorization !== `Bearer ${api.token}`) {
    // Who may not see it gets the answer that there is nothing.
    const isKnown = headers.authorization?.startsWith('Bearer ghp_');
    return isKnown ? apiError(404, 'Not Found') : apiError(401, 'Bad credentials');
  }
  const paths = ['organizations', 'users'].map(
    (owners) => `/${owners}/${api.owner}/settings/billing/usage`,
  );
  if (!paths.includes(url.pathname)) return apiError(404, 'Not Found');
  if (url.searchParams.has('hour')) return apiError(400, 'The hour parameter was removed.');
  return jsonAnswer({ usageItems: itemsIn(url.searchParams, api) });
}

function apiError(status: number, message: string): Answer {
  const documentation_url = 'https://docs.github.com/rest/billing/usage';
  return jsonAnswer({ message, documentation_url, status: String(status) }, status);
}

/** Of a whole year, where no month is asked for. */
function itemsIn(query: URLSearchParams, api: Api): object[] {
  const year = Number(query.get('year') ?? new Date(api.now()).getUTCFullYear());
  const month = query.has('month') ? Number(query.get('month')) : undefined;
  const end = month === undefined ? Date.UTC(year + 1, 0) : Date.UTC(year, month);
  const items: object[] = [];
  const first = Date.UTC(year, (month ?? 1) - 1);
  for (let start = first; start < Math.min(end, api.now()); start += DAY_MS) {
    const own = api.history(isoDate(start)) ?? [];
    items.push(...own.map((item) => usageItem(item, start, api)));
  }
  return items;
}

function usageItem(
  { product, sku, net, discount = '0' }: GithubItem,
  start: number,
  { dates, now, owner }: Api,
): object {
  const [netAmount, discountAmount] = [net, discount].map((amount) =>
    shareOfDay(amount, start, now()),
  );
  const gross = new Big(netAmount ?? 0).plus(discountAmount ?? 0).toFixed();
  return {
    date: dates === 'date' ? isoDate(start) : `${isoDate(start)}T00:00:00Z`,
    product,
    sku,
    quantity: jsonNumber(new Big(gross).div('0.008').round(3).toFixed()),
    unitType: 'minutes',
    pricePerUnit: 0.008,
    grossAmount: jsonNumber(gross),
    discountAmount: jsonNumber(discountAmount ?? '0'),
    netAmount: jsonNumber(netAmount ?? '0'),
    organizationName: owner,
    repositoryName: `${owner}/app`,
  };
}

/** A team whose workflow starts itself since two days. */
export function startGithubWorld(end: number): Promise<SimulatedWorld> {
  const account = {
    name: 'builds',
    token: 'github_pat_simulated_of_builds',
    config: { owner: 'acme' },
    limits: { month: 160, meter: 'actions', day: 25 },
  };
  return startRunawayWorld(end, account, (served, from) =>
    startSimulatedGithub({ ...served, history: (date) => buildsOn(date, date >= isoDate(from)) }),
  );
}

function buildsOn(date: string, isLooping: boolean): readonly GithubItem[] {
  const activity = activityAt(Date.parse(date), 11);
  const dollars = (amount: number) => (amount * activity).toFixed(3);
  return [
    { product: 'Actions', sku: 'Actions Linux', net: dollars(isLooping ? 41 : 3.2) },
    { product: 'Actions', sku: 'Actions macOS 3-core', net: dollars(1.9) },
    { product: 'Packages', sku: 'Packages data transfer', net: '0', discount: dollars(0.6) },
    { product: 'Copilot', sku: 'Copilot AI Credits', net: dollars(2.4) },
  ];
}
