/** OpenAI, which bills by the day in UTC, in US dollars: not in cents, as its neighbours do. */
import * as z from 'zod';
import { DAY_MS } from '../../config/durations.ts';
import {
  type BilledCost,
  type BilledDay,
  billedAmount,
  currencyCode,
  isMidnight,
  unixSeconds,
  usageOfDays,
} from '../billed-days.ts';
import { LIST_FIELDS, readPages } from '../cursor-pages.ts';
import { type HttpClient, usageClient } from '../http/client.ts';
import { addUnexpected, jsonList, jsonObject } from '../http/json.ts';
import { defineProvider, type Interval, type UsageFetch, type UsageRequest } from '../provider.ts';
import { inStretches, stretchesOf, unanswered } from '../usage-fetch.ts';

const NAME = 'OpenAI';
/** Days on a page: the API takes 180, and answers 31. */
const MAX_WINDOW_DAYS = 31;
const MOST_PROJECTS = 100;

const tokenNeeded =
  'an admin key ("sk-admin-…"), which an owner of the organization makes at ' +
  'platform.openai.com/settings/organization/admin-keys, restricted to reading usage (api.usage.read)';

const aProject = { error: 'the id of a project, such as "proj_abc"' };

const options = {
  projectIds: z
    .array(z.string(aProject).min(1, aProject), { error: 'a list such as ["proj_abc"]' })
    .min(1, { error: 'at least one project, or no "projectIds" for all of them' })
    .max(MOST_PROJECTS, { error: `at most ${MOST_PROJECTS} projects` })
    .optional()
    .describe('Projects whose costs count. Default: all of the organization.'),
};

type Options = z.infer<z.ZodObject<typeof options>>;

export const openai = defineProvider({
  id: 'openai',
  name: NAME,
  tokenNeeded,
  options,
  meters: [
    { id: 'input', name: 'Input tokens', kind: 'flow' },
    { id: 'cached-input', name: 'Cached input tokens', kind: 'flow' },
    { id: 'output', name: 'Output tokens', kind: 'flow' },
    { id: 'other', name: 'Other', kind: 'flow' },
  ],
  bucket: 'day',
  dayZone: 'UTC',
  // Nothing is documented; corrections of the last days have been seen.
  settlesAfterHours: 72,
  maxWindowDays: MAX_WINDOW_DAYS,
  hosts: ['api.openai.com'],
  baseUrl: () => 'https://api.openai.com',
  billingUrl: () => 'https://platform.openai.com/settings/organization/usage',
  billDiffers: ['Prepaid bundles are on the invoice only.'],
  reads: [
    ...LIST_FIELDS,
    'start_time',
    'end_time',
    'results',
    'amount',
    'value',
    'currency',
    'line_item',
  ],
  fetchUsage,
});

function fetchUsage(request: UsageRequest<Options>): Promise<UsageFetch> {
  const http = clientFor(request);
  return inStretches(stretchesOf(request.window, MAX_WINDOW_DAYS), (window) =>
    fetchStretch(http, request, window),
  );
}

async function fetchStretch(
  http: HttpClient,
  { account }: UsageRequest<Options>,
  window: Interval,
): Promise<UsageFetch> {
  const reading = await readPages({
    http,
    provider: NAME,
    url: `${account.baseUrl}/v1/organization/costs?${queryFor(window, account.options)}`,
    page,
    token: account.token,
  });
  if (reading.status === 'unanswered') return unanswered(reading.answer, hints);
  if (reading.status !== 'read') return reading;
  const days = reading.pages.flatMap(({ data }) => data);
  return usageOfDays(days, { provider: NAME, window, currency: account.currency });
}

/** Grouped by nothing that names a person. */
function queryFor({ start, end }: Interval, { projectIds = [] }: Options): URLSearchParams {
  const query = new URLSearchParams({
    start_time: String(start / 1000),
    end_time: String(end / 1000),
    bucket_width: '1d',
    limit: String(MAX_WINDOW_DAYS),
    group_by: 'line_item',
  });
  for (const id of projectIds) query.append('project_ids', id);
  return query;
}

function clientFor(request: UsageRequest<Options>): HttpClient {
  const headers = { authorization: `Bearer ${request.account.token}` };
  return usageClient(request, { provider: NAME, headers });
}

const hints: Readonly<Record<number, string>> = {
  401: `the token has to be ${tokenNeeded}`,
  403: `the token has to be ${tokenNeeded}`,
  404: 'check "baseUrl" in the config; the key of a project may be answered like this, too',
};

/** By the part of a line item after its last comma: `zeta-5, cached input`. Any other one is `other`. */
const meterByPart: Readonly<Record<string, string>> = {
  input: 'input',
  'cached input': 'cached-input',
  output: 'output',
};

/** What is before the comma is the model, and a line item without a known meter a label as it is. */
function splitItem(lineItem: string): { readonly meter: string; readonly label: string } {
  const comma = lineItem.lastIndexOf(',');
  const part = lineItem
    .slice(comma + 1)
    .trim()
    .toLowerCase();
  const meter = comma > 0 && Object.hasOwn(meterByPart, part) ? meterByPart[part] : undefined;
  return meter ? { meter, label: lineItem.slice(0, comma) } : { meter: 'other', label: lineItem };
}

const result = jsonObject({
  /** Dollars, as a number or as a text of one: both have been answered. */
  amount: jsonObject({ value: billedAmount, currency: currencyCode }),
  line_item: z.string({ error: 'expected a text or null' }).nullish(),
}).transform(
  ({ amount, line_item }): BilledCost => ({
    ...(line_item ? splitItem(line_item) : { meter: 'other' }),
    amount: amount.value,
    currency: amount.currency,
  }),
);

const bucket = jsonObject({
  start_time: unixSeconds,
  end_time: unixSeconds,
  results: jsonList(result),
}).transform(({ start_time: start, end_time: end, results }, context): BilledDay => {
  if (isMidnight(start) && end > start && end <= start + DAY_MS) return { start, costs: results };
  const found = `${new Date(start).toISOString()} to ${new Date(end).toISOString()}`;
  return addUnexpected(context, 'a day in UTC', found);
});

const page = jsonObject({ data: jsonList(bucket) });
