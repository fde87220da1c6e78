/** InfluxDB Cloud Serverless, which counts by the hour what it bills by the month, and tells no costs. */
import * as z from 'zod';
import { httpClient } from './http.ts';
import { meters } from './influxdb-meters.ts';
import { readUsage } from './influxdb-usage.ts';
import { defineProvider, type UsageFetch, type UsageRequest } from './provider.ts';

const HOUR_MS = 3_600_000;
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

const anOrgId = { error: 'expected the ID of an organization, as in its address after "/orgs/"' };

const options = {
  orgId: z
    .string(anOrgId)
    // Only dots would be read as a step up in the path.
    .regex(/[^.]/, anOrgId)
    .describe('ID of the organization, as in its address after `/orgs/`.'),
  region: z
    .enum(['us-east-1-1', 'eu-central-1-1'])
    .default('us-east-1-1')
    .describe(
      'Where the organization is, as its address begins. A `baseUrl` counts instead of it.',
    ),
  auth: z
    .enum(['Token', 'Bearer'])
    .default('Token')
    .describe('Word before the token in the `Authorization` header.'),
};

type Options = z.infer<z.ZodObject<typeof options>>;

export const influxdb = defineProvider({
  id: 'influxdb',
  name: NAME,
  options,
  meters,
  bucket: 'hour',
  dayZone: 'UTC',
  settlesAfterHours: 48,
  maxWindowDays: 30,
  hosts: [...Object.values(hostByRegion), ...tsmHosts],
  baseUrl: ({ region }) => `https://${hostByRegion[region]}`,
  // Leads to the organization's own page: https://docs.influxdata.com/influxdb/cloud/reference/faq/
  billingUrl: () => 'https://cloud2.influxdata.com/me/billing',
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

function clientFor({ account, signal, timeLeftMs, http }: UsageRequest<Options>) {
  return httpClient({
    provider: NAME,
    baseUrl: account.baseUrl,
    authorization: `${account.options.auth} ${account.token}`,
    token: account.token,
    accept: 'text/csv, application/csv',
    signal,
    timeLeftMs,
    settings: http,
  });
}
