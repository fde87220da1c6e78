/**
 * Anthropic, by the day in UTC: its analytics report, which says how far its data goes, or else the older cost report.
 * Both count US cents.
 */
import { DAY_MS } from '../../config/durations.ts';
import { usageOfDays } from '../billed-days.ts';
import { LIST_FIELDS, readPages } from '../cursor-pages.ts';
import { type HttpClient, usageClient } from '../http/client.ts';
import { defineProvider, type Interval, type UsageFetch, type UsageRequest } from '../provider.ts';
import { failed, inStretches, stretchesOf, unanswered } from '../usage-fetch.ts';
import {
  analyticsPage,
  costReportPage,
  daysOfRows,
  REPORT_FIELDS,
  refreshedUntil,
} from './anthropic-reports.ts';

const NAME = 'Anthropic';
/** Both reports take no more. */
const MAX_WINDOW_DAYS = 31;
const VERSION = { 'anthropic-version': '2023-06-01' };
const ANALYTICS = { ...VERSION, 'anthropic-beta': 'analytics-usage-cost-2026-08-24' };
/** Of the analytics report where a key, an organization or a window is not for it. */
const NOT_FOR_IT: readonly (number | undefined)[] = [400, 403, 404];

const tokenNeeded =
  'a key that can only read analytics (scope read:analytics), or an Admin API key ("sk-ant-admin01-…"), ' +
  'which an admin of the organization makes at platform.claude.com/settings/admin-keys';

export const anthropic = defineProvider({
  id: 'anthropic',
  name: NAME,
  tokenNeeded,
  options: {},
  meters: [
    { id: 'input', name: 'Input tokens', kind: 'flow' },
    { id: 'output', name: 'Output tokens', kind: 'flow' },
    { id: 'cache-read', name: 'Cache reads', kind: 'flow' },
    { id: 'cache-write', name: 'Cache writes', kind: 'flow' },
    { id: 'web-search', name: 'Web search', kind: 'flow' },
    { id: 'code-execution', name: 'Code execution', kind: 'flow' },
    { id: 'sessions', name: 'Sessions', kind: 'flow' },
    { id: 'other', name: 'Other', kind: 'flow' },
  ],
  // The older report knows nothing shorter, and an account has one bucket whichever of the two it can read.
  bucket: 'day',
  dayZone: 'UTC',
  settlesAfterHours: 72,
  maxWindowDays: MAX_WINDOW_DAYS,
  hosts: ['api.anthropic.com'],
  baseUrl: () => 'https://api.anthropic.com',
  billingUrl: () => 'https://platform.claude.com/cost',
  billDiffers: ['The older report has no Priority Tier costs.'],
  reads: [...LIST_FIELDS, ...REPORT_FIELDS],
  fetchUsage,
});

function fetchUsage(request: UsageRequest): Promise<UsageFetch> {
  const reports = { analytics: clientFor(request, ANALYTICS), costs: clientFor(request, VERSION) };
  return inStretches(stretchesOf(request.window, MAX_WINDOW_DAYS), async (window) => {
    const fetched = await fetchAnalytics(reports.analytics, request, window);
    if (!('notForIt' in fetched)) return fetched;
    return withRemark(await fetchCosts(reports.costs, request, window), fetched.notForIt);
  });
}

interface NotForIt {
  /** HTTP status. */
  readonly notForIt: number | undefined;
}

async function fetchAnalytics(
  http: HttpClient,
  { account, now }: UsageRequest,
  window: Interval,
): Promise<UsageFetch | NotForIt> {
  const query = new URLSearchParams({
    ...between(window),
    time_bucket_width: '1d',
    limit: '1000',
    order_by: 'time',
    order: 'asc',
  });
  for (const name of ['cost_type', 'token_type', 'model']) query.append('group_by[]', name);
  const reading = await readPages({
    http,
    provider: NAME,
    url: `${account.baseUrl}/v1/organizations/analytics/cost?${query}`,
    page: analyticsPage,
    token: account.token,
  });
  if (reading.status === 'unanswered') {
    const { status } = reading.answer;
    const isRefused = reading.pagesRead === 0 && NOT_FOR_IT.includes(status);
    return isRefused ? { notForIt: status } : unanswered(reading.answer, hints);
  }
  if (reading.status !== 'read') return reading;
  const until = Math.min(window.end, now, refreshedUntil(reading.pages));
  const days = daysOfRows(
    reading.pages.flatMap(({ data }) => data),
    { start: window.start, end: until },
  );
  if ('problem' in days) return failed(NAME, days.problem);
  return usageOfDays(days, { provider: NAME, window, currency: account.currency });
}

async function fetchCosts(
  http: HttpClient,
  { account, now }: UsageRequest,
  window: Interval,
): Promise<UsageFetch> {
  // A window that holds nothing but the day in progress is refused.
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const asked = { start: Math.min(window.start, today - DAY_MS), end: window.end };
  const query = new URLSearchParams({
    ...between(asked),
    bucket_width: '1d',
    limit: String(MAX_WINDOW_DAYS),
  });
  query.append('group_by[]', 'description');
  const reading = await readPages({
    http,
    provider: NAME,
    url: `${account.baseUrl}/v1/organizations/cost_report?${query}`,
    page: costReportPage,
    token: account.token,
  });
  if (reading.status === 'unanswered') return unanswered(reading.answer, hints);
  if (reading.status !== 'read') return reading;
  const days = reading.pages.flatMap(({ data }) => data);
  const inWindow = days.filter(({ start }) => start < asked.start || start >= window.start);
  return usageOfDays(inWindow, { provider: NAME, window, currency: account.currency });
}

function between({ start, end }: Interval) {
  return { starting_at: instant(start), ending_at: instant(end) };
}

/** `2026-11-21T00:00:00Z` */
function instant(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

function withRemark(fetched: UsageFetch, status: number | undefined): UsageFetch {
  if (fetched.status !== 'complete') return fetched;
  const remark =
    `${NAME} answered HTTP ${status} to its analytics report; its older cost report was read instead, ` +
    'which has no Priority Tier costs.';
  return { ...fetched, remarks: [...fetched.remarks, remark] };
}

function clientFor(request: UsageRequest, own: Readonly<Record<string, string>>): HttpClient {
  const headers = { ...own, 'x-api-key': request.account.token };
  return usageClient(request, { provider: NAME, headers });
}

const needed = `the token has to be ${tokenNeeded}; the key of a workspace or of an individual account can't read costs`;

const hints: Readonly<Record<number, string>> = {
  401: needed,
  403: needed,
  404: 'check "baseUrl" in the config',
};
