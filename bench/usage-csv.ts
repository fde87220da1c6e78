/** A month of a large InfluxDB organization as its usage API writes it, made while it is read and never kept. */
import { HOUR_MS } from '../functions/config/durations.ts';
import type { Interval } from '../functions/providers/provider.ts';

interface Series {
  readonly measurement: string;
  readonly field: string;
  readonly datatype: 'long' | 'double';
  /** In the order of the columns. */
  readonly tags: Readonly<Record<string, string>>;
}

const hours = 719;

export const orgId = '03a2bbf46249a000';
/** What one request asks for at most. */
export const interval: Interval = {
  start: Date.UTC(2026, 9, 1),
  end: Date.UTC(2026, 9, 1) + hours * HOUR_MS,
};

const endpoints = ['/api/v2/query', '/api/v2/write', '/query', '/write'];
const statuses = ['200', '204', '400', '401', '404', '413', '429', '500', '503'];
const limits = ['cardinality', 'query', 'write'];
/** Tables with the same columns share a header for so long. */
const tablesInBlock = 100;
/** As a connection brings them. */
const chunkBytes = 64 * 1024;

const lineEnd = '\r\n';

const [start = '', ...hourEnds] = Array.from({ length: hours + 1 }, (_, hour) =>
  new Date(interval.start + hour * HOUR_MS).toISOString().replace('.000Z', 'Z'),
);

/** Making them anew for every table would take as long as reading them. */
const variants = 8;
const timesAndValues = {
  long: Array.from({ length: variants }, (_, variant) =>
    cellsOf((share) => Math.floor(share * 1e9), variant),
  ),
  double: Array.from({ length: variants }, (_, variant) =>
    cellsOf((share) => share * 1e11, variant),
  ),
};

/** So many bytes and a little more, as its last table is whole; 200 MB of it take half a second. */
export async function* usageCsv(bytes: number): AsyncGenerator<Uint8Array, void> {
  let made = 0;
  for (const table of tables()) {
    const text = Buffer.from(table);
    for (let at = 0; at < text.length; at += chunkBytes) yield text.subarray(at, at + chunkBytes);
    made += text.length;
    if (made >= bytes) return;
  }
}

/** Each of some 100 KB, without an end. */
function* tables(): Generator<string, void> {
  let table = 0;
  let previous: Series | undefined;
  for (const series of allSeries()) {
    const begins = series.measurement !== previous?.measurement || table % tablesInBlock === 0;
    const blankLine = previous === undefined ? '' : lineEnd;
    yield `${begins ? blankLine + headerOf(series) : ''}${rowsOf(series, table)}`;
    previous = series;
    table += 1;
  }
}

/** The requests, queries and rate-limit hits that there can be, and then as many buckets as it takes. */
function* allSeries(): Generator<Series, void> {
  const requests = endpoints.flatMap((endpoint) =>
    statuses.map((status) => ({ endpoint, status })),
  );
  for (const { endpoint, status } of requests) {
    const tags = { endpoint, org_id: orgId, status };
    const series = { measurement: 'http_request', datatype: 'long', tags } as const;
    yield { ...series, field: 'req_bytes' };
    yield { ...series, field: 'resp_bytes' };
  }
  for (const { endpoint, status } of requests) {
    const tags = { endpoint, orgID: orgId, status };
    yield { measurement: 'query_count', field: 'req_bytes', datatype: 'long', tags };
  }
  for (const limit of limits) {
    const field = `event_type_limited_${limit}`;
    yield { measurement: 'events', field, datatype: 'long', tags: { org_id: orgId } };
  }
  const measurement = 'storage_usage_bucket_bytes';
  for (let bucket = 0x5a1b2c3d4e5; ; bucket += 1) {
    const tags = { bucket_id: bucket.toString(16).padEnd(16, '0'), org_id: orgId };
    yield { measurement, field: 'gauge', datatype: 'double', tags };
  }
}

function headerOf({ datatype, tags }: Series): string {
  const names = Object.keys(tags);
  const time = 'dateTime:RFC3339';
  const texts = ['_field', '_measurement', ...names].map(() => 'string');
  const columns = [
    'result',
    'table',
    '_start',
    '_stop',
    '_time',
    '_value',
    '_field',
    '_measurement',
  ];
  const rows = [
    ['#group', false, false, true, true, false, false, true, true, ...names.map(() => true)],
    ['#datatype', 'string', 'long', time, time, time, datatype, ...texts],
    ['#default', '_result', ...columns.slice(1).map(() => ''), ...names.map(() => '')],
    ['', ...columns, ...names],
  ];
  return rows.map((row) => `${row.join(',')}${lineEnd}`).join('');
}

function rowsOf({ measurement, field, datatype, tags }: Series, table: number): string {
  const before = `,,${table},${start},${hourEnds.at(-1)},`;
  const after = `,${field},${measurement},${Object.values(tags).join(',')}${lineEnd}`;
  const cells = timesAndValues[datatype][table % variants] ?? [];
  return `${before}${cells.join(after + before)}${after}`;
}

/** `2026-10-01T01:00:00Z,618033988` */
function cellsOf(valueAt: (share: number) => number, variant: number): string[] {
  // The fractional parts of the golden ratio's multiples: from 0 to 1, always the same, and in no order.
  return hourEnds.map(
    (hourEnd, hour) =>
      `${hourEnd},${valueAt(((variant * hours + hour) * 0.618_033_988_749_895) % 1)}`,
  );
}
