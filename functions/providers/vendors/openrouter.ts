/** OpenRouter, by the hour in UTC, in US dollars: what it bills, without what the customer's own keys cost elsewhere. */
import type { Big } from 'big.js';
import { ZERO } from '../../config/decimal.ts';
import { HOUR_MS } from '../../config/durations.ts';
import { type AnsweredBalance, withBalance } from '../balance.ts';
import { billedAmount, otherCurrency } from '../billed-days.ts';
import { type HttpClient, usageClient } from '../http/client.ts';
import { jsonObject } from '../http/json.ts';
import {
  defineProvider,
  type Interval,
  type Usage,
  type UsageFetch,
  type UsageRequest,
} from '../provider.ts';
import { failed, inStretches, stretchesOf } from '../usage-fetch.ts';
import {
  count,
  fullHour,
  hints,
  NAME,
  readRows,
  tokenNeeded,
  withModels,
} from './openrouter-rows.ts';

/** Some metrics take 31 days. */
const MAX_WINDOW_DAYS = 30;
/** The API has no field for it. */
const CURRENCY = 'USD';

export const openrouter = defineProvider({
  id: 'openrouter',
  name: NAME,
  tokenNeeded,
  options: {},
  meters: [
    { id: 'inference', name: 'Inference', kind: 'flow' },
    { id: 'requests', name: 'Requests', kind: 'flow', unit: 'count', countsOnly: true },
    { id: 'tokens-in', name: 'Input tokens', kind: 'flow', unit: 'count', countsOnly: true },
    { id: 'tokens-out', name: 'Output tokens', kind: 'flow', unit: 'count', countsOnly: true },
  ],
  bucket: 'hour',
  dayZone: 'UTC',
  settlesAfterHours: 48,
  hasBalance: () => true,
  maxWindowDays: MAX_WINDOW_DAYS,
  hosts: ['openrouter.ai'],
  baseUrl: () => 'https://openrouter.ai',
  billingUrl: () => 'https://openrouter.ai/activity',
  billDiffers: ['What your own keys cost at other vendors is on their bills.'],
  reads: [
    ...['data', 'metadata', 'truncated', 'row_count', 'date__hour', 'credits_usage'],
    ...['request_count', 'tokens_prompt', 'tokens_completion', 'model'],
    ...['total_credits', 'total_usage'],
  ],
  fetchUsage,
});

async function fetchUsage(request: UsageRequest): Promise<UsageFetch> {
  const { account } = request;
  if (account.currency !== CURRENCY) {
    return failed(NAME, otherCurrency(CURRENCY, account.currency));
  }
  const http = clientFor(request);
  const url = `${account.baseUrl}/api/v1/credits`;
  const usage = fetchWithModels(http, request);
  return withBalance(request, usage, { http, provider: NAME, url, answer: credits, hints });
}

async function fetchWithModels(http: HttpClient, request: UsageRequest): Promise<UsageFetch> {
  const fetched = await inStretches(stretchesOf(request.window, MAX_WINDOW_DAYS), (stretch) =>
    fetchStretch(http, request, stretch),
  );
  return fetched.status === 'complete' ? withModels(http, request, fetched) : fetched;
}

function clientFor(request: UsageRequest): HttpClient {
  const headers = { authorization: `Bearer ${request.account.token}` };
  return usageClient(request, { provider: NAME, headers });
}

/** Without a dimension there is one row an hour. */
async function fetchStretch(
  http: HttpClient,
  { account }: UsageRequest,
  interval: Interval,
): Promise<UsageFetch> {
  const metrics = ['credits_usage', 'request_count', 'tokens_prompt', 'tokens_completion'];
  const read = await readRows({ http, account, interval, asked: { metrics }, row });
  return 'rows' in read ? usageOf(read.rows, interval) : read;
}

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

const row = jsonObject({
  date__hour: fullHour,
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
