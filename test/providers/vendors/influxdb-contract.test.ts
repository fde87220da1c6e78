import { startSimulatedInfluxdb } from '../../../cli/demo/vendors/influxdb.ts';
import type { InfluxdbHistory, InfluxdbHour } from '../../../cli/demo/vendors/influxdb-history.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { influxdb } from '../../../functions/providers/vendors/influxdb.ts';
import { describeProviderContract } from '../../support/provider-contract.ts';

// As InfluxDB makes them: URL-safe Base64.
const token = 'In-Secret_7c1f==';
const orgId = '03a2bbf46249a000';
const now = Date.UTC(2026, 10, 21, 10, 20);
const knownHour = Date.UTC(2026, 10, 20, 8);
const lateHour = Date.UTC(2026, 10, 20, 9);

const traffic: InfluxdbHour = {
  writeBytes: 1_234_567,
  refusedWriteBytes: 500,
  queries: 12,
  failedQueries: 3,
  responseBytes: 98_765,
  storageBytesByBucket: { b1: 123_456_789.5, b2: 1e9 },
};
const ofTraffic = {
  'data-in': '1.234567',
  queries: '12',
  storage: '1.1234567895',
  'data-out': '0.000098765',
};

function quantities(start: number, byMeter: Readonly<Record<string, string>>) {
  const hour = { start, end: start + 3_600_000 };
  return Object.entries(byMeter).map(([meter, quantity]) => ({
    meter,
    quantity: decimal(quantity),
    ...hour,
  }));
}

/** A table with a rate-limit hit, which costs nothing, in a row that is about as long as one may be. */
function tableOfNoCost(): string {
  const hit = `events,event_type_limited_write,2026-11-20T06:00:00Z,1,${'x'.repeat(60_000)}`;
  return `,_measurement,_field,_time,_value,note\r\n,${hit}\r\n\r\n`;
}

describeProviderContract<InfluxdbHistory>({
  provider: influxdb,
  token,
  currency: 'USD',
  options: { orgId, region: 'eu-central-1-1', auth: 'Token' },
  window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
  now,
  start: (history) => startSimulatedInfluxdb({ token, orgId, now: () => now, history }),
  history: (start) => (start === lateHour ? undefined : traffic),
  corrected: (start) => (start === knownHour ? { queries: 13, writeBytes: 1 } : traffic),
  empty: [],
  known: {
    before: quantities(knownHour, ofTraffic),
    after: quantities(knownHour, { queries: '13', 'data-in': '0.000001' }),
  },
  late: quantities(lateHour, ofTraffic),
  // 31 days, of which one request may ask for 30.
  long: { window: { start: Date.UTC(2026, 9, 1), end: Date.UTC(2026, 10, 1) }, requests: 2 },
  filler: tableOfNoCost(),
});
