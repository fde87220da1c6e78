/** Northflank, which bills by the hour and says what each hour cost. */
import * as z from 'zod';
import { httpClient } from './http.ts';
import { readHours } from './northflank-pages.ts';
import { usageOf } from './northflank-usage.ts';
import { defineProvider, type UsageFetch, type UsageRequest } from './provider.ts';
import { secondsHeaderMs } from './retry-after.ts';

const HOUR_MS = 3_600_000;
const SETTLES_AFTER_HOURS = 48;

const aTeam = { error: 'expected the id of a team, such as "platform"' };

const options = {
  teamId: z
    .string(aTeam)
    // Only dots would be read as a step up in the path.
    .regex(/[^.]/, aTeam)
    .optional()
    .describe('Team whose usage is watched. An organisation token needs it to read a team.'),
  includeByoc: z
    .boolean()
    .optional()
    .describe(
      'Whether costs of your own cloud (BYOC) count. Default: without teamId true, with it false, as ' +
        "Northflank reports the whole customer's for every team.",
    ),
};

type Options = z.infer<z.ZodObject<typeof options>>;

export const northflank = defineProvider({
  id: 'northflank',
  name: 'Northflank',
  options,
  meters: [
    { id: 'cpu', name: 'CPU', kind: 'flow' },
    { id: 'memory', name: 'Memory', kind: 'flow' },
    { id: 'storage', name: 'Storage', kind: 'flow' },
    { id: 'gpu', name: 'GPU', kind: 'flow' },
    { id: 'byoc', name: 'Bring your own cloud', kind: 'flow' },
    { id: 'egress-ip', name: 'Egress IPs', kind: 'flow' },
    { id: 'load-balancer', name: 'Load balancers', kind: 'flow' },
    { id: 'other', name: 'Other', kind: 'flow' },
  ],
  bucket: 'hour',
  dayZone: 'UTC',
  settlesAfterHours: SETTLES_AFTER_HOURS,
  // The API documents none.
  maxWindowDays: Number.POSITIVE_INFINITY,
  hosts: ['api.northflank.com'],
  baseUrl: () => 'https://api.northflank.com',
  billingUrl: () => 'https://app.northflank.com/s/account/billing',
  uncounted: (options) =>
    countsByoc(options) ? {} : { byoc: 'it is left out without "includeByoc": true' },
  fetchUsage,
});

async function fetchUsage(request: UsageRequest<Options>): Promise<UsageFetch> {
  const { account, window, now } = request;
  const interval = { start: window.start, end: Math.min(window.end, endOfHour(now)) };
  const reading = await readHours({
    http: clientFor(request),
    url: `${account.baseUrl}${usagePath(account.options)}`,
    interval,
    token: account.token,
  });
  if (reading.status !== 'read') return reading;
  const { currency, options } = account;
  const settledUntil = now - SETTLES_AFTER_HOURS * HOUR_MS;
  const includeByoc = countsByoc(options);
  const fetched = usageOf(reading.pages, { interval, currency, includeByoc, settledUntil });
  if (fetched.status !== 'complete') return fetched;
  return { ...fetched, remarks: [...fetched.remarks, ...reading.remarks] };
}

function countsByoc({ teamId, includeByoc = teamId === undefined }: Options): boolean {
  return includeByoc;
}

function endOfHour(time: number): number {
  return Math.ceil(time / HOUR_MS) * HOUR_MS;
}

function usagePath({ teamId }: Options): string {
  const team = teamId === undefined ? '' : `/teams/${encodeURIComponent(teamId.toWellFormed())}`;
  return `/v1${team}/billing/usage`;
}

function clientFor({ account, signal, timeLeftMs, http }: UsageRequest<Options>) {
  return httpClient({
    provider: 'Northflank',
    baseUrl: account.baseUrl,
    authorization: `Bearer ${account.token}`,
    token: account.token,
    accept: 'application/json',
    signal,
    timeLeftMs,
    rateLimitWaitMs: (headers) => secondsHeaderMs(headers, 'x-ratelimit-reset'),
    settings: http,
  });
}
