/** InfluxDB Cloud Serverless, which counts by the hour what it bills by the month, and reports no costs. */
import * as z from 'zod';
import { foundValue } from '../../config/config-error.ts';
import { HOUR_MS } from '../../config/durations.ts';
import { type BodyReader, headerOf, readBeginning } from '../http/body.ts';
import { type HttpClient, usageClient } from '../http/client.ts';
import { MalformedCsv } from '../http/csv.ts';
import { describedBody, errorText } from '../http/exchange-error.ts';
import {
  defineProvider,
  type Interval,
  readListPrices,
  type Usage,
  type UsageFetch,
  type UsageRequest,
} from '../provider.ts';
import { failed, unanswered } from '../usage-fetch.ts';
import { FluxError, readTables } from './influxdb-csv.ts';
import {
  COLUMNS,
  hourlySums,
  type LeftOutTally,
  leaveOut,
  meters,
  remarksOn,
} from './influxdb-meters.ts';
import listPrices from './influxdb-prices.json' with { type: 'json' };

const NAME = 'InfluxDB Cloud Serverless';

/** As they are called in the address of an organization. */
const hostByRegion = {
  'us-east-1-1': 'us-east-1-1.aws.cloud2.influxdata.com',
  'eu-central-1-1': 'eu-central-1-1.aws.cloud2.influxdata.com',
};

/** Of InfluxDB Cloud (TSM), which has the same API. */
const tsmHosts = [
  'us-west-2-1.aws.cloud2.influxdata.com',
  'us-west-2-2.aws.cloud2.influxdata.com',
  'us-central1-1.gcp.cloud2.influxdata.com',
  'westeurope-1.azure.cloud2.influxdata.com',
  'eastus-1.azure.cloud2.influxdata.com',
];

const anOrgId = { error: 'the ID of an organization, as in its address after "/orgs/"' };

const options = {
  orgId: z
    .string(anOrgId)
    // Only dots would be read as a step up in the path.
    .regex(/[^.]/, anOrgId)
    .describe('ID of the organization: the part of its address after `/orgs/`.'),
  region: z
    .enum(['us-east-1-1', 'eu-central-1-1'])
    .default('us-east-1-1')
    .describe('Region of the organization: the beginning of its address. `baseUrl` overrides it.'),
  auth: z
    .enum(['Token', 'Bearer'])
    .default('Token')
    .describe('Word before the token in the `Authorization` header.'),
};

type Options = z.infer<z.ZodObject<typeof options>>;

export const influxdb = defineProvider({
  id: 'influxdb',
  name: NAME,
  tokenNeeded: 'an All-Access token of the organization; the usage API accepts no lesser one',
  options,
  meters,
  defaultPrices: readListPrices(listPrices, meters),
  bucket: 'hour',
  dayZone: 'UTC',
  settlesAfterHours: 48,
  maxWindowDays: 30,
  hosts: [...Object.values(hostByRegion), ...tsmHosts],
  baseUrl: ({ region }) => `https://${hostByRegion[region]}`,
  // Leads to the organization's own page: https://docs.influxdata.com/influxdb/cloud/reference/faq/
  billingUrl: () => 'https://cloud2.influxdata.com/me/billing',
  billDiffers: [
    'The bill follows your plan; in August 2024 usage reports were off while bills were right.',
  ],
  reads: COLUMNS,
  fetchUsage,
});

function fetchUsage(request: UsageRequest<Options>): Promise<UsageFetch> {
  const { account, window, now } = request;
  const { orgId } = account.options;
  return readUsage({
    http: clientFor(request),
    url: `${account.baseUrl}/api/v2/orgs/${encodeURIComponent(orgId.toWellFormed())}/usage`,
    orgId,
    // The hour in progress has no rows yet.
    interval: { start: window.start, end: Math.min(window.end, startOfHour(now)) },
    token: account.token,
  });
}

function startOfHour(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS;
}

function clientFor(request: UsageRequest<Options>): HttpClient {
  const { token, options } = request.account;
  const headers = { authorization: `${options.auth} ${token}` };
  return usageClient(request, { provider: NAME, headers, accept: 'text/csv, application/csv' });
}

interface UsageOfOrg {
  readonly http: HttpClient;
  /** Without a query. */
  readonly url: string;
  readonly orgId: string;
  /** Whole hours. */
  readonly interval: Interval;
  /** Never shown. */
  readonly token: string;
}

