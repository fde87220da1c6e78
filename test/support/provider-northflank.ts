import { jsonAnswer, startSimulatedServer } from '../../cli/demo/vendors/server.ts';
import type { Interval, UsageFetch } from '../../functions/providers/provider.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import { type RequestChanges, shownUsage, usageFetcher } from './fetched-usage.ts';

export const token = 'Nf.Secret+7c1f=';
/** A Saturday, 20 minutes past the hour. */
export const now = Date.UTC(2026, 10, 21, 10, 20);
export const window: Interval = { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) };

export const fetchFrom = usageFetcher(northflank, { token, window, now });

/** Fetches from a server that answers these rows, as they are, on one page. */
export function fetchRows(
  rows: readonly unknown[],
  changes: RequestChanges = {},
): Promise<UsageFetch> {
  const pagination = { hasNextPage: false, count: rows.length };
  return fetchBody({ data: { usage: rows }, pagination }, changes);
}

/** Fetches from a server that answers this and nothing else. */
export async function fetchBody(body: unknown, changes: RequestChanges = {}): Promise<UsageFetch> {
  const server = await startSimulatedServer(() => jsonAnswer(body));
  try {
    return await fetchFrom(server, changes);
  } finally {
    await server.close();
  }
}

/** `2026-11-20T09 cpu 0.12`, in the order of the fetch; anything but a complete fetch is returned as it is. */
export function usageLines(fetched: UsageFetch): unknown {
  return shownUsage(
    fetched,
    ({ meter, start, cost }) =>
      `${new Date(start).toISOString().slice(0, 13)} ${meter} ${cost?.toFixed()}`,
  );
}

export function hour(day: number, hourOfDay: number): number {
  return Date.UTC(2026, 10, day, hourOfDay);
}
