/** The usage of a simulated InfluxDB, and the series in which its usage API reports it. */
import { HOUR_MS } from '../../../functions/config/durations.ts';
import { hoursWith } from './history.ts';

/** The usage of an hour; a missing key is none. */
export interface InfluxdbHour {
  readonly writeBytes?: number;
  /** Answered with 400 and 429, half of them each; not billed. */
  readonly refusedWriteBytes?: number;
  readonly queries?: number;
  /** Answered with 500; not billed. */
  readonly failedQueries?: number;
  /** Of good queries. */
  readonly responseBytes?: number;
  /** The hour's mean by bucket id. */
  readonly storageBytesByBucket?: Readonly<Record<string, number>>;
  readonly otherPoints?: readonly UsagePoint[];
}

export interface UsagePoint {
  readonly measurement: string;
  readonly field: string;
  /** Beside the organization's. */
  readonly tags: Readonly<Record<string, string>>;
  readonly value: string;
  /** Default: long. */
  readonly datatype?: string;
}

interface HourlyInfluxdb {
  /** Full hour, epoch milliseconds. */
  readonly start: number;
  readonly hour: InfluxdbHour;
}

/** Hours in any order, or from the start of an hour to its usage: undefined for an idle hour. */
export type InfluxdbHistory =
  | readonly HourlyInfluxdb[]
  | ((start: number) => InfluxdbHour | undefined);

/** Epoch milliseconds. */
export interface UsageSpan {
  readonly start: number;
  readonly stop: number;
  /** Of a row's `_time`, which is the end of its hour. */
  readonly includes: (time: number) => boolean;
}

const WRITE = '/api/v2/write';
const QUERY = '/api/v2/query';
/** Unbilled sizes, large enough to be noticed in a sum. */
const QUERY_BYTES = 300;
const ERROR_BYTES = 90;

/** A table for each series with rows in the span. */
export function usageTables(history: InfluxdbHistory, orgId: string, span: UsageSpan): CsvTable[] {
  const bySeries = new Map<string, { point: UsagePoint; rows: [number, string][] }>();
  for (const { start, hour } of hoursIn(history, span)) {
    for (const point of pointsOf(hour)) {
      const key = JSON.stringify([point.measurement, point.field, point.tags]);
      const series = bySeries.get(key) ?? { point, rows: [] };
      series.rows.push([start + HOUR_MS, point.value]);
      bySeries.set(key, series);
    }
  }
  return [...bySeries]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { point, rows }]) => tableOf(point, rows, orgId, span));
}

function hoursIn(history: InfluxdbHistory, { start, stop, includes }: UsageSpan): HourlyInfluxdb[] {
  const hours = typeof history === 'function' ? generated(history, start - HOUR_MS, stop) : history;
  return hours
    .filter((one) => includes(one.start + HOUR_MS))
    .sort((one, other) => one.start - other.start);
}

function generated(
  hourAt: (start: number) => InfluxdbHour | undefined,
  from: number,
  until: number,
): HourlyInfluxdb[] {
  const first = Math.floor(from / HOUR_MS) * HOUR_MS;
  return hoursWith(hourAt, first, until).map(({ start, value }) => ({ start, hour: value }));
}

function pointsOf(hour: InfluxdbHour): UsagePoint[] {
  const { writeBytes, refusedWriteBytes = 0, queries, failedQueries, responseBytes } = hour;
  const points = [
    request('req_bytes', WRITE, '204', writeBytes),
    request('req_bytes', WRITE, '400', Math.floor(refusedWriteBytes / 2)),
    request('req_bytes', WRITE, '429', Math.ceil(refusedWriteBytes / 2)),
    request('req_bytes', QUERY, '200', queries && queries * QUERY_BYTES),
    request('resp_bytes', QUERY, '200', responseBytes),
    request('resp_bytes', QUERY, '500', failedQueries && failedQueries * ERROR_BYTES),
    { ...request('req_bytes', QUERY, '200', queries), measurement: 'query_count' },
    { ...request('req_bytes', QUERY, '500', failedQueries), measurement: 'query_count' },
  ].filter(({ value }) => value !== '0');
  const storage = Object.entries(hour.storageBytesByBucket ?? {}).map(([bucket_id, bytes]) => ({
    measurement: 'storage_usage_bucket_bytes',
    field: 'gauge',
    tags: { bucket_id },
    value: String(bytes),
    datatype: 'double',
  }));
  return [...points, ...storage, ...(hour.otherPoints ?? [])];
}

function request(field: string, endpoint: string, status: string, value = 0): UsagePoint {
  return { measurement: 'http_request', field, tags: { endpoint, status }, value: String(value) };
}

