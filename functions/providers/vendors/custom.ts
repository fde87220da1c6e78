/** Any API that an account's config describes: one endpoint, asked over https at a public address. */
import type { Big } from 'big.js';
import * as z from 'zod';
import type { DescribedRules } from '../../config/config-rules.ts';
import { ZERO } from '../../config/decimal.ts';
import { type HttpClient, usageClient } from '../http/client.ts';
import { publicAgent } from '../http/public-address.ts';
import {
  type Balance,
  defineProvider,
  type UnreadBalance,
  type Usage,
  type UsageFetch,
  type UsageRequest,
} from '../provider.ts';
import { failed } from '../usage-fetch.ts';
import { type Api, apiSchema } from './custom/api.ts';
import { fetchRows, MAX_WINDOW_DAYS, NAME } from './custom/pages.ts';
import { mappingOf, type Reading, type RowSum } from './custom/rows.ts';
import { dayIn, timeText, zonedTimes } from './custom/times.ts';
import { type FirstRow, metersOf, READING, usageOf, usageSince } from './custom/usage.ts';

const aPage = { error: 'the https:// address of a page' };

interface Options {
  readonly api: Api;
  readonly billingUrl: string;
}

const dispatcher = publicAgent();

const UNKNOWN: DescribedRules = {
  meters: [],
  bucket: 'hour',
  dayZone: 'UTC',
  settlesAfterHours: 72,
};

export const custom = defineProvider({
  id: 'custom',
  name: NAME,
  tokenNeeded:
    'one that the API accepts in the header that the config names, with no more rights than reading costs',
  options: {
    billingUrl: z
      .url({ protocol: /^https$/, ...aPage })
      .describe('Page where a person sees the bill; alerts link to it.'),
    api: apiSchema,
  },
  // Of a config that describes nothing that can be read, so that nothing is refused twice.
  ...UNKNOWN,
  // They are given at deploy time.
  hosts: [],
  isPublicOnly: true,
  describedBy,
  dispatcher,
  hasBalance: ({ api }) => isCredit(api),
  maxWindowDays: MAX_WINDOW_DAYS,
  baseUrl: () => undefined,
  billingUrl: ({ billingUrl }: Partial<Options>) => billingUrl,
  fetchUsage,
});

function describedBy(config: unknown): DescribedRules {
  const { data: api } = apiSchema.safeParse(Reflect.get(Object(config), 'api'));
  if (!api) return UNKNOWN;
  const { bucket, settlesAfterHours, time } = api;
  return { meters: metersOf(api), bucket, dayZone: time.zone, settlesAfterHours };
}

function clientFor(request: UsageRequest<Options>): HttpClient {
  const { token, options } = request.account;
  const { header, value } = options.api;
  const http = { dispatcher, ...request.http };
  return usageClient(
    { ...request, http },
    {
      provider: NAME,
      headers: { [header.toLowerCase()]: value.replace('{token}', () => token) },
      accept: 'application/json, application/jsonl, application/x-ndjson, text/csv',
      maxRedirects: 0,
    },
  );
}

async function fetchUsage(request: UsageRequest<Options>): Promise<UsageFetch> {
  const { account, window, now, known = [] } = request;
  const { api } = account.options;
  const { timeFormat, time } = mappingOf(api);
  const times = zonedTimes({ format: timeFormat, zone: api.time.zone });
  const reading = { api, times, currency: account.currency, now, token: account.token };
  const read = await fetchRows(clientFor(request), { baseUrl: account.baseUrl, window }, reading);
  if ('status' in read) return read;
  const asked = { api, times, window };
  const usage =
    time === undefined
      ? usageSince(
          known.flatMap((day) => day.usage),
          read.sums,
          asked,
        )
      : usageOf(read.sums, asked);
  if (usage === undefined) return failed(NAME, 'answered no row, and so no total');
  const preview = previewOf(read.first, usage, reading);
  const isAsked = request.withBalance && isCredit(api);
  const balance = isAsked && {
    balance: latestIn(
      read.sums.filter(({ at }) => at >= window.start),
      reading,
    ),
  };
  return { status: 'complete', usage, remarks: [], preview, ...balance };
}

/** Money that falls as it is used up. */
function isCredit({ counter, amount }: Api): boolean {
  return counter === 'credit' && amount !== undefined;
}

/** What is left by the latest row of each part, of those in the latest bucket: not all are of one second. */
function latestIn(rows: readonly RowSum[], { api, times }: Reading): Balance | UnreadBalance {
  const at = rows.reduce((latest, row) => Math.max(latest, row.at), 0);
  const { start } = times.bucketOf(at, api.bucket);
  const latest = new Map<string | undefined, RowSum>();
  for (const row of rows.toSorted((a, b) => a.at - b.at)) {
    if (row.at >= start) latest.set(row.part, row);
  }
  const amount = latest.values().reduce((sum, row) => sum.plus(row.amount ?? ZERO), ZERO);
  return latest.size > 0
    ? { amount, at }
    : { unread: `${NAME} answered no row of these days, and so no balance.` };
}

const MOST_DAYS = 7;

/** What a mapping makes of an answer, for the person who writes it: a line each. */
function previewOf(
  rows: readonly FirstRow[],
  usage: readonly Usage[],
  { api, currency }: Reading,
): string[] {
  const days = Map.groupBy(
    usage.filter(({ meter }) => meter !== READING),
    ({ start }) => dayIn(api.time.zone, start).start,
  );
  const latest = [...days].sort(([a], [b]) => a - b).slice(-MOST_DAYS);
  return [
    rows.length === 0 ? 'There is no row.' : 'The first rows, as they were read:',
    ...rows.map((row) => `  ${rowText(row, api, currency)}`),
    ...(latest.length > 0 ? [`By day (${api.time.zone}):`] : []),
    ...latest.map(([start, own]) => {
      return `  ${timeText(start, 'date', api.time.zone)}: ${sumText(own, api, currency)}`;
    }),
  ];
}

/** `answer.data[0]: 2026-11-20T00:00:00Z, "gpu", 1.5 USD, 20 count` */
function rowText({ where, row }: FirstRow, api: Api, currency: string): string {
  const { amount, quantity, part } = row;
  const unit = mappingOf(api).quantity?.unit ?? '';
  const parts = [
    mappingOf(api).time === undefined ? 'now' : timeText(row.at, 'date-time', api.time.zone),
    ...(part === undefined ? [] : [JSON.stringify(part)]),
    ...(amount ? [`${amount.toFixed()} ${currency}`] : []),
    ...(quantity ? [`${quantity.toFixed()} ${unit}`] : []),
  ];
  return `${where}: ${parts.join(', ')}`;
}

function sumText(usage: readonly Usage[], api: Api, currency: string): string {
  const { amount, quantity } = mappingOf(api);
  if (amount) return `${sumOf(usage, ({ cost }) => cost)} ${currency}`;
  if (api.kind === 'level') return `${usage.length} averages`;
  return `${sumOf(usage, (row) => row.quantity)} ${quantity?.unit ?? ''}`;
}

function sumOf(usage: readonly Usage[], of: (row: Usage) => Big | undefined): string {
  return usage.reduce((sum, row) => sum.plus(of(row) ?? ZERO), ZERO).toFixed();
}
