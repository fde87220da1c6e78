/** How a backtest is shown: as text 80 wide, or as one JSON document. */
import type { Notice } from '../../functions/alerts/notice.ts';
import { momentText } from '../../functions/budgets/dates.ts';
import { reaches } from '../../functions/budgets/read-budget.ts';
import { amountText, limitText, percentText } from '../../functions/messages/amounts.ts';
import { tableLines } from '../../functions/messages/email.ts';
import { headline, isBudgetNotice } from '../../functions/messages/headline.ts';
import { oneLine, wrap } from '../../functions/messages/plain-text.ts';
import { decimal } from '../../functions/pricing/money.ts';
import type { Counting } from '../../functions/pricing/shown-digits.ts';
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
  /** Those that could not be played, and why; a line each. */
  readonly failures: readonly string[];
  /** Where the page is; absent where none was written. */
  readonly page?: string;
}

const width = 80;
/** Of each budget; the page has them all. */
const mostPeriods = 12;

export function backtestText({ days, accounts, failures, page }: Backtest, cli: Cli): string[] {
  const intro =
    `Up to ${days} days back, a check at each full hour, by the code that is deployed. Taken as ` +
    `known: each bucket of usage as soon as it is over, of a day in progress its share, and all ` +
    'corrections from the beginning. A limit stays quiet where not even its lowest threshold is ' +
    'reached. Nothing is published, and nothing in AWS is changed.';
  return [
    ...wrap(intro, width),
    '',
    ...accounts.flatMap((account) => [...accountLines(account, cli), '']),
    ...failures.flatMap((failure) => [...hanging(failure), '']),
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
    ...(budgets.length === 0 ? ['  There is no budget; --try one.'] : []),
    ...budgets.flatMap((budget) => ['', ...budgetLines(budget, account, cli)]),
    ...otherLines(account),
  ];
}

function budgetLines(replayed: ReplayedBudget, account: ReplayedAccount, cli: Cli): string[] {
  const { budget, isTried, periods } = replayed;
  const counting = countingOf(replayed, account);
  const limit = `${limitText(budget.limit, counting)} per ${budget.per}`;
  const name = painted(cli, 'bold', oneLine(budget.name));
  const spoken = periods.filter((period) => alertsIn(period, replayed).length > 0);
  const shown = spoken.slice(-mostPeriods);
  const rest = restText(periods.length - spoken.length, spoken.length - shown.length);
  return [
    `  ${name}${isTried ? ' (tried, not saved)' : ''}: ${limit}, told at ${budget.thresholds.join(', ')} %`,
    ...(shown.length > 0 ? periodLines(shown, replayed, account) : []),
    ...hanging(`    ${[rest, summaryText(replayed, counting)].filter(Boolean).join(' ')}`),
  ];
}

/** A line a period, under titles; what was told in it stands to the right of its numbers. */
function periodLines(
  periods: readonly ReplayedPeriod[],
  replayed: ReplayedBudget,
  account: ReplayedAccount,
): string[] {
  const counting = countingOf(replayed, account);
  const cells = periods.map(({ period, points, percent }) => {
    const actual = points.at(-1)?.actual;
    return [
      period.end > account.until ? `${period.id} (open)` : period.id,
      actual === undefined ? '-' : amountText(actual, counting, replayed.budget.limit),
      percent === undefined ? '-' : percentText(percent),
    ];
  });
  const [titles = '', ...rows] = tableLines([['Period from', 'Actual', 'Percent'], ...cells]);
  const room = width - 4 - titles.length - 3;
  const told = periods.map((period) => alertsText(alertsIn(period, replayed), account.timeZone));
  return [
    `    ${titles}   TimedNotice`,
    ...rows.flatMap((row, index) => {
      const [first = '', ...more] = wrap(told[index] ?? '', room);
      return [
        `    ${row}   ${first}`,
        ...more.map((text) => `${' '.repeat(4 + row.length + 3)}${text}`),
      ];
    }),
  ];
}

