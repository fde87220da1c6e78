/** What InfluxDB bills, and in which series of the usage API it is found. */
import type { Big } from 'big.js';
import { foundValue } from '../../config/config-error.ts';
import { Decimal, ZERO } from '../../config/decimal.ts';
import { HOUR_MS } from '../../config/durations.ts';
import type { Meter } from '../../config/meter.ts';
import { addedExactly, type ExactSum, totalOf, withoutNoise } from '../exact-number.ts';
import { MalformedCsv } from '../http/csv.ts';
import type { Interval, Usage } from '../provider.ts';
import {
  expectAmount,
  type HourEnds,
  hourEndIn,
  type RecordReader,
  type Table,
  type TableOpener,
} from './influxdb-csv.ts';

export const meters: readonly Meter[] = [
  { id: 'data-in', name: 'Data in', kind: 'flow', unit: 'MB' },
  { id: 'queries', name: 'Queries', kind: 'flow', unit: 'count' },
  // A flow, as it is bytes times hours.
  { id: 'storage', name: 'Storage', kind: 'flow', unit: 'GB-hour' },
  { id: 'data-out', name: 'Data out', kind: 'flow', unit: 'GB' },
];

/** The series whose values add up to a meter. */
interface MeterSource {
  readonly meter: string;
  /** Its measurement and field. */
  readonly series: string;
  /** A value of 1 in the meter's unit; the vendor's units are decimal. */
  readonly unit: string;
  /** Only requests to these are billed. Absent: to all. */
  readonly endpoints?: readonly string[];
  /** Requests from hosts whose names begin like this are the vendor's own, and not billed. */
  readonly ownHosts?: string;
  /** Only requests with this HTTP status are billed. Absent where there are no requests. */
  readonly status?: string;
}

const WRITE = ['/api/v2/write', '/write'];
const QUERY = ['/api/v2/query', '/query'];
const EVENTS = ['event', 'events'];

/** The recipe of the vendor's own usage dashboard. */
const sources: readonly MeterSource[] = [
  {
    meter: 'data-in',
    series: 'http_request req_bytes',
    unit: '1e-6',
    endpoints: WRITE,
    status: '204',
    // As the vendor's own test of its usage has it.
    ownHosts: 'gateway-internal',
  },
  {
    meter: 'data-out',
    series: 'http_request resp_bytes',
    unit: '1e-9',
    endpoints: QUERY,
    status: '200',
  },
  // The field holds the number of queries, whatever its name says. SQL over Flight has an endpoint of its own,
  // which is documented nowhere.
  { meter: 'queries', series: 'query_count req_bytes', unit: '1', status: '200' },
  { meter: 'storage', series: 'storage_usage_bucket_bytes gauge', unit: '1e-9' },
];

type Billing =
  | { readonly kind: 'billed'; readonly source: MeterSource }
  /** What costs nothing, such as a refused write; a rate-limit hit. */
  | { readonly kind: 'unbilled' | 'event' }
  /** Another organization's; at an endpoint that may cost something or not; not documented. The name is reported. */
  | { readonly kind: 'foreign' | 'endpoint' | 'unknown'; readonly name: string };

/** By the tags of a series, without its own organization. Throws a MalformedCsv where one is missing that says what is billed. */
function billingOf(tags: ReadonlyMap<string, string>): Billing {
  const org = ORG_TAGS.map((name) => tags.get(name)).find((value) => value !== undefined);
  if (org !== undefined) return { kind: 'foreign', name: org };
  const measurement = tagIn(tags, '_measurement');
  const name = `${measurement} ${tagIn(tags, '_field')}`;
  if (EVENTS.includes(measurement)) return { kind: 'event' };
  const source = sources.find(({ series }) => series === name);
  if (!source) return { kind: 'unknown', name };
  const { endpoints, ownHosts, status } = source;
  const endpoint = endpoints && tagIn(tags, 'endpoint');
  const isAccepted = status === undefined || tagIn(tags, 'status') === status;
  if (endpoint !== undefined && ![...WRITE, ...QUERY].includes(endpoint)) {
    return { kind: 'endpoint', name: endpoint };
  }
  const isOwn = ownHosts !== undefined && tags.get('hostname')?.startsWith(ownHosts);
  const isCounted = endpoints?.includes(endpoint ?? '') ?? true;
  return isAccepted && isCounted && !isOwn ? { kind: 'billed', source } : { kind: 'unbilled' };
}

function tagIn(tags: ReadonlyMap<string, string>, name: string): string {
  const tag = tags.get(name);
  if (tag === undefined) throw new MalformedCsv(`${name}: expected a text`, '');
  return tag;
}

interface HourlySums {
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

  function openTable(table: Table): RecordReader {
    const places = placesIn(table);
    let previous: readonly string[] = [];
    let series: Series;
    return (cells) => {
      const isOther = places.tags.some(({ place }) => cells[place] !== previous[place]);
      if (isOther) series = seriesOf(cells, places);
      previous = cells;
      const { billing } = series;
      if (billing.kind === 'foreign' || billing.kind === 'unknown') {
        drop(billing.kind, billing.name);
      } else if (billing.kind !== 'event') count(series, cells, places);
    };
  }

  function seriesOf(cells: readonly string[], places: Places): Series {
    const key = seriesKey(cells, places, orgId);
    const before = known.get(key);
    if (before !== undefined) return before;
    // Of the key's own texts, as those of a row keep the memory of what came with them.
    const billing = billingOf(new Map(JSON.parse(key)));
    const counted = new Float64Array(billing.kind === 'billed' ? hours : 0).fill(Number.NaN);
    room += OWN_ROOM + 2 * key.length + counted.byteLength;
    if (room > MOST_ROOM) throw new MalformedCsv(`expected fewer than ${known.size} series`);
    const series = { billing, counted };
    known.set(key, series);
    return series;
  }

