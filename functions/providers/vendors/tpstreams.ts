/** TPStreams, which counts by the day in India and says what was used, but not what it cost. */
import type { Big } from 'big.js';
import * as z from 'zod';
import { Decimal } from '../../config/decimal.ts';
import { HOUR_MS } from '../../config/durations.ts';
import { withoutNoise } from '../exact-number.ts';
import { type HttpClient, usageClient } from '../http/client.ts';
import {
  defineProvider,
  type Interval,
  type Usage,
  type UsageFetch,
  type UsageRequest,
} from '../provider.ts';
import { failed, inStretches, rowRemark, stretchesOf } from '../usage-fetch.ts';
import {
  DAILY,
  dateOf,
  dayOf,
  dayZone,
  LOGIN,
  NAME,
  PAGE_FIELDS,
  type ReportedDay,
  readDays,
} from './tpstreams-pages.ts';

const SETTLES_AFTER_HOURS = 72;
/** The API documents no limit; this is the longest budget period. */
const MAX_WINDOW_DAYS = 366;

const options = {
  organizationId: z
    .string()
    // Only dots would be read as a step up in the path.
    .regex(/[^.]/, { error: 'the id of an organization such as "dcek2m"' })
    .describe('Organization whose usage is watched.'),
  storage: z
    .enum(['total', 'active'])
    .optional()
    .describe(
      'What the meter "storage" measures: "active", or "total", which includes deleted assets, as they are ' +
        'probably billed too. Default: total.',
    ),
};

type Options = z.infer<z.ZodObject<typeof options>>;

export const tpstreams = defineProvider({
  id: 'tpstreams',
  name: NAME,
  tokenNeeded: `the one that a POST to ${LOGIN} answers, by a user of the organization`,
  options,
  meters: [
    { id: 'bandwidth', name: 'Bandwidth', kind: 'flow', unit: 'GB' },
    { id: 'storage', name: 'Storage', kind: 'level', unit: 'GB' },
    // Counted as the API says it. To call it minutes or hours would be a guess.
    { id: 'live-stream', name: 'Live streaming, in an unknown unit', kind: 'flow', unit: 'count' },
    // What the API calls a cost is never a billed one here: its currency is not documented, and an account has one.
    { id: 'subtitles', name: 'Subtitles, in an unknown currency', kind: 'flow', unit: 'count' },
  ],
  // It documents no limit, and may well count by address.
  accountsAtOnce: 20,
  bucket: 'day',
  dayZone,
  settlesAfterHours: SETTLES_AFTER_HOURS,
  maxWindowDays: MAX_WINDOW_DAYS,
  hosts: ['app.tpstreams.com'],
  baseUrl: () => 'https://app.tpstreams.com',
  // The page of the usage has no documented address.
  billingUrl: () => 'https://app.tpstreams.com/',
  reads: PAGE_FIELDS,
  fetchUsage,
});

function fetchUsage(request: UsageRequest<Options>): Promise<UsageFetch> {
  const { window, now } = request;
  const http = clientFor(request);
  const asked = { start: window.start, end: Math.min(window.end, dayOf(dateOf(now)).end) };
  // Every request asks for one day more than its stretch.
  return inStretches(stretchesOf(asked, MAX_WINDOW_DAYS - 1), (stretch) =>
    fetchStretch(http, request, stretch),
  );
}

async function fetchStretch(
  http: HttpClient,
  { account, now }: UsageRequest<Options>,
  interval: Interval,
): Promise<UsageFetch> {
  const { organizationId, storage = 'total' } = account.options;
  const organization = encodeURIComponent(organizationId.toWellFormed());
  const query = new URLSearchParams({
    // Without it rows are those of months, and nothing in a row says so.
    time_frame: DAILY,
    start: dateOf(interval.start),
    // Whether the end is included is not documented: this asks for one day more if it is.
    end: dateOf(interval.end),
    ordering: '-date',
  });
  const url = `${account.baseUrl}/api/v1/${organization}/assets_usage/?${query}`;
  const reading = await readDays({ http, url, token: account.token });
  if (reading.status !== 'read') return reading;
  const settledUntil = now - SETTLES_AFTER_HOURS * HOUR_MS;
  const read = usageOf(reading.days, { interval, storage, settledUntil });
  return 'problem' in read ? failed(NAME, read.problem) : { status: 'complete', ...read };
}

