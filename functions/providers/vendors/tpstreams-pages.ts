/** TPStreams' usage list, page by page until its end. */
import type { Big } from 'big.js';
import * as z from 'zod';
import { Decimal } from '../../config/decimal.ts';
import { DAY_MS, HOUR_MS } from '../../config/durations.ts';
import { linkTarget, originProblem } from '../../config/origin.ts';
import { amountWithin } from '../exact-number.ts';
import type { HttpClient } from '../http/client.ts';
import { jsonList, jsonObject, readJsonBody } from '../http/json.ts';
import type { Interval } from '../provider.ts';
import { failed, incomplete, readAnswer, type Unfinished, unanswered } from '../usage-fetch.ts';

export const NAME = 'TPStreams';

interface UsageList {
  readonly http: HttpClient;
  /** Of the first page. */
  readonly url: string;
  /** Never shown. */
  readonly token: string;
}

type DaysReading = { readonly status: 'read'; readonly days: readonly ReportedDay[] } | Unfinished;

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
    if (next === null || problem !== undefined) {
      return incomplete(NAME, `has a next page ${problem}`);
    }
    current = next;
  }
  return failed(NAME, `has more than ${MAX_PAGES} pages of usage for this time`);
}

async function getPage({ http, token }: UsageList, url: URL): Promise<Page | Unfinished> {
  const answer = await http.get(url.href, readJsonBody);
  if (!answer.ok) return unanswered(answer, hints);
  const page = readPage(answer.body, token);
  return 'problem' in page ? failed(NAME, page.problem) : page;
}

/**
 * Why a next page must not be read. It may lose the dates that were asked for: rows of other days are recognised by
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
  return incomplete(NAME, `announced ${announced} days and sent ${different}`);
}

function isNewestFirst(dates: readonly string[]): boolean {
  return dates.every((date, index) => index === 0 || date <= (dates[index - 1] ?? ''));
}

/** Where tokens are made. */
export const LOGIN = 'https://app.tpstreams.com/api/auth/login/';

const newToken =
  `the token may have expired or been revoked: make a new one with a POST to ${LOGIN} ` +
  '(an organization has 20 at most)';

/** What to look at, by HTTP status. */
const hints: Readonly<Record<number, string>> = {
  401: newToken,
  403: `${newToken}, by a user of the organization that "organizationId" in the config names`,
  404: 'check "organizationId" and "baseUrl" in the config',
};

/** What was used on a day; what the API did not say, or said null for, is absent. Sizes in bytes. */
export interface ReportedDay {
  /** `2026-11-21` */
  readonly date: string;
  readonly bandwidth?: Big;
  /** In a unit that is not documented. */
  readonly liveStream?: Big;
  /** In a currency that is not documented. */
  readonly subtitles?: Big;
  readonly activeStorage?: Big;
  readonly totalStorage?: Big;
}

interface Page {
  readonly days: readonly ReportedDay[];
  /** How many rows all pages have together; absent where the API did not say. */
  readonly count?: number;
  /** Address of the next page, null on the last one. */
  readonly next: string | null;
}

/** The problem is a clause that fits after the provider's name. */
type PageReading = Page | { readonly problem: string };

/** An exabyte, if it is bytes: nobody's day comes near it. */
const readAmount = amountWithin({
  expected: 'an amount from 0 to below 10^18, or null',
  below: new Decimal('1e18'),
  mostDecimals: 50,
  isNegativeAllowed: false,
});

const amount = z.unknown().transform(readAmount);

const row = jsonObject({
  // A time of day would mean that rows are not days.
  date: z.iso.date({ error: 'expected a date such as 2026-11-21' }),
  // Always there according to the documentation: a field of another name must not read as nothing used.
  bandwidth_used: amount.nullable(),
  live_stream_usage: amount.nullish(),
  subtitle_generation_cost: amount.nullish(),
  active_storage_bytes: amount.nullish(),
  deleted_storage_bytes: amount.nullish(),
  total_storage_bytes: amount.nullish(),
});

const list = jsonObject({ results: z.array(z.unknown()) });

const page = jsonObject({
  count: z.instanceof(Decimal, { error: 'expected a number' }).nullish(),
  next: z.string({ error: 'expected an address or null' }).nullable(),
  results: jsonList(row.transform(toReportedDay)),
});

/** Of a page and of its rows. */
export const PAGE_FIELDS = [page, row].flatMap(({ out }) => Object.keys(out.shape));

export function readPage(body: string, token: string): PageReading {
  const read = readAnswer(body, token, { list, answer: page });
  if ('problem' in read) return read;
  const { count, next, results: days } = read.value;
  return { days, next, ...(count && { count: Number(count.toString()) }) };
}

function toReportedDay(fields: z.output<typeof row>): ReportedDay {
  const bandwidth = fields.bandwidth_used;
  const liveStream = fields.live_stream_usage;
  const subtitles = fields.subtitle_generation_cost;
  const activeStorage = fields.active_storage_bytes;
  const deletedStorage = fields.deleted_storage_bytes;
  const sum = activeStorage && deletedStorage && activeStorage.plus(deletedStorage);
  const totalStorage = fields.total_storage_bytes ?? sum;
  return {
    date: fields.date,
    ...(bandwidth && { bandwidth }),
    ...(liveStream && { liveStream }),
    ...(subtitles && { subtitles }),
    ...(activeStorage && { activeStorage }),
    ...(totalStorage && { totalStorage }),
  };
}

export const dayZone = 'Asia/Kolkata';

const OFFSET = '+05:30';
const OFFSET_MS = 5.5 * HOUR_MS;

/** The date in India at an instant, epoch milliseconds: `2026-11-21`. */
export function dateOf(at: number): string {
  return new Date(at + OFFSET_MS).toISOString().slice(0, '2026-11-21'.length);
}

/** From midnight to midnight in India, epoch milliseconds. */
export function dayOf(date: string): Interval {
  const start = Date.parse(`${date}T00:00:00${OFFSET}`);
  return { start, end: start + DAY_MS };
}
