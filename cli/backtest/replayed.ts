/**
 * The result of a replay over an account's history: the input of the table and the page. `status --page` makes the same of an
 * account as it is now, without a replay. Instants are epoch milliseconds.
 */
import type { Notice } from '../../functions/alerts/notice.ts';
import {
  amountsOf,
  type ChargeDay,
  measureOf,
  totalsOfDays,
} from '../../functions/budgets/measure.ts';
import type { Period } from '../../functions/budgets/period.ts';
import { chargeDays } from '../../functions/checks/account/charge-days.ts';
import type { AccountConfig, Budget } from '../../functions/config/account.ts';
import { DAY_MS, HOUR_MS } from '../../functions/config/durations.ts';
import type { Meter } from '../../functions/config/meter.ts';
import { plain } from '../../functions/pricing/money.ts';
import type { LabelledCost, Provider } from '../../functions/providers/provider.ts';
import type { History } from './history.ts';
import type { SuggestedLimits } from './suggest-limits.ts';

export const REPLAYED_KINDS = ['budget', 'forecast'] as const;
export type BudgetKind = (typeof REPLAYED_KINDS)[number];

export interface ReplayedAccount {
  readonly provider: string;
  /** `Northflank` */
  readonly providerName: string;
  readonly account: string;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA zone of the budgets' periods. */
  readonly timeZone: string;
  /** IANA zone of the provider's days. */
  readonly dayZone: string;
  /** Name of the config parameter. */
  readonly parameter: string;
  /** The config's text as it is in Parameter Store; absent where it is kept as a secret. */
  readonly configText?: string;
  /** First and last replayed check. */
  readonly from: number;
  readonly until: number;
  /** 0: nothing was replayed, and the page shows no alerts and no limits to try. */
  readonly checks: number;
  /** Every replayed day of the provider, ascending; a day without usage is there, empty. */
  readonly days: readonly ReplayedDay[];
  /** In the order of the config; one that is only tried takes the place of its namesake, else the last one. */
  readonly budgets: readonly ReplayedBudget[];
  /** All that would have been published, of budgets too; ascending by time, those of a check in the order of its message. */
  readonly notices: readonly TimedNotice[];
  /** Anomalies that fired or were resolved in 30 days, rounded to one decimal. */
  readonly anomaliesAMonth: number;
  /** What a reader must know, a sentence each: a mute that was ignored, where the history begins. */
  readonly remarks: readonly string[];
}

/** The usage of a day of the provider, as it is known now. */
export interface ReplayedDay {
  /** `2026-11-21` in the provider's day zone. */
  readonly date: string;
  /** Of the meters with any usage, in the provider's order. */
  readonly meters: readonly ReplayedMeter[];
}

export interface ReplayedMeter {
  readonly meter: string;
  /** `Data in` */
  readonly name: string;
  /** In the account's currency, exact decimal; absent where the meter has no price. */
  readonly cost?: string;
  /** In `unit`, exact decimal: the sum of a flow, the mean of a level. */
  readonly quantity?: string;
  readonly unit?: string;
  /** What the cost is for, as the vendor calls it; absent where it does not say. */
  readonly labels?: readonly LabelledCost[];
}

export interface ReplayedBudget extends SuggestedLimits {
  readonly budget: Budget;
  /** Whether it is only tried, and not in Parameter Store. */
  readonly isTried: boolean;
  /** Those that were open at some check, ascending. */
  readonly periods: readonly ReplayedPeriod[];
  /** Of this budget alone; ascending. */
  readonly notices: readonly TimedNotice[];
  /** `notices` in 30 days by kind, firing and resolved, rounded to one decimal. */
  readonly alertsAMonth: Readonly<Record<BudgetKind, number>>;
  /** `notices` there would have been with the suggested limit. */
  readonly suggestedAlerts?: number;
}

