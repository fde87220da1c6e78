/** What InfluxDB bills, and in which series of the usage API it is found. */
import type { Meter } from './provider.ts';

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
 * - `unknown`: nobody here has heard of it.
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

/** The tags without which it cannot be told whether a series is billed. */
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
