/** OpenRouter, by the hour in UTC, in US dollars: what it bills, without what the customer's own keys cost elsewhere. */
import type { Big } from 'big.js';
import * as z from 'zod';
import { Decimal, ZERO } from '../config/decimal.ts';
import { HOUR_MS } from '../config/durations.ts';
import { type AnsweredBalance, withBalance } from './balance.ts';
import { billedAmount, otherCurrency } from './billed-days.ts';
import { failed, incomplete, unanswered, unreadable } from './cursor-pages.ts';
import { amountWithin } from './exact-number.ts';
import { errorText } from './exchange-error.ts';
import { type HttpClient, usageClient } from './http.ts';
import { addUnexpected, jsonList, jsonObject, readJson, readJsonBody } from './json-body.ts';
import {
  defineProvider,
  type Interval,
  type Usage,
  type UsageFetch,
  type UsageRequest,
} from './provider.ts';
import { inStretches, stretchesOf } from './stretches.ts';

const NAME = 'OpenRouter';
/** Some metrics take 31 days, and an answer has at most 10,000 rows: an hour is one. */
const MAX_WINDOW_DAYS = 30;
const MOST_ROWS = 10_000;
/** The API has no field for it. */
const CURRENCY = 'USD';

const tokenNeeded =
  'a management key, which is made at openrouter.ai/settings/management-keys; a key for models reads no usage. ' +
  'There is no lesser one: it can also make and delete keys';

export const openrouter = defineProvider({
  id: 'openrouter',
  name: NAME,
  tokenNeeded,
  options: {},
  meters: [
    { id: 'inference', name: 'Inference', kind: 'flow' },
    { id: 'requests', name: 'Requests', kind: 'flow', unit: 'count' },
    { id: 'tokens-in', name: 'Input tokens', kind: 'flow', unit: 'count' },
    { id: 'tokens-out', name: 'Output tokens', kind: 'flow', unit: 'count' },
  ],
  bucket: 'hour',
  dayZone: 'UTC',
  settlesAfterHours: 48,
  hasBalance: () => true,
  maxWindowDays: MAX_WINDOW_DAYS,
  hosts: ['openrouter.ai'],
  baseUrl: () => 'https://openrouter.ai',
  billingUrl: () => 'https://openrouter.ai/activity',
  reads: [
    ...['data', 'metadata', 'truncated', 'row_count', 'date__hour', 'credits_usage'],
    ...['request_count', 'tokens_prompt', 'tokens_completion', 'total_credits', 'total_usage'],
  ],
  fetchUsage,
});

async function fetchUsage(request: UsageRequest): Promise<UsageFetch> {
  const { account, window } = request;
  if (account.currency !== CURRENCY) {
    const reason = otherCurrency(NAME, CURRENCY, account.currency);
    return { status: 'failed', failure: 'unreadable', reason };
  }
  const http = clientFor(request);
  const usage = inStretches(stretchesOf(window, MAX_WINDOW_DAYS), (stretch) =>
    fetchStretch(http, request, stretch),
  );
  const url = `${account.baseUrl}/api/v1/credits`;
  return withBalance(request, usage, { http, provider: NAME, url, answer: credits, hints });
}

function clientFor(request: UsageRequest): HttpClient {
  const headers = { authorization: `Bearer ${request.account.token}` };
  return usageClient(request, { provider: NAME, headers });
}

async function fetchStretch(
  http: HttpClient,
  { account: { baseUrl, token } }: UsageRequest,
  interval: Interval,
): Promise<UsageFetch> {
  const url = `${baseUrl}/api/v1/analytics/query`;
  const answer = await http.query(url, queryFor(interval), readJsonBody);
  if (!answer.ok) return unanswered(answer, hints);
  const json = readJson(answer.body, token);
  if (!json.ok) return failed(NAME, `answered ${json.reason}`);
  if (!list.safeParse(json.value).success) {
    return failed(NAME, `answered without usage: ${errorText(answer.body, token)}`);
  }
  const read = result.safeParse(json.value);
  if (!read.success) return failed(NAME, unreadable(read.error, token));
  const { data: rows, metadata } = read.data.data;
  if (metadata.truncated) return incomplete(NAME, 'cut its answer short');
  if (metadata.row_count !== undefined && !metadata.row_count.eq(String(rows.length))) {
    const announced = metadata.row_count.toFixed();
    return incomplete(NAME, `announced ${announced} hours and sent ${rows.length}`);
  }
  return usageOf(rows, interval);
}