function clientFor(request: UsageRequest<Options>): HttpClient {
  const headers = { authorization: `Token ${request.account.token}` };
  return usageClient(request, {
    provider: NAME,
    headers,
    rateLimitWaitMs: (_headers, body) => throttledMs(body),
  });
}

/** As Django REST framework words it: `Request was throttled. Expected available in 86 seconds.` */
function throttledMs(body: string): number | undefined {
  const seconds = /expected available in (\d{1,9}) second/i.exec(body)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

interface AskedFor {
  /** Whole days. The day that begins at its end was asked for too, and is left out without a remark. */
  readonly interval: Interval;
  readonly storage: 'total' | 'active';
  /** Epoch milliseconds: what was over by then changes no more. */
  readonly settledUntil: number;
}

type UsageReading =
  | { readonly usage: readonly Usage[]; readonly remarks: readonly string[] }
  | { readonly problem: string };

const GB_PER_BYTE = new Decimal('1e-9');
const COUNT = new Decimal('1');

/**
 * Each day of the interval counts once, however often it was answered; what was null on a day has no usage. A settled
 * day with different amounts is a problem, a clause that fits after the provider's name.
 */
function usageOf(days: readonly ReportedDay[], asked: AskedFor): UsageReading {
  const { start, end } = asked.interval;
  const all = days.map((day) => ({ day, bucket: dayOf(day.date) }));
  const usageByStart = new Map<number, readonly Usage[]>();
  let updates = 0;
  for (const { day, bucket } of all.filter((one) => isIn(asked.interval, one.bucket.start))) {
    const usage = usageIn(day, bucket, asked.storage);
    const known = usageByStart.get(bucket.start) ?? usage;
    const change = changeIn(known, usage);
    if (change !== undefined && bucket.end <= asked.settledUntil) {
      return { problem: `contradicts itself for ${day.date}: ${change}` };
    }
    if (change !== undefined) updates += 1;
    usageByStart.set(bucket.start, known);
  }
  const outside = all.filter(({ bucket }) => !isIn({ start, end: end + 1 }, bucket.start));
  const remarks = [
    ...rowRemark(NAME, outside.length, 'from outside the time that was asked for, left out'),
    ...rowRemark(
      NAME,
      updates,
      'for a day that came before with other amounts: the first ones count',
    ),
  ];
  return { usage: [...usageByStart.values()].flat(), remarks };
}

function isIn({ start, end }: Interval, at: number): boolean {
  return at >= start && at < end;
}

/** The first amount that is another one; undefined if there is none. */
function changeIn(before: readonly Usage[], after: readonly Usage[]): string | undefined {
  const meters = new Set([...before, ...after].map(({ meter }) => meter));
  for (const meter of meters) {
    const [one, other] = [before, after].map((usage) => quantityOf(meter, usage));
    if (one !== other) return `${meter} is ${one} in one row and ${other} in another`;
  }
  return undefined;
}

function quantityOf(meter: string, usage: readonly Usage[]): string {
  return usage.find((row) => row.meter === meter)?.quantity?.toFixed() ?? 'unknown';
}

/** A 0 is reported: it is known, and not the same as null. */
function usageIn(day: ReportedDay, bucket: Interval, storage: AskedFor['storage']): Usage[] {
  const bytes = storage === 'active' ? day.activeStorage : day.totalStorage;
  const amounts: readonly (readonly [string, Big | undefined, Big])[] = [
    ['bandwidth', day.bandwidth, GB_PER_BYTE],
    ['storage', bytes, GB_PER_BYTE],
    ['live-stream', day.liveStream, COUNT],
    ['subtitles', day.subtitles, COUNT],
  ];
  return amounts.flatMap(([meter, amount, unit]) =>
    amount === undefined ? [] : [{ meter, ...bucket, quantity: withoutNoise(amount).times(unit) }],
  );
}
