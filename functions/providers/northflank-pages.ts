/** Northflank's usage list, page by page until its end. */
import type { HttpClient, HttpFailure, HttpResult } from './http.ts';
import { readJsonBody } from './json-body.ts';
import { type Page, readPage } from './northflank-page.ts';
import type { BilledHour } from './northflank-rows.ts';
import type { Interval, UsageFetch } from './provider.ts';

export interface UsageList {
  readonly http: HttpClient;
  /** Without a query. */
  readonly url: string;
  /** Half-open, whole seconds in epoch milliseconds. */
  readonly interval: Interval;
  /** Never shown. */
  readonly token: string;
}

/** A fetch that did not reach its end. */
export type Unfinished = Exclude<UsageFetch, { status: 'complete' }>;

export type Rows = readonly BilledHour[];

export type HoursReading =
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
    if (!answer.ok) return unanswered(answer);
    const page = readPage(answer.body, list.token);
    if ('problem' in page) return failed(page.problem);
    pagesRead.push(page.hours);
    if (!page.hasNextPage) return { status: 'read', pages: pagesRead, remarks: remarksOn(page) };
    cursor = page.cursor;
    if (cursor === undefined) return incomplete('has another page, but does not say where');
    if (cursors.has(cursor)) return incomplete('leads from page to page in a circle');
    cursors.add(cursor);
  }
  return failed(`has more than ${MAX_PAGES} pages of usage for this time`);
}

/** Of the last page. The vendor's own client goes by the cursor, and would read on. */
function remarksOn({ cursor }: Page): string[] {
  if (cursor === undefined) return [];
  return ['Northflank says both that there is no other page and where it is: the list ends there.'];
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

function unanswered({ failure, reason, status }: HttpFailure): Unfinished {
  return { status: 'failed', failure, reason: `${reason}${hints[status ?? 0] ?? ''}.` };
}

const permission =
  '; the token has to be valid and its role needs the permission Organisation > Admin > Billing > Read, ' +
  'formerly Account > Billing > General > Read';

/** What to look at, by HTTP status. */
const hints: Readonly<Record<number, string>> = {
  401: permission,
  403: permission,
  404: '; check "teamId" and "baseUrl" in the config',
};

function failed(problem: string): Unfinished {
  return { status: 'failed', failure: 'unreadable', reason: `Northflank ${problem}.` };
}

function incomplete(problem: string): Unfinished {
  return { status: 'incomplete', reason: `Northflank ${problem}.` };
}
