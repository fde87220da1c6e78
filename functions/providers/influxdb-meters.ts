/** What InfluxDB bills, and in which series of the usage API it is found. */
import type { Big } from 'big.js';
import { foundValue } from '../config/config-error.ts';
import { Decimal, ZERO } from '../config/decimal.ts';
import { HOUR_MS } from '../config/durations.ts';
import type { Meter } from '../config/meter.ts';
import { withoutSecret } from '../config/redact.ts';
import { MalformedCsv } from './csv.ts';
import { addedExactly, type ExactSum, totalOf, withoutNoise } from './exact-number.ts';
import {
  expectAmount,
  type HourEnds,
  hourEndIn,
  type RecordReader,
  type Table,
  type TableOpener,
} from './influxdb-csv.ts';
import type { Interval, Usage } from './provider.ts';

export const meters: readonly Meter[] = [
  { id: 'data-in', name: 'Data in', kind: 'flow', unit: 'MB' },
  { id: 'queries', name: 'Queries', kind: 'flow', unit: 'count' },
  // A flow, as it is bytes times hours.
  { id: 'storage', name: 'Storage', kind: 'flow', unit: 'GB-hour' },
  { id: 'data-out', name: 'Data out', kind: 'flow', unit: 'GB' },
];

/** The series whose values add up to a meter. */
export interface MeterSource {
  readonly meter: string;
  readonly measurement: string;
  readonly field: string;
  /** A value of 1 in the meter's unit; the vendor's units are decimal. */
  readonly unit: string;
  /** Only requests to these are billed. Absent: to all. */
  readonly endpoints?: readonly string[];
  /** Requests from hosts whose names begin like this are the vendor's own, and not billed. */
  readonly ownHosts?: string;
  /** Only requests with this HTTP status are billed. Absent where there are no requests. */
  readonly status?: string;
}

/**
 * - `unbilled`: known to cost nothing, such as a refused write.
 * - `endpoint`: requests to an endpoint of which it is not known whether it costs anything.
 * - `event`: a rate-limit hit.
 * - `unknown`: not one of the documented ones.
 */
export type Billing =
  | { readonly kind: 'billed'; readonly source: MeterSource }
  | { readonly kind: 'unbilled' | 'endpoint' | 'event' | 'unknown' };

const WRITE = ['/api/v2/write', '/write'];
const QUERY = ['/api/v2/query', '/query'];
const EVENTS = ['event', 'events'];

/** The recipe of the vendor's own usage dashboard. */
const sources: readonly MeterSource[] = [
  {
    meter: 'data-in',
    measurement: 'http_request',
    field: 'req_bytes',
    unit: '1e-6',
    endpoints: WRITE,
    status: '204',
    // As the vendor's own test of its usage has it.
    ownHosts: 'gateway-internal',
  },
  {
    meter: 'data-out',
    measurement: 'http_request',
    field: 'resp_bytes',
    unit: '1e-9',
    endpoints: QUERY,
    status: '200',
  },
  // The field holds the number of queries, whatever its name says. SQL over Flight has an endpoint of its own,
  // which is documented nowhere.
  { meter: 'queries', measurement: 'query_count', field: 'req_bytes', unit: '1', status: '200' },
  {
    meter: 'storage',
    measurement: 'storage_usage_bucket_bytes',
    field: 'gauge',
    unit: '1e-9',
  },
];

type Tags = ReadonlyMap<string, string>;

/** `tags` are those of a series, `_measurement` and `_field` among them. */
export function billingOf(tags: Tags): Billing {
  if (EVENTS.includes(tags.get('_measurement') ?? '')) return { kind: 'event' };
  const source = sourceOf(tags);
  if (source === undefined) return { kind: 'unknown' };
  const endpoint = tags.get('endpoint') ?? '';
  if (source.endpoints && ![...WRITE, ...QUERY].includes(endpoint)) return { kind: 'endpoint' };
  const { ownHosts, status } = source;
  if (ownHosts !== undefined && tags.get('hostname')?.startsWith(ownHosts)) {
    return { kind: 'unbilled' };
  }
  const isBilled =
    (source.endpoints?.includes(endpoint) ?? true) &&
    (status === undefined || status === tags.get('status'));
  return isBilled ? { kind: 'billed', source } : { kind: 'unbilled' };
}

/** The tags without which it is not known whether a series is billed. */
export function tagsNeeded(tags: Tags): string[] {
  const source = sourceOf(tags);
  return [...(source?.endpoints ? ['endpoint'] : []), ...(source?.status ? ['status'] : [])];
}

function sourceOf(tags: Tags): MeterSource | undefined {
  return sources.find(
    ({ measurement, field }) =>
      measurement === tags.get('_measurement') && field === tags.get('_field'),
  );
}

export interface HourlySums {
  readonly openTable: TableOpener;
  /** By meter, the earliest hour first; an hour that came to 0 is in it, one without rows is not. */
  readonly usage: () => Usage[];
  readonly leftOut: LeftOutTally;
  /** Whether there was any row of the organization that was asked for. */
  readonly hasOwnRows: () => boolean;
}

