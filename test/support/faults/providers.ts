/** Everything that is known to go wrong at a provider, as faults that last. */
import { Agent } from 'undici';
import {
  answering,
  answeringJson,
  changingJson,
  type Fault,
  send,
} from '../../../cli/demo/vendors/server.ts';
import type { HttpSettings } from '../../../functions/providers/http/body.ts';
import {
  changingCsv,
  changingFirstCharge,
  changingFirstHour,
  changingItems,
  changingMetadata,
  cuttingLastLine,
  failingAfterRows,
  failingQuery,
  repeatingHours,
  usingUpRateLimit,
} from './answers.ts';
import {
  changingFirstCost,
  changingFirstDay,
  changingFirstRow,
  changingNewestRow,
  changingTotals,
  leadingToItself,
  leadingToPage,
  losingCursor,
  losingPage,
  repeatingData,
  repeatingPage,
  repeatingRecords,
  throttling,
} from './pages.ts';
import {
  cuttingOff,
  dropping,
  htmlPage,
  redirecting,
  stalling,
  stallingHalfway,
} from './servers.ts';

export interface Affliction {
  readonly fault?: Fault;
  /** What the account's requests go through while it lasts. */
  readonly http?: Partial<HttpSettings>;
  /** How long a check of the account may take while it lasts, as nobody wants to see the usual time pass. */
  readonly timeLeftMs?: number;
}

/** An affliction that lasts, and how it is reported. */
interface KnownAffliction extends Affliction {
  /** In the reason that is reported: shows that nothing else went wrong. */
  readonly says: RegExp;
  /** A refused token, which fires at once. */
  readonly isRejection?: boolean;
}

type Afflictions = Readonly<Record<string, KnownAffliction>>;

