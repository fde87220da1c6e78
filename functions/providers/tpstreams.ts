/** TPStreams, which counts by the day in India and says what was used, but not what it cost. */
import * as z from 'zod';
import { type HttpClient, httpClient } from './http.ts';
import { defineProvider, type Interval, type UsageFetch, type UsageRequest } from './provider.ts';
import { dateOf, dayOf, dayZone, stretchesOf } from './tpstreams-days.ts';
import { DAILY, failed, readDays } from './tpstreams-pages.ts';
import { usageOf } from './tpstreams-usage.ts';

const SETTLES_AFTER_HOURS = 72;
/** The API documents no limit; this is the longest budget period. */
const MAX_WINDOW_DAYS = 366;

const options = {
  organizationId: z
    .string()
    // Only dots would be read as a step up in the path.
    .regex(/[^.]/, { error: 'expected the id of an organization such as "dcek2m"' })
    .describe('Organization whose usage is watched.'),
  storage: z
    .enum(['total', 'active'])
    .optional()
    .describe(
      'What the meter "storage" measures: "active", or "total", which includes what was deleted, as that is ' +
        'probably billed too. Default: total.',
    ),
};

type Options = z.infer<z.ZodObject<typeof options>>;

export const tpstreams = defineProvider({
  id: 'tpstreams',
  name: 'TPStreams',
  options,
  meters: [
    { id: 'bandwidth', name: 'Bandwidth', kind: 'flow', unit: 'GB' },
    { id: 'storage', name: 'Storage', kind: 'level', unit: 'GB' },
    // Counted as the API says it. To call it minutes or hours would be a guess.
    { id: 'live-stream', name: 'Live streaming, in an unknown unit', kind: 'flow', unit: 'count' },
    // What the API calls a cost is never a billed one here: its currency is not documented, and an account has one.
    { id: 'subtitles', name: 'Subtitles, in an unknown currency', kind: 'flow', unit: 'count' },
  ],
  bucket: 'day',
  dayZone,
  settlesAfterHours: SETTLES_AFTER_HOURS,
  maxWindowDays: MAX_WINDOW_DAYS,
  hosts: ['app.tpstreams.com'],
  baseUrl: () => 'https://app.tpstreams.com',
  // The page of the usage has no documented address.
  billingUrl: () => 'https://app.tpstreams.com/',
  fetchUsage,
});

async function fetchUsage(request: UsageRequest<Options>): Promise<UsageFetch> {
  const { window, now } = request;
  const http = clientFor(request);
  const asked = { start: window.start, end: Math.min(window.end, dayOf(dateOf(now)).end) };
  const usage = [];
  const remarks = [];
  // Every request asks for one day more than its stretch.
  for (const stretch of stretchesOf(asked, MAX_WINDOW_DAYS - 1)) {
    const fetched = await fetchStretch(http, request, stretch);
    if (fetched.status !== 'complete') return fetched;
    usage.push(...fetched.usage);
    remarks.push(...fetched.remarks);
  }
  return { status: 'complete', usage, remarks };
}

async function fetchStretch(
  http: HttpClient,
  { account, now }: UsageRequest<Options>,
  interval: Interval,
): Promise<UsageFetch> {
  const { organizationId, storage = 'total' } = account.options;
  const organization = encodeURIComponent(organizationId.toWellFormed());
  const query = new URLSearchParams({
    // Without it rows are those of months, and nothing in a row tells.
    time_frame: DAILY,
    start: dateOf(interval.start),
    // Whether the end is included is not documented: this asks for one day more if it is.
    end: dateOf(interval.end),
    ordering: '-date',
  });
  const url = `${account.baseUrl}/api/v1/${organization}/assets_usage/?${query}`;
  const reading = await readDays({ http, url, token: account.token });
  if (reading.status !== 'read') return reading;
  const settledUntil = now - SETTLES_AFTER_HOURS * 3_600_000;
  const read = usageOf(reading.days, { interval, storage, settledUntil });
  return 'problem' in read ? failed(read.problem) : { status: 'complete', ...read };
}

function clientFor({ account, signal, timeLeftMs, http }: UsageRequest<Options>): HttpClient {
  return httpClient({
    provider: 'TPStreams',
    baseUrl: account.baseUrl,
    authorization: `Token ${account.token}`,
    token: account.token,
    accept: 'application/json',
    signal,
    timeLeftMs,
    rateLimitWaitMs: (_headers, body) => throttledMs(body),
    settings: http,
  });
}

/** As Django REST framework words it: `Request was throttled. Expected available in 86 seconds.` */
function throttledMs(body: string): number | undefined {
  const seconds = /expected available in (\d{1,9}) second/i.exec(body)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
