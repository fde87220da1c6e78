/** The published contract, as it is read again: nothing in it but what can be shown. */
import * as z from 'zod';
import type { Digest } from '../../alerts/digest.ts';
import {
  BUDGET_KINDS,
  FIRING_KINDS,
  HEALTH_KINDS,
  SEVERITIES,
  STATUSES,
} from '../../alerts/kinds.ts';
import { localText, momentText } from '../../budgets/dates.ts';
import { PERIODS } from '../../config/account.ts';

/** A string that `show`, by which it will be shown, can read. */
function readableBy(show: (text: string) => unknown) {
  return z.string().refine((text) => {
    try {
      show(text);
      return true;
    } catch {
      return false;
    }
  });
}

const decimal = z.string().regex(/^-?\d{1,100}(\.\d{1,100})?$/);
export const instant = readableBy((text) => momentText(text, 'UTC'));
/** A local date, or date and time. */
const local = readableBy(localText);
const timeZone = readableBy((text) => momentText('2026-01-01T00:00:00Z', text));

const noticeBase = {
  id: z.string(),
  status: z.enum(STATUSES),
  severity: z.enum(SEVERITIES),
  provider: z.string(),
  account: z.string(),
  reason: z.string(),
  nextStep: z.string(),
  links: z.object({ provider: z.string(), parameter: z.string() }),
};

const budgetNotice = z.object({
  ...noticeBase,
  kind: z.enum(BUDGET_KINDS),
  budget: z.string(),
  measure: z.enum(['cost', 'usage']),
  unit: z.string(),
  meter: z.string().exactOptional(),
  per: z.enum(PERIODS),
  limit: decimal,
  actual: decimal,
  percent: z.number(),
  threshold: z.number(),
  period: z.object({ start: instant, end: instant, timeZone, elapsedPercent: z.number() }),
  forecast: z
    .object({
      point: decimal,
      low: decimal.exactOptional(),
      high: decimal.exactOptional(),
      reachesLimitAt: local.exactOptional(),
      typicalErrorPercent: z.number().exactOptional(),
      forecastAt: instant.exactOptional(),
    })
    .exactOptional(),
  drivers: z.array(
    z.object({
      account: z.string().exactOptional(),
      meter: z.string().exactOptional(),
      amount: decimal,
      share: z.number(),
      previousPeriod: decimal.exactOptional(),
      change: decimal.exactOptional(),
    }),
  ),
  mainDriver: z
    .object({
      meter: z.string(),
      amount: decimal,
      grown: z
        .object({
          from: decimal,
          over: z.enum(['period', 'week']),
          ledBy: z.object({ label: z.string(), amount: decimal, from: decimal }).exactOptional(),
        })
        .exactOptional(),
    })
    .exactOptional(),
  basis: z.enum(['billed', 'estimated', 'mixed']).exactOptional(),
  unpriced: z.array(z.string()).exactOptional(),
  usageFrom: local.exactOptional(),
  dataUntil: instant.exactOptional(),
  total: z
    .object({
      accounts: z.number(),
      late: z.array(z.object({ account: z.string(), from: local })).exactOptional(),
      conversions: z
        .array(z.object({ currency: z.string(), on: local.exactOptional() }))
        .exactOptional(),
    })
    .exactOptional(),
  hours: z.object({ count: z.number(), start: instant, end: instant }).exactOptional(),
});

const anomalyNotice = z.object({
  ...noticeBase,
  kind: z.literal('anomaly'),
  meter: z.string().exactOptional(),
  day: local,
  unit: z.string(),
  actual: decimal,
  usual: decimal,
  change: decimal,
  drivers: z.array(
    z.object({ meter: z.string(), amount: decimal, usual: decimal, change: decimal }),
  ),
});

const balanceNotice = z.object({
  ...noticeBase,
  kind: z.literal('balance'),
  budget: z.string(),
  unit: z.string(),
  balance: decimal,
  at: instant,
  perDay: decimal.exactOptional(),
  runsOutOn: local.exactOptional(),
  days: z.number(),
});

const healthNotice = z.object({
  ...noticeBase,
  kind: z.enum(HEALTH_KINDS),
  of: z.literal('balance').exactOptional(),
});

const count = z.number().int().nonnegative();
/** `2026-12-03` */
const date = z.iso.date();
const spending = {
  lately: decimal.exactOptional(),
  change: decimal.exactOptional(),
  month: decimal.exactOptional(),
  monthChange: decimal.exactOptional(),
  forecast: decimal.exactOptional(),
};

const account = z.object({
  ...spending,
  provider: z.string(),
  account: z.string(),
  currency: z.string().exactOptional(),
  color: z.enum(['red', 'amber', 'green', 'none']),
  budget: z
    .object({
      name: z.string(),
      measure: z.enum(['cost', 'usage']),
      unit: z.string(),
      limit: decimal,
      actual: decimal,
      percent: z.number(),
      forecast: decimal.exactOptional(),
    })
    .exactOptional(),
  unknownBecause: z.string().exactOptional(),
  credit: z
    .object({ balance: decimal.exactOptional(), runsOutOn: date.exactOptional() })
    .exactOptional(),
  firing: z.array(
    z.object({
      kind: z.enum(FIRING_KINDS),
      budget: z.string().exactOptional(),
      threshold: z.number().exactOptional(),
      meter: z.string().exactOptional(),
      since: instant.exactOptional(),
    }),
  ),
  unreadSince: instant.exactOptional(),
  noDataSince: instant.exactOptional(),
  mutedUntil: instant.exactOptional(),
  mutedBecause: z.string().exactOptional(),
  invalidParameters: count.exactOptional(),
  hasNoBudget: z.literal(true).exactOptional(),
  dataUntil: instant.exactOptional(),
  endedMonth: z
    .object({ month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/), amount: decimal })
    .exactOptional(),
});

/** The contract of `alerts/digest.ts`. */
const digestSchema: z.ZodType<Digest> = z.object({
  every: z.enum(['daily', 'weekly']),
  dueAt: instant,
  nextAt: instant,
  timeZone,
  days: count,
  dataUntil: instant.exactOptional(),
  totals: z.array(z.object({ ...spending, currency: z.string(), accounts: count, unknown: count })),
  totalBudgets: z.array(account).exactOptional(),
  accounts: z.array(account),
  counts: z.object({
    accounts: count,
    totals: count.exactOptional(),
    red: count,
    amber: count,
    green: count,
    unread: count,
    noData: count,
    muted: count,
    invalid: count,
    withoutBudget: count,
    firing: count,
  }),
  movers: z.array(
    z.object({
      provider: z.string(),
      account: z.string(),
      meter: z.string(),
      currency: z.string(),
      lately: decimal,
      change: decimal,
    }),
  ),
  subscribers: z.object({ confirmed: count, unconfirmed: count, lost: count }),
  slackProblem: z.string().exactOptional(),
});

/** The contract of `alerts/notice.ts`, and `omitted` of `excerpt.ts`. */
export const publishedSchema = z.object({
  schema: z.literal('cost-alerts/1'),
  id: z.string(),
  at: instant,
  severity: noticeBase.severity,
  notices: z.array(
    z.discriminatedUnion('kind', [budgetNotice, anomalyNotice, balanceNotice, healthNotice]),
  ),
  digest: digestSchema.exactOptional(),
  test: z.literal(true).exactOptional(),
  omitted: z.object({ drivers: z.boolean(), notices: z.number() }).exactOptional(),
});
