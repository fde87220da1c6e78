/** From the outcome of a check to what others need of the account without a token. Pure. */
import { balanceFigures } from '../../alerts/balance.ts';
import { shownPercent } from '../../alerts/budget/notice.ts';
import { type AlertState, firingAlerts } from '../../alerts/state.ts';
import { periodAt } from '../../budgets/period.ts';
import { type Reading, readBudget } from '../../budgets/read-budget.ts';
import type {
  Account,
  AccountConfig,
  BalanceBudget,
  Budget,
  InvalidParameters,
} from '../../config/account.ts';
import { HOUR_MS } from '../../config/durations.ts';
import { type OutlookDeps, outlookOf } from '../../foresight/outlook.ts';
import type { SettledDays } from '../../foresight/usual.ts';
import type { Coverage } from '../../ledger/account-state.ts';
import type {
  AccountSummary,
  BalanceSummary,
  BudgetSummary,
  SummaryForecast,
  SummaryOfInvalid,
  SummaryProblems,
} from '../../ledger/account-summary.ts';
import { dayNamed } from '../../ledger/usage-day.ts';
import { plain, quantity } from '../../pricing/money.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Assessment } from './assess-account.ts';
import { dailyCosts } from './charge-days.ts';
import type { Credit } from './next-budgets.ts';

interface SummaryEvidence {
  readonly account: Account;
  readonly provider: Provider;
  readonly assessment: Pick<Assessment, 'next' | 'readings' | 'credit' | 'workings'>;
  /** Epoch milliseconds. */
  readonly now: number;
}

export function summaryOf(evidence: SummaryEvidence): AccountSummary {
  const { account, provider, assessment, now } = evidence;
  const { config } = account;
  const { alerts, coverage } = assessment.next;
  const { priced, unusual } = assessment.workings;
  const dataUntil = alerts?.health.data?.until;
  const billingUrl = provider.billingUrl(config.options);
  const forecast = coverage && unusual && monthForecast(coverage, unusual.settled, evidence);
  return {
    currency: config.currency,
    dayZone: provider.dayZone,
    settlesAfterHours: provider.settlesAfterHours,
    ...(billingUrl !== undefined && { billingUrl }),
    ...(coverage && {
      costs: dailyCosts(priced.days, coverage, provider.dayZone),
      settledUntil: coverage.settledUntil,
      readAt: coverage.readAt,
    }),
    ...(dataUntil !== undefined && { dataUntil }),
    ...(forecast && { forecast }),
    budgets: assessment.readings.flatMap((periods) => {
      const current = periods.at(-1);
      return current ? budgetSummary(current, config.currency) : [];
    }),
    ...(config.balances && {
      balances: config.balances.map((budget) => balanceSummary(budget, assessment.credit)),
    }),
    ...alertSummary(alerts, account.invalid, { provider, now }),
    ...muteOf(config, now),
  };
}

/** Nothing where it is over. */
export function muteOf(
  { mutedUntil, mutedBecause }: Pick<AccountConfig, 'mutedUntil' | 'mutedBecause'>,
  now: number,
): Pick<AccountSummary, 'mutedUntil' | 'mutedBecause'> {
  if (mutedUntil === undefined || mutedUntil <= now) return {};
  return { mutedUntil, ...(mutedBecause !== undefined && { mutedBecause }) };
}

interface Moment {
  readonly provider: Pick<Provider, 'dayZone'>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What the alerts and parameters alone say. */
export function alertSummary(
  alerts: AlertState | undefined,
  invalid: InvalidParameters | undefined,
  moment: Moment,
): SummaryOfInvalid {
  const firing = alerts ? firingAlerts(alerts, moment.provider.dayZone, moment.now) : [];
  return { firing, problems: problemsOf(alerts, invalid) };
}

function problemsOf(
  alerts: AlertState | undefined,
  invalid: InvalidParameters | undefined,
): SummaryProblems {
  const { readError, failingSince, noData } = alerts?.health ?? {};
  return {
    ...(readError && failingSince !== undefined && { unreadableSince: failingSince }),
    ...(invalid && { invalidParameters: invalid.problems.length }),
    ...(noData && { noDataSince: noData.since }),
  };
}

export function budgetSummary(reading: Reading, currency: string): BudgetSummary {
  const { budget, period } = reading;
  const forecast = reading.known ? forecastOf(reading.forecast) : undefined;
  return {
    name: budget.name,
    ...(budget.meter !== undefined && { meter: budget.meter }),
    measure: budget.measure,
    unit: budget.unit ?? (budget.measure === 'cost' ? currency : ''),
    per: budget.per,
    limit: budget.limit,
    start: period.start,
    end: period.end,
    timeZone: period.timeZone,
    ...(reading.known && { actual: plain(reading.actual), percent: shownPercent(reading) }),
    ...(forecast && { forecast }),
  };
}

function balanceSummary(
  { name, days }: BalanceBudget,
  { reading, unread }: Credit = {},
): BalanceSummary {
  return {
    name,
    days,
    ...(reading && { ...balanceFigures(reading), at: reading.at }),
    ...(unread && { unknownBecause: unread.unread }),
  };
}

type Range = Partial<Readonly<Record<'point' | 'low' | 'high', Parameters<typeof plain>[0]>>>;

/** Undefined of the average so far, continued, which has no range. */
function forecastOf({ point, low, high }: Range = {}): SummaryForecast | undefined {
  return point && low && high
    ? { point: quantity(point), low: quantity(low), high: quantity(high) }
    : undefined;
}

/** All that an account costs in a calendar month; the limit decides nothing of a forecast. */
const ALL_IN_A_MONTH: Budget = {
  name: 'all',
  measure: 'cost',
  per: 'month',
  limit: '1',
  thresholds: [],
};

function monthForecast(
  coverage: Coverage,
  settled: SettledDays,
  { provider, assessment, now }: SummaryEvidence,
): SummaryForecast | undefined {
  const { dayZone, meters, settlesAfterHours } = provider;
  const { knownFrom, usageFrom = knownFrom, readAt } = coverage;
  const startOf = (date: string) => dayNamed(date, dayZone).start;
  const reading = readBudget({
    budget: ALL_IN_A_MONTH,
    period: periodAt(ALL_IN_A_MONTH, dayZone, now),
    days: assessment.workings.priced.days,
    meters,
    knownFrom: startOf(knownFrom),
    usageFrom: startOf(usageFrom),
    readAt,
    now,
  });
  const deps: OutlookDeps = {
    settled,
    meters,
    settlesAfterMs: settlesAfterHours * HOUR_MS,
    now,
  };
  return reading.known ? forecastOf(outlookOf(reading, deps)?.forecast) : undefined;
}
