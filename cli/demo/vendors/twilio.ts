/** Twilio's daily usage records on loopback, with the traps of the real API. */
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

export interface TwilioDay {
  /** Dollars, plain decimals, by top category: `sms`, `calls`, `phonenumbers`. */
  readonly parts: Readonly<Record<string, string>>;
  /** What is in no category. Default: 0. */
  readonly rest?: string;
  /** What is in the total of a range of days, and not in the records of the day: a trap. Default: 0. */
  readonly onlyInTotal?: string;
}

/** By date in UTC; undefined is a day without records. */
export type TwilioHistory = (date: string) => TwilioDay | undefined;

export interface SimulatedTwilioOptions extends ClockedServerOptions {
  /** The Auth Token, or the secret of the API key. */
  readonly token: string;
  /** Default: AC and 32 times 1. */
  readonly accountSid?: string;
  /** Default: none, the token is the account's. */
  readonly apiKeySid?: string;
  readonly history: TwilioHistory;
  /** Lower case. Default: usd. */
  readonly currency?: string;
  /** What is left at a time (epoch milliseconds), as a plain decimal. Default: 50. */
  readonly balance?: (at: number) => string;
  /** Records on a page, whatever was asked for. Default: 1,000. */
  readonly mostRecords?: number;
}

export type SimulatedTwilio = ServerWithHistory<TwilioHistory>;

export const simulatedAccountSid = `AC${'1'.repeat(32)}`;

type Api = Required<Omit<SimulatedTwilioOptions, 'port'>>;

export function startSimulatedTwilio(options: SimulatedTwilioOptions): Promise<SimulatedTwilio> {
  const { accountSid = simulatedAccountSid, apiKeySid = accountSid } = options;
  const defaults = { currency: 'usd', balance: () => '50', mostRecords: 1000, now: Date.now };
  return startWithHistory(options, (request, history) =>
    reply(request, { ...defaults, ...options, accountSid, apiKeySid, history }),
  );
}

const DATE = /^\d{4}-\d\d-\d\d$/;

function reply({ url, headers }: SimulatedRequest, api: Api): Answer {
  const credentials = Buffer.from(`${api.apiKeySid}:${api.token}`).toString('base64');
  if (headers.authorization !== `Basic ${credentials}`) {
    return apiError(401, 20_003, 'Authenticate');
  }
  const account = `/2010-04-01/Accounts/${api.accountSid}`;
  const records = `${account}/Usage/Records`;
  if (url.pathname === `${account}/Balance.json`) return balanceAnswer(api);
  if (url.pathname !== `${records}/Daily.json` && url.pathname !== `${records}.json`) {
    return apiError(404, 20_404, `The requested resource ${url.pathname} was not found`);
  }
  const { searchParams: query } = url;
  for (const name of ['StartDate', 'EndDate']) {
    if (!DATE.test(query.get(name) ?? '')) return apiError(400, 20_001, `${name} is invalid`);
  }
  if (Number(query.get('PageSize') ?? 50) > 1000) return apiError(400, 20_001, 'PageSize');
  if (url.pathname.endsWith('/Daily.json')) return pageOf(url, api);
  const usage_records = [rangeTotal(url.searchParams, api)];
  return jsonAnswer({ page: 0, page_size: 50, usage_records, next_page_uri: null });
}

function balanceAnswer({ accountSid, balance, currency, now }: Api): Answer {
  const text = { balance: balance(now()), currency: currency.toUpperCase() };
  return jsonAnswer({ account_sid: accountSid, ...text });
}

function apiError(status: number, code: number, message: string): Answer {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return jsonAnswer({ code, message, more_info, status }, status);
}

function pageOf(url: URL, api: Api): Answer {
  const records = recordsIn(url.searchParams, api);
  const size = Math.min(Number(url.searchParams.get('PageSize') ?? 50), api.mostRecords);
  const page = Number(url.searchParams.get('Page') ?? 0);
  const next = new URLSearchParams(url.searchParams);
  next.set('Page', String(page + 1));
  next.set('PageToken', 'PAUR+simulated/=');
  const hasMore = (page + 1) * size < records.length;
  return jsonAnswer({
    page,
    page_size: size,
    usage_records: records.slice(page * size, (page + 1) * size),
    next_page_uri: hasMore ? `${url.pathname}?${next}` : null,
  });
}

function recordsIn(query: URLSearchParams, api: Api): object[] {
  return daysIn(query, api).flatMap(({ day, start }) => recordsOf(day, start, api));
}

/** Both dates are included. */
function daysIn(query: URLSearchParams, api: Api) {
  const days: { readonly day: TwilioDay; readonly start: number }[] = [];
  const last = Date.parse(query.get('EndDate') ?? '');
  const first = Date.parse(query.get('StartDate') ?? '');
  for (let start = first; start <= last && start < api.now(); start += DAY_MS) {
    const day = api.history(isoDate(start));
    if (day !== undefined) days.push({ day, start });
  }
  return days;
}

/** Of whole days; of every category, but only the total is asked for here. */
function rangeTotal(query: URLSearchParams, api: Api): object {
  const price = daysIn(query, api).reduce(
    (sum, { day }) => sum.plus(totalOf(day)).plus(day.onlyInTotal ?? '0'),
    new Big('0'),
  );
  return {
    account_sid: api.accountSid,
    category: query.get('Category') ?? 'totalprice',
    start_date: query.get('StartDate'),
    end_date: query.get('EndDate'),
    price: price.toFixed(),
    price_unit: api.currency,
    usage: price.toFixed(),
    usage_unit: api.currency,
    count: '',
    as_of: new Date(api.now()).toISOString(),
  };
}

function totalOf({ parts, rest = '0' }: TwilioDay): Big {
  return Object.values(parts).reduce((sum, part) => sum.plus(part), new Big(rest));
}

/** With categories within others: a sum of all of them would be twice the bill and more. */
function recordsOf(day: TwilioDay, start: number, api: Api): object[] {
  const { parts } = day;
  const { sms = '0' } = parts;
  const totalprice = totalOf(day).toFixed();
  const all = { ...parts, 'sms-outbound': sms, 'sms-inbound': '0', totalprice };
  return Object.entries(all).map(([category, dollars]) => {
    const price = shareOfDay(dollars, start, api.now());
    return {
      account_sid: api.accountSid,
      category,
      start_date: isoDate(start),
      end_date: isoDate(start),
      price,
      price_unit: api.currency,
      usage: price,
      usage_unit: api.currency,
      count: '',
      as_of: `${isoDate(start + DAY_MS)}T01:12:00+00:00`,
    };
  });
}

/** A team whose sign-up form sends text messages to whoever asks, since two days. */
export function startTwilioWorld(end: number): Promise<SimulatedWorld> {
  const account = {
    name: 'signup',
    token: 'twilio-simulated-of-signup',
    config: { accountSid: simulatedAccountSid },
    limits: { month: 160, meter: 'sms', day: 25 },
  };
  return startRunawayWorld(end, account, (served, from) =>
    startSimulatedTwilio({ ...served, history: (date) => signupOn(date, date >= isoDate(from)) }),
  );
}

function signupOn(date: string, isPumped: boolean): TwilioDay {
  const activity = activityAt(Date.parse(date), 15);
  const dollars = (amount: number) => (amount * activity).toFixed(4);
  return {
    parts: { sms: dollars(isPumped ? 44 : 3.6), calls: dollars(1.9), phonenumbers: '0.5' },
    rest: dollars(0.3),
  };
}
