/** A status as one screen of text, 80 wide but for long names, or as one JSON document. */
import { isoSeconds, momentText } from '../../../functions/budgets/dates.ts';
import type { BalanceSummary, BudgetSummary } from '../../../functions/ledger/account-summary.ts';
import { creditText } from '../../../functions/messages/amounts.ts';
import { wrap } from '../../../functions/messages/plain-text.ts';
import { type AccountBudgets, type BudgetNow, budgetLines } from '../../demo/report.ts';
import {
  type Cli,
  counted,
  countedWatched,
  localMoment,
  localTimeZone,
  painted,
} from '../../output.ts';
import type { Subscription } from '../../subscriptions.ts';
import { type AccountState, type AccountStatus, alarming, mutedText } from './account-status.ts';
import type { AlarmsStatus, Asked, DeploymentStatus, SlackStatus } from './deployment-status.ts';
import { isAllWell, type Status } from './read-status.ts';

const WIDTH = 80;

export function statusLines(status: Status, cli: Cli): string[] {
  const { at, accounts, totals, nextStep, deployment } = status;
  const budgets = [...accounts, ...totals].map((one) => accountBudgets(one, at, cli));
  return [
    `Status on ${localMoment(at)}`,
    '',
    ...(budgets.length === 0 ? [] : [...budgetLines(budgets, cli), '']),
    ...(nextStep === undefined ? [] : [nextStep, '']),
    ...unknownLines(status, cli),
    ...(deployment.known ? deploymentLines(deployment.value, status, cli) : []),
    '',
    ...wrap(lastLine(status), WIDTH).map((line) =>
      painted(cli, isAllWell(status) ? 'green' : 'red', line),
    ),
  ];
}

function unknownLines({ registerUnknown, deployment }: Status, cli: Cli): string[] {
  if (registerUnknown === undefined) return [];
  const what = deployment.known ? 'Spend and alerts' : 'Spend, alerts and delivery';
  return [bad(`${what}: unknown, ${registerUnknown}`, cli)];
}

const STATE_FORMATS = {
  ok: 'green',
  new: 'yellow',
  gone: 'yellow',
  firing: 'red',
  late: 'red',
  unreadable: 'red',
  invalid: 'red',
  unknown: 'red',
} as const satisfies Record<AccountState, string>;

function accountBudgets(account: AccountStatus, at: number, cli: Cli): AccountBudgets {
  const { name, state, summary, newBudgets } = account;
  return {
    name: painted(cli, STATE_FORMATS[state], name),
    currency: summary?.currency ?? '',
    above: readLines(account).map((line) => `  ${line}`),
    budgets: (summary?.budgets ?? []).map((one) => budgetNow(one, at)),
    below: [
      ...(summary?.balances ?? []).map((one) => balanceLine(one, summary?.currency ?? '')),
      ...newBudgets.map((budget) => `  ${budget}: the next check reads it for the first time`),
      ...alarming(account).flatMap((text) => hanging('! ', text, cli)),
      ...mutedLines(account),
    ],
  };
}

function budgetNow(summary: BudgetSummary, at: number): BudgetNow {
  const { actual, percent, forecast, end, timeZone, unknownBecause } = summary;
  if (end <= at) {
    const ended = momentText(end, timeZone);
    return { budget: summary, unknown: `no check since its period ended on ${ended}` };
  }
  if (actual === undefined)
    return { budget: summary, unknown: unknownBecause ?? 'its usage or prices are not known' };
  const range = forecast && { low: forecast.low, high: forecast.high };
  return { budget: summary, actual, percent, forecast: forecast?.point, range };
}

/** `  credit: 42.10 USD left, runs out on 3 December; alerts 7 days before` */
function balanceLine({ name, days, unknownBecause, ...figures }: BalanceSummary, currency: string) {
  if (unknownBecause !== undefined) return `  ${name}: credit not known: ${unknownBecause}`;
  return `  ${name}: ${creditText(figures, currency)}; alerts ${counted(days, 'day')} before`;
}

