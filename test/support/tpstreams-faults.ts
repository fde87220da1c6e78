import {
  answeringJson,
  changingJson,
  type Exchange,
  type Fault,
  jsonAnswer,
  send,
} from '../../cli/demo/vendors/server.ts';

interface UsagePage {
  readonly count: number;
  readonly next: string | null;
  readonly results: readonly Readonly<Record<string, unknown>>[];
}

/** Every page has a next page at this URL. */
export function leadingTo(next: string): Fault {
  return changingPage((page) => ({ ...page, next }));
}

/** The next page's URL lacks these parameters. */
export function losingParameters(...names: readonly string[]): Fault {
  return changingPage((page) => {
    if (page.next === null) return page;
    const next = new URL(page.next);
    for (const name of names) next.searchParams.delete(name);
    return { ...page, next: next.href };
  });
}

/** Every page is its own next page. */
export const leadingToItself: Fault = changingPage((page, { request }) => ({
  ...page,
  next: `http://${request.headers.host}${request.url.pathname}${request.url.search}`,
}));

/** Pages without rows, each with a next page. */
export function endlessPages(): Fault {
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
  return changingPage((page) => ({ ...page, count: page.count + rows }));
}

/** Replaces these fields of the first row. */
export function changingFirstRow(fields: Readonly<Record<string, unknown>>): Fault {
  return changingPage(({ results: [first, ...others], ...page }) => ({
    ...page,
    results: [{ ...first, ...fields }, ...others],
  }));
}

/** Adds this row at the end of the page without counting it. */
export function addingRow(row: Readonly<Record<string, unknown>>): Fault {
  return changingPage((page) => ({ ...page, results: [...page.results, row] }));
}

/** As Django REST framework does it, but without its `Retry-After`, which a proxy may have dropped. */
export function throttling(seconds: number): Fault {
  const detail = `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`;
  return answeringJson({ detail }, 429);
}

function changingPage(change: (page: UsagePage, exchange: Exchange) => unknown): Fault {
  return changingJson((value, exchange) => change(value as UsagePage, exchange));
}