/** In bytes, of all series of a body: it must fit the function, whatever the body's rows are. */
const MOST_ROOM = 64 * 1024 * 1024;

/**
 * Adds up an interval of whole hours. Rows of the hours right before and after it are left out without a word: the
 * API's bounds let them in.
 */
export function hourlySums(interval: Interval, orgId: string): HourlySums {
  const hours = (interval.end - interval.start) / HOUR_MS;
  const known = new Map<string, Series>();
  const sums = new Map<MeterSource, ExactSum[]>();
  const leftOut: LeftOutTally = new Map();
  const hourEnds: HourEnds = new Map();
  let room = 0;
  let hasOwnRows = false;

  function openTable(table: Table): RecordReader {
    const places = placesIn(table);
    let previous: readonly string[] | undefined;
    let series: Series;
    return (cells) => {
      if (previous === undefined || !areSame(cells, previous, places.tags)) {
        series = seriesOf(table.columns, cells, places.tags);
      }
      previous = cells;
      read(series, cells, places);
    };
  }

  function seriesOf(columns: readonly string[], cells: readonly string[], tags: readonly number[]) {
    const key = seriesKey(columns, cells, tags, orgId);
    const before = known.get(key);
    if (before !== undefined) return before;
    const series = newSeries(key, hours);
    room += OWN_ROOM + 2 * key.length + series.counted.byteLength;
    if (room > MOST_ROOM) throw new MalformedCsv(`expected fewer than ${known.size} series`);
    known.set(key, series);
    return series;
  }

  function read(series: Series, cells: readonly string[], places: Places): void {
    const { kind } = series.billing;
    hasOwnRows ||= kind !== 'foreign';
    if (kind === 'foreign' || kind === 'unknown') drop(kind, series.name);
    else if (kind !== 'event') count(series, cells, places);
  }

  function count(series: Series, cells: readonly string[], { time, value, datatype }: Places) {
    const hour = (hourEndIn(cells[time] ?? '', hourEnds) - interval.start) / HOUR_MS - 1;
    const amount = cells[value] ?? '';
    if (amount !== '') expectAmount(amount, datatype);
    if (hour < -1 || hour > hours) drop('outside');
    else if (amount === '') drop('empty');
    else if (hour >= 0 && hour < hours) countInside(series, hour, amount);
  }

  function countInside({ billing, name, counted }: Series, hour: number, amount: string): void {
    if (billing.kind === 'endpoint') drop('endpoint', name, new Decimal(amount));
    if (billing.kind !== 'billed') return;
    const before = counted[hour] ?? Number.NaN;
    const value = Number(amount);
    if (Number.isNaN(before)) add(billing.source, hour, amount);
    else if (before === value) drop('twice');
    else throw twoValues(before, value);
    counted[hour] = value;
  }

  function add(source: MeterSource, hour: number, amount: string): void {
    const byHour = sums.get(source) ?? new Array<ExactSum>(hours);
    byHour[hour] = addedExactly(byHour[hour], amount);
    sums.set(source, byHour);
  }

  function drop(reason: LeftOutReason, name = '', bytes = ZERO): void {
    leaveOut(leftOut, { reason, name, rows: 1, bytes });
  }

  return {
    openTable,
    usage: () => [...sums].flatMap(([source, byHour]) => usageOf(source, byHour, interval.start)),
    leftOut,
    hasOwnRows: () => hasOwnRows,
  };
}

function areSame(cells: readonly string[], others: readonly string[], places: readonly number[]) {
  for (const place of places) if (cells[place] !== others[place]) return false;
  return true;
}

function twoValues(before: number, value: number): MalformedCsv {
  const expected = `_value: expected ${before}, as in an earlier row of the hour`;
  return new MalformedCsv(expected, `${value}`);
}

function usageOf({ meter, unit }: MeterSource, sums: readonly ExactSum[], from: number): Usage[] {
  const usage: Usage[] = [];
  // Hours without rows are holes.
  sums.forEach((sum, hour) => {
    const start = from + hour * HOUR_MS;
    const quantity = withoutNoise(totalOf(sum)).times(unit);
    usage.push({ meter, start, end: start + HOUR_MS, quantity });
  });
  return usage;
}

/** Where a table has what counts. */
interface Places {
  readonly time: number;
  readonly value: number;
  /** Of the value. */
  readonly datatype: string;
  /** By their names, so that the order of the columns makes no difference. */
  readonly tags: readonly number[];
}

const NEEDED = ['_measurement', '_field', '_time', '_value'];
const NO_TAGS = ['', 'result', 'table', '_start', '_stop', '_time', '_value'];

