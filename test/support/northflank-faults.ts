import { changingJson, type Fault, jsonAnswer, send } from '../../cli/demo/vendors/server.ts';

interface UsagePage {
  readonly data: { readonly usage: readonly Readonly<Record<string, unknown>>[] };
  readonly pagination: Readonly<Record<string, unknown>>;
}

/** Announces a next page without a cursor. */
export const losingCursor: Fault = changingPage(({ data, pagination }) => {
  const { cursor: _lost, ...rest } = pagination;
  return { data, pagination: { ...rest, hasNextPage: true } };
});

/** From the second page on, every page is its own next page; needs a history of more than one page. */
export const loopingCursor: Fault = changingPage(({ data, pagination }, asked) => ({
  data,
  pagination: { ...pagination, hasNextPage: true, cursor: asked ?? pagination.cursor },
}));

/** Pages without rows, each with a cursor. */
export function endlessPages(): Fault {
  let page = 0;
  return ({ response }) => {
    page += 1;
    const pagination = { hasNextPage: true, cursor: `page-${page}`, count: 0 };
    send(response, jsonAnswer({ data: { usage: [] }, pagination }));
  };
}

/** Replaces these fields of the newest row. */
export function changingNewestRow(fields: Readonly<Record<string, unknown>>): Fault {
  return changingPage(({ data: { usage }, pagination }) => {
    const [newest, ...older] = usage;
    return { data: { usage: [{ ...newest, ...fields }, ...older] }, pagination };
  });
}

function changingPage(
  change: (page: UsagePage, askedCursor: string | undefined) => unknown,
): Fault {
  return changingJson((value, { request }) =>
    change(value as UsagePage, request.url.searchParams.get('cursor') ?? undefined),
  );
}
