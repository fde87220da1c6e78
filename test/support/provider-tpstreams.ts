import { onTestFinished } from 'vitest';
import { startSimulatedServer } from '../../cli/demo/vendors/server.ts';
import {
  type SimulatedTpstreams,
  type SimulatedTpstreamsOptions,
  startSimulatedTpstreams,
} from '../../cli/demo/vendors/tpstreams.ts';
import type { Interval, UsageFetch } from '../../functions/providers/provider.ts';
import { tpstreams } from '../../functions/providers/vendors/tpstreams.ts';
import { type RequestChanges, shownUsage, usageFetcher } from './fetched-usage.ts';

export const token = 'Tp.Secret+7c1f=';
export const organizationId = 'dcek2m';
/** A Saturday, 15:50 in India. */
export const now = Date.UTC(2026, 10, 21, 10, 20);

/** Midnight in India, `months` after November 2026. */
export function midnight(day: number, months = 0): number {
  return Date.UTC(2026, 10 + months, day) - 5.5 * 3_600_000;
}

/** From 19 November to today. */
export const window: Interval = { start: midnight(19), end: midnight(22) };

/** Ends with the test. */
export async function startServer(
  options: Partial<SimulatedTpstreamsOptions> = {},
): Promise<SimulatedTpstreams> {
  const history = () => ({ bandwidth_used: 2_000_000_000, active_storage_bytes: 7_000_000_000 });
  const server = await startSimulatedTpstreams({
    token,
    organizationId,
    history,
    now: () => now,
    ...options,
  });
  onTestFinished(server.close);
  return server;
}

export const fetchFrom = usageFetcher(tpstreams, {
  token,
  window,
  now,
  options: { organizationId },
});

/** Fetches from a server that answers this text as JSON, and nothing else. */
export async function fetchText(body: string, changes: RequestChanges = {}): Promise<UsageFetch> {
  const headers = { 'content-type': 'application/json' };
  const server = await startSimulatedServer(() => ({ status: 200, headers, body }));
  try {
    return await fetchFrom(server, changes);
  } finally {
    await server.close();
  }
}

/** Fetches from a server that answers these rows, as they are, on one page. */
export function fetchRows(
  rows: readonly unknown[],
  changes: RequestChanges = {},
): Promise<UsageFetch> {
  const page = { count: rows.length, next: null, previous: null, results: rows };
  return fetchText(JSON.stringify(page), changes);
}

/** `2026-11-20 bandwidth 2`, in the order of the fetch; anything but a complete fetch is returned as it is. */
export function usageLines(fetched: UsageFetch): unknown {
  return shownUsage(fetched, ({ meter, start, quantity }) => {
    const inIndia = new Date(start + 5.5 * 3_600_000).toISOString();
    return `${inIndia.replace('T00:00:00.000Z', '')} ${meter} ${quantity?.toFixed()}`;
  });
}

/** The quantities of one meter. */
export function linesOf(fetched: UsageFetch, meter: string): unknown {
  const all = usageLines(fetched);
  return Array.isArray(all) ? all.filter((line: string) => line.includes(` ${meter} `)) : all;
}
