/** What goes wrong at Twilio. */
import {
  answeringJson,
  changingJson,
  type Fault,
  jsonAnswer,
  send,
} from '../../cli/demo/vendors/server.ts';

interface Page {
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

function changingRecords(change: (records: Page['usage_records']) => readonly object[]): Fault {
  return changingJson((value) => {
    const page = value as Page;
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
