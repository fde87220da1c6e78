import { expect } from 'vitest';
import type { InfluxdbHour } from '../../cli/demo/vendors/influxdb-history.ts';
import { type SimulatedServer, startSimulatedServer } from '../../cli/demo/vendors/server.ts';
import type { HttpSettings } from '../../functions/providers/http/body.ts';
import type { Interval, Usage, UsageFetch } from '../../functions/providers/provider.ts';
import { influxdb } from '../../functions/providers/vendors/influxdb.ts';
import { recordedWaits } from './provider-waits.ts';

export const token = 'influx-token==';
export const orgId = '03a2bbf46249a000';
/** A Saturday, 20 minutes past the hour. */
export const now = Date.UTC(2026, 10, 21, 10, 20);
export const window: Interval = { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) };

export interface FetchChanges {
  readonly options?: Readonly<Record<string, unknown>>;
  readonly window?: Interval;
  readonly now?: number;
  readonly http?: Partial<HttpSettings>;
}

export function fetchFrom(
  server: SimulatedServer,
  { options, ...request }: FetchChanges = {},
): Promise<UsageFetch> {
  return influxdb.fetchUsage({
    account: {
      name: 'acme',
      token,
      baseUrl: server.url,
      currency: 'USD',
      options: { orgId, region: 'us-east-1-1', auth: 'Token', ...options },
    },
    window,
    now,
    signal: new AbortController().signal,
    timeLeftMs: 60_000,
    http: recordedWaits().settings,
    ...request,
  });
}

/** Fetches from a server that answers this and nothing else. */
export async function fetchCsv(
  body: string,
  { contentType = 'text/csv', ...changes }: FetchChanges & { contentType?: string } = {},
): Promise<UsageFetch> {
  const server = await startSimulatedServer(() => ({
    status: 200,
    headers: { 'content-type': contentType },
    body,
  }));
  try {
    return await fetchFrom(server, changes);
  } finally {
    await server.close();
  }
}

/** `2026-11-20T09 data-in 1.5`, in the order of the fetch; anything but a complete fetch is returned as it is. */
export function usageLines(fetched: UsageFetch): unknown {
  if (fetched.status !== 'complete') return fetched;
  return fetched.usage.map(
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