/** The problem is a clause that fits after the provider's name. */
type Answer = ReadAnswer | { readonly problem: string };

/** Only what counts of an answer: the series that it was read by take their room. */
interface ReadAnswer {
  readonly usage: readonly Usage[];
  readonly leftOut: LeftOutTally;
  readonly hasOwnRows: boolean;
}

/** The API takes 30 days at most, of which one hour is for the margin. */
const MOST_HOURS = 30 * 24 - 1;
const CSV = ['text/csv', 'application/csv'];
const NOT_CSV_BYTES = 16 * 1024;

/** Fails as a whole where any answer is none, is an error, or cannot be read. */
async function readUsage(asked: UsageOfOrg): Promise<UsageFetch> {
  const answers: ReadAnswer[] = [];
  for (const interval of requestsFor(asked.interval)) {
    const answer = await asked.http.get(urlFor(asked.url, interval), answerReader(interval, asked));
    if (!answer.ok) return unanswered(answer, hintsAt(new URL(asked.url).origin));
    if ('problem' in answer.body) return failed(NAME, answer.body.problem);
    answers.push(answer.body);
  }
  return usageIn(answers, asked);
}

/** At least one: whether the token is accepted has to be seen even before the first hour is over. */
function* requestsFor({ start, end }: Interval): Generator<Interval, void> {
  let from = start;
  do {
    const to = Math.min(end, from + MOST_HOURS * HOUR_MS);
    yield { start: from, end: to };
    from = to;
  } while (from < end);
}

/**
 * A row's time is the end of its hour, and whether the API's bounds are inclusive is documented nowhere: with an hour
 * more at the end neither bound can cost a row that counts.
 */
function urlFor(url: string, { start, end }: Interval): string {
  const query = new URLSearchParams({
    start: String(start / 1000),
    stop: String((end + HOUR_MS) / 1000),
    raw: 'false',
  });
  return `${url}?${query}`;
}

function answerReader(interval: Interval, { orgId, token }: UsageOfOrg): BodyReader<Answer> {
  return async (body, headers) => {
    const type = headerOf(headers, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
    if (!CSV.includes(type ?? '')) {
      const text = errorText(await readBeginning(body, NOT_CSV_BYTES), token);
      return { problem: `answered ${text} instead of CSV` };
    }
    const sums = hourlySums(interval, orgId);
    try {
      await readTables(body, sums.openTable);
      return {
        usage: sums.usage(),
        leftOut: sums.leftOut,
        hasOwnRows: sums.hasOwnRows(),
      };
    } catch (error) {
      return { problem: problemIn(error, token) };
    }
  };
}

function problemIn(error: unknown, token: string): string {
  if (error instanceof FluxError) {
    const message = error.message === '' ? 'no message' : describedBody(error.message, token);
    return `answered with an error instead of usage: ${message}`;
  }
  if (!(error instanceof MalformedCsv)) throw error;
  const { line, message, found } = error;
  const got = found === undefined ? '' : `, got ${foundValue(found, { secure: false, token })}`;
  return `answered what cannot be read: line ${line}: ${message}${got}`;
}

/** Without any row of the organization itself, those of another one are a mistake, and no sign of no usage. */
function usageIn(answers: readonly ReadAnswer[], { orgId, token }: UsageOfOrg): UsageFetch {
  const tally: LeftOutTally = new Map();
  for (const { leftOut } of answers) {
    for (const rows of leftOut.values()) leaveOut(tally, rows);
  }
  const foreign = [...tally.values()].find(({ reason }) => reason === 'foreign');
  if (foreign && !answers.some(({ hasOwnRows }) => hasOwnRows)) {
    const [own, other] = [orgId, foreign.name].map((id) =>
      foundValue(id, { secure: false, token }),
    );
    return failed(
      NAME,
      `answered usage of the organization ${other} only; check "orgId", which is ${own}`,
    );
  }
  const usage = answers.flatMap(({ usage: rows }) => rows);
  return { status: 'complete', usage, remarks: remarksOn(tally, token) };
}

/** What to look at, by HTTP status. */
function hintsAt(origin: string): Readonly<Record<number, string>> {
  return {
    401:
      `the token has to be a valid All-Access token of the region at ${origin}: one of another region is ` +
      'rejected like this too, so check "region" and "baseUrl" in the config',
    403: 'usage can be read with an All-Access token only',
    404: 'check "orgId", "region" and "baseUrl" in the config',
  };
}