function alertsText(told: readonly TimedNotice[], timeZone: string): string {
  return told
    .map(({ at, notice }) => `${thresholdText(notice)} ${shortMoment(at, timeZone)}`)
    .join(', ');
}

function thresholdText(notice: Notice): string {
  if (!isBudgetNotice(notice)) return notice.kind;
  return notice.status === 'resolved' ? `below ${notice.threshold} %` : `${notice.threshold} %`;
}

/** What a budget's period was told: by its start, which no other period of the budget has. */
function alertsIn({ period }: ReplayedPeriod, { told }: ReplayedBudget): TimedNotice[] {
  return told.filter(
    ({ notice }) => 'period' in notice && Date.parse(notice.period.start) === period.start,
  );
}

function restText(quiet: number, hidden: number): string {
  const parts = [
    ...(hidden > 0 ? [`${counted(hidden, 'earlier period')} in which it spoke`] : []),
    ...(quiet > 0 ? [`${counted(quiet, 'period')} in which nothing was told`] : []),
  ];
  return parts.length === 0 ? '' : `${parts.join(', ')}.`;
}

function summaryText(replayed: ReplayedBudget, counting: Counting): string {
  const { alertsAMonth, noAlertLimit, oneAlertLimit } = replayed;
  const month = `${counted(alertsAMonth, 'alert')} a month.`;
  if (noAlertLimit === undefined) return `${month} There was no usage to suggest a limit from.`;
  const quiet = `A limit of ${limitText(noAlertLimit, counting)} would have stayed quiet`;
  const once =
    oneAlertLimit === undefined
      ? ''
      : `, one of ${limitText(oneAlertLimit, counting)} would have spoken once`;
  return `${month} ${quiet}${once}.${forecastText(replayed, noAlertLimit, counting)}`;
}

/** The period that is open has not been quiet to its end yet. */
function forecastText(
  { budget, periods }: ReplayedBudget,
  noAlertLimit: string,
  counting: Counting,
) {
  const forecast = periods.at(-1)?.paceAtEnd;
  const [lowest] = budget.thresholds;
  if (forecast === undefined || lowest === undefined) return '';
  if (!reaches(decimal(forecast), noAlertLimit, lowest)) return '';
  return ` The average so far, continued, brings the open period to ${amountText(forecast, counting)}, which would be told even so.`;
}

/** What is told about the account itself. */
function otherLines({ told, timeZone }: ReplayedAccount): string[] {
  const others = told.filter(({ notice }) => !('budget' in notice));
  const lines = others.flatMap(({ at, notice }) =>
    hanging(`  ${moment(at, timeZone)}: ${headline(notice)}`),
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

function countingOf({ budget }: ReplayedBudget, { currency }: ReplayedAccount): Counting {
  return { measure: budget.measure, unit: budget.unit ?? currency };
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
  return wrap(text, width - indent.length).map((line) => `${indent}${line}`);
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
      remarks: account.remarks,
      budgets: account.budgets.map(budgetJson),
      told: account.told.map(({ at, notice }) => ({ at: iso(at), notice })),
    })),
  };
}

function budgetJson(replayed: ReplayedBudget): object {
  const { budget, isTried, alertsAMonth, noAlertLimit, oneAlertLimit, periods } = replayed;
  return {
    budget,
    isTried,
    alertsAMonth,
    ...(noAlertLimit !== undefined && { noAlertLimit }),
    ...(oneAlertLimit !== undefined && { oneAlertLimit }),
    periods: periods.map((one) => ({
      start: iso(one.period.start),
      end: iso(one.period.end),
      ...(one.points.length > 0 && { actual: one.points.at(-1)?.actual }),
      ...(one.percent !== undefined && { percent: one.percent }),
      ...(one.unknown !== undefined && { unknown: one.unknown }),
      told: alertsIn(one, replayed).map(({ at, notice }) => ({ at: iso(at), id: notice.id })),
    })),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
