import {
  jsonAnswer,
  type SimulatedServer,
  startSimulatedServer,
} from '../../cli/demo/vendors/server.ts';
import type { HttpSettings } from '../../functions/providers/http/body.ts';
import type { Interval, Usage, UsageFetch } from '../../functions/providers/provider.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import { recordedWaits } from './provider-waits.ts';

export const token = 'nf-token';
/** A Saturday, 20 minutes past the hour. */
export const now = Date.UTC(2026, 10, 21, 10, 20);
export const window: Interval = { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) };

export interface FetchChanges {
  readonly currency?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly window?: Interval;
  readonly now?: number;
  readonly timeLeftMs?: number;
  readonly http?: Partial<HttpSettings>;
}

export function fetchFrom(
  server: SimulatedServer,
  changes: FetchChanges = {},
): Promise<UsageFetch> {
  const { currency = 'USD', options = {}, ...request } = changes;
  return northflank.fetchUsage({
    account: { name: 'acme', token, baseUrl: server.url, currency, options },
    window,
    now,
    signal: new AbortController().signal,
    timeLeftMs: 60_000,
    http: recordedWaits().settings,
    ...request,
  });
}

/** Fetches from a server that answers these rows, as they are, on one page. */
export function fetchRows(
  rows: readonly unknown[],
  changes: FetchChanges = {},
): Promise<UsageFetch> {
  const pagination = { hasNextPage: false, count: rows.length };
  return fetchBody({ data: { usage: rows }, pagination }, changes);
}

/** Fetches from a server that answers this and nothing else. */
export async function fetchBody(body: unknown, changes: FetchChanges = {}): Promise<UsageFetch> {
  const server = await startSimulatedServer(() => jsonAnswer(body));
  try {
    return await fetchFrom(server, changes);
  } finally {
    await server.close();
  }
}

/** `2026-11-20T09 cpu 0.12`, in the order of the fetch; anything but a complete fetch is returned as it is. */
export function usageLines(fetched: UsageFetch): unknown {
  if (fetched.status !== 'complete') return fetched;
  return fetched.usage.map(
    ({ meter, start, cost }: Usage) =>
      `${new Date(start).toISOString().slice(0, 13)} ${meter} ${cost?.toFixed()}`,
  );
}

export function hour(day: number, hourOfDay: number): number {
  return Date.UTC(2026, 10, day, hourOfDay);
}
