/** A list that comes as `{data, has_more, next_page}`, read page by page until its end. */
import * as z from 'zod';
import type { HttpClient, HttpFailure } from './http/client.ts';
import { jsonObject, readJsonBody } from './http/json.ts';
import { failed, incomplete, readAnswer, type Unfinished, unreadable } from './usage-fetch.ts';

interface PagedList<Page> {
  readonly http: HttpClient;
  /** As in reasons: `OpenAI`. */
  readonly provider: string;
  /** Of the first page. The others have the same query, as a vendor may bind where the next page is to it. */
  readonly url: string;
  /** What is read of a page, beside where the next one is. */
  readonly page: z.ZodType<Page>;
  /** Never shown. */
  readonly token: string;
}

type PagesReading<Page> =
  | { readonly status: 'read'; readonly pages: readonly Page[] }
  | { readonly status: 'unanswered'; readonly answer: HttpFailure; readonly pagesRead: number }
  | Unfinished;

/** With one day on a page they are three years. */
const MAX_PAGES = 1000;

const list = jsonObject({ data: z.array(z.unknown()) });

const paging = jsonObject({
  has_more: z.boolean({ error: 'expected true or false' }),
  next_page: z.string({ error: 'expected a text or null' }).nullish(),
});

/** The pages in the order of the API. One without a list of data is a problem, and never an empty one. */
export async function readPages<Page>(asked: PagedList<Page>): Promise<PagesReading<Page>> {
  const { http, provider, url, token } = asked;
  const pages: Page[] = [];
  const cursors = new Set<string>();
  let next = url;
  while (pages.length < MAX_PAGES) {
    const answer = await http.get(next, readJsonBody);
    if (!answer.ok) return { status: 'unanswered', answer, pagesRead: pages.length };
    const read = readPage(answer.body, asked.page, token);
    if ('problem' in read) return failed(provider, read.problem);
    pages.push(read.page);
    if (!read.hasMore) return { status: 'read', pages };
    const { cursor } = read;
    if (!cursor) return incomplete(provider, 'has another page, but does not say where');
    if (cursors.has(cursor)) return incomplete(provider, 'leads from page to page in a circle');
    cursors.add(cursor);
    next = withParameter(url, 'page', cursor);
  }
  return failed(provider, `has more than ${MAX_PAGES} pages of usage for this time`);
}

type PageReading<Page> =
  | { readonly page: Page; readonly hasMore: boolean; readonly cursor: string | undefined }
  | { readonly problem: string };

/** Of a page, around its items. */
export const LIST_FIELDS: readonly string[] = ['data', 'has_more', 'next_page'];

function readPage<Page>(body: string, schema: z.ZodType<Page>, token: string): PageReading<Page> {
  const read = readAnswer(body, token, { list, answer: schema });
  if ('problem' in read) return read;
  const next = paging.safeParse(read.json);
  if (!next.success) return { problem: unreadable(next.error, token) };
  return {
    page: read.value,
    hasMore: next.data.has_more,
    cursor: next.data.next_page ?? undefined,
  };
}

/** The URL with one parameter of its query set. */
export function withParameter(url: string, name: string, value: string): string {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed.href;
}
