/** All rows of a window, asked for page by page, in the four ways that APIs have. */
import { createHash, type Hash } from 'node:crypto';
import { DAY_MS } from '../../../config/durations.ts';
import { linkTarget } from '../../../config/origin.ts';
import { otherCurrency } from '../../billed-days.ts';
import { withParameter } from '../../cursor-pages.ts';
import { exactNumber, nameIn } from '../../exact-number.ts';
import { type BodyReader, headerOf } from '../../http/body.ts';
import type { HttpClient } from '../../http/client.ts';
import { MalformedCsv } from '../../http/csv.ts';
import { isJsonObject } from '../../http/json.ts';
import type { Interval } from '../../provider.ts';
import {
  failed,
  incomplete,
  stretchesUntil,
  type Unfinished,
  unanswered,
} from '../../usage-fetch.ts';
import type { Api, Paging } from './api.ts';
import {
  MappingError,
  mappingOf,
  OtherCurrency,
  type Reading,
  type RowSum,
  readRows,
  UnusableAnswer,
  valueAt,
  type Whole,
} from './rows.ts';
import { dayIn, timeText } from './times.ts';
import { added, type FirstRow, rowSums } from './usage.ts';

export const NAME = 'Custom API';
/** That one request asks for. */
export const MAX_WINDOW_DAYS = 31;
const MAX_PAGES = 1000;

type Rows = Pick<Page, 'sums' | 'first'>;

