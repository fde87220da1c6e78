/** A digest, made by the code that makes the real ones: for the docs. */
import type { Message } from '../../functions/alerts/notice.ts';
import { DAY_MS } from '../../functions/config/durations.ts';
import { accountDigest } from '../../functions/digest/account-digest.ts';
import { digestOf } from '../../functions/digest/figures.ts';
import { digestMessageOf } from '../../functions/digest/send-digest.ts';
import type { AccountSummary, BudgetSummary } from '../../functions/ledger/account-summary.ts';

const NOW = Date.parse('2026-11-23T08:00:05Z');
const DAYS = 7;

const acme = summaryOf(
  { gpu: ['1.30', '15.10'], memory: ['2.00', '2.10'], cpu: ['0.45', '0.48'] },
  { name: 'everything', limit: '200', actual: '203.28', percent: 101.6 },
  { firing: [{ kind: 'anomaly', meter: 'gpu', since: NOW - 5 * DAY_MS }] },
);
const shop = summaryOf(
  { cpu: ['3.20', '3.30'], memory: ['1.10', '1.05'] },
  { name: 'everything', limit: '120', actual: '97.40', percent: 81.1 },
);
const metrics = summaryOf(
  { 'data-in': ['0.90', '0.80'], queries: ['0.20', '0.20'] },
  { name: 'writes', limit: '60', actual: '22.10', percent: 36.8 },
);
const school = summaryOf(
  { bandwidth: ['2.50', '2.40'] },
  { name: 'traffic', limit: '90', actual: '50.20', percent: 55.7 },
  { problems: { unreadableSince: NOW - 3 * DAY_MS } },
);

/** Daily costs by meter: until a week ago, and since then. */
function summaryOf(
  meters: Readonly<Record<string, readonly [before: string, lately: string]>>,
  budget: Pick<BudgetSummary, 'name' | 'limit' | 'actual' | 'percent'>,
  changed: Partial<AccountSummary> = {},
): AccountSummary {
  const all = Object.values(meters);
  const sumOf = (index: 0 | 1) =>
    (all.reduce((cents, costs) => cents + Math.round(Number(costs[index]) * 100), 0) / 100).toFixed(
      2,
    );
  const series = (before: string, lately: string) => [
    ...Array<string>(62 - DAYS - 1).fill(before),
    ...Array<string>(DAYS).fill(lately),
    '0',
  ];
  return {
    currency: 'USD',
    dayZone: 'UTC',
    costs: {
      from: '2026-09-23',
      total: series(sumOf(0), sumOf(1)),
      meters: Object.entries(meters).map(([meter, costs]) => ({ meter, costs: series(...costs) })),
    },
    readAt: NOW - 3_000_000,
    budgets: [
      {
        ...budget,
        measure: 'cost',
        unit: 'USD',
        per: 'month',
        start: Date.parse('2026-11-01'),
        end: Date.parse('2026-12-01'),
        timeZone: 'UTC',
      },
    ],
    firing: [],
    problems: {},
    ...changed,
  };
}

const schedule = { every: 'weekly', timeZone: 'Europe/Berlin' } as const;

export const exampleDigest: Message = digestMessageOf(
  digestOf({
    schedule,
    accounts: [
      { provider: 'northflank', account: 'acme', summary: acme },
      { provider: 'northflank', account: 'shop', summary: shop },
      { provider: 'influxdb', account: 'metrics', summary: metrics },
      { provider: 'tpstreams', account: 'school', summary: school },
    ].map((one) => accountDigest(one, { days: DAYS, now: NOW })),
    now: NOW,
    subscribers: { confirmed: 3, unconfirmed: 1, lost: 0 },
  }),
  NOW,
);
