import { expect, onTestFinished } from 'vitest';
import {
  type SimulatedInfluxdb,
  type SimulatedInfluxdbOptions,
  startSimulatedInfluxdb,
} from '../../cli/demo/vendors/influxdb.ts';
import type { InfluxdbHour } from '../../cli/demo/vendors/influxdb-history.ts';
import type { Interval, Usage, UsageFetch } from '../../functions/providers/provider.ts';
import { influxdb } from '../../functions/providers/vendors/influxdb.ts';
import { shownUsage, usageFetcher } from './fetched-usage.ts';

// As InfluxDB makes them: URL-safe Base64.
export const token = 'In-Secret_7c1f==';
export const orgId = '03a2bbf46249a000';
/** A Saturday, 20 minutes past the hour. */
export const now = Date.UTC(2026, 10, 21, 10, 20);
export const window: Interval = { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) };

/** A month, for which it is asked twice. */
export const october: Interval = { start: Date.UTC(2026, 9, 1), end: Date.UTC(2026, 10, 1) };

/** Ends with the test. */
export async function startServer(
  options: Partial<SimulatedInfluxdbOptions> = {},
): Promise<SimulatedInfluxdb> {
  const server = await startSimulatedInfluxdb({
    token,
    orgId,
    now: () => now,
    since: 0,
    history: [],
    ...options,
  });
  onTestFinished(server.close);
  return server;
}

export const fetchFrom = usageFetcher(influxdb, {
  token,
  window,
  now,
  options: { orgId, region: 'us-east-1-1', auth: 'Token' },
});

/** `2026-11-20T09 data-in 1.5`, in the order of the fetch; anything but a complete fetch is returned as it is. */
export function usageLines(fetched: UsageFetch): unknown {
  return shownUsage(
    fetched,
    ({ meter, start, quantity }) =>
      `${new Date(start).toISOString().slice(0, 13)} ${meter} ${quantity?.toFixed()}`,
  );
}

/** One hour of the window, from 5 to 6 o'clock on the 20th. */
export function oneHour(hour: InfluxdbHour) {
  return [{ start: Date.UTC(2026, 10, 20, 5), hour }];
}

export function usageOf(fetched: UsageFetch): readonly Usage[] {
  return fetched.status === 'complete' ? fetched.usage : expect.fail(JSON.stringify(fetched));
}

export function remarksOf(fetched: UsageFetch): readonly string[] {
  return fetched.status === 'complete' ? fetched.remarks : expect.fail(JSON.stringify(fetched));
}

export function total(usage: readonly Usage[], meter: string): number {
  return usage
    .filter((one) => one.meter === meter)
    .reduce((sum, { quantity }) => sum + Number(quantity?.toFixed()), 0);
}
