/** How the result of `cost-alerts check` is shown: as text 80 wide, or as one JSON document. */
import { costAmounts, unusualText } from '../../functions/alerts/anomaly.ts';
import { balanceFigures } from '../../functions/alerts/balance.ts';
import { shownPercent } from '../../functions/alerts/budget/notice.ts';
import type { Severity } from '../../functions/alerts/kinds.ts';
import { gravestFirst } from '../../functions/alerts/message.ts';
import type { Notice } from '../../functions/alerts/notice.ts';
import type { KnownReading, Reading } from '../../functions/budgets/read-budget.ts';
import type { FetchOutcome } from '../../functions/checks/account/check-account.ts';
import { type Problem, problemLine } from '../../functions/config/problem.ts';
import { creditText } from '../../functions/messages/amounts.ts';
import { headline } from '../../functions/messages/headline.ts';
import { visible, wrap } from '../../functions/messages/plain-text.ts';
import { plain } from '../../functions/pricing/money.ts';
import { type FoundAccount, fullName } from '../account-source.ts';
import { type AccountStatus, UNUSUAL_DAYS, type UnusualLately } from '../budget-status.ts';
import { budgetLines, budgetsRead } from '../demo/report.ts';
import { type Cli, counted, localMoment, painted } from '../output.ts';

export interface LiveCheck {
  readonly found: FoundAccount;
  readonly fetch: FetchOutcome;
  /** Of the account's parameters. */
  readonly problems: readonly Problem[];
  /** Absent where the account never had valid parameters. */
  readonly status?: AccountStatus;
  /** What the next check would publish; first what an earlier check left unpublished. */
  readonly notices: readonly Notice[];
}

export interface CheckResult {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly checks: readonly LiveCheck[];
  /** Name of the table with the history and earlier alerts; absent where there is none. */
  readonly table?: string | undefined;
  /** Why there is no history: half a sentence. */
  readonly reason?: string | undefined;
}

const width = 80;

const colors = { critical: 'red', warning: 'yellow', info: 'cyan' } as const satisfies Record<
  Severity,
  string
>;

export function checkText(result: CheckResult, cli: Cli): string[] {
  const { at, checks } = result;
  const statuses = checks.flatMap(({ status }) => status ?? []);
  const hasBudgets = statuses.some(({ readings }) => readings.length > 0);
  return [
    ...wrap(
      `Check of ${counted(checks.length, 'account')} on ${localMoment(at)}. Nothing is written or published.`,
      width,
    ),
    ...wrap(evidenceText(result), width),
    '',
    ...(hasBudgets
      ? [
          ...budgetLines(statuses.map(budgetsRead), cli),
          '',
          'Forecast: of the whole period, with its 80 % range, or the average so far.',
          '',
        ]
      : []),
    ...statuses.flatMap((status) => creditLines(status, at)),
    ...unusualLines(statuses),
    ...checks.flatMap(previewLines),
    ...unreadLines(checks),
    ...mutedLines(result),
    ...noticeLines(gravestFirst(checks.flatMap(({ notices }) => notices)), cli),
  ];
}

function evidenceText({ table, reason }: CheckResult): string {
  return table === undefined
    ? `No history, as in a first check: ${reason}.`
    : `History and earlier alerts come from table ${table}.`;
}

/** Where this check could not read it, its remark says why. */
function creditLines(status: AccountStatus, at: number): string[] {
  const { credit, account } = status;
  if (credit?.at !== at) return [];
  const text = creditText(balanceFigures(credit), account.config.currency);
  return [...hanging(`Credit of ${nameOf(status)}: ${text}.`), ''];
}

/** What costs far more than usual; where nothing does, of whom that is known. */
function unusualLines(statuses: readonly AccountStatus[]): string[] {
  const judged = statuses.filter(({ unusual }) => unusual !== undefined);
  const texts = judged.flatMap(unusualTexts);
  if (texts.length > 0) return ['Unusual:', ...texts.flatMap(hanging), ''];
  if (judged.length === 0) return [];
  const whose = judged.length < statuses.length ? ` in ${judged.map(nameOf).join(', ')}` : '';
  return [
    ...wrap(`Nothing unusual${whose} today and on the last ${UNUSUAL_DAYS} complete days.`, width),
    '',
  ];
}

function unusualTexts({ account, unusual }: AccountStatus): string[] {
  const { provider, name, config } = account;
  const named = { provider, account: name, currency: config.currency };
  const { today = '', days = [] } = unusual ?? {};
  return days.map((day) => unusualText(day, { ...named, today }));
}

function nameOf({ account }: AccountStatus): string {
  return `${account.provider}/${account.name}`;
}

/** What a config of one's own makes of an answer. */
function previewLines({ found, fetch: { preview } }: LiveCheck): string[] {
  if (!preview) return [];
  return [`${fullName(found)}:`, ...preview.map((line) => `  ${visible(line)}`), ''];
}

