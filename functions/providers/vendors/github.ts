/** GitHub, which bills by the day in UTC, in US dollars: net amounts, as included minutes are a discount. */
import type { Big } from 'big.js';
import * as z from 'zod';
import { foundValue } from '../../config/config-error.ts';
import { ZERO } from '../../config/decimal.ts';
import {
  type BilledCost,
  billedAmount,
  dateOf,
  otherCurrency,
  usageOfDays,
} from '../billed-days.ts';
import { exactNumber } from '../exact-number.ts';
import { headerOf } from '../http/body.ts';
import { type HttpClient, type HttpFailure, usageClient } from '../http/client.ts';
import { addUnexpected, jsonList, jsonObject, readJsonBody } from '../http/json.ts';
import { defineProvider, type Interval, type UsageFetch, type UsageRequest } from '../provider.ts';
import { failed, inStretches, readAnswer, unanswered } from '../usage-fetch.ts';

const NAME = 'GitHub';
/** The API has no field for it. */
const CURRENCY = 'USD';

const tokenNeeded =
  'a fine-grained token of the organization, made by an owner or a billing manager, that can only read ' +
  '"Administration" (of a user: "Plan")';

const aLogin = { error: 'a login, such as the "acme" of github.com/acme' };

const options = {
  owner: z
    .string(aLogin)
    .regex(/^[\w-]{1,100}$/, aLogin)
    .describe('The organization or user that is billed.'),
  ownerType: z
    .enum(['organization', 'user'])
    .default('organization')
    .describe('What the owner is. Default: organization.'),
};

type Options = z.infer<z.ZodObject<typeof options>>;

export const github = defineProvider({
  id: 'github',
  name: NAME,
  tokenNeeded,
  options,
  meters: [
    { id: 'actions', name: 'Actions', kind: 'flow' },
    { id: 'packages', name: 'Packages', kind: 'flow' },
    { id: 'codespaces', name: 'Codespaces', kind: 'flow' },
    { id: 'copilot', name: 'Copilot', kind: 'flow' },
    { id: 'git-lfs', name: 'Git LFS', kind: 'flow' },
    { id: 'models', name: 'Models', kind: 'flow' },
    { id: 'other', name: 'Other', kind: 'flow' },
  ],
  bucket: 'day',
  dayZone: 'UTC',
  settlesAfterHours: 72,
  // One request is one calendar month, whatever is wanted of it.
  maxWindowDays: 31,
  hosts: ['api.github.com'],
  baseUrl: () => 'https://api.github.com',
  billingUrl: ({ owner, ownerType }) =>
    ownerType === 'user'
      ? 'https://github.com/settings/billing'
      : `https://github.com/organizations/${owner}/settings/billing`,
  billDiffers: ['What an enterprise puts into a cost center is on the invoice only.'],
  reads: ['usageItems', 'date', 'product', 'sku', 'netAmount', 'grossAmount', 'discountAmount'],
  fetchUsage,
});

async function fetchUsage(request: UsageRequest<Options>): Promise<UsageFetch> {
  const { account, window } = request;
  if (account.currency !== CURRENCY) {
    return failed(NAME, otherCurrency(CURRENCY, account.currency));
  }
  const http = clientFor(request);
  return inStretches(monthsOf(window), (month) => fetchMonth(http, request, month));
}

function clientFor(request: UsageRequest<Options>): HttpClient {
  return usageClient(request, {
    provider: NAME,
    headers: {
      authorization: `Bearer ${request.account.token}`,
      'x-github-api-version': '2022-11-28',
      // Without one, GitHub refuses every request.
      'user-agent': 'cost-alerts',
    },
    accept: 'application/vnd.github+json',
    rateLimitWaitMs: (headers) => {
      const resetsAt = exactNumber(headerOf(headers, 'x-ratelimit-reset'))?.toNumber();
      return resetsAt === undefined ? undefined : Math.max(0, resetsAt * 1000 - request.now);
    },
  });
}

/** The calendar months that overlap the window. */
function monthsOf({ start, end }: Interval): Interval[] {
  const months: Interval[] = [];
  for (let from = start; from < end; ) {
    const first = new Date(from);
    const until = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1);
    months.push({ start: Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), 1), end: until });
    from = until;
  }
  return months;
}

