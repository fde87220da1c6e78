/** Faults of APIs that answer page by page: those with `{data, has_more, next_page}`, Northflank, TPStreams, Twilio. */
import {
  answeringJson,
  changingJson,
  type Exchange,
  type Fault,
  jsonAnswer,
  send,
} from '../../../cli/demo/vendors/server.ts';

/** Says that there is another page, and not where. */
export const losingPage: Fault = changingJson((page) => ({
  ...(page as object),
  has_more: true,
  next_page: null,
}));

/** Every page leads to the same next one. */
export const repeatingPage: Fault = answeringJson({
  data: [],
  has_more: true,
  next_page: 'page_again',
});

/** Pages without data, each with another one after it. */
export function endlessCursors(): Fault {
  let pages = 0;
  return ({ response }) => {
    pages += 1;
    send(response, jsonAnswer({ data: [], has_more: true, next_page: `page_${pages}` }));
  };
}

/** All data of a page comes twice. */
export const repeatingData: Fault = changingJson((value) => {
  const { data, ...page } = value as { data: readonly unknown[] };
  return { ...page, data: [...data, ...data] };
});

/** Has this in place of the fields of the first row (of the older report: day), where there is one. */
export function changingFirstRow(fields: Readonly<Record<string, unknown>>): Fault {
  return changingJson((value) => {
    const { data, ...page } = value as { data: readonly object[] };
    const changed = data.map((row, index) => (index === 0 ? { ...row, ...fields } : row));
    return { ...page, data: changed };
  });
}

interface CostsPage {
  readonly data: readonly { readonly results: readonly object[] }[];
}

/** Has this in place of the fields of the first cost. */
export function changingFirstCost(fields: Readonly<Record<string, unknown>>): Fault {
  return changingCosts((page) => {
    const first = page.data.findIndex(({ results }) => results.length > 0);
    return {
      ...page,
      data: page.data.map((bucket, index) => {
        const [cost, ...others] = bucket.results;
        return index === first
          ? { ...bucket, results: [{ ...cost, ...fields }, ...others] }
          : bucket;
      }),
    };
  });
}

function changingCosts(change: (page: CostsPage) => unknown): Fault {
  return changingJson((value) => change(value as CostsPage));
}

interface HoursPage {
  readonly data: { readonly usage: readonly Readonly<Record<string, unknown>>[] };
  readonly pagination: Readonly<Record<string, unknown>>;
}

/** Announces a next page without a cursor. */
export const losingCursor: Fault = changingHours(({ data, pagination }) => {
  const { cursor: _lost, ...rest } = pagination;
  return { data, pagination: { ...rest, hasNextPage: true } };
});

/** From the second page on, every page is its own next page; needs a history of more than one page. */
export const loopingCursor: Fault = changingHours(({ data, pagination }, asked) => ({
  data,
  pagination: { ...pagination, hasNextPage: true, cursor: asked ?? pagination.cursor },
}));

/** Pages without rows, each with a cursor. */
export function endlessHours(): Fault {
  let page = 0;
  return ({ response }) => {
    page += 1;
    const pagination = { hasNextPage: true, cursor: `page-${page}`, count: 0 };
    send(response, jsonAnswer({ data: { usage: [] }, pagination }));
  };
}

/** Replaces these fields of the newest row. */
export function changingNewestRow(fields: Readonly<Record<string, unknown>>): Fault {
  return changingHours(({ data: { usage }, pagination }) => {
    const [newest, ...older] = usage;
    return { data: { usage: [{ ...newest, ...fields }, ...older] }, pagination };
  });
}

function changingHours(
  change: (page: HoursPage, askedCursor: string | undefined) => unknown,
): Fault {
  return changingJson((value, { request }) =>
    change(value as HoursPage, request.url.searchParams.get('cursor') ?? undefined),
  );
}

interface DaysPage {
  readonly count: number;
  readonly next: string | null;
  readonly results: readonly Readonly<Record<string, unknown>>[];
}

/** Every page has a next page at this URL. */
export function leadingTo(next: string): Fault {
  return changingDays((page) => ({ ...page, next }));
}

/** The next page's URL lacks these parameters. */
export function losingParameters(...names: readonly string[]): Fault {
  return changingDays((page) => {
    if (page.next === null) return page;
    const next = new URL(page.next);
    for (const name of names) next.searchParams.delete(name);
    return { ...page, next: next.href };
  });
}

/** Every page is its own next page. */
export const leadingToItself: Fault = changingDays((page, { request }) => ({
  ...page,
  next: `http://${request.headers.host}${request.url.pathname}${request.url.search}`,
}));

/** Pages without rows, each with a next page. */
export function endlessDays(): Fault {
  let pages = 0;
  return ({ request, response }) => {
    pages += 1;
    const next = new URL(`http://${request.headers.host}${request.url.pathname}`);
    next.search = request.url.search;
    next.searchParams.set('page', String(pages + 1));
    send(response, jsonAnswer({ count: 0, next: next.href, previous: null, results: [] }));
  };
}

/** Counts this many more rows than there are. */
export function announcingMore(rows: number): Fault {
  return changingDays((page) => ({ ...page, count: page.count + rows }));
}

/** Replaces these fields of the first row. */
export function changingFirstDay(fields: Readonly<Record<string, unknown>>): Fault {
  return changingDays(({ results: [first, ...others], ...page }) => ({
    ...page,
    results: [{ ...first, ...fields }, ...others],
  }));
}

/** Adds this row at the end of the page without counting it. */
export function addingRow(row: Readonly<Record<string, unknown>>): Fault {
  return changingDays((page) => ({ ...page, results: [...page.results, row] }));
}

/** As Django REST framework does it, but without its `Retry-After`, which a proxy may have dropped. */
export function throttling(seconds: number): Fault {
  const detail = `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`;
  return answeringJson({ detail }, 429);
}

function changingDays(change: (page: DaysPage, exchange: Exchange) => unknown): Fault {
  return changingJson((value, exchange) => change(value as DaysPage, exchange));
}

interface RecordsPage {
  readonly usage_records: readonly { readonly category: string }[];
}

/** Has this in place of the fields of each total. */
export function changingTotals(fields: Readonly<Record<string, unknown>>): Fault {
  return changingRecords((records) =>
    records.map((own) => (own.category === 'totalprice' ? { ...own, ...fields } : own)),
  );
}

/** All records of a page come twice. */
export const repeatingRecords: Fault = changingRecords((records) => [...records, ...records]);

function changingRecords(
  change: (records: RecordsPage['usage_records']) => readonly object[],
): Fault {
  return changingJson((value) => {
    const page = value as RecordsPage;
    return { ...page, usage_records: change(page.usage_records) };
  });
}

/** Leads from each page to this one; without an argument to itself. */
export function leadingToPage(uri?: string): Fault {
  return changingJson((page, { request: { url } }) => ({
    ...(page as object),
    usage_records: [],
    next_page_uri: uri ?? `${url.pathname}${url.search}`,
  }));
}

/** Page after page without records. */
export function endlessRecordPages(): Fault {
  let pages = 0;
  return ({ request: { url }, response }) => {
    pages += 1;
    const next_page_uri = `${url.pathname}?Page=${pages}`;
    send(response, jsonAnswer({ usage_records: [], next_page_uri }));
  };
}

/** Does not say whether there is another page. */
export const losingRecordPages: Fault = answeringJson({ usage_records: [] });