/** Unreadable accounts and invalid parameters. */
function unreadLines(checks: readonly LiveCheck[]): string[] {
  return checks.flatMap(({ found, fetch, problems }) => {
    const name = fullName(found);
    const unread = isRead({ fetch }) || fetch.status === 'unwatched' ? [] : fetch.remarks;
    const remarks = isRead({ fetch }) ? fetch.remarks : [];
    const lines = [
      ...unread.map((reason) => `${name} is unreadable: ${reason}`),
      ...remarks.map((remark) => `${name}: ${remark}`),
      ...problems.map(problemLine),
    ];
    return lines.length === 0 ? [] : [...lines.flatMap(hanging), ''];
  });
}

function mutedLines({ checks, at }: CheckResult): string[] {
  return checks.flatMap(({ found, status }) => {
    const { mutedUntil: until, mutedBecause } = status?.account.config ?? {};
    if (until === undefined || until <= at) return [];
    const why = mutedBecause === undefined ? '' : ` (${mutedBecause})`;
    return [
      ...hanging(
        `${fullName(found)} is muted until ${localMoment(until)}${why}: its alerts are not sent.`,
      ),
      '',
    ];
  });
}

function noticeLines(notices: readonly Notice[], cli: Cli): string[] {
  if (notices.length === 0) return ['No alerts would be sent now.'];
  return [
    `${counted(notices.length, 'alert')} would be sent now:`,
    ...notices.flatMap((notice) => ['', ...noticeText(notice, cli)]),
  ];
}

function noticeText(notice: Notice, cli: Cli): string[] {
  const { severity, reason, nextStep } = notice;
  const [first = '', ...more] = wrap(`[${severity}] ${headline(notice)}`, width);
  return [
    first.replace(`[${severity}]`, painted(cli, colors[severity], `[${severity}]`)),
    ...more,
    ...[reason, nextStep].flatMap((text) => wrap(text, width - 2).map((line) => `  ${line}`)),
  ];
}

/** The one document of `--json`. */
export function checkJson({ at, checks, table, reason }: CheckResult): object {
  return {
    at: new Date(at).toISOString(),
    published: false,
    ledger: table ?? null,
    ...(reason !== undefined && { noHistory: reason }),
    accounts: checks.map(({ found, fetch, problems, status }) => ({
      account: fullName(found),
      status: fetch.status,
      remarks: fetch.remarks,
      ...(fetch.preview && { preview: fetch.preview }),
      problems: problems.map(problemLine),
      budgets: (status?.readings ?? []).map((reading) =>
        readingJson(reading, status?.account.config.currency ?? ''),
      ),
      ...(status?.credit && { credit: balanceFigures(status.credit) }),
      ...(status?.unusual && {
        unusual: unusualJson(status.unusual, status.account.config.currency),
      }),
    })),
    notices: gravestFirst(checks.flatMap(({ notices }) => notices)),
  };
}

/** Amounts as decimal strings in `unit`, as in what is published. */
function readingJson(reading: Reading, currency: string): object {
  const { budget, period } = reading;
  const { name, meter, measure, unit = currency, limit, per } = budget;
  return {
    budget: name,
    ...(meter !== undefined && { meter }),
    measure,
    unit,
    limit,
    per,
    period: {
      start: new Date(period.start).toISOString(),
      end: new Date(period.end).toISOString(),
      timeZone: period.timeZone,
    },
    ...(reading.known
      ? {
          actual: plain(reading.actual),
          percent: shownPercent(reading),
          ...forecastJson(reading.forecast),
          basis: reading.basis,
        }
      : { unknown: reading.reason }),
  };
}

/** As `backtest --json` has it: the point, and apart from it the range where there is one. */
function forecastJson(forecast: KnownReading['forecast']): object {
  if (!forecast) return {};
  const { point, low, high } = forecast;
  return {
    forecast: plain(point),
    ...(low && high && { range: { low: plain(low), high: plain(high) } }),
  };
}

/** A list of days, empty where nothing is unusual. */
function unusualJson({ days }: UnusualLately, currency: string): readonly object[] {
  return days.map(({ date, isComplete, costs }) => ({
    day: date,
    isComplete,
    costs: costs.map((cost) => ({
      ...(cost.meter !== undefined && { meter: cost.meter }),
      ...costAmounts(cost, currency),
    })),
  }));
}

/** Whether all usage was read. */
export function isRead({ fetch }: Pick<LiveCheck, 'fetch'>): boolean {
  return fetch.status === 'complete';
}

function hanging(text: string): string[] {
  const [first = '', ...more] = wrap(text, width - 2);
  return [first, ...more.map((line) => `  ${line}`)];
}
