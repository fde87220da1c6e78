/** Which series a usage row belongs to. A series has one value an hour. */
import { MalformedCsv } from './influxdb-csv.ts';
import { type Billing, billingOf, tagsNeeded } from './influxdb-meters.ts';
import type { Table } from './influxdb-tables.ts';

export interface Series {
  /** `foreign` is another organization's. */
  readonly billing: Billing | { readonly kind: 'foreign' };
  /** What a person has to be told of it if it is not billed; empty where there is nothing to tell. */
  readonly name: string;
  /** By hour of the interval: the value that has been counted, NaN where there is none. */
  readonly counted: Float64Array;
}

export type SeriesFinder = (cells: readonly string[]) => Series;

const NEEDED = ['_measurement', '_field', '_time', '_value'];
const NO_TAGS = ['', 'result', 'table', '_start', '_stop', '_time', '_value'];
/** In bytes, of all series of a body: it must fit the function, whatever the body's rows are. */
const MOST_ROOM = 64 * 1024 * 1024;
/** Of a series beside its name and its values. */
const OWN_ROOM = 500;
const NONE = new Float64Array();
/** Which one it is depends on the measurement, and may change: it must not make another series. */
const ORG_TAGS = ['orgID', 'org_id'];

/**
 * Finds the same series in all tables of a body, whatever the order of their columns. Throws a MalformedCsv where a
 * column or a tag is missing that tells what is billed.
 */
export function seriesOfOrg(orgId: string, hours: number): (table: Table) => SeriesFinder {
  const known = new Map<string, Series>();
  let room = 0;

  function find(columns: readonly string[], cells: readonly string[]): Series {
    const tags = columns
      .map((name, index): [string, string] => [name, cells[index] ?? ''])
      .filter(([name, value]) => value !== '' && !(ORG_TAGS.includes(name) && value === orgId));
    const key = JSON.stringify(tags);
    const before = known.get(key);
    if (before !== undefined) return before;
    const series = newSeries(new Map(tags), hours);
    room += OWN_ROOM + 2 * key.length + series.counted.byteLength;
    if (room > MOST_ROOM) throw new MalformedCsv(`expected fewer than ${known.size} series`);
    known.set(key, series);
    return series;
  }

  return ({ columns }) => {
    const missing = NEEDED.find((name) => !columns.includes(name));
    if (missing !== undefined) {
      throw new MalformedCsv(`expected a column "${missing}"`, columns.join(','));
    }
    const names = columns.filter((name) => !NO_TAGS.includes(name)).sort();
    const places = names.map((name) => columns.indexOf(name));
    let previous: readonly string[] = [];
    let series: Series | undefined;

    return (cells) => {
      if (series === undefined || places.some((place) => cells[place] !== previous[place])) {
        series = find(
          names,
          places.map((place) => cells[place] ?? ''),
        );
      }
      previous = cells;
      return series;
    };
  };
}

function newSeries(tags: ReadonlyMap<string, string>, hours: number): Series {
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