function readLines({ state, summary }: AccountStatus): string[] {
  if (state === 'unknown') return ['what the checks know of it is unknown, see below'];
  if (state === 'gone') return ['its parameters are gone; the next check reports it'];
  const { readAt, dataUntil } = summary ?? {};
  if (readAt === undefined) return ['no complete check yet'];
  const data =
    dataUntil === undefined ? 'no usage yet' : `usage until ${momentWithoutZone(dataUntil)}`;
  return [`read on ${momentWithoutZone(readAt)}, ${data} (${localTimeZone})`];
}

function mutedLines(account: AccountStatus): string[] {
  const text = mutedText(account);
  return text === undefined ? [] : wrap(text, WIDTH - 2).map((line) => `  ${line}`);
}

function deploymentLines(deployment: DeploymentStatus, status: Status, cli: Cli): string[] {
  const { digest, subscriptions, slack, deadLetters, alarms } = deployment;
  const rows: readonly [label: string, texts: readonly string[]][] = [
    ['Checks', [checksText(deployment, status)]],
    ['Digest', [toldBy(digest, ({ lastAt, nextAt }) => digestText(lastAt, nextAt), cli)]],
    ['Subscriptions', toldAll(subscriptions, (found) => subscriptionTexts(found, cli), cli)],
    ['Slack', [slackText(slack, cli)]],
    [
      'Dead letters',
      [
        toldBy(
          deadLetters,
          (waiting) =>
            waiting === 0
              ? 'none'
              : bad(`${counted(waiting, 'event')} failed after all retries`, cli),
          cli,
        ),
      ],
    ],
    ['Alarms', toldAll(alarms, (found) => alarmTexts(found, cli), cli)],
  ];
  return rows.flatMap(([label, texts]) =>
    texts.map((text, index) => `${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${text}`),
  );
}

const LABEL_WIDTH = 'Subscriptions  '.length;

function checksText({ schedule }: DeploymentStatus, { nextCheckAt, at }: Status): string {
  if (schedule === undefined) return 'on a schedule that the stack does not name';
  if (nextCheckAt === undefined) {
    return `on ${schedule}${schedule.startsWith('cron') ? ', in UTC' : ''}`;
  }
  const next =
    nextCheckAt < at
      ? `due since ${localMoment(nextCheckAt)}`
      : `next about ${localMoment(nextCheckAt)}`;
  return `${schedule}, ${next}`;
}

function digestText(lastAt: string | undefined, nextAt: string | undefined): string {
  if (nextAt === undefined) return 'off';
  const last = lastAt === undefined ? 'none yet' : `last ${momentText(lastAt, localTimeZone)}`;
  return `${last}, next ${momentText(nextAt, localTimeZone)}`;
}

function subscriptionTexts(found: readonly Subscription[], cli: Cli): readonly string[] {
  const confirmed = found.filter(({ state }) => state === 'confirmed').length;
  const others = found.filter(({ state }) => state !== 'confirmed');
  return [
    confirmed === 0 ? bad('nobody receives alerts', cli) : `${confirmed} confirmed`,
    ...others.map(({ protocol, endpoint, state }) =>
      painted(cli, 'yellow', `${protocol} ${endpoint}: ${state}`),
    ),
  ];
}

function slackText(slack: SlackStatus, cli: Cli): string {
  if (slack.state === 'wrong') return bad(slack.reason, cli);
  return slack.state === 'on' ? 'set up' : 'off; npx cdk deploy --all -c slack=true';
}

function alarmTexts({ all, areNone, firing }: AlarmsStatus, cli: Cli): readonly string[] {
  if (areNone) return ['none on this machine'];
  if (all === 0) return [bad('the stack has none', cli)];
  if (firing.length === 0) return [`none of ${all} in ALARM`];
  return firing.map((name) => bad(name, cli));
}

function toldBy<Value>(asked: Asked<Value>, text: (value: Value) => string, cli: Cli): string {
  return asked.known ? text(asked.value) : bad(`unknown, ${asked.reason}`, cli);
}

