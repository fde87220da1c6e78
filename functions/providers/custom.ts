/** Any API that an account's config describes: one endpoint, asked over https at a public address. */
import * as z from 'zod';
import type { DescribedRules } from '../config/config-rules.ts';
import { ZERO } from '../config/decimal.ts';
import { DAY_MS } from '../config/durations.ts';
import { failed, incomplete, type Unfinished, unanswered, withParameter } from './cursor-pages.ts';
import { type Api, apiSchema } from './custom-api.ts';
import { mappingOf, metersOf } from './custom-mapping.ts';
import { followingPage } from './custom-pages.ts';
import { previewOf } from './custom-preview.ts';
import { added, NAME, type Page, pageReader, type Reading, type RowSum } from './custom-rows.ts';
import { dayIn, timeText, zonedTimes } from './custom-times.ts';
import { usageOf, usageSince } from './custom-usage.ts';
import { type HttpClient, usageClient } from './http.ts';
import {
  type Balance,
  defineProvider,
  type Interval,
  type UnreadBalance,
  type UsageFetch,
  type UsageRequest,
} from './provider.ts';
import { publicAgent } from './public-address.ts';

const MAX_WINDOW_DAYS = 31;
const MAX_PAGES = 1000;

const aPage = { error: 'the https:// address of a page' };

interface Options {
  readonly api: Api;
  readonly billingUrl: string;
}

const dispatcher = publicAgent();

const UNKNOWN: DescribedRules = {
  meters: [],
  bucket: 'hour',
  dayZone: 'UTC',
  settlesAfterHours: 72,
};

export const custom = defineProvider({
  id: 'custom',
  name: NAME,
  tokenNeeded:
    'one that the API accepts in the header that the config names, with no more rights than reading costs',
  options: {
    billingUrl: z
      .url({ protocol: /^https$/, ...aPage })
      .describe('Page where a person sees the bill; alerts link to it.'),
    api: apiSchema,
  },
  // Of a config that describes nothing that can be read, so that nothing is refused twice.
  ...UNKNOWN,
  // They are given at deploy time.
  hosts: [],
  isPublicOnly: true,
  describedBy,
  dispatcher,
  hasBalance: ({ api }) => isCredit(api),
  maxWindowDays: MAX_WINDOW_DAYS,
  baseUrl: () => undefined,
  billingUrl: ({ billingUrl }: Partial<Options>) => billingUrl,
  fetchUsage,
});

function describedBy(config: unknown): DescribedRules {
  const { data: api } = apiSchema.safeParse(Reflect.get(Object(config), 'api'));
  if (!api) return UNKNOWN;
  const { bucket, settlesAfterHours, time } = api;
  return { meters: metersOf(api), bucket, dayZone: time.zone, settlesAfterHours };
}

function clientFor(request: UsageRequest<Options>): HttpClient {
  const { token, options } = request.account;
  const { header, value } = options.api;
  const http = { dispatcher, ...request.http };
  return usageClient(
    { ...request, http },
    {
      provider: NAME,
      headers: { [header.toLowerCase()]: value.replace('{token}', () => token) },
      accept: 'application/json, application/jsonl, application/x-ndjson, text/csv',
      maxRedirects: 0,
    },
  );
}

async function fetchUsage(request: UsageRequest<Options>): Promise<UsageFetch> {
  const { account, window, now, known = [] } = request;
  const { api } = account.options;
  const { timeFormat, time } = mappingOf(api);
  const times = zonedTimes({ format: timeFormat, zone: api.time.zone });
  const reading = { api, times, currency: account.currency, now, token: account.token };
  const read = await readRows(request, reading);
  if ('status' in read) return read;
  const asked = { api, times, window };
  const usage =
    time === undefined
      ? usageSince(
          known.flatMap((day) => day.usage),
          read.sums,
          asked,
        )
      : usageOf(read.sums, asked);
  if (usage === undefined) return failed(NAME, 'answered no row, and so no total');
  const preview = previewOf({ api, currency: account.currency, rows: read.first, usage });
  const isAsked = request.withBalance && isCredit(api);
  const balance = isAsked && {
    balance: latestIn(
      read.sums.filter(({ at }) => at >= window.start),
      reading,
    ),
  };
  return { status: 'complete', usage, remarks: [], preview, ...balance };
}

/** Money that falls as it is used up. */
function isCredit({ counter, amount }: Api): boolean {
  return counter === 'credit' && amount !== undefined;
}

