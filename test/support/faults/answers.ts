/** Faults of APIs that answer in one piece: GitHub, OpenRouter, InfluxDB (CSV), Vercel (JSON lines). */
import {
  answering,
  changingJson,
  type Fault,
  type SimulatedRequest,
  send,
} from '../../../cli/demo/vendors/server.ts';

/** A used-up rate limit, which looks like a refused token. */
export function usingUpRateLimit(resetsAt: number): Fault {
  return answering({
    status: 403,
    headers: {
      'content-type': 'application/json',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.floor(resetsAt / 1000)),
    },
    body: JSON.stringify({ message: 'API rate limit exceeded for user ID 1.' }),
  });
}

/** Has this in place of the fields of every item: of a month, any may be one that is not asked for. */
export function changingItems(fields: Readonly<Record<string, unknown>>): Fault {
  return changingJson((value) => {
    const { usageItems } = value as { usageItems: readonly object[] };
    return { usageItems: usageItems.map((own) => ({ ...own, ...fields })) };
  });
}

interface Result {
  readonly data: { readonly data: readonly object[]; readonly metadata: object };
}

/** Has this in place of the fields of the first row, where there is one. */
export function changingFirstHour(fields: Readonly<Record<string, unknown>>): Fault {
  return changingRows((rows) =>
    rows.map((row, index) => (index === 0 ? { ...row, ...fields } : row)),
  );
}

/** Every row comes twice, and is counted twice. */
export const repeatingHours: Fault = changingRows((rows) => [...rows, ...rows]);

function changingRows(change: (rows: readonly object[]) => readonly object[]): Fault {
  return changingJson((value) => {
    const { data, metadata } = (value as Result).data;
    const rows = change(data);
    return { data: { data: rows, metadata: { ...metadata, row_count: rows.length } } };
  });
}

/** Whether it is asked which models the costs are for. */
export function isOfModels({ body }: SimulatedRequest): boolean {
  return body.includes('"dimensions"');
}

/** Has this in place of what is said about the rows. */
export function changingMetadata(fields: Readonly<Record<string, unknown>>): Fault {
  return changingJson((value) => {
    const { data, metadata } = (value as Result).data;
    return { data: { data, metadata: { ...metadata, ...fields } } };
  });
}

/** The right answer with its CSV changed. Not for a compressed one. */
export function changingCsv(change: (csv: string) => string): Fault {
  return ({ answer, response }) => {
    const right = answer();
    send(response, { ...right, body: change(String(right.body)) });
  };
}

/** A query that failed before its first row: an error table with the status 200. */
export function failingQuery(message: string): Fault {
  return changingCsv(() => errorTable(message));
}

/** A query that failed after all of its rows. */
export function failingAfterRows(message: string): Fault {
  return changingCsv((csv) => `${csv}${errorTable(message)}`);
}

function errorTable(message: string): string {
  const cell = `"${message.replaceAll('"', '""')}"`;
  return [
    '#datatype,string,string',
    '#group,true,true',
    '#default,,',
    ',error,reference',
    `,${cell},897`,
    '',
  ].join('\r\n');
}

/** Has this in place of the fields of the first row, where there is one. */
export function changingFirstCharge(fields: Readonly<Record<string, unknown>>): Fault {
  return changingLines(([first, ...others]) =>
    first === undefined ? [] : [JSON.stringify({ ...JSON.parse(first), ...fields }), ...others],
  );
}

/** Cut within its last line, as a stream that ended early. */
export const cuttingLastLine: Fault = ({ answer, response }) => {
  const right = answer();
  send(response, { ...right, body: String(right.body).trimEnd().slice(0, -20) });
};

/** The rows in another order or number. */
export function changingLines(change: (lines: readonly string[]) => readonly string[]): Fault {
  return ({ answer, response }) => {
    const right = answer();
    const lines = String(right.body).split('\n').filter(Boolean);
    send(response, {
      ...right,
      body: change(lines)
        .map((line) => `${line}\n`)
        .join(''),
    });
  };
}