function placesIn({ columns, datatypes }: Table): Places {
  const missing = NEEDED.find((name) => !columns.includes(name));
  if (missing !== undefined) {
    throw new MalformedCsv(`expected a column "${missing}"`, columns.join(','));
  }
  const value = columns.indexOf('_value');
  const names = columns.filter((name) => !NO_TAGS.includes(name)).sort();
  return {
    time: columns.indexOf('_time'),
    value,
    datatype: datatypes[value] ?? '',
    tags: names.map((name) => columns.indexOf(name)),
  };
}

interface Series {
  /** `foreign` is another organization's. */
  readonly billing: Billing | { readonly kind: 'foreign' };
  /** What to report about it if it is not billed; empty where that is nothing. */
  readonly name: string;
  /** By hour of the interval: the value that has been counted, NaN where there is none. */
  readonly counted: Float64Array;
}

/** Of a series beside its name and its values. */
const OWN_ROOM = 500;
const NONE = new Float64Array();
/** Which one it is depends on the measurement, and may change: it must not make another series. */
const ORG_TAGS = ['orgID', 'org_id'];

/** Columns that say what a row counts; any other is a part of the series' name. */
export const COLUMNS: readonly string[] = [
  ...[...NEEDED, ...NO_TAGS, ...ORG_TAGS],
  ...['endpoint', 'hostname', 'status'],
];

/** The same for a series in all tables of a body: its tags, without those that are empty or of the own organization. */
function seriesKey(
  columns: readonly string[],
  cells: readonly string[],
  places: readonly number[],
  orgId: string,
): string {
  const tags = places
    .map((place) => [columns[place] ?? '', cells[place] ?? ''] as const)
    .filter(([name, value]) => value !== '' && !(ORG_TAGS.includes(name) && value === orgId));
  return JSON.stringify(tags);
}

/** Of the key's own texts, as those of a row keep the memory of what came with them. Throws a MalformedCsv where a tag is missing that says what is billed. */
function newSeries(key: string, hours: number): Series {
  const tags = new Map<string, string>(JSON.parse(key));
  const org = ORG_TAGS.map((name) => tags.get(name)).find((value) => value !== undefined);
  if (org !== undefined) {
    return { billing: { kind: 'foreign' }, name: org, counted: NONE };
  }
  const missing = ['_measurement', '_field', ...tagsNeeded(tags)].find((name) => !tags.has(name));
  if (missing !== undefined) throw new MalformedCsv(`${missing}: expected a text`, '');
  const billing = billingOf(tags);
  return {
    billing,
    name: nameOf(billing, tags),
    counted: billing.kind === 'billed' ? new Float64Array(hours).fill(Number.NaN) : NONE,
  };
}

function nameOf({ kind }: Billing, tags: ReadonlyMap<string, string>): string {
  if (kind === 'endpoint') return tags.get('endpoint') ?? '';
  return kind === 'unknown' ? `${tags.get('_measurement')} ${tags.get('_field')}` : '';
}

export type LeftOutReason = 'empty' | 'twice' | 'outside' | 'foreign' | 'endpoint' | 'unknown';

export interface LeftOut {
  readonly reason: LeftOutReason;
  /** Foreign text: what it is about, where the reason alone does not say it. */
  readonly name: string;
  readonly rows: number;
  readonly bytes: Big;
}

/** By reason and name. */
export type LeftOutTally = Map<string, LeftOut>;

const MOST_REMARKS = 10;

const descriptions: Readonly<Record<LeftOutReason, string>> = {
  empty: 'without a value, which is no data, left out',
  twice: 'for an hour that came before: the first ones count',
  outside: 'from outside the time that was asked for, left out',
  foreign: 'of another organization, left out:',
  endpoint: 'of an endpoint that is not known to be billed, left out:',
  unknown: 'of a kind that is not known here, left out:',
};

export function leaveOut(tally: LeftOutTally, { reason, name, rows, bytes }: LeftOut): void {
  const key = `${reason} ${name}`;
  const before = tally.get(key);
  tally.set(key, {
    reason,
    name,
    rows: rows + (before?.rows ?? 0),
    bytes: bytes.plus(before?.bytes ?? ZERO),
  });
}

/** A sentence each, the ones with the most rows if there are many; without the token. */
export function remarksOn(tally: LeftOutTally, token: string): string[] {
  const most = [...tally.values()].sort((one, other) => other.rows - one.rows);
  return most.slice(0, MOST_REMARKS).map((leftOut) => remark(leftOut, token));
}

function remark({ reason, name, rows, bytes }: LeftOut, token: string): string {
  const counted = `${rows} ${rows === 1 ? 'row' : 'rows'}`;
  const size = reason === 'endpoint' ? ` with ${bytes.toFixed()} bytes` : '';
  const about = name === '' ? '' : ` ${quoted(name, token)}`;
  return `InfluxDB Cloud Serverless answered ${counted}${size} ${descriptions[reason]}${about}.`;
}

/** The secret goes before the cut: half of it would not be found any more. */
export function quoted(text: string, token: string): string {
  return foundValue(withoutSecret(text, token), { secure: false });
}