/** What is left by the latest row of each part, of those in the latest bucket: not all are of one second. */
function latestIn(rows: readonly RowSum[], { api, times }: Reading): Balance | UnreadBalance {
  const at = rows.reduce((latest, row) => Math.max(latest, row.at), 0);
  const { start } = times.bucketOf(at, api.bucket);
  const latest = new Map<string | undefined, RowSum>();
  for (const row of rows.toSorted((a, b) => a.at - b.at)) {
    if (row.at >= start) latest.set(row.part, row);
  }
  const amount = latest.values().reduce((sum, row) => sum.plus(row.amount ?? ZERO), ZERO);
  return latest.size > 0
    ? { amount, at }
    : { unread: `${NAME} answered no row of these days, and so no balance.` };
}

type Rows = Pick<Page, 'sums' | 'first'>;

/**
 * An answer may be of more than was asked for, and the next one begins with that. A level or a total of a time to come
 * was filled in.
 */
function isAskedFor({ at }: RowSum, { start, end }: Interval, { api, now }: Reading): boolean {
  if (mappingOf(api).time === undefined) return true;
  return at >= start && at < end && (api.kind === 'flow' || at <= now);
}

/** Of all stretches and pages. */
async function readRows(
  request: UsageRequest<Options>,
  reading: Reading,
): Promise<Rows | Unfinished> {
  const { api } = reading;
  const http = clientFor(request);
  const sums = new Map<string, RowSum>();
  let first: Rows['first'] = [];
  for (const stretch of stretchesOf(request.window, api)) {
    const url = `${request.account.baseUrl}${pathFor(api, stretch)}`;
    const pages = await readPages(http, url, reading);
    if (!Array.isArray(pages)) return pages;
    first = pages.find((page) => page.first.length > 0)?.first ?? first;
    for (const row of pages.flatMap((page) => page.sums)) {
      if (!isAskedFor(row, stretch, reading)) continue;
      const key = JSON.stringify([row.at, row.part, row.label]);
      sums.set(key, added(sums.get(key), row));
    }
  }
  return { sums: [...sums.values()], first };
}

/**
 * Whole days, some of which have 23 or 25 hours. What a running total was before the window may have been said days ago,
 * and one of a month is all of it where there is no row before in the month.
 */
function stretchesOf({ start, end }: Interval, { kind, path, time: { zone } }: Api): Interval[] {
  const daysLater = (at: number, days: number) => dayIn(zone, at + (days + 0.5) * DAY_MS).start;
  const first = kind === 'counter' ? daysLater(start, -MAX_WINDOW_DAYS) : start;
  if (!path.includes('{')) return [{ start: first, end }];
  const stretches: Interval[] = [];
  for (let from = first; from < end; ) {
    const until = Math.min(end, daysLater(from, MAX_WINDOW_DAYS));
    stretches.push({ start: from, end: until });
    from = until;
  }
  return stretches;
}

function pathFor(api: Api, { start, end }: Interval): string {
  const { path, pathTime = mappingOf(api).timeFormat, time } = api;
  const at: Readonly<Record<string, number>> = { start, end, last: end - 1 };
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(timeText(at[name] ?? start, pathTime, time.zone)),
  );
}

/** What was read of a page; all of the answer is too much to be kept. */
type PageRead = Omit<Page, 'root'>;

async function readPages(
  http: HttpClient,
  url: string,
  reading: Reading,
): Promise<PageRead[] | Unfinished> {
  const { paging } = reading.api;
  const pages: PageRead[] = [];
  const seen = new Set<string>();
  let next = firstPage(url, reading.api);
  while (pages.length < MAX_PAGES) {
    const answer = await http.get(next, pageReader(reading));
    if (!answer.ok) return unanswered(answer, hints);
    if ('status' in answer.body) return answer.body;
    const { root, ...page } = answer.body;
    if (seen.has(next) || seen.has(page.digest)) {
      return incomplete(NAME, 'leads from page to page in a circle');
    }
    seen.add(next).add(page.digest);
    pages.push(page);
    const following = followingPage(paging, answer.body, {
      url,
      token: reading.token,
      pages: pages.length,
      items: pages.reduce((sum, { items }) => sum + items, 0),
    });
    if ('problem' in following) return incomplete(NAME, following.problem);
    if (following.url === undefined) return pages;
    next = following.url;
  }
  return failed(NAME, `has more than ${MAX_PAGES} pages of usage for this time`);
}

function firstPage(url: string, { paging }: Api): string {
  if (paging?.style === 'page') return withParameter(url, paging.parameter, String(paging.first));
  return paging?.style === 'offset' ? withParameter(url, paging.parameter, '0') : url;
}

const hints: Readonly<Record<number, string>> = {
  401: 'check the token, and "header" and "value" in the config',
  403: 'check the rights of the token',
  404: 'check "baseUrl" and "path" in the config',
};
