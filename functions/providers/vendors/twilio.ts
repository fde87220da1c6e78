/** Twilio, which bills by the day in UTC. */
import type { Big } from 'big.js';
import * as z from 'zod';
import { DAY_MS } from '../../config/durations.ts';
import { linkTarget } from '../../config/origin.ts';
import { type AnsweredBalance, withBalance } from '../balance.ts';
import { billedAmount, currencyCode, dateOf, usageOfDays } from '../billed-days.ts';
import { type HttpClient, usageClient } from '../http/client.ts';
import { jsonObject, readJson, readJsonBody } from '../http/json.ts';
import { defineProvider, type Interval, type UsageFetch, type UsageRequest } from '../provider.ts';
import {
  failed,
  incomplete,
  inStretches,
  readAnswer,
  stretchesOf,
  type Unfinished,
  unanswered,
  unreadable,
} from '../usage-fetch.ts';
import {
  daysOfRecords,
  recordsPage,
  TOTAL,
  totalPage,
  type UsageRecord,
} from './twilio-records.ts';

const NAME = 'Twilio';
const MAX_WINDOW_DAYS = 31;
const PAGE_SIZE = 1000;
const MAX_PAGES = 1000;

const tokenNeeded =
  'the secret of a main API key (its SID goes into "apiKeySid"), or the Auth Token of the account, both at ' +
  'console.twilio.com under Account > API keys & tokens; a standard or restricted key reads no usage';

const anAccount = { error: 'the SID of an account: "AC" and 32 hexadecimal digits' };
const aKey = { error: 'the SID of an API key: "SK" and 32 hexadecimal digits' };

const options = {
  accountSid: z
    .string(anAccount)
    .regex(/^AC[\da-f]{32}$/i, anAccount)
    .describe('SID of the account that is billed ("AC…"); its subaccounts count as well.'),
  apiKeySid: z
    .string(aKey)
    .regex(/^SK[\da-f]{32}$/i, aKey)
    .optional()
    .describe(
      'SID of the main API key ("SK…") whose secret the token is. Default: the token is the Auth Token.',
    ),
};

type Options = z.infer<z.ZodObject<typeof options>>;

export const twilio = defineProvider({
  id: 'twilio',
  name: NAME,
  tokenNeeded,
  options,
  meters: [
    { id: 'sms', name: 'SMS', kind: 'flow' },
    { id: 'calls', name: 'Calls', kind: 'flow' },
    { id: 'phone-numbers', name: 'Phone numbers', kind: 'flow' },
    { id: 'other', name: 'Other', kind: 'flow' },
  ],
  bucket: 'day',
  dayZone: 'UTC',
  // Fees of carriers come late.
  settlesAfterHours: 72,
  hasBalance: () => true,
  maxWindowDays: MAX_WINDOW_DAYS,
  hosts: ['api.twilio.com'],
  baseUrl: () => 'https://api.twilio.com',
  billingUrl: () => 'https://console.twilio.com/us1/billing/manage-billing/billing-overview',
  reads: [
    ...['usage_records', 'next_page_uri', 'category', 'start_date', 'end_date'],
    ...['price', 'price_unit', 'balance', 'currency'],
  ],
  fetchUsage,
});

function fetchUsage(request: UsageRequest<Options>): Promise<UsageFetch> {
  const http = clientFor(request);
  const { baseUrl, options: asked } = request.account;
  const url = `${baseUrl}/2010-04-01/Accounts/${asked.accountSid}/Balance.json`;
  const usage = fetchWithTotal(http, request);
  return withBalance(request, usage, { http, provider: NAME, url, answer: balance, hints });
}

async function fetchWithTotal(
  http: HttpClient,
  request: UsageRequest<Options>,
): Promise<UsageFetch> {
  const fetched = await inStretches(stretchesOf(request.window, MAX_WINDOW_DAYS), (window) =>
    fetchStretch(http, request, window),
  );
  if (fetched.status !== 'complete' || !request.totalOf) return fetched;
  const read = await readTotal(http, request, request.totalOf);
  if ('total' in read) return { ...fetched, statedTotal: read.total };
  return { ...fetched, remarks: [...fetched.remarks, `The total is unreadable: ${read.reason}`] };
}