  function count(series: Series, cells: readonly string[], { time, value, datatype }: Places) {
    const hour = (hourEndIn(cells[time] ?? '', hourEnds) - interval.start) / HOUR_MS - 1;
    const amount = cells[value] ?? '';
    if (amount !== '') expectAmount(amount, datatype);
    if (hour < -1 || hour > hours) drop('outside');
    else if (amount === '') drop('empty');
    else if (hour >= 0 && hour < hours) countInside(series, hour, amount);
  }

  function countInside({ billing, counted }: Series, hour: number, amount: string): void {
    if (billing.kind === 'endpoint') drop('endpoint', billing.name, new Decimal(amount));
    if (billing.kind !== 'billed') return;
    const before = counted[hour] ?? Number.NaN;
    const value = Number(amount);
    if (Number.isNaN(before)) add(billing.source, hour, amount);
    else if (before === value) drop('twice');
    else
      throw new MalformedCsv(
        `_value: expected ${before}, as in an earlier row of the hour`,
        amount,
      );
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
    hasOwnRows: () => known.values().some(({ billing }) => billing.kind !== 'foreign'),
  };
}

function usageOf({ meter, unit }: MeterSource, sums: readonly ExactSum[], from: number): Usage[] {
  // Hours without rows are holes, which are left out.
  return sums.flatMap((sum, hour) => {
    const start = from + hour * HOUR_MS;
    const quantity = withoutNoise(totalOf(sum)).times(unit);
    return [{ meter, start, end: start + HOUR_MS, quantity }];
  });
}

/** Where a table has what counts. */
interface Places {
  readonly time: number;
  readonly value: number;
  /** Of the value. */
  readonly datatype: string;
  /** By their names, so that the order of the columns makes no difference. */
  readonly tags: readonly { readonly name: string; readonly place: number }[];
}

const NEEDED = ['_measurement', '_field', '_time', '_value'];
const NO_TAGS = ['', 'result', 'table', '_start', '_stop', '_time', '_value'];

function placesIn({ columns, datatypes }: Table): Places {
  const missing = NEEDED.find((name) => !columns.includes(name));
  if (missing !== undefined) {
    throw new MalformedCsv(`expected a column "${missing}"`, columns.join(','));
  }
  const value = columns.indexOf('_value');
  const tags = columns.filter((name) => !NO_TAGS.includes(name)).sort();
  return {
    time: columns.indexOf('_time'),
    value,
    datatype: datatypes[value] ?? '',
    tags: tags.map((name) => ({ name, place: columns.indexOf(name) })),
  };
}

interface Series {
  readonly billing: Billing;
  /** By hour of the interval: the value that has been counted, NaN where there is none. */
  readonly counted: Float64Array;
}

/** Of a series beside its name and its values. */
const OWN_ROOM = 500;
/** Which one it is depends on the measurement, and may change: it must not make another series. */
const ORG_TAGS = ['orgID', 'org_id'];

/** Columns that say what a row counts; any other is a part of the series' name. */
export const COLUMNS = [...NEEDED, ...NO_TAGS, ...ORG_TAGS, 'endpoint', 'hostname', 'status'];

/** The same for a series in all tables of a body: its tags, without those that are empty or of the own organization. */
function seriesKey(cells: readonly string[], { tags }: Places, orgId: string): string {
  const own = tags
    .map(({ name, place }) => [name, cells[place] ?? ''] as const)
    .filter(([name, value]) => value !== '' && !(ORG_TAGS.includes(name) && value === orgId));
  return JSON.stringify(own);
}

/** Of rows, as a remark has it. */
const descriptions = {
  empty: 'without a value, which is no data, left out',
  twice: 'for an hour that came before: the first ones count',
  outside: 'from outside the time that was asked for, left out',
  foreign: 'of another organization, left out:',
  endpoint: 'of an endpoint that is not known to be billed, left out:',
  unknown: 'of a kind that is not known here, left out:',
} as const;

type LeftOutReason = keyof typeof descriptions;

interface LeftOut {
  readonly reason: LeftOutReason;
  /** Foreign text: what it is about, where the reason alone does not say it. */
  readonly name: string;
  readonly rows: number;
  readonly bytes: Big;
}

/** By reason and name. */
export type LeftOutTally = Map<string, LeftOut>;

const MOST_REMARKS = 10;

export function leaveOut(tally: LeftOutTally, rows: LeftOut): void {
  const key = `${rows.reason} ${rows.name}`;
  const before = tally.get(key) ?? { rows: 0, bytes: ZERO };
  tally.set(key, { ...rows, rows: rows.rows + before.rows, bytes: rows.bytes.plus(before.bytes) });
}

/** A sentence each, the ones with the most rows if there are many; without the token. */
export function remarksOn(tally: LeftOutTally, token: string): string[] {
  const most = [...tally.values()].sort((one, other) => other.rows - one.rows);
  return most.slice(0, MOST_REMARKS).map((leftOut) => remark(leftOut, token));
}

function remark({ reason, name, rows, bytes }: LeftOut, token: string): string {
  const counted = `${rows} ${rows === 1 ? 'row' : 'rows'}`;
  const size = reason === 'endpoint' ? ` with ${bytes.toFixed()} bytes` : '';
  const about = name === '' ? '' : ` ${foundValue(name, { secure: false, token })}`;
  return `InfluxDB Cloud Serverless answered ${counted}${size} ${descriptions[reason]}${about}.`;
}
