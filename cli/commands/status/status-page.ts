/** The page of all accounts and totals as the ledger's register knows them: without a token, a provider's answer or a replay. */
import { type Budget, TOTALS } from '../../../functions/config/account.ts';
import type {
  BudgetSummary,
  DailyCosts,
  SummarizedAccount,
} from '../../../functions/ledger/account-summary.ts';
import { dateAfter, dayNamed } from '../../../functions/ledger/usage-day.ts';
import { decimal, plain } from '../../../functions/pricing/money.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import type {
  ReplayedAccount,
  ReplayedBudget,
  ReplayedDay,
  ReplayedPeriod,
  ReplayedPoint,
} from '../../backtest/replayed.ts';
import { UsageError } from '../../output.ts';
import { type AccountStatus, alarming, mutedText } from './account-status.ts';
import type { Status } from './read-status.ts';

interface Shown {
  /** Of the parameters. */
  readonly root: string;
  readonly providers: readonly Provider[];
}

/** HTML. Throws a UsageError where nothing is known to show. */
export async function statusPage(status: Status, { root, providers }: Shown): Promise<string> {
  const { at, accounts, totals, registerUnknown } = status;
  if (registerUnknown !== undefined) {
    throw new UsageError(`--page: there is nothing to show: ${registerUnknown}`);
  }
  const all = [...accounts, ...totals];
  const shown = all.flatMap((one) => accountOnPage(one, { root, providers }, at));
  if (shown.length === 0) throw new UsageError('--page: there is nothing to show before a check');
  const leftOut = all
    .filter(({ summary }) => summary?.readAt === undefined)
    .map((one) => [`${one.name}: no complete check yet`, ...alarming(one)].join('; '));
  // What draws the page takes a quarter of a second to load.
  const { renderPage } = await import('../../backtest/page/render-page.ts');
  return renderPage(shown, { now: at, leftOut });
}

function accountOnPage(
  account: AccountStatus,
  { root, providers }: Shown,
  now: number,
): ReplayedAccount[] {
  const { name, summary } = account;
  if (summary?.readAt === undefined) return [];
  const [id = '', own = ''] = name.split('/');
  const { currency = '', dayZone = 'UTC' } = summary;
  const provider: AccountNow['provider'] =
    id === TOTALS
      ? { id, name: `Total in ${currency}`, dayZone, meters: [] }
      : (providers.find((one) => one.id === id) ?? { id, name: id, dayZone, meters: [] });
  return [
    accountNow({
      summarized: { provider: id, account: own, summary },
      provider,
      parameter: id === TOTALS ? `${root}/${name}` : `${root}/${name}/config`,
      remarks: [...alarming(account), mutedText(account)].flatMap((text) =>
        text === undefined ? [] : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
      ),
      now,
    }),
  ];
}

interface AccountNow {
  readonly summarized: SummarizedAccount;
  readonly provider: Pick<Provider, 'id' | 'name' | 'dayZone' | 'meters'>;
  /** Name of the config parameter. */
  readonly parameter: string;
  /** What a reader must know, a sentence each: what fires, a mute, invalid parameters. */
  readonly remarks: readonly string[];
  /** Epoch milliseconds; counts only where the account was never read. */
  readonly now: number;
}

/** With `checks` 0: each budget in its current period only, without alerts and limits to try. */
export function accountNow({
  summarized: { account, summary },
  provider,
  parameter,
  remarks,
  now,
}: AccountNow): ReplayedAccount {
  const { costs, budgets = [], currency = 'USD', readAt: until = now } = summary;
  const days = costs ? daysOf(costs, provider) : [];
  const first = days[0]?.date;
  return {
    provider: provider.id,
    providerName: provider.name,
    account,
    currency,
    timeZone: budgets[0]?.timeZone ?? provider.dayZone,
    dayZone: provider.dayZone,
    parameter,
    from: first === undefined ? until : dayNamed(first, provider.dayZone).start,
    until,
    checks: 0,
    days,
    budgets: budgets.map((budget) => budgetNow(budget, days, { provider, until })),
    notices: [],
    anomaliesAMonth: 0,
    remarks,
  };
}

/** The days of which costs by meter are kept; what is unknown of a day is left out. */
function daysOf({ from, total, meters }: DailyCosts, provider: AccountNow['provider']) {
  const length = meters[0]?.costs.length ?? 0;
  const names = new Map(provider.meters.map(({ id, name }) => [id, name]));
  return Array.from({ length }, (_, index): ReplayedDay => {
    const known = meters.flatMap(({ meter, costs }) => {
      const cost = costs[index] ?? undefined;
      return cost === undefined ? [] : [{ meter, name: names.get(meter) ?? meter, cost }];
    });
    return { date: dateAfter(from, total.length - length + index), meters: known };
  });
}

interface Moment {
  readonly provider: Pick<Provider, 'dayZone'>;
  /** When the account was read last, epoch milliseconds. */
  readonly until: number;
}

function budgetNow(
  summary: BudgetSummary,
  days: readonly ReplayedDay[],
  moment: Moment,
): ReplayedBudget {
  return {
    budget: budgetOf(summary),
    isTried: false,
    periods: [periodNow(summary, days, moment)],
    notices: [],
    alertsAMonth: { budget: 0, forecast: 0 },
  };
}

/** The register does not hold thresholds. */
function budgetOf({ name, meter, measure, unit, per, limit }: BudgetSummary): Budget {
  const only = meter === undefined ? {} : { meter };
  const counted = measure === 'usage' ? { unit } : {};
  return { name, ...only, measure, ...counted, per, limit, thresholds: [] };
}

function periodNow(
  summary: BudgetSummary,
  days: readonly ReplayedDay[],
  moment: Moment,
): ReplayedPeriod {
  const { start, end, timeZone, actual, percent, forecast } = summary;
  const period = { id: new Date(start).toISOString(), start, end, timeZone };
  if (actual === undefined || percent === undefined) {
    return { period, points: [], unknown: 'the last check did not know it.' };
  }
  return {
    period,
    points: [...runningTotal(summary, days, moment), { at: moment.until, actual }],
    percent,
    ...(forecast && {
      forecast: forecast.point,
      range: { low: forecast.low, high: forecast.high },
    }),
  };
}

/** At the end of each day that is known, of a cost; of usage only the sum so far is kept. */
function runningTotal(
  { measure, meter: only, start }: BudgetSummary,
  days: readonly ReplayedDay[],
  { provider: { dayZone }, until }: Moment,
): ReplayedPoint[] {
  if (measure === 'usage') return [];
  let total = decimal('0');
  return days.flatMap(({ date, meters }) => {
    const day = dayNamed(date, dayZone);
    if (day.start < start || day.end > until || meters.length === 0) return [];
    for (const { meter, cost = '0' } of meters) {
      if (meter === (only ?? meter)) total = total.plus(cost);
    }
    return { at: day.end, actual: plain(total) };
  });
}
