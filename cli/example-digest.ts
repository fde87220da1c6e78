/** A digest, made by the code that makes the real ones: for the docs, and to try a channel out. */
import type { Digest } from '../functions/alerts/digest.ts';
import type { Message } from '../functions/alerts/notice.ts';
import { periodAt } from '../functions/budgets/period.ts';
import { TOTALS } from '../functions/config/account.ts';
import { DAY_MS, HOUR_MS } from '../functions/config/durations.ts';
import { accountDigest } from '../functions/digest/account-digest.ts';
import { digestOf } from '../functions/digest/figures.ts';
import { digestMessageOf } from '../functions/digest/send-digest.ts';
import type {
  AccountSummary,
  BudgetSummary,
  SummaryForecast,
} from '../functions/ledger/account-summary.ts';
import { dateAfter, dayAt } from '../functions/ledger/usage-day.ts';

const DAYS = 7;
const COST_DAYS = 62;
const DAY_ZONE = 'UTC';

interface Account {
  readonly provider: string;
  readonly account: string;
  /** Daily costs by meter: until a week ago, and since then. */
  readonly meters: Readonly<Record<string, readonly [before: string, lately: string]>>;
  readonly budget: Pick<BudgetSummary, 'name' | 'limit' | 'actual' | 'percent' | 'forecast'>;
  /** Of all that the account costs in the month. */
  readonly forecast: SummaryForecast;
  readonly changed?: Partial<AccountSummary>;
}

function accountsAt(now: number): readonly Account[] {
  return [
    {
      provider: 'northflank',
      account: 'acme',
      meters: { gpu: ['1.30', '15.10'], memory: ['2.00', '2.10'], cpu: ['0.45', '0.48'] },
      forecast: { point: '321.50', low: '309.10', high: '336.20' },
      budget: { name: 'everything', limit: '200', actual: '203.28', percent: 101.6 },
      changed: { firing: [{ kind: 'anomaly', meter: 'gpu', since: now - 5 * DAY_MS }] },
    },
    {
      provider: 'northflank',
      account: 'shop',
      meters: { cpu: ['3.20', '3.30'], memory: ['1.10', '1.05'] },
      forecast: { point: '128.20', low: '124.10', high: '132.60' },
      budget: {
        name: 'everything',
        limit: '120',
        actual: '97.40',
        percent: 81.1,
        forecast: { point: '128.20', low: '124.10', high: '132.60' },
      },
    },
    {
      provider: 'influxdb',
      account: 'metrics',
      meters: { 'data-in': ['0.90', '0.80'], queries: ['0.20', '0.20'] },
      forecast: { point: '31.60', low: '30.20', high: '33.00' },
      budget: { name: 'writes', limit: '60', actual: '22.10', percent: 36.8 },
      changed: { mutedUntil: now + 2 * DAY_MS, mutedBecause: 'load test' },
    },
    {
      provider: 'tpstreams',
      account: 'school',
      meters: { bandwidth: ['2.50', '2.40'] },
      forecast: { point: '73.90', low: '71.10', high: '77.30' },
      budget: { name: 'traffic', limit: '90', actual: '50.20', percent: 55.7 },
      changed: { problems: { unreadableSince: now - 3 * DAY_MS } },
    },
  ];
}

function summaryOf({ meters, budget, forecast, changed }: Account, now: number): AccountSummary {
  const month = periodAt({ per: 'month' }, DAY_ZONE, now);
  const all = Object.values(meters);
  const sumOf = (index: 0 | 1) =>
    (all.reduce((cents, costs) => cents + Math.round(Number(costs[index]) * 100), 0) / 100).toFixed(
      2,
    );
  const series = (before: string, lately: string) => [
    ...Array<string>(COST_DAYS - DAYS - 1).fill(before),
    ...Array<string>(DAYS).fill(lately),
    '0',
  ];
  return {
    currency: 'USD',
    dayZone: DAY_ZONE,
    costs: {
      from: dateAfter(dayAt(now, DAY_ZONE).date, 1 - COST_DAYS),
      total: series(sumOf(0), sumOf(1)),
      meters: Object.entries(meters).map(([meter, costs]) => ({ meter, costs: series(...costs) })),
    },
    readAt: now - 3_000_000,
    dataUntil: now - (now % HOUR_MS) - HOUR_MS,
    forecast,
    budgets: [
      {
        ...budget,
        measure: 'cost',
        unit: 'USD',
        per: 'month',
        start: month.start,
        end: month.end,
        timeZone: month.timeZone,
      },
    ],
    firing: [],
    problems: {},
    ...changed,
  };
}

/** Of all these accounts. */
function totalAt(now: number): AccountSummary {
  const { start, end, timeZone } = periodAt({ per: 'month' }, DAY_ZONE, now);
  const period = { per: 'month', start, end, timeZone } as const;
  const forecast = { point: '555.20', low: '534.50', high: '579.10' };
  const amounts = { limit: '600', actual: '372.98', percent: 62.2, forecast };
  return {
    currency: 'USD',
    dayZone: DAY_ZONE,
    readAt: now - 3_000_000,
    budgets: [{ name: 'all', measure: 'cost', unit: 'USD', ...period, ...amounts }],
    firing: [],
    problems: {},
  };
}

const schedule = { every: 'weekly', timeZone: 'Europe/Berlin' } as const;

/** `prefix` is before the names of its accounts; `now` in epoch milliseconds. */
export function exampleDigestAt({
  prefix = '',
  now,
}: {
  readonly prefix?: string;
  readonly now: number;
}): Digest {
  return digestOf({
    schedule,
    accounts: [
      ...accountsAt(now).map((one) => ({ ...one, summary: summaryOf(one, now) })),
      { provider: TOTALS, account: 'all', summary: totalAt(now) },
    ].map(({ provider, account, summary }) =>
      accountDigest({ provider, account: `${prefix}${account}`, summary }, { days: DAYS, now }),
    ),
    now,
    subscribers: { confirmed: 3, unconfirmed: 1, lost: 0 },
  });
}

const NOW = Date.parse('2026-11-23T08:00:05Z');

/** The docs'. */
export const exampleDigest: Message = digestMessageOf(exampleDigestAt({ now: NOW }), NOW);