export interface ReplayedPeriod {
  readonly period: Period;
  /** The actuals, ascending: a point for each check at which the actual had changed, or had just fallen. */
  readonly points: readonly ReplayedPoint[];
  /** What the period was heading for, as of the first check after each complete day; ascending. Absent where there is none, as of one shorter than a week. */
  readonly forecasts?: readonly ReplayedForecast[];
  /** As of the last check that read it; absent where it was never known. */
  readonly percent?: number;
  /** Of the period's end, as of the last check; only of one that was still open then. Exact decimal. */
  readonly forecast?: string;
  /** Ends of the range that holds the outcome in 80 of 100 cases; absent where the forecast is the average so far, continued. */
  readonly range?: { readonly low: string; readonly high: string };
  /** Why it was not known at the last check that read it. */
  readonly unknown?: string;
}

export interface ReplayedPoint {
  readonly at: number;
  /** In the account's currency, or the budget's unit; exact decimal. */
  readonly actual: string;
}

/** Amounts as those of the points. */
export interface ReplayedForecast {
  readonly at: number;
  readonly completeDays: number;
  readonly point: string;
  /** Ends of the 80 % range. */
  readonly low: string;
  readonly high: string;
}

export interface TimedNotice {
  readonly at: number;
  readonly notice: Notice;
}

interface DaysToShow {
  readonly history: History;
  readonly config: Pick<AccountConfig, 'prices'>;
  readonly provider: Pick<Provider, 'meters'>;
}

/** The usage of each day from that of `from` to that of `until` (epoch milliseconds), by meter, as it is known now. */
export function replayedDays(
  { history: { days }, config, provider }: DaysToShow,
  { from, until }: { readonly from: number; readonly until: number },
): ReplayedDay[] {
  const [first] = days;
  const coverage = first && { knownFrom: first.date };
  const charged = chargeDays({ config, provider, days, coverage, now: until }).days;
  return days.flatMap(({ date, start, end }, index) => {
    const day = charged[index];
    if (day === undefined || end <= from || start > until) return [];
    return [{ date, meters: provider.meters.flatMap((meter) => replayedMeter(meter, day)) }];
  });
}

function replayedMeter(meter: Meter, day: ChargeDay): ReplayedMeter[] {
  const { id, name, unit } = meter;
  const cost = totalsOfDays([day], 'cost', id).get(id);
  const quantity = unit === undefined ? undefined : quantityOf(meter, unit, day);
  const isPriced = cost !== undefined && cost.counted > 0 && cost.leftOut === 0;
  if (!isPriced && quantity === undefined) return [];
  return [
    {
      meter: id,
      name,
      ...(isPriced && { cost: plain(cost.amount) }),
      ...(quantity !== undefined && { quantity, unit: unit as string }),
      ...labelsOf(id, day),
    },
  ];
}

function labelsOf(meter: string, { charges }: ChargeDay): Pick<ReplayedMeter, 'labels'> {
  const labels = charges.flatMap((charge) => (charge.meter === meter && charge.labels) || []);
  return labels.length > 0 ? { labels } : {};
}

/** As a budget on the meter's usage would count it. */
function quantityOf(meter: Meter, unit: string, day: ChargeDay): string | undefined {
  const budget = {
    name: '',
    measure: 'usage',
    meter: meter.id,
    unit,
    limit: '1',
    per: 'day',
    thresholds: [],
  } as const;
  const measure = measureOf(budget, [meter]);
  if (measure === undefined) return undefined;
  const amount = amountsOf(totalsOfDays([day], measure.summand, meter.id), measure).get(meter.id);
  return amount && plain(amount);
}

const MONTH_MS = 30 * DAY_MS;

/** How many of so many would come in 30 days, rounded to one decimal. */
export function perMonth(count: number, { from, until }: ReplayedSpan): number {
  // Each check is for one hour.
  const months = (until - from + HOUR_MS) / MONTH_MS;
  return Math.round((count / months) * 10) / 10;
}

/** Alerts of a budget in 30 days. */
export function alertsAMonth(
  alerts: readonly { readonly kind: string }[],
  span: ReplayedSpan,
): ReplayedBudget['alertsAMonth'] {
  const ofKind = (kind: BudgetKind) => alerts.filter((one) => one.kind === kind).length;
  return { budget: perMonth(ofKind('budget'), span), forecast: perMonth(ofKind('forecast'), span) };
}

/** First and last check, epoch milliseconds. */
export interface ReplayedSpan {
  readonly from: number;
  readonly until: number;
}