function tableOf(
  { measurement, field, tags, datatype = 'long' }: UsagePoint,
  rows: readonly (readonly [number, string])[],
  orgId: string,
  span: UsageSpan,
): CsvTable {
  const orgTag = measurement === 'query_count' ? 'orgID' : 'org_id';
  const allTags: Readonly<Record<string, string>> = { [orgTag]: orgId, ...tags };
  const names = Object.keys(allTags).sort((one, other) => (one < other ? -1 : 1));
  const columns: CsvColumn[] = [
    { name: '_start', datatype: 'dateTime:RFC3339', isGroupKey: true },
    { name: '_stop', datatype: 'dateTime:RFC3339', isGroupKey: true },
    { name: '_time', datatype: 'dateTime:RFC3339', isGroupKey: false },
    { name: '_value', datatype, isGroupKey: false },
    ...['_field', '_measurement', ...names].map((name) => ({
      name,
      datatype: 'string',
      isGroupKey: true,
    })),
  ];
  const [start, stop] = [rfc3339(span.start), rfc3339(span.stop)];
  const values = names.map((name) => allTags[name] ?? '');
  return {
    columns,
    rows: rows.map(([time, value]) => [
      start,
      stop,
      rfc3339(time),
      value,
      field,
      measurement,
      ...values,
    ]),
  };
}

function rfc3339(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

interface CsvColumn {
  readonly name: string;
  /** `long`, `dateTime:RFC3339`, … */
  readonly datatype: string;
  readonly isGroupKey: boolean;
}

/** One series. */
export interface CsvTable {
  /** Without those that every table has: annotation, result and table. */
  readonly columns: readonly CsvColumn[];
  readonly rows: readonly (readonly string[])[];
}

export type Annotation = 'group' | 'datatype' | 'default';

export interface CsvStyle {
  /** Default: CRLF, as Flux writes it. */
  readonly lineEnd?: '\r\n' | '\n';
  readonly byteOrderMark?: boolean;
  /** Default: group, datatype, default. */
  readonly annotations?: readonly Annotation[];
  /** Default: the result, the table, and the columns in their order. */
  readonly orderColumns?: (names: readonly string[]) => readonly string[];
  /** Quotes around every cell, not only where needed. */
  readonly quoted?: boolean;
  /** A value that all rows of a table share is in its default annotation only. */
  readonly sharedAsDefaults?: boolean;
}

interface Block {
  readonly columns: readonly (CsvColumn & { readonly byDefault: string })[];
  readonly rows: string[][];
}

/** As Flux does it, tables with the same columns share a header, and a blank line ends the body. */
export function annotatedCsv(tables: readonly CsvTable[], style: CsvStyle = {}): string {
  const { lineEnd = '\r\n', byteOrderMark = false } = style;
  const blocks: Block[] = [];
  for (const [index, table] of tables.entries()) {
    const block = blockOf(table, index, style);
    const last = blocks.at(-1);
    if (last && sameHeader(last, block)) last.rows.push(...block.rows);
    else blocks.push(block);
  }
  const lines = blocks.flatMap((block) => [...linesOf(block, style), '']);
  return `${byteOrderMark ? '\uFEFF' : ''}${[...(lines.length > 0 ? lines : ['']), ''].join(lineEnd)}`;
}

function blockOf(table: CsvTable, index: number, { sharedAsDefaults, orderColumns }: CsvStyle) {
  const columns = [
    { name: 'result', datatype: 'string', isGroupKey: false, byDefault: '_result' },
    { name: 'table', datatype: 'long', isGroupKey: false, byDefault: '' },
    ...table.columns.map((column, place) => ({
      ...column,
      byDefault: sharedAsDefaults ? sharedValue(table, place) : '',
    })),
  ];
  const names = columns.map(({ name }) => name);
  const places = (orderColumns?.(names) ?? names).map((name) => names.indexOf(name));
  const rows = table.rows.map((row) => {
    const cells = ['', String(index), ...row];
    return places.map((place) => {
      const cell = cells[place] ?? '';
      return cell === columns[place]?.byDefault ? '' : cell;
    });
  });
  return { columns: places.flatMap((place) => columns[place] ?? []), rows };
}

function sharedValue({ rows }: CsvTable, place: number): string {
  const [first, ...others] = rows.map((row) => row[place] ?? '');
  return first !== undefined && others.every((value) => value === first) ? first : '';
}

function sameHeader(one: Block, other: Block): boolean {
  return JSON.stringify(one.columns) === JSON.stringify(other.columns);
}

function linesOf({ columns, rows }: Block, style: CsvStyle): string[] {
  const { annotations = ['group', 'datatype', 'default'] } = style;
  const cells: Readonly<Record<Annotation, readonly string[]>> = {
    group: columns.map(({ isGroupKey }) => String(isGroupKey)),
    datatype: columns.map(({ datatype }) => datatype),
    default: columns.map(({ byDefault }) => byDefault),
  };
  return [
    ...annotations.map((name) => [`#${name}`, ...cells[name]]),
    ['', ...columns.map(({ name }) => name)],
    ...rows.map((row) => ['', ...row]),
  ].map((row) => row.map((cell) => written(cell, style)).join(','));
}

function written(cell: string, { quoted = false }: CsvStyle): string {
  return quoted || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