/** One record over all days: https://www.twilio.com/docs/usage/api/usage-record */
async function readTotal(
  http: HttpClient,
  { account: { baseUrl, token, options: asked, currency } }: UsageRequest<Options>,
  { start, end }: Interval,
): Promise<{ readonly total: Big } | Unfinished> {
  const query = new URLSearchParams({ Category: TOTAL, ...datesOf({ start, end }) });
  const path = `/2010-04-01/Accounts/${asked.accountSid}/Usage/Records.json`;
  const answer = await http.get(`${baseUrl}${path}?${query}`, readJsonBody);
  if (!answer.ok) return unanswered(answer, hints);
  const json = readJson(answer.body, token);
  if (!json.ok) return failed(NAME, `answered ${json.reason}`);
  const page = totalPage.safeParse(json.value);
  if (!page.success) return failed(NAME, unreadable(page.error, token));
  const [total, ...others] = page.data;
  if (total === undefined || others.length > 0 || total.start !== start || total.end !== end) {
    return failed(NAME, 'answered no single total of the days that were asked for');
  }
  if (total.currency !== currency) return failed(NAME, `has a total in ${total.currency}`);
  return { total: total.price };
}

/** The last day, not the one after it. */
function datesOf({ start, end }: Interval) {
  return { StartDate: dateOf(start), EndDate: dateOf(end - DAY_MS) };
}

/** A subaccount has none: it is null. */
const balance = jsonObject({ balance: billedAmount, currency: currencyCode }).transform(
  ({ balance: amount, currency }): AnsweredBalance => ({ amount, currency }),
);

function clientFor(request: UsageRequest<Options>): HttpClient {
  const { token, options } = request.account;
  const { accountSid, apiKeySid = accountSid } = options;
  const credentials = Buffer.from(`${apiKeySid}:${token}`).toString('base64');
  return usageClient(request, {
    provider: NAME,
    headers: { authorization: `Basic ${credentials}` },
  });
}

async function fetchStretch(
  http: HttpClient,
  request: UsageRequest<Options>,
  window: Interval,
): Promise<UsageFetch> {
  const reading = await readRecords(http, request, window);
  if ('status' in reading) return reading;
  const days = daysOfRecords(reading.records);
  if ('problem' in days) return failed(NAME, days.problem);
  return usageOfDays(days, { provider: NAME, window, currency: request.account.currency });
}

async function readRecords(
  http: HttpClient,
  { account: { baseUrl, token, options: asked } }: UsageRequest<Options>,
  { start, end }: Interval,
): Promise<{ readonly records: readonly UsageRecord[] } | Unfinished> {
  const query = new URLSearchParams({
    ...datesOf({ start, end }),
    PageSize: String(PAGE_SIZE),
  });
  const path = `/2010-04-01/Accounts/${asked.accountSid}/Usage/Records/Daily.json`;
  const records: UsageRecord[] = [];
  const asks = new Set<string>();
  let next = `${baseUrl}${path}?${query}`;
  while (asks.size < MAX_PAGES) {
    if (asks.has(next)) return incomplete(NAME, 'leads from page to page in a circle');
    asks.add(next);
    const answer = await http.get(next, readJsonBody);
    if (!answer.ok) return unanswered(answer, hints);
    const page = readAnswer(answer.body, token, { list, answer: recordsPage });
    if ('problem' in page) return failed(NAME, page.problem);
    records.push(...page.value.records);
    if (page.value.next === null) return { records };
    const target = linkTarget(page.value.next, new URL(next), token);
    if (target === null) return incomplete(NAME, 'has a next page at what is no address');
    next = target.href;
  }
  return failed(NAME, `has more than ${MAX_PAGES} pages of usage for this time`);
}

const list = jsonObject({ usage_records: z.array(z.unknown()) });

const needed = `the token has to be ${tokenNeeded}`;

const hints: Readonly<Record<number, string>> = {
  401: needed,
  403: needed,
  404: 'check "accountSid" in the config',
};
