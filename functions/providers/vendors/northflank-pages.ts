/** Northflank's usage list, page by page until its end. */
import * as z from 'zod';
import { foundValue } from '../../config/config-error.ts';
import { Decimal, ZERO } from '../../config/decimal.ts';
import type { HttpClient, HttpResult } from '../http/client.ts';
import { errorText } from '../http/exchange-error.ts';
import { jsonObject, readJson, readJsonBody } from '../http/json.ts';
import type { Interval } from '../provider.ts';
import { failed, incomplete, type Unfinished, unanswered, unreadable } from '../usage-fetch.ts';
import { type BilledHour, billedHours } from './northflank-rows.ts';

export const NAME = 'Northflank';

interface UsageList {
  readonly http: HttpClient;
  /** Without a query. */
  readonly url: string;
  /** Half-open, whole seconds in epoch milliseconds. */
  readonly interval: Interval;
  /** Never shown. */
  readonly token: string;
}

export type Rows = readonly BilledHour[];

type HoursReading =
  | {
      readonly status: 'read';
      readonly pages: readonly Rows[];
      readonly remarks: readonly string[];
    }
  | Unfinished;

/** The most that the API gives at once. */
const PAGE_SIZE = 100;
/** More would be eleven years of hours. */
const MAX_PAGES = 1000;

/** The rows in the order of the API, which is the newest first; an hour may have several, or not be in the interval. */
export async function readHours(list: UsageList): Promise<HoursReading> {
  const getPage = pageGetter(list);
  const pagesRead: Rows[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const answer = await getPage(cursor);
    if (!answer.ok) return unanswered(answer, hints);
    const page = readPage(answer.body, list.token);
    if ('problem' in page) return failed(NAME, page.problem);
    pagesRead.push(page.hours);
    if (!page.hasNextPage) return { status: 'read', pages: pagesRead, remarks: remarksOn(page) };
    cursor = page.cursor;
    if (cursor === undefined) return incomplete(NAME, 'has another page, but does not say where');
    if (cursors.has(cursor)) return incomplete(NAME, 'leads from page to page in a circle');
    cursors.add(cursor);
  }
  return failed(NAME, `has more than ${MAX_PAGES} pages of usage for this time`);
}

/** Of the last page. The vendor's own client goes by the cursor, and would read on. */
function remarksOn({ cursor }: Page): string[] {
  if (cursor === undefined) return [];
  return [`${NAME} says both that there is no other page and where it is: the list ends there.`];
}

/** Asks with `per_page`; after a 400 that names it with `perPage`, which is what the newer contract calls it. */
function pageGetter({ http, url, interval }: UsageList) {
  let sizeParameter = 'per_page';

  function get(cursor: string | undefined): Promise<HttpResult<string>> {
    const query = new URLSearchParams({
      [sizeParameter]: String(PAGE_SIZE),
      startTime: String(interval.start / 1000),
      endTime: String(interval.end / 1000),
      ...(cursor !== undefined && { cursor }),
    });
    return http.get(`${url}?${query}`, readJsonBody);
  }

  return async (cursor: string | undefined): Promise<HttpResult<string>> => {
    const answer = await get(cursor);
    if (answer.ok || answer.status !== 400 || !answer.body?.includes('per_page')) return answer;
    if (sizeParameter === 'perPage') return answer;
    sizeParameter = 'perPage';
    return get(cursor);
  };
}

const right =
  'the permission Organisation > Admin > Billing > Read, ' +
  'formerly Account > Billing > General > Read';

export const tokenNeeded = `a token whose role has ${right}`;

const permission = `the token has to be valid and its role needs ${right}`;

/** What to look at, by HTTP status. */
const hints: Readonly<Record<number, string>> = {
  401: permission,
  403: permission,
  404: 'check "teamId" and "baseUrl" in the config',
};

interface Page {
  readonly hours: readonly BilledHour[];
  readonly hasNextPage: boolean;
  /** Where the next page is; absent where the API did not say. */
  readonly cursor?: string;
}

/** The problem is a clause that fits after the provider's name. */
type PageReading = Page | { readonly problem: string };

/** A list without pagination that is shorter than the smallest page, which is the default one, is whole. */
const SMALLEST_PAGE = 50;

const rows = z.array(z.unknown());

/** The documented `data.usage`, then what has been seen instead of it. */
const envelope = z.union([
  jsonObject({ data: jsonObject({ usage: rows }) }).transform(({ data }) => data.usage),
  jsonObject({ data: rows }).transform(({ data }) => data),
  jsonObject({ usage: rows }).transform(({ usage }) => usage),
]);

const pagination = jsonObject({
  hasNextPage: z.boolean().nullish(),
  cursor: z.string().nullish(),
  count: z.instanceof(Decimal).nullish(),
}).nullish();

/** Of a page, around its rows. */
export const PAGE_FIELDS = ['data', 'usage', 'pagination', 'hasNextPage', 'cursor', 'count'];

/** A page without a list of rows is a problem, and never an empty one. */
function readPage(body: string, token: string): PageReading {
  const json = readJson(body, token);
  if (!json.ok) return { problem: `answered ${json.reason}` };
  const list = envelope.safeParse(json.value);
  if (!list.success) return { problem: `answered without usage: ${errorText(body, token)}` };
  const hours = billedHours.safeParse(list.data);
  if (!hours.success) return { problem: unreadable(hours.error, token, 'usage') };
  const next = pagination.safeParse(Reflect.get(Object(json.value), 'pagination'));
  if (!next.success) return { problem: unreadable(next.error, token, 'pagination') };
  return pageOf(hours.data, next.data);
}

function pageOf(hours: readonly BilledHour[], next: z.output<typeof pagination>): PageReading {
  const announced = next?.count;
  if (hours.length === 0 && announced?.gt(ZERO)) {
    return { problem: `announced ${foundValue(announced, { secure: false })} rows and sent none` };
  }
  const cursor = next?.cursor || undefined;
  const seemsToGoOn = cursor !== undefined || hours.length >= SMALLEST_PAGE;
  return {
    hours,
    hasNextPage: next?.hasNextPage ?? seemsToGoOn,
    ...(cursor !== undefined && { cursor }),
  };
}
