/** A backtest as text 80 wide, or as one JSON document. */
import type { Notice } from '../../functions/alerts/notice.ts';
import { momentText } from '../../functions/budgets/dates.ts';
import { amountText, limitText, percentText } from '../../functions/messages/amounts.ts';
import { tableLines } from '../../functions/messages/email.ts';
import { headline, isBudgetNotice } from '../../functions/messages/headline.ts';
import { oneLine, wrap } from '../../functions/messages/plain-text.ts';
import { countingOf, NO_SUGGESTION, suggestionText } from '../backtest/limit-figures.ts';
import { offsetIfTwice } from '../backtest/page/page-data.ts';
import type {
  ReplayedAccount,
  ReplayedBudget,
  ReplayedPeriod,
  TimedNotice,
} from '../backtest/replayed.ts';
import { type Cli, counted, painted } from '../output.ts';

export interface Backtest {
  /** What was asked for. */
  readonly days: number;
  readonly accounts: readonly ReplayedAccount[];
  /** Why other accounts could not be replayed, a line each. */
  readonly failures: readonly string[];
  /** Where the page is; absent where none was written. */
  readonly page?: string;
}

const WIDTH = 80;
/** Of each budget; the page has them all. */
const MOST_PERIODS = 12;

export function backtestText({ days, accounts, failures, page }: Backtest, cli: Cli): string[] {
  const intro =
    `The alerts you would have received over the last ${counted(days, 'day')}, with a check at ` +
    'every full hour. Usage counts as soon as its hour is over (where a provider counts by the ' +
    'day: the share of the day so far), corrections count from the start. Nothing was published or changed in AWS.';
  return [
    ...wrap(intro, WIDTH),
    '',
    ...accounts.flatMap((account) => [...accountLines(account, cli), '']),
    ...failures.flatMap((failure) => [...hanging(`Not replayed: ${failure}`), '']),
    ...(page === undefined ? [] : [`Page: ${page}`]),
  ];
}

function accountLines(account: ReplayedAccount, cli: Cli): string[] {
  const { provider, from, until, checks, timeZone, budgets, remarks } = account;
  const span = `${moment(from, timeZone)} to ${moment(until, timeZone)}, ${checks} checks.`;
  return [
    painted(cli, 'bold', `${provider}/${account.account}`),
    ...hanging(`  ${span}`),
    ...remarks.flatMap((remark) => hanging(`  ${remark}`)),
    ...(budgets.length === 0 ? ['  No budgets yet: try one with --try.'] : []),
    ...budgets.flatMap((budget) => ['', ...budgetLines(budget, account, cli)]),
    ...otherLines(account),
  ];
}

function budgetLines(replayed: ReplayedBudget, account: ReplayedAccount, cli: Cli): string[] {
  const { budget, isTried, periods } = replayed;
  const counting = countingOf(replayed.budget, account.currency);
  const limit = `${limitText(budget.limit, counting)} per ${budget.per}`;
  const name = painted(cli, 'bold', oneLine(budget.name));
  const withAlerts = periods.filter((period) => noticesIn(period, replayed).length > 0);
  const shown = withAlerts.slice(-MOST_PERIODS);
  const hidden = withAlerts.length - shown.length;
  const suggestion = suggestionText(replayed, counting) ?? NO_SUGGESTION;
  return [
    `  ${name}${isTried ? ' (tried, not saved)' : ''}: ${limit}, thresholds at ${budget.thresholds.join(', ')} %`,
    ...(shown.length > 0 ? periodLines(shown, replayed, account) : []),
    ...hanging(`    ${countText(replayed, withAlerts.length, hidden)} ${suggestion}`),
  ];
}

/** A line a period, under titles; its alerts are to the right of its numbers. */
function periodLines(
  periods: readonly ReplayedPeriod[],
  replayed: ReplayedBudget,
  account: ReplayedAccount,
): string[] {
  const counting = countingOf(replayed.budget, account.currency);
  const cells = periods.map(({ period, points, percent }) => {
    const actual = points.at(-1)?.actual;
    return [
      period.end > account.until ? `${period.id} (open)` : period.id,
      actual === undefined ? '-' : amountText(actual, counting, replayed.budget.limit),
      percent === undefined ? '-' : percentText(percent),
    ];
  });
  const [titles = '', ...rows] = tableLines([['Period from', 'Actual', 'Percent'], ...cells]);
  const room = WIDTH - 4 - titles.length - 3;
  const alerts = periods.map((period) => alertsText(noticesIn(period, replayed), account.timeZone));
  return [
    `    ${titles}   Alerts`,
    ...rows.flatMap((row, index) => {
      const [first = '', ...more] = wrap(alerts[index] ?? '', room);
      return [
        `    ${row}   ${first}`,
        ...more.map((text) => `${' '.repeat(4 + row.length + 3)}${text}`),
      ];
    }),
  ];
}