/** Of all stretches and pages of the window. */
export async function fetchRows(
  http: HttpClient,
  { baseUrl, window }: { readonly baseUrl: string; readonly window: Interval },
  reading: Reading,
): Promise<Rows | Unfinished> {
  const { api } = reading;
  const sums = new Map<string, RowSum>();
  let first: Rows['first'] = [];
  for (const stretch of stretchesOf(window, api)) {
    const url = `${baseUrl}${pathFor(api, stretch)}`;
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
 * An answer may be of more than was asked for, and the next one begins with that. A level or a total of a time to come
 * was filled in.
 */
function isAskedFor({ at }: RowSum, { start, end }: Interval, { api, now }: Reading): boolean {
  if (mappingOf(api).time === undefined) return true;
  return at >= start && at < end && (api.kind === 'flow' || at <= now);
}

/**
 * Whole days, some of which have 23 or 25 hours. What a running total was before the window may have been said days ago,
 * and one of a month is all of it where there is no row before in the month.
 */
function stretchesOf({ start, end }: Interval, { kind, path, time: { zone } }: Api): Interval[] {
  const daysLater = (at: number, days: number) => dayIn(zone, at + (days + 0.5) * DAY_MS).start;
  const first = kind === 'counter' ? daysLater(start, -MAX_WINDOW_DAYS) : start;
  if (!path.includes('{')) return [{ start: first, end }];
  return stretchesUntil({ start: first, end }, (from) => daysLater(from, MAX_WINDOW_DAYS));
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

interface Page extends Whole {
  readonly sums: readonly RowSum[];
  readonly first: readonly FirstRow[];
  /** Of the body: the same page twice is a page that was not asked for. */
  readonly digest: string;
  /** Whether a header says that there is another page (RFC 8288). */
  readonly isLinked: boolean;
}

const NEXT_LINK = /;\s*rel="?([^"]* )?next(?=["\s;,]|$)/i;

function pageReader(reading: Reading): BodyReader<Page | Unfinished> {
  return async (body, headers) => {
    const hash = createHash('sha256');
    const sums = rowSums(reading);
    try {
      const { root, items } = await readRows(hashed(body, hash), headers, reading, sums.add);
      const isLinked = NEXT_LINK.test(headerOf(headers, 'link') ?? '');
      const digest = hash.digest('hex');
      return { sums: sums.all(), first: sums.first, items, digest, root, isLinked };
    } catch (error) {
      return unreadable(error, reading);
    }
  };
}

function unreadable(error: unknown, { currency }: Reading): Unfinished {
  if (error instanceof UnusableAnswer) return failed(NAME, error.message);
  if (error instanceof OtherCurrency) {
    return failed(NAME, otherCurrency(error.message, currency));
  }
  const isMalformed = error instanceof MalformedCsv;
  if (!isMalformed && !(error instanceof MappingError)) throw error;
  const where = isMalformed ? `line ${error.line}: ` : '';
  return failed(NAME, `answered what cannot be read: ${where}${error.message}`);
}

async function* hashed(
  body: AsyncIterable<Uint8Array>,
  hash: Hash,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Without a URL the page was the last one. A problem is a clause that fits after the provider's name. */
type Following = { readonly url?: string } | { readonly problem: string };

interface PageAsked {
  /** Of the first page. */
  readonly url: string;
  /** Never shown. */
  readonly token: string;
  /** How many were read, and what they had together. */
  readonly pages: number;
  readonly items: number;
}

const LOST = { problem: 'has another page, but does not say where' } as const;
const LAST = {} as const;

function followingPage(paging: Paging | undefined, page: Page, asked: PageAsked): Following {
  if (paging === undefined) return unlessMore(page);
  const more = moreIn(paging, page);
  if (typeof more === 'object') return more;
  if (more === false) return LAST;
  if ('next' in paging) {
    const next = valueAt({ value: page.root, at: 'answer' }, paging.next).value;
    if (!isNothing(next)) return linked(paging, next, asked);
    return more === true ? LOST : LAST;
  }
  const isOver = more === undefined && page.items === 0;
  return isOver
    ? LAST
    : { url: withParameter(asked.url, paging.parameter, placeOf(paging, asked)) };
}

/** Of the page after those that were read: a server may give less at a time than it was asked for. */
function placeOf(paging: Exclude<Paging, { next: string }>, { pages, items }: PageAsked): string {
  return String(paging.style === 'page' ? paging.first + pages : items);
}

/** By a number or a text, as cursors and addresses are. */
function linked(
  paging: Extract<Paging, { next: string }>,
  found: unknown,
  { url, token }: PageAsked,
): Following {
  const next = nameIn(found);
  if (next === undefined) return LOST;
  if (paging.style === 'cursor') return { url: withParameter(url, paging.parameter, next) };
  const target = linkTarget(next, new URL(url), token);
  return target === null ? LOST : { url: target.href };
}

/** Undefined where the config does not say what to look at. */
function moreIn(
  paging: Paging,
  { root }: Page,
): boolean | { readonly problem: string } | undefined {
  if (!('more' in paging) || paging.more === undefined) return undefined;
  const { value, at } = valueAt({ value: root, at: 'answer' }, paging.more);
  if (typeof value === 'boolean') return value;
  return { problem: `does not say whether it has more pages: ${at}: expected true or false` };
}

function unlessMore({ root, isLinked }: Page): Following {
  const sign = isLinked ? 'the header "link"' : signOfMore(root);
  if (sign === undefined) return LAST;
  return { problem: `says that there is more (${sign}), and the config has no "paging"` };
}

/** What stands for no next page. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === false;
}

/** Without case and signs: `has_more`, `hasMore`, `@odata.nextLink`; and how many pages there are. */
const SIGN =
  /^((has|is)more\w*|more(results|pages|data|available)|hasnext\w*|(is)?truncated|(odata)?next(page\w*|cursor|token|link|url|uri)?)$/;
const PAGES = /^(totalpages|pagecount|lastpage)$/;

/** What a part of a list says of the rest, in the words that APIs have for it. */
function signOfMore(root: unknown): string | undefined {
  if (!isJsonObject(root)) return undefined;
  const holders = [root, ...Object.values(root).filter(isJsonObject)];
  const [name] = holders.flatMap((one) => Object.entries(one)).find(isMore) ?? [];
  return name === undefined ? undefined : JSON.stringify(name);
}

function isMore([name, value]: readonly [string, unknown]): boolean {
  const plain = name.toLowerCase().replaceAll(/[_@.-]/g, '');
  if (PAGES.test(plain)) return exactNumber(value)?.gt('1') ?? false;
  if (!SIGN.test(plain)) return false;
  const link = isJsonObject(value) ? value.href : value;
  return link === true || !['', '0'].includes(nameIn(link) ?? '');
}