function toldAll<Value>(
  asked: Asked<Value>,
  texts: (value: Value) => readonly string[],
  cli: Cli,
): readonly string[] {
  return asked.known ? texts(asked.value) : [bad(`unknown, ${asked.reason}`, cli)];
}

function lastLine(status: Status): string {
  const { accounts, totals } = status;
  const all = [...accounts, ...totals];
  if (all.length === 0) return 'Nothing is watched yet.';
  if (isAllWell(status))
    return `Nothing fires, and ${countedWatched(accounts.length, totals.length)} read.`;
  const firing = all.reduce((count, { summary }) => count + (summary?.firing.length ?? 0), 0);
  const isWrong = ({ state }: AccountStatus) => !['ok', 'firing', 'new', 'unknown'].includes(state);
  const parts = [
    ...(firing > 0 ? [`${counted(firing, 'alert')} firing`] : []),
    ...those(status, isWrong, 'not watched as configured'),
    ...those(status, ({ state }) => state === 'new', 'waiting for a first check'),
    ...those(status, ({ state }) => state === 'unknown', 'unknown'),
  ];
  return parts.length > 0 ? `${parts.join(', ')}.` : 'No alert fires, but see above.';
}

function those(
  { accounts, totals }: Status,
  are: (one: AccountStatus) => boolean,
  what: string,
): string[] {
  const [some, others] = [accounts.filter(are).length, totals.filter(are).length];
  return some + others === 0 ? [] : [`${countedWatched(some, others)} ${what}`];
}

function hanging(mark: string, text: string, cli: Cli): string[] {
  const [first = '', ...more] = wrap(text, WIDTH - 4);
  return [`  ${bad(mark, cli)}${first}`, ...more.map((line) => `    ${line}`)];
}

function bad(text: string, cli: Cli): string {
  return painted(cli, 'red', text);
}

/** Without the zone, which stands at the end of the line. */
function momentWithoutZone(at: number): string {
  return localMoment(at).replace(/ \([^)]*\)$/, '');
}

/** Instants in ISO 8601, amounts as decimal strings; what could not be asked is `{ "unknown": reason }`. */
export function statusJson({
  at,
  accounts,
  totals,
  registerUnknown,
  deployment,
  nextCheckAt,
}: Status): object {
  return {
    at: isoSeconds(at),
    accounts: accounts.map(accountJson),
    totals: totals.map(accountJson),
    ...(registerUnknown !== undefined && { registerUnknown }),
    ...(nextCheckAt !== undefined && { nextCheckAt: isoSeconds(nextCheckAt) }),
    deployment: answerJson(deployment, (value) => ({
      ...value,
      digest: answerJson(value.digest),
      subscriptions: answerJson(value.subscriptions),
      deadLetters: answerJson(value.deadLetters),
      alarms: answerJson(value.alarms),
    })),
  };
}

function accountJson({ summary, mutedUntil, ...account }: AccountStatus): object {
  return {
    ...account,
    ...(mutedUntil !== undefined && { mutedUntil: isoSeconds(mutedUntil) }),
    ...(summary?.readAt !== undefined && { readAt: isoSeconds(summary.readAt) }),
    ...(summary?.dataUntil !== undefined && { dataUntil: isoSeconds(summary.dataUntil) }),
    budgets: (summary?.budgets ?? []).map(({ start, end, ...budget }) => ({
      ...budget,
      start: isoSeconds(start),
      end: isoSeconds(end),
    })),
    ...(summary?.balances && {
      balances: summary.balances.map(({ at, ...balance }) => ({
        ...balance,
        ...(at !== undefined && { at: isoSeconds(at) }),
      })),
    }),
    firing: (summary?.firing ?? []).map(({ since, ...alert }) => ({
      ...alert,
      ...(since !== undefined && { since: isoSeconds(since) }),
    })),
  };
}

function answerJson<Value>(
  asked: Asked<Value>,
  shown: (value: Value) => unknown = (value) => value,
): unknown {
  return asked.known ? shown(asked.value) : { unknown: asked.reason };
}
