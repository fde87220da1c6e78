/** A total over two accounts, one of which bills in rupees, as what fires and what is resolved of it. */
import { totalNotice } from '../functions/alerts/budget/total-notice.ts';
import type { Notice } from '../functions/alerts/notice.ts';
import type { AccountDetails } from '../functions/alerts/notice-text.ts';
import { periodAt } from '../functions/budgets/period.ts';
import { TOTALS } from '../functions/config/account.ts';
import type { TotalConfig } from '../functions/config/schema/total.ts';
import type { SummarizedAccount } from '../functions/ledger/account-summary.ts';
import type { KeptRates } from '../functions/ledger/exchange-rates.ts';
import { dateAfter, dayAt } from '../functions/ledger/usage-day.ts';
import { consoleUrl } from '../functions/messages/aws-console.ts';
import type { Provider } from '../functions/providers/provider.ts';
import { northflank } from '../functions/providers/vendors/northflank.ts';
import { tpstreams } from '../functions/providers/vendors/tpstreams.ts';
import { readingsOf } from '../functions/totals/read-total.ts';

const DAYS_BEFORE = 31;

/** What the examples are about, and when; nothing else in them is free. */
export interface ExampleSetting {
  readonly account: string;
  /** Name of the budget that they are about. */
  readonly budget: string;
  /** Name of the total that some are about. */
  readonly total: string;
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Its costs are those on the 21st of a month: `at` is on one. */
export function exampleTotals(setting: ExampleSetting): readonly Notice[] {
  const over = { gpu: '9.20', memory: '2.00' };
  const back = { gpu: '5.10', memory: '2.00' };
  return [noticeOf(setting, 'firing', over), noticeOf(setting, 'resolved', back)];
}

type Costs = Readonly<Record<string, string>>;

function noticeOf(
  { account, total, at, parameterRoot, region }: ExampleSetting,
  status: 'firing' | 'resolved',
  costs: Costs,
): Notice {
  const parameter = `${parameterRoot}/${TOTALS}/${total}`;
  const link = consoleUrl(region, `systems-manager/parameters${parameter}/description`);
  const details: AccountDetails = {
    provider: TOTALS,
    providerName: '',
    account: total,
    currency: 'USD',
    parameter,
    links: { provider: link, parameter: link },
  };
  const config: TotalConfig = {
    limit: '300',
    currency: 'USD',
    per: 'month',
    accounts: ['*'],
    thresholds: [80, 100, 150],
    timeZone: 'UTC',
    rates: {},
  };
  const accounts = [
    accountOf(northflank, { account, currency: 'USD', at }, { gpu: '1.29', memory: '1.26' }, costs),
    accountOf(
      tpstreams,
      { account: 'school', currency: 'INR', at },
      { storage: '390' },
      { storage: '410' },
    ),
  ];
  const budget = { name: total, measure: 'cost' as const, ...config };
  const period = periodAt(budget, 'UTC', at);
  const evidence = { config, details, accounts, rates: ratesAt(at), budget, now: at };
  const [one] = readingsOf(evidence, [period]).readings;
  if (!one?.reading.known) throw new Error('the example of a total is not known');
  const first = { kind: 'budget', threshold: 100, edits: 0, timesResolved: 0 } as const;
  return totalNotice({ ...first, status, reading: one.reading }, one.facts, details);
}

interface Where {
  readonly account: string;
  readonly currency: string;
  readonly at: number;
}

/** Costs a day by meter, of the month before and of the open one, the 21st included. */
function accountOf(
  provider: Provider,
  { account, currency, at }: Where,
  before: Costs,
  open: Costs,
): SummarizedAccount {
  const today = dayAt(at, provider.dayZone).date;
  const elapsed = Number(today.slice(-2));
  const meters = Object.keys(open).map((meter) => ({
    meter,
    costs: [
      ...Array<string>(DAYS_BEFORE).fill(before[meter] ?? '0'),
      ...Array<string>(elapsed).fill(open[meter] ?? '0'),
    ],
  }));
  const sumOf = (costs: Costs) =>
    Object.values(costs)
      .reduce((sum, one) => sum + Number(one), 0)
      .toFixed(2);
  const total = [
    ...Array<string>(DAYS_BEFORE).fill(sumOf(before)),
    ...Array<string>(elapsed).fill(sumOf(open)),
  ];
  const billingUrl = provider.billingUrl({});
  return {
    provider: provider.id,
    account,
    summary: {
      currency,
      dayZone: provider.dayZone,
      settlesAfterHours: provider.settlesAfterHours,
      ...(billingUrl !== undefined && { billingUrl }),
      costs: { from: dateAfter(today, 1 - total.length), basis: 'billed', total, meters },
      readAt: at,
      dataUntil: at,
      firing: [],
      problems: {},
    },
  };
}

/** The same every day. */
function ratesAt(at: number): ReadonlyMap<string, KeptRates> {
  const dates = Array.from({ length: 2 * DAYS_BEFORE }, (_, day) =>
    dateAfter(dayAt(at, 'UTC').date, -1 - day),
  );
  const kept = (currency: string, rate: string): [string, KeptRates] => {
    const perEuro = Object.fromEntries(dates.map((date) => [date, rate]));
    return [currency, { currency, askedAt: at, perEuro }];
  };
  return new Map([kept('USD', '1.14'), kept('INR', '101.3')]);
}
