import { startSimulatedInfluxdb } from '../../functions/local/simulated-influxdb.ts';
import { influxdb } from '../../functions/providers/influxdb.ts';
import { describeProviderContract } from '../support/provider-contract.ts';

// As InfluxDB makes them: URL-safe Base64.
const token = 'In-Secret_7c1f==';
const orgId = '03a2bbf46249a000';
const now = Date.UTC(2026, 10, 21, 10, 20);

describeProviderContract({
  provider: influxdb,
  token,
  currency: 'USD',
  options: { orgId, region: 'eu-central-1-1', auth: 'Token' },
  window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
  now,
  start: () =>
    startSimulatedInfluxdb({
      token,
      orgId,
      now: () => now,
      history: () => ({
        writeBytes: 1_234_567,
        refusedWriteBytes: 500,
        queries: 12,
        failedQueries: 3,
        responseBytes: 98_765,
        storageBytesByBucket: { b1: 123_456_789.5, b2: 1e9 },
      }),
    }),
});
