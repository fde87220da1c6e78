/** TPStreams' usage list, page by page until its end. */
import type { HttpClient, HttpFailure } from './http.ts';
import { readJsonBody } from './json-body.ts';
import { linkTarget, originProblem } from './origin.ts';
import type { UsageFetch } from './provider.ts';
import { type Page, type ReportedDay, readPage } from './tpstreams-page.ts';

export interface UsageList {
  readonly http: HttpClient;
  /** Of the first page. */
  readonly url: string;
  /** Never shown. */
  readonly token: string;
}

/** A fetch that did not reach its end. */
export type Unfinished = Exclude<UsageFetch, { status: 'complete' }>;

export type DaysReading =
  | { readonly status: 'read'; readonly days: readonly ReportedDay[] }
  | Unfinished;

/** The `time_frame` whose rows are days. */
export const DAILY = 'daily';

/** More than the days that are asked for at once, even with one on a page. */
const MAX_PAGES = 1000;

/** The days in the order of the API; one may come twice, or not be one that was asked for. */
export async function readDays(list: UsageList): Promise<DaysReading> {
  const days: ReportedDay[] = [];
  const seen = new Set<string>();
  let mostAnnounced = 0;
  let current = new URL(list.url);
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    seen.add(current.href);
    const page = await getPage(list, current);
    if ('status' in page) return page;
    for (const day of page.days) days.push(day);
    mostAnnounced = Math.max(mostAnnounced, page.count ?? 0);
    if (page.next === null) return wholeOrIncomplete(days, mostAnnounced);
    const next = linkTarget(page.next, current, list.token);
    const problem = nextProblem(next, current, seen);
    if (next === null || problem !== undefined) return incomplete(`has a next page ${problem}`);
    current = next;
  }
  return failed(`has more than ${MAX_PAGES} pages of usage for this time`);
}

async function getPage({ http, token }: UsageList, url: URL): Promise<Page | Unfinished> {
  const answer = await http.get(url.href, readJsonBody);
  if (!answer.ok) return unanswered(answer);
  const page = readPage(answer.body, token);
  return 'problem' in page ? failed(page.problem) : page;
}

/**
 * Why a next page must not be read. It may lose the dates that were asked for: rows of other days are told apart by
 * their date. But the rows of months, or of another organization, look like those of days.
 */
function nextProblem(
  next: URL | null,
  current: URL,
  seen: ReadonlySet<string>,
): string | undefined {
  if (next === null) return 'whose address is none';
  const origin = originProblem(next, current.origin);
  if (origin !== undefined) return `that must not be asked for: ${origin}`;
  if (next.pathname !== current.pathname) return 'that belongs to another list';
  if (next.searchParams.getAll('time_frame').join() !== DAILY) {
    return `without time_frame=${DAILY}, so that its rows could be months`;
  }
  return seen.has(next.href) ? 'that was read before' : undefined;
}

/**
 * The end of the pages is the end of the list only if no row was lost between two of them, as when others went away
 * meanwhile. A list that itself holds a day twice counts it twice, too, and has both next to each other.
 */
function wholeOrIncomplete(days: readonly ReportedDay[], announced: number): DaysReading {
  const dates = days.map(({ date }) => date);
  const different = new Set(dates).size;
  const holdsSomeTwice = dates.length === announced && isNewestFirst(dates);
  if (different >= announced || holdsSomeTwice) return { status: 'read', days };
  return incomplete(`announced ${announced} days and sent ${different}`);
}

function isNewestFirst(dates: readonly string[]): boolean {
  return dates.every((date, index) => index === 0 || date <= (dates[index - 1] ?? ''));
}

function unanswered({ failure, reason, status }: HttpFailure): Unfinished {
  return { status: 'failed', failure, reason: `${reason}${hints[status ?? 0] ?? ''}.` };
}

const newToken =
  '; the token may have expired or been revoked: make a new one with a POST to ' +
  'https://app.tpstreams.com/api/auth/login/ (an organization has 20 at most)';

/** What to look at, by HTTP status. */
const hints: Readonly<Record<number, string>> = {
  401: newToken,
  403: `${newToken}, by a user of the organization that "organizationId" in the config names`,
  404: '; check "organizationId" and "baseUrl" in the config',
};

/** The problem is a clause that fits after the provider's name. */
export function failed(problem: string): Unfinished {
  return { status: 'failed', failure: 'unreadable', reason: `TPStreams ${problem}.` };
}

function incomplete(problem: string): Unfinished {
  return { status: 'incomplete', reason: `TPStreams ${problem}.` };
}