const nameless = new Agent({
  connect: {
    lookup: (hostname, _options, callback) => {
      const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`);
      callback(Object.assign(error, { code: 'ENOTFOUND' }), []);
    },
  },
});

/** What any server may do, by what is wrong. */
export const ofAll: Afflictions = {
  'HTTP 401': {
    fault: answeringJson({ error: { message: 'no access' } }, 401),
    says: /HTTP 401: "no access"/,
    isRejection: true,
  },
  'HTTP 403': { fault: answering({ status: 403, body: '' }), says: /HTTP 403/, isRejection: true },
  'HTTP 404': { fault: answeringJson({ message: 'not found' }, 404), says: /HTTP 404/ },
  'HTTP 429 without an end': { fault: answering({ status: 429, body: '' }), says: /HTTP 429/ },
  'HTTP 429 for an hour': {
    fault: answering({ status: 429, headers: { 'retry-after': '3600' }, body: '' }),
    says: /HTTP 429 .*asks to wait 3600 s, longer than the \d+ s left/,
  },
  'HTTP 500': { fault: answeringJson({ error: 'oops' }, 500), says: /HTTP 500: "oops"/ },
  'HTTP 502 with an HTML page': { fault: htmlPage(502), says: /HTTP 502 with an HTML page/ },
  'HTTP 200 with an HTML page': { fault: htmlPage(), says: /answered an HTML page/ },
  'HTTP 200 with an error': {
    fault: answeringJson({ error: { message: 'internal' }, detail: 'internal' }),
    says: /answered .*"internal/,
  },
  'a cut-off body': { fault: cuttingOff, says: /broke off/ },
  'a cut-off body that says it is whole': { fault: halving, says: /answered/ },
  'a dropped connection': { fault: dropping, says: /the connection was closed/ },
  'an answer that never begins': {
    fault: stalling,
    timeLeftMs: 50,
    says: /did not answer in the time for this check/,
  },
  'an answer that never ends': {
    fault: stallingHalfway,
    timeLeftMs: 50,
    says: /did not answer in the time for this check/,
  },
  'a name that does not exist': {
    http: { dispatcher: nameless },
    says: /the host name does not exist/,
  },
  'a redirect to another host': {
    fault: redirecting('https://login.example.com/'),
    says: /redirects elsewhere: https:\/\/login\.example\.com is not/,
  },
  'an empty body': { fault: answering({ status: 200, body: '' }), says: /answered an empty body/ },
  null: { fault: answeringJson(null), says: /answered .*"null"/ },
  '[]': { fault: answeringJson([]), says: /answered .*"\[\]"/ },
};

/** Of those that page as `{data, has_more, next_page}`. */
const ofCursors: Afflictions = {
  'a cursor loop': { fault: repeatingPage, says: /from page to page in a circle/ },
  'a lost cursor': { fault: losingPage, says: /has another page, but does not say where/ },
};

/** By provider id. */
const ofOne: Readonly<Record<string, Afflictions>> = {
  northflank: {
    'a number too large': {
      fault: changingNewestRow({ paasUsage: { price: { total: 1e30 } } }),
      says: /expected an amount below a trillion/,
    },
    'a number too far below 0': {
      fault: changingNewestRow({ paasUsage: { price: { total: -1e30 } } }),
      says: /expected an amount below a trillion/,
    },
    'a number that is none': {
      fault: changingNewestRow({ paasUsage: { price: { total: 'NaN' } } }),
      says: /expected an amount below a trillion, got "NaN"/,
    },
    'one price in place of a category': {
      fault: changingNewestRow({ paasUsage: 15120 }),
      says: /usage\[0\]\.paasUsage: expected an object, got 15120/,
    },
    'one price in place of all parts': {
      fault: changingNewestRow({ currency: 'usd', paas: { price: 151.2 } }),
      says: /usage\[0\]\.paas\.price: expected an object, got 151\.2/,
    },
    'a pagination of a number': {
      fault: changingJson((page) => ({ ...(page as object), pagination: 5 })),
      says: /pagination: expected an object, got 5/,
    },
    'half a million rows that are none': {
      fault: answeringJson({ data: { usage: Array(500_000).fill(1) } }),
      says: /more than 200000 values/,
    },
    'two amounts for a settled hour': {
      fault: changingJson(withSettledHourTwice),
      says: /contradicts itself for \d+ November 2026, /,
    },
    'a year beyond all calendars': {
      fault: changingNewestRow({ timestamp: 1e300 }),
      says: /expected Unix seconds/,
    },
    'a cursor loop': { fault: changingJson(withCursor), says: /from page to page in a circle/ },
    'a lost cursor': { fault: losingCursor, says: /has another page, but does not say where/ },
  },
  influxdb: {
    'HTTP 200 with an error table': {
      fault: failingQuery('query timed out'),
      says: /an error instead of usage: "query timed out"/,
    },
    'HTTP 200 with an error table after all rows': {
      fault: failingAfterRows('query timed out'),
      says: /an error instead of usage: "query timed out"/,
    },
    'a number too large': { fault: withValues('1e300'), says: /expected a whole number from 0/ },
    'a number below 0': { fault: withValues('-5'), says: /expected a whole number from 0/ },
    'a number that is none': { fault: withValues('NaN'), says: /expected a whole number from 0/ },
    'two values for an hour': {
      fault: changingCsv((csv) => csv + csv.replaceAll(/,\d+,req_bytes/g, ',7,req_bytes')),
      says: /_value: expected \d+, as in an earlier row of the hour, got "7"/,
    },
  },
  tpstreams: {
    'a number in place of a row': {
      fault: changingJson((page) => ({ ...(page as object), results: [5] })),
      says: /results\[0\]: expected an object, got 5/,
    },
    'half a million rows that are none': {
      fault: changingJson((page) => ({ ...(page as object), results: Array(500_000).fill(1) })),
      says: /more than 200000 values/,
    },
    'a throttle for an hour': { fault: throttling(3600), says: /asks to wait 3600 s/ },
    'a number too large': {
      fault: changingFirstDay({ bandwidth_used: 1e30 }),
      says: /expected an amount from 0 to below 10\^18/,
    },
    'a number below 0': {
      fault: changingFirstDay({ bandwidth_used: -5 }),
      says: /expected an amount from 0 to below 10\^18/,
    },
    'a number that is none': {
      fault: changingFirstDay({ bandwidth_used: 'NaN' }),
      says: /expected an amount from 0 to below 10\^18/,
    },
    'a cursor loop': { fault: leadingToItself, says: /a next page that was read before/ },
  },
  anthropic: {
    ...ofCursors,
    'a row twice': {
      fault: repeatingData,
      says: /contradicts itself: it answered a cost of 2026-11-/,
    },
    'another currency': {
      fault: changingFirstRow({ cost: { amount: '1', currency: 'EUR' } }),
      says: /bills in EUR, but the account is in USD/,
    },
    'a row without an amount': {
      fault: changingFirstRow({ cost: { currency: 'USD' } }),
      says: /data\[0\]\.cost\.amount: expected cents as a decimal text, got nothing/,
    },
    'a row without a time': {
      fault: changingFirstRow({ starting_at: null }),
      says: /data\[0\]\.starting_at: expected an instant such as .*, got null/,
    },
    'a number too large': {
      fault: changingFirstRow({ cost: { amount: '1e30', currency: 'USD' } }),
      says: /expected an amount below a trillion/,
    },
  },
  openrouter: {
    'an answer cut short': {
      fault: changingMetadata({ truncated: true }),
      says: /cut its answer short/,
    },
    'fewer rows than announced': {
      fault: changingMetadata({ row_count: 9000 }),
      says: /announced 9000 rows and sent \d+/,
    },
    'an hour twice': {
      fault: repeatingHours,
      says: /contradicts itself: it answered 2026-11-.* twice/,
    },
    'a row without an amount': {
      fault: changingFirstHour({ credits_usage: null }),
      says: /data\[0\]\.credits_usage: expected an amount below a trillion, got null/,
    },
    'a row without a time': {
      fault: changingFirstHour({ date__hour: undefined }),
      says: /data\[0\]\.date__hour: expected an hour such as .*, got nothing/,
    },
    'a number too large': {
      fault: changingFirstHour({ credits_usage: 1e30 }),
      says: /expected an amount below a trillion/,
    },
  },
  github: {
    'a used-up rate limit': {
      fault: usingUpRateLimit(Date.UTC(2026, 10, 22)),
      says: /the rate limit is used up/,
    },
    'a row without an amount': {
      fault: changingItems({ netAmount: null }),
      says: /usageItems\[0\]\.netAmount: expected an amount below a trillion, got null/,
    },
    'a row without a time': {
      fault: changingItems({ date: undefined }),
      says: /usageItems\[0\]\.date: expected a day such as .*, got nothing/,
    },
    'a number too large': {
      fault: changingItems({ netAmount: 1e30 }),
      says: /expected an amount below a trillion/,
    },
  },
  vercel: {
    'a list that breaks off': {
      fault: cuttingLastLine,
      says: /answered (a list that breaks off|".*" instead of JSON lines)/,
    },
    'another currency': {
      fault: changingFirstCharge({ BillingCurrency: 'EUR' }),
      says: /bills in EUR, but the account is in USD/,
    },
    'a row without an amount': {
      fault: changingFirstCharge({ BilledCost: null }),
      says: /answer\.BilledCost: expected an amount below a trillion, got null/,
    },
    'a row without a time': {
      fault: changingFirstCharge({ ChargePeriodStart: undefined }),
      says: /answer\.ChargePeriodStart: expected an instant such as .*, got nothing/,
    },
    'a number too large': {
      fault: changingFirstCharge({ BilledCost: 1e30 }),
      says: /expected an amount below a trillion/,
    },
  },
  twilio: {
    'a page that leads to itself': {
      fault: leadingToPage(),
      says: /from page to page in a circle/,
    },
    'a day twice': { fault: repeatingRecords, says: /contradicts itself: .* of 2026-11-.* twice/ },
    'another currency': {
      fault: changingTotals({ price_unit: 'eur' }),
      says: /bills in EUR, but the account is in USD/,
    },
    'a total below 0': { fault: changingTotals({ price: '-1' }), says: /a total below 0/ },
    'a row without an amount': {
      fault: changingTotals({ price: null }),
      says: /\.price: expected an amount below a trillion, got null/,
    },
    'a row without a time': {
      fault: changingTotals({ start_date: undefined }),
      says: /\.start_date: expected a day such as .*, got nothing/,
    },
    'a number too large': {
      fault: changingTotals({ price: '1e30' }),
      says: /expected an amount below a trillion/,
    },
  },
  custom: {
    'a redirect to another host': {
      fault: redirecting('https://login.example.com/'),
      says: /redirects, which is not followed/,
    },
    'a cursor loop': {
      fault: answeringJson({ data: [], meta: { next: 7, more: true } }),
      says: /from page to page in a circle/,
    },
    'a lost cursor': {
      fault: answeringJson({ data: [], meta: { next: null, more: true } }),
      says: /has another page, but does not say where/,
    },
    'another currency': {
      fault: changingCustomRow({ amount: { value: 1, currency: 'eur' } }),
      says: /bills in EUR, but the account is in USD/,
    },
    'a row without an amount': {
      fault: changingCustomRow({ amount: { currency: 'usd' } }),
      says: /results\[0\]\.amount\.value: expected an amount below a trillion, got nothing/,
    },
    'a number too large': {
      fault: changingCustomRow({ amount: { value: 1e30, currency: 'usd' } }),
      says: /expected an amount below a trillion, got a number/,
    },
    'half a million days that are none': {
      fault: answeringJson({ data: Array(500_000).fill(1) }),
      says: /more than 200000 values/,
    },
  },
  openai: {
    ...ofCursors,
    'a day twice': { fault: repeatingData, says: /contradicts itself: it answered 2026-11-/ },
    'another currency': {
      fault: changingFirstCost({ amount: { value: 1, currency: 'eur' } }),
      says: /bills in EUR, but the account is in USD/,
    },
    'a row without an amount': {
      fault: changingFirstCost({ amount: null }),
      says: /results\[0\]\.amount: expected an object, got null/,
    },
    'a number too large': {
      fault: changingFirstCost({ amount: { value: 1e30, currency: 'usd' } }),
      says: /expected an amount below a trillion/,
    },
    'half a million days that are none': {
      fault: answeringJson({ data: Array(500_000).fill(1), has_more: false }),
      says: /more than 200000 values/,
    },
  },
};

/** By what is wrong; those that a provider with pages has, only for such a one. */
export function afflictionsOf(provider: string): readonly (readonly [string, KnownAffliction])[] {
  return Object.entries({ ...ofAll, ...ofOne[provider] });
}

/** Has this in place of the fields of the first row. */
function changingCustomRow(fields: object): Fault {
  return changingJson((value) => {
    const { data, ...page } = value as { data: { date: string; results: object[] }[] };
    const [first, ...days] = data;
    const [row = { service: 'gpu' }, ...others] = first?.results ?? [];
    return {
      ...page,
      data: [
        { date: '2026-11-20', ...first, results: [{ ...row, ...fields }, ...others] },
        ...days,
      ],
    };
  });
}

/** Half of the right answer, with nothing that says so. */
function halving({ answer, response }: Parameters<Fault>[0]): void {
  const { body, ...right } = answer();
  send(response, { ...right, body: Buffer.from(body).subarray(0, Math.floor(body.length / 2)) });
}

/** The same one on every page. */
function withCursor(page: unknown): object {
  const { data, pagination } = page as { data: object; pagination: object };
  return { data, pagination: { ...pagination, hasNextPage: true, cursor: 'before=1795000000&/+' } };
}

/** Midnight of the first day that every check reads is settled by the morning. */
function withSettledHourTwice(page: unknown): object {
  const { data, pagination } = page as { data: { usage: object[] }; pagination: object };
  const timestamp = Date.UTC(2026, 10, 19) / 1000;
  const rows = [70, 50].map((total) => ({ timestamp, paasUsage: { price: { total } } }));
  return { data: { usage: [...data.usage, ...rows] }, pagination };
}

function withValues(value: string): Fault {
  return changingCsv((csv) => csv.replaceAll(/,\d+,req_bytes/g, `,${value},req_bytes`));
}