async function fetchMonth(
  http: HttpClient,
  { account, window }: UsageRequest<Options>,
  month: Interval,
): Promise<UsageFetch> {
  const { baseUrl, options: asked, token } = account;
  const first = new Date(month.start);
  // Without a month it answers the whole year.
  const query = `year=${first.getUTCFullYear()}&month=${first.getUTCMonth() + 1}`;
  const owners = asked.ownerType === 'user' ? 'users' : 'organizations';
  const url = `${baseUrl}/${owners}/${asked.owner}/settings/billing/usage?${query}`;
  const answer = await http.get(url, readJsonBody);
  if (!answer.ok) return isRateLimit(answer) ? rateLimited : unanswered(answer, hints);
  const read = readAnswer(answer.body, token, { list, answer: page });
  if ('problem' in read) return failed(NAME, read.problem);
  const own = {
    start: Math.max(window.start, month.start),
    end: Math.min(window.end, month.end),
  };
  const { usageItems } = read.value;
  const fetched = usageOf(usageItems, { month, own });
  if (fetched.status !== 'complete') return fetched;
  const remarks = [...fetched.remarks, ...nowBilled(usageItems, own, token)];
  return { ...fetched, remarks };
}

const rateLimited = failed(NAME, 'allows no more requests for now: the rate limit is used up');

/** GitHub answers 403 to that as well as to a token that may not read. */
function isRateLimit({ status, body = '' }: HttpFailure): boolean {
  return status === 403 && /rate limit/i.test(body);
}

const needed = `the token has to be ${tokenNeeded}`;

const hints: Readonly<Record<number, string>> = {
  401: needed,
  403: needed,
  404: `check "owner" and "ownerType" in the config; ${needed}, or GitHub answers as if there were nothing`,
};

interface Item {
  /** Midnight in UTC, epoch milliseconds. */
  readonly start: number;
  readonly cost: BilledCost;
  /** US dollars; absent where GitHub does not say. */
  readonly discount: Big | undefined;
}

/** A month always comes whole: what of it is not asked for is left out without a word. */
function usageOf(
  items: readonly Item[],
  { month, own }: { readonly month: Interval; readonly own: Interval },
): UsageFetch {
  const isUnasked = ({ start }: Item) =>
    start >= month.start && start < month.end && (start < own.start || start >= own.end);
  const asked = items.filter((item) => !isUnasked(item));
  const byDay = Map.groupBy(asked, ({ start }) => start);
  const days = [...byDay].map(([start, inDay]) => ({
    start,
    costs: inDay.map(({ cost }) => cost),
  }));
  return usageOfDays(days, { provider: NAME, window: own, currency: CURRENCY });
}

/** Of each SKU of a month that was all discount and is billed since a day of the interval: what is included is used up. */
function nowBilled(items: readonly Item[], { start, end }: Interval, token: string): string[] {
  const bySku = Map.groupBy(items, ({ cost }) => cost.label ?? 'What has no SKU');
  return [...bySku].flatMap(([sku, own]) => {
    const billed = firstAfterIncluded(own);
    if (billed === undefined || billed < start || billed >= end) return [];
    const name = foundValue(sku, { secure: false, token });
    return [`${name} was included or discounted before, and is billed since ${dateOf(billed)}.`];
  });
}

/** The first day that cost anything after one that cost nothing for its discount; epoch milliseconds. */
function firstAfterIncluded(items: readonly Item[]): number | undefined {
  const byDay = [...Map.groupBy(items, ({ start }) => start)].sort(([a], [b]) => a - b);
  let isIncluded = false;
  for (const [start, own] of byDay) {
    const isBilled = own.some(({ cost }) => cost.amount.gt(ZERO));
    if (isBilled && isIncluded) return start;
    isIncluded ||= !isBilled && own.some(({ discount }) => discount?.gt(ZERO));
  }
  return undefined;
}

const DATE = /^(\d{4}-\d\d-\d\d)(T00:00:00(\.0{1,3})?Z)?$/;

function toMidnight(value: unknown, context: z.RefinementCtx): number {
  const [, date] = (typeof value === 'string' && DATE.exec(value)) || [];
  const start = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(start) || dateOf(start) !== date
    ? addUnexpected(context, 'a day such as 2026-11-21', value)
    : start;
}

const METERS: readonly string[] = [
  'actions',
  'packages',
  'codespaces',
  'copilot',
  'git-lfs',
  'models',
];

function meterOf(product: string): string {
  const id = product.toLowerCase().replaceAll(/[ _]/g, '-');
  return METERS.includes(id) ? id : 'other';
}

const word = z.string({ error: 'expected a text' });

const item = jsonObject({
  date: z.unknown().transform(toMidnight),
  product: word,
  sku: word.nullish(),
  /** US dollars, after included usage and other discounts. */
  netAmount: billedAmount,
  discountAmount: z.unknown().optional(),
}).transform(
  ({ date, product, sku, netAmount, discountAmount }): Item => ({
    start: date,
    discount: exactNumber(discountAmount),
    cost: {
      meter: meterOf(product),
      label: sku ?? undefined,
      amount: netAmount,
      currency: CURRENCY,
    },
  }),
);

const list = jsonObject({ usageItems: z.array(z.unknown()) });

const page = jsonObject({ usageItems: jsonList(item) });
