/** The table of budgets, for a person at a terminal. */
import { shownPercent } from '../../functions/alerts/budget/notice.ts';
import { momentText } from '../../functions/budgets/dates.ts';
import type { KnownReading, Reading } from '../../functions/budgets/read-budget.ts';
import type { Budget } from '../../functions/config/account.ts';
import {
  amountText,
  limitText,
  percentText,
  shortForecast,
} from '../../functions/messages/amounts.ts';
import { tableLines } from '../../functions/messages/email.ts';
import { oneLine, wrap } from '../../functions/messages/plain-text.ts';
import { plain } from '../../functions/pricing/money.ts';
import type { ReplayedAccount, ReplayedBudget, ReplayedPeriod } from '../backtest/replayed.ts';
import type { AccountStatus } from '../budget-status.ts';
import { type Cli, painted } from '../output.ts';
import { bodyFor, type Published } from './aws/sns.ts';

const WIDTH = 80;
const TITLES = ['Account and budget', 'Actual', 'Limit', 'Percent', 'Forecast'];
const UNKNOWN = '-';

export interface AccountBudgets {
  /** `northflank/acme` */
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly budgets: readonly BudgetNow[];
  /** What stands between the name and the budgets, and below them. */
  readonly above?: readonly string[];
  readonly below?: readonly string[];
}

/** A budget in its last period; amounts are exact decimals, absent where unknown. */
export interface BudgetNow {
  readonly budget: Pick<Budget, 'name' | 'measure' | 'unit' | 'limit' | 'per'>;
  readonly actual?: string | undefined;
  readonly percent?: number | undefined;
  readonly forecast?: string | undefined;
  readonly range?: ReplayedPeriod['range'] | undefined;
  /** Why the amounts are unknown. */
  readonly unknown?: string | undefined;
}

export function budgetsRead({ account, readings }: AccountStatus): AccountBudgets {
  return {
    name: `${account.provider}/${account.name}`,
    currency: account.config.currency,
    budgets: readings.map(budgetRead),
  };
}

function budgetRead(reading: Reading): BudgetNow {
  const { budget } = reading;
  if (!reading.known) return { budget, unknown: reading.reason };
  return {
    budget,
    actual: plain(reading.actual),
    percent: shownPercent(reading),
    forecast: reading.forecast && plain(reading.forecast.point),
    range: rangeOf(reading.forecast),
  };
}

function rangeOf(forecast: KnownReading['forecast']): BudgetNow['range'] {
  const { low, high } = forecast ?? {};
  return low && high && { low: plain(low), high: plain(high) };
}

/** As of the last replayed check. */
export function budgetsReplayed({
  provider,
  account,
  currency,
  budgets,
}: ReplayedAccount): AccountBudgets {
  return { name: `${provider}/${account}`, currency, budgets: budgets.map(budgetReplayed) };
}

function budgetReplayed({ budget, periods }: ReplayedBudget): BudgetNow {
  const last = periods.at(-1);
  if (last?.percent === undefined) return { budget, unknown: last?.unknown };
  const actual = last.points.at(-1)?.actual;
  const { percent, forecast, range } = last;
  return { budget, actual, percent, forecast, range };
}

/** One line per budget under its account, 80 wide unless names are long; an unknown amount has its reason below it. */
export function budgetLines(accounts: readonly AccountBudgets[], cli: Cli): string[] {
  const rows = accounts.flatMap(({ budgets, currency }) =>
    budgets.map((budget) => cells(budget, currency)),
  );
  const [head = '', ...lines] = tableLines([TITLES, ...rows], '  ');
  return [
    head,
    ...accounts.flatMap(({ name, budgets, above = [], below = [] }) => [
      name,
      ...above,
      ...budgets.flatMap((budget) => [
        coloured(lines.shift() ?? '', budget, cli),
        ...reasonLines(budget),
      ]),
      ...below,
    ]),
  ];
}

function cells(now: BudgetNow, currency: string): string[] {
  const { budget, actual, percent, forecast, range } = now;
  const counting = { measure: budget.measure, unit: budget.unit ?? currency };
  const limit = `${limitText(budget.limit, counting)} per ${budget.per}`;
  const name = `  ${oneLine(budget.name)}`;
  if (actual === undefined || percent === undefined)
    return [name, UNKNOWN, limit, UNKNOWN, UNKNOWN];
  const { limit: of } = budget;
  const end =
    forecast === undefined ? UNKNOWN : shortForecast({ forecast, range, limit: of }, counting);
  return [name, amountText(actual, counting, budget.limit), limit, percentText(percent), end];
}

function coloured(line: string, { percent = 0 }: BudgetNow, cli: Cli): string {
  if (percent < 80) return line;
  return painted(cli, percent < 100 ? 'yellow' : 'red', line);
}

function reasonLines({ unknown }: BudgetNow): string[] {
  if (unknown === undefined) return [];
  return wrap(`unknown: ${unknown}`, WIDTH - 4).map((line) => `    ${line}`);
}

const SEVERITY_FORMATS = new Map([
  ['critical', 'red'],
  ['warning', 'yellow'],
] as const);

/** The email of a message, under its time in `timeZone` (IANA); 80 wide but for links. */
export function messageLines(message: Published, timeZone: string): string[] {
  const body = bodyFor(message, 'email').trimEnd().split('\n');
  return [
    `--- Email of ${momentText(message.at, timeZone)} `.padEnd(WIDTH, '-'),
    `  Subject: ${message.subject ?? ''}`,
    '',
    ...body.map((line) => (line === '' ? '' : `  ${line}`)),
    '',
  ];
}

/** Local time of day and subject, on a terminal in the colour of the severity. */
export function messageLine(message: Published, timeZone: string, cli: Cli): string {
  const [time = ''] = /\d\d:\d\d/.exec(momentText(message.at, timeZone)) ?? [];
  const subject = message.subject ?? '';
  const format = SEVERITY_FORMATS.get(
    (/^\[(\w+)\]/.exec(subject)?.[1] ?? '') as 'critical' | 'warning',
  );
  return `  ${time}  ${format === undefined ? subject : painted(cli, format, subject)}`;
}