/** Without a dimension there is one row an hour; with models, an answer could be cut short. */
function queryFor({ start, end }: Interval): object {
  return {
    metrics: ['credits_usage', 'request_count', 'tokens_prompt', 'tokens_completion'],
    granularity: 'hour',
    time_range: { start: new Date(start).toISOString(), end: new Date(end).toISOString() },
    order_by: { field: 'date', direction: 'asc' },
    limit: MOST_ROWS,
  };
}

const needed = `the token has to be ${tokenNeeded}`;

const hints: Readonly<Record<number, string>> = {
  401: needed,
  403: needed,
  404: 'check "baseUrl" in the config',
};

interface Row {
  /** Full hour, epoch milliseconds. */
  readonly start: number;
  /** Dollars. */
  readonly cost: Big;
  /** By meter. */
  readonly counts: readonly (readonly [string, Big])[];
}

/** Whether its end belongs to the time that is asked for is not documented: the hour there is left out without a word. */
function usageOf(rows: readonly Row[], { start, end }: Interval): UsageFetch {
  const seen = new Set<number>();
  const usage: Usage[] = [];
  let outside = 0;
  for (const row of rows) {
    if (seen.has(row.start)) {
      return failed(NAME, `contradicts itself: it answered ${hourOf(row.start)} twice`);
    }
    seen.add(row.start);
    if (row.start >= start && row.start < end) usage.push(...usageIn(row));
    else if (row.start !== end) outside += 1;
  }
  const hours = outside === 1 ? 'an hour' : `${outside} hours`;
  const remark = `${NAME} answered ${hours} from outside the time that was asked for, left out.`;
  return { status: 'complete', usage, remarks: outside === 0 ? [] : [remark] };
}

/** `2026-11-21 10:00 (UTC)` */
function hourOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, '2026-11-21T10:00'.length).replace('T', ' ')} (UTC)`;
}

/** Counts cost nothing by themselves: the whole bill is in `inference`. */
function usageIn({ start, cost, counts }: Row): Usage[] {
  const hour = { start, end: start + HOUR_MS };
  const counted = counts.filter(([, count]) => !count.eq('0'));
  return [
    { meter: 'inference', ...hour, cost },
    ...counted.map(([meter, count]) => ({ meter, ...hour, quantity: count, cost: ZERO })),
  ];
}

/** A full hour in UTC; the zone may be left out. */
const HOUR = /^(\d{4}-\d\d-\d\d)[ T](\d\d):00(:00(\.0{1,6})?)?(Z|\+00:?00)?$/;

function toHour(value: unknown, context: z.RefinementCtx): number {
  const [, date, hour] = (typeof value === 'string' && HOUR.exec(value)) || [];
  const start = Date.parse(`${date}T${hour}:00:00Z`);
  return Number.isNaN(start)
    ? addUnexpected(context, 'an hour such as 2026-11-21 10:00:00', value)
    : start;
}

/** Texts, so that no digit is lost, or numbers. */
const count = z.unknown().transform(
  amountWithin({
    expected: 'a count from 0 to below 10^18',
    below: new Decimal('1e18'),
    mostDecimals: 0,
    isNegativeAllowed: false,
  }),
);

const row = jsonObject({
  date__hour: z.unknown().transform(toHour),
  credits_usage: billedAmount,
  request_count: count,
  tokens_prompt: count,
  tokens_completion: count,
}).transform(
  (fields): Row => ({
    start: fields.date__hour,
    cost: fields.credits_usage,
    counts: [
      ['requests', fields.request_count],
      ['tokens-in', fields.tokens_prompt],
      ['tokens-out', fields.tokens_completion],
    ],
  }),
);

/** In dollars, since the account was opened. */
const credits = jsonObject({
  data: jsonObject({ total_credits: billedAmount, total_usage: billedAmount }),
}).transform(
  ({ data }): AnsweredBalance => ({ amount: data.total_credits.minus(data.total_usage) }),
);

const list = jsonObject({ data: jsonObject({ data: z.array(z.unknown()) }) });

const result = jsonObject({
  data: jsonObject({
    data: jsonList(row),
    metadata: jsonObject({
      truncated: z.boolean({ error: 'expected true or false' }),
      row_count: count.optional(),
    }),
  }),
});
