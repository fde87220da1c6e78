/** An account at a simulated InfluxDB: sensors whose firmware sends everything five times after an update. */
import { weekdayOf } from './simulated-calendar.ts';
import { activityAt } from './simulated-history.ts';
import { startSimulatedInfluxdb } from './simulated-influxdb.ts';
import type { InfluxdbHour } from './simulated-influxdb-history.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const historyDays = 60;
const token = 'simulated-token-of-sensors';
const orgId = '5f0a1c2d3e4b5a69';

export async function startInfluxdbWorld(end: number): Promise<SimulatedWorld> {
  const lastHour = end - (end % hourMs);
  const updatedAt = lastHour - 40 * hourMs;
  const server = await startSimulatedInfluxdb({
    token,
    orgId,
    now: () => Date.now(),
    since: lastHour - historyDays * dayMs,
    history: (start) => sensorHour(start, start >= updatedAt ? 5 : 1),
  });
  const startsOn = weekdayOf(lastHour - 5 * dayMs, 'UTC');
  const config = {
    orgId,
    baseUrl: server.url,
    budgets: [
      { name: 'everything', limit: 40, per: 'week', startsOn },
      {
        name: 'writes',
        meter: 'data-in',
        measure: 'usage',
        unit: 'GB',
        limit: 3,
        per: 'day',
        steps: [100],
      },
    ],
  };
  return { accounts: [{ name: 'sensors', token, config }], close: server.close };
}

/** About 1 GB in, 14,000 queries and 1.2 GB out a day, and 30 GB in two buckets. */
function sensorHour(start: number, copies: number): InfluxdbHour {
  const activity = activityAt(start, 3);
  return {
    writeBytes: copies * Math.round(40e6 * activity),
    refusedWriteBytes: Math.round(1e6 * activity),
    queries: Math.round(600 * activity),
    failedQueries: 7,
    responseBytes: Math.round(50e6 * activity),
    storageBytesByBucket: { '0a1b2c3d4e5f6a7b': 22e9, '1b2c3d4e5f6a7b8c': 8e9 },
  };
}