function alertsText(notices: readonly TimedNotice[], timeZone: string): string {
  return notices
    .map(({ at, notice }) => `${thresholdText(notice)}: ${shortMoment(at, timeZone)}`)
    .join('; ');
}

function thresholdText(notice: Notice): string {
  if (!isBudgetNotice(notice)) return notice.kind;
  return notice.status === 'resolved'
    ? `back below ${notice.threshold} %`
    : `${notice.threshold} %`;
}

/** The notices about a period: by its start, which no other period of the budget has. */
function noticesIn({ period }: ReplayedPeriod, { notices }: ReplayedBudget): TimedNotice[] {
  return notices.filter(
    ({ notice }) => 'period' in notice && Date.parse(notice.period.start) === period.start,
  );
}

/** `Not listed: 8 earlier periods with alerts, 1 period without alerts. 3.5 budget alerts, 0.3 forecast alerts a month.` */
function countText({ periods, alertsAMonth }: ReplayedBudget, withAlerts: number, hidden: number) {
  if (withAlerts === 0) return `No alerts in ${counted(periods.length, 'period')}.`;
  const without = periods.length - withAlerts;
  const parts = [
    ...(hidden > 0 ? [`${counted(hidden, 'earlier period')} with alerts`] : []),
    ...(without > 0 ? [`${counted(without, 'period')} without alerts`] : []),
  ];
  const rest = parts.length === 0 ? '' : `Not listed: ${parts.join(', ')}. `;
  const { budget, forecast } = alertsAMonth;
  const forecasts = forecast === 0 ? '' : `, ${counted(forecast, 'forecast alert')}`;
  return `${rest}${counted(budget, 'budget alert')}${forecasts} a month.`;
}

/** The alerts of the account itself. */
function otherLines({ notices, timeZone }: ReplayedAccount): string[] {
  const others = notices.filter(({ notice }) => !('budget' in notice));
  const lines = others.flatMap(({ at, notice }) =>
    hanging(`  ${moment(at, timeZone)}: ${headline(notice)}`),
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

/** `8 Nov, 14:00`; the year is that of the period. */
function shortMoment(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return `${format.format(at)}${offsetIfTwice(at, timeZone)}`;
}

function moment(at: number, timeZone: string): string {
  return momentText(iso(at), timeZone);
}

function hanging(text: string): string[] {
  const indent = ' '.repeat(text.length - text.trimStart().length);
  return wrap(text, WIDTH - indent.length).map((line) => `${indent}${line}`);
}

/** The one document of `--json`: amounts are decimal strings, instants ISO 8601 in UTC. */
export function backtestJson({ days, accounts, failures, page }: Backtest): object {
  return {
    days,
    published: false,
    ...(page !== undefined && { page }),
    failures,
    accounts: accounts.map((account) => ({
      account: `${account.provider}/${account.account}`,
      currency: account.currency,
      timeZone: account.timeZone,
      from: iso(account.from),
      until: iso(account.until),
      checks: account.checks,
      anomaliesAMonth: account.anomaliesAMonth,
      remarks: account.remarks,
      budgets: account.budgets.map(budgetJson),
      notices: account.notices.map(({ at, notice }) => ({ at: iso(at), notice })),
    })),
  };
}

function budgetJson(replayed: ReplayedBudget): object {
  const { budget, isTried, alertsAMonth, usual, suggestedLimit, suggestedAlerts, periods } =
    replayed;
  return {
    budget,
    isTried,
    alertsAMonth,
    ...(usual !== undefined && { usual }),
    ...(suggestedLimit !== undefined && { suggestedLimit, suggestedAlerts }),
    periods: periods.map((one) => ({
      start: iso(one.period.start),
      end: iso(one.period.end),
      ...(one.points.length > 0 && { actual: one.points.at(-1)?.actual }),
      ...(one.percent !== undefined && { percent: one.percent }),
      ...(one.unknown !== undefined && { unknown: one.unknown }),
      notices: noticesIn(one, replayed).map(({ at, notice }) => ({ at: iso(at), id: notice.id })),
    })),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
