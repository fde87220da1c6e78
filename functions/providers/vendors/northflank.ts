/** Northflank, which bills by the hour and says what each hour cost. */
import type { Big } from 'big.js';
import * as z from 'zod';
import { ZERO } from '../../config/decimal.ts';
import { HOUR_MS } from '../../config/durations.ts';
import { otherCurrency } from '../billed-days.ts';
import { secondsHeaderMs } from '../http/body.ts';
import { usageClient } from '../http/client.ts';
import {
  defineProvider,
  type Interval,
  type Usage,
  type UsageFetch,
  type UsageRequest,
} from '../provider.ts';
import { failed, rowRemark } from '../usage-fetch.ts';
import { NAME, PAGE_FIELDS, type Rows, readHours, tokenNeeded } from './northflank-pages.ts';
import {
  type BilledHour,
  costsByMeter,
  ROW_FIELDS,
  sum,
  versionsProblem,
} from './northflank-rows.ts';

/** `21 November 2026, 10:00`, as messages write it: this stands in one where the account cannot be read. */
const HOUR_FORMAT = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const;
const SETTLES_AFTER_HOURS = 48;

const aTeam = { error: 'the id of a team, such as "platform"' };

const options = {
  teamId: z
    .string(aTeam)
    // Only dots would be read as a step up in the path.
    .regex(/[^.]/, aTeam)
    .optional()
    .describe('Team whose usage is watched; an organisation token needs it to read a team.'),
  includeByoc: z
    .boolean()
    .optional()
    .describe(
      'Whether costs of your own cloud (BYOC) count. Default: false with teamId, because Northflank reports ' +
        "the whole customer's for every team; true without.",
    ),
};

type Options = z.infer<z.ZodObject<typeof options>>;

export const northflank = defineProvider({
  id: 'northflank',
  name: NAME,
  tokenNeeded,
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
  billDiffers: [
    'Northflank closes an invoice early when a spend threshold is reached (50 USD by default): add up all invoices of the month.',
  ],
  uncounted: (options) =>
    countsByoc(options) ? {} : { byoc: 'it is left out without "includeByoc": true' },
  reads: [...PAGE_FIELDS, ...ROW_FIELDS],
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

function clientFor(request: UsageRequest<Options>) {
  const headers = { authorization: `Bearer ${request.account.token}` };
  return usageClient(request, {
    provider: NAME,
    headers,
    rateLimitWaitMs: (headers) => secondsHeaderMs(headers, 'x-ratelimit-reset'),
  });
}

interface AskedFor {
  readonly interval: Interval;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly includeByoc: boolean;
  /** Epoch milliseconds: what was over by then changes no more. */
  readonly settledUntil: number;
}

/** By meter. */
type Costs = ReadonlyMap<string, Big>;

/** The sum of an hour's rows that are about the same thing, and the page of the last one. */
interface Known {
  readonly costs: Costs;
  readonly page: number;
}

/** By what the rows of an hour are about; there is mostly one. */
type Hour = Map<string, Known>;

/**
 * Rows of one hour add up where they are about different things, and identical ones count once. Where they differ in
 * amounts only, the hour may have changed between two pages, or be one that still changes; else the fetch fails.
 */
function usageOf(pages: readonly Rows[], asked: AskedFor): UsageFetch {
  const { start, end } = asked.interval;
  const rows = pages.flatMap((page, index) => page.map((row) => ({ row, page: index })));
  const inside = rows.filter(({ row }) => row.start >= start && row.start < end);
  const byStart = new Map<number, Hour>();
  let updates = 0;
  for (const { row, page } of inside) {
    const hour: Hour = byStart.get(row.start) ?? new Map();
    const costs = costsByMeter(row, asked.includeByoc);
    const known = hour.get(row.label) ?? { costs, page };
    const change = changeIn(known.costs, costs);
    const mayChange = known.page !== page || row.start + HOUR_MS > asked.settledUntil;
    const problem = mayChange ? undefined : contradiction(change, asked.currency);
    const reason = rowProblem(row, asked) ?? (problem && contradicting(row, problem));
    if (reason !== undefined) return failed(NAME, reason);
    if (change !== undefined) updates += 1;
    byStart.set(row.start, hour.set(row.label, { costs: larger(known.costs, costs), page }));
  }
  const remarks = [
    ...rowRemark(
      NAME,
      rows.length - inside.length,
      'from outside the time that was asked for, left out',
    ),
    ...rowRemark(NAME, updates, 'for an hour that changed meanwhile: the larger amounts count'),
  ];
  return { status: 'complete', usage: [...byStart].flatMap(usageIn), remarks };
}

function rowProblem(hour: BilledHour, { currency, includeByoc }: AskedFor): string | undefined {
  if (hour.currency !== currency) return otherCurrency(hour.currency, currency);
  const problem = versionsProblem(hour, includeByoc);
  return problem === undefined ? undefined : contradicting(hour, problem);
}

interface Change {
  readonly meter: string;
  readonly before: Big;
  readonly after: Big;
}

/** In the first meter whose cost is another one; undefined if there is none. */
function changeIn(before: Costs, after: Costs): Change | undefined {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((meter) => ({ meter, before: costOf(meter, before), after: costOf(meter, after) }))
    .find((change) => !change.before.eq(change.after));
}

function costOf(meter: string, costs: Costs): Big {
  return costs.get(meter) ?? ZERO;
}

function contradiction(change: Change | undefined, currency: string): string | undefined {
  if (change === undefined) return undefined;
  const [before, after] = [change.before.toFixed(), change.after.toFixed()];
  return `${change.meter} costs ${before} ${currency} in one row and ${after} ${currency} in another`;
}

function contradicting({ start }: BilledHour, problem: string): string {
  // A formatter takes milliseconds to be made, which most functions need not wait for when they start.
  const hour = new Intl.DateTimeFormat('en-GB', HOUR_FORMAT).format(start).replace(' at ', ', ');
  return `contradicts itself for ${hour} (UTC): ${problem}`;
}

/** What an hour costs grows until it is over: more of it is what was read later. */
function larger(one: Costs, other: Costs): Costs {
  return sum(other.values()).gt(sum(one.values())) ? other : one;
}

/** A meter that cost nothing has no usage; an hour in which none cost anything says so, as that is known. */
function usageIn([start, hour]: readonly [number, Hour]): Usage[] {
  const costs = new Map<string, Big>();
  for (const [meter, cost] of [...hour.values()].flatMap((known) => [...known.costs])) {
    costs.set(meter, cost.plus(costOf(meter, costs)));
  }
  const costly = [...costs].filter(([, cost]) => !cost.eq(ZERO));
  const reported = costly.length > 0 ? costly : [['other', ZERO] as const];
  return reported.map(([meter, cost]) => ({
    meter,
    start,
    end: start + HOUR_MS,
    cost,
  }));
}
