/** `cost-alerts budget set` and `remove`: one budget changed in a config's text, with the alerts that it would have given. */
import { type Command, Option } from 'commander';
import { momentText } from '../../../functions/budgets/dates.ts';
import type { Account } from '../../../functions/config/account.ts';
import { nearest } from '../../../functions/config/config-error.ts';
import { problemLine } from '../../../functions/config/problem.ts';
import { wrap } from '../../../functions/messages/plain-text.ts';
import {
  accountsNamed,
  type DeployedOptions,
  type FoundAccount,
  fullName,
  readSource,
  regionOf,
  type Source,
} from '../../account-source.ts';
import { awsProblem } from '../../aws.ts';
import { loadAndReplay } from '../../backtest/replay.ts';
import {
  type Cli,
  counted,
  type ExitCode,
  printJson,
  printLines,
  UsageError,
  withProgress,
} from '../../output.ts';
import { budgetNames, withoutValue, withValue } from '../../parameters/config-text.ts';
import {
  type ConfigEdit,
  editConfig,
  editJson,
  editLines,
  isAgreed,
  preview,
  type WriteOptions,
} from '../../parameters/edit-config.ts';
import { prepareWrite, write } from '../../parameters/write-parameter.ts';
import { liveLedger } from '../../read-only-ledger.ts';

export interface SetOptions extends DeployedOptions, WriteOptions {
  readonly meter?: string;
  readonly measure?: string;
  readonly days?: string;
  readonly unit?: string;
  readonly limit?: string;
  readonly per?: string;
  readonly startsOn?: string;
  readonly thresholds?: string;
  readonly forecast?: boolean;
}

export function addBudgetAnswers(command: Command): Command {
  return command
    .option('--limit <amount>', "in the account's currency; of usage in --unit")
    .option('--per <period>', 'hour, day, week, month, quarter or year')
    .option('--meter <id>', 'one meter; all together, if not given')
    .option('--measure <what>', 'cost or usage; or balance, of prepaid credit')
    .option('--days <number>', 'of a balance: alert so many days before it runs out')
    .option('--unit <unit>', 'of a limit on usage, such as GB')
    .option('--starts-on <day>', 'day of the month, 1 to 28, or a weekday')
    .option('--thresholds <percentages>', 'such as 80,100')
    .addOption(new Option('--forecast', 'alert on forecasts, too'))
    .addOption(new Option('--no-forecast', 'no alert on forecasts'));
}

const A_NUMBER = /^\d+(\.\d+)?$/;

/** JSON by key, of what was given. Throws a UsageError for a number that is none; the rest the config's schema judges. */
function givenKeys(options: SetOptions): [key: string, json: string][] {
  const { meter, measure, days, unit, limit, per, startsOn, thresholds, forecast } = options;
  const isDay = startsOn !== undefined && A_NUMBER.test(startsOn);
  const percents = thresholds?.split(',').map((one) => numberIn('--thresholds', one.trim()));
  const given = {
    meter: JSON.stringify(meter),
    measure: JSON.stringify(measure),
    days: days === undefined ? undefined : numberIn('--days', days),
    unit: JSON.stringify(unit),
    limit: limit === undefined ? undefined : numberIn('--limit', limit),
    per: JSON.stringify(per),
    startsOn: isDay ? String(Number(startsOn)) : JSON.stringify(startsOn),
    thresholds: percents && `[${percents.join(', ')}]`,
    forecast: JSON.stringify(forecast),
  };
  return Object.entries(given).flatMap(([key, json]): [string, string][] =>
    json === undefined ? [] : [[key, json]],
  );
}

function numberIn(flag: string, text: string): string {
  if (A_NUMBER.test(text)) return text.replace(/^0+(?=\d)/, '');
  throw new UsageError(`${flag}: expected a number above 0, got ${JSON.stringify(text)}`);
}

/** 1 where the answer is no. */
export async function setBudget(
  account: string,
  name: string,
  options: SetOptions,
  cli: Cli,
): Promise<ExitCode> {
  const keys = givenKeys(options);
  if (keys.length === 0) {
    throw new UsageError('expected what to set, such as --limit 15 --per day, got nothing');
  }
  return editBudget(account, options, cli, { name, edit: (text) => withBudget(text, name, keys) });
}

export async function removeBudget(
  account: string,
  name: string,
  options: SetOptions,
  cli: Cli,
): Promise<ExitCode> {
  const edit = (text: string) => {
    const names = budgetNames(text) ?? [];
    const index = names.indexOf(name);
    if (index >= 0) return withoutValue(text, ['budgets', index]);
    const named = names.filter((one) => one !== '');
    const meant = nearest(name, named);
    throw new UsageError(
      `${account} has no budget ${JSON.stringify(name)}${meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`}; it has ${names.map((one) => JSON.stringify(one)).join(', ') || 'none'}`,
    );
  };
  return editBudget(account, options, cli, { edit });
}

interface BudgetEdit {
  /** Of the one to look back on; absent where it goes. */
  readonly name?: string;
  readonly edit: (text: string) => string;
}

async function editBudget(
  account: string,
  options: SetOptions,
  cli: Cli,
  { name, edit }: BudgetEdit,
): Promise<ExitCode> {
  const source = await withProgress(cli, 'Reading the parameters', () => readSource(options, cli));
  const total = source.totals.find((one) => fullName(one) === account);
  if (total) {
    throw new UsageError(
      `${account} is a total, which has one limit and no list of budgets: change "limit" in the file that you apply, or in ${total.parameter}`,
    );
  }
  const [found] = accountsNamed(source, [account]);
  if (found === undefined || source.aws === undefined) return 2;
  const { ssm } = source.aws;
  const edited = editConfig(source, found, edit);
  const prepared = await prepareWrite(ssm, edited);
  preview(cli, options, editLines(edited, cli));
  const past =
    name === undefined || edited.edited === undefined
      ? undefined
      : await pastAlerts({ source, found, account: edited.edited, name }, options, cli);
  if (past !== undefined) preview(cli, options, pastLines(past));
  const mayWrite = edited.changes.length > 0 && options.dryRun !== true;
  const isWritten = mayWrite && (await isAgreed('Write this?', options, cli));
  if (isWritten) {
    cli.signal.throwIfAborted();
    await write(ssm, prepared);
  }
  say({ edited, past, isWritten }, options, cli);
  return isWritten || !mayWrite ? 0 : 1;
}

function say(
  {
    edited,
    past,
    isWritten,
  }: { edited: ConfigEdit; past: PastAlerts | undefined; isWritten: boolean },
  options: SetOptions,
  cli: Cli,
): void {
  if (options.json === true) printJson(cli, { ...editJson(edited), written: isWritten, past });
  else printLines(cli, [isWritten ? `Written to ${edited.name}.` : 'Nothing was written.']);
}

function withBudget(text: string, name: string, keys: readonly [string, string][]): string {
  const names = budgetNames(text);
  const index = names?.indexOf(name) ?? -1;
  if (index >= 0) {
    return keys.reduce(
      (edited, [key, json]) => withValue(edited, ['budgets', index, key], json),
      text,
    );
  }
  const members = [['name', JSON.stringify(name)] as const, ...keys];
  const json = `{ ${members.map(([key, value]) => `"${key}": ${value}`).join(', ')} }`;
  if (names === undefined) return withValue(text, ['budgets'], `[${json}]`);
  return withValue(text, ['budgets', names.length], json);
}

const days = 90;
const MOST_SHOWN = 10;

type PastAlerts =
  | {
      readonly days: number;
      readonly timeZone: string;
      /** Oldest first. */
      readonly alerts: readonly { readonly at: string; readonly what: string }[];
    }
  /** Why it is not known. */
  | { readonly unknown: string };

interface Subject {
  readonly source: Source;
  readonly found: FoundAccount;
  /** With the budget. */
  readonly account: Account;
  readonly name: string;
}

/** Writes nothing. That it is not known keeps nobody from setting a budget. */
async function pastAlerts(
  { source, found, account, name }: Subject,
  { stack }: { readonly stack: string },
  cli: Cli,
): Promise<PastAlerts> {
  const { provider } = found;
  const [problem] = account.invalid?.problems ?? [];
  if (problem !== undefined) return { unknown: problemLine(problem) };
  if (account.config.balances?.some((one) => one.name === name)) {
    return { unknown: 'past balances are not known' };
  }
  try {
    const replayed = await withProgress(cli, `Replaying the last ${days} days`, async () => {
      const ledger = await liveLedger(source, stack, [found], cli.signal);
      return loadAndReplay({
        account,
        provider,
        days,
        ledger: ledger.open(),
        region: await regionOf(source, cli),
        now: cli.now(),
        signal: cli.signal,
        tried: new Set([name]),
      });
    });
    cli.signal.throwIfAborted();
    if ('failure' in replayed) return { unknown: replayed.failure };
    const own = replayed.budgets.find(({ budget }) => budget.name === name)?.notices ?? [];
    const fired = own.filter(({ notice }) => notice.status === 'firing');
    const alerts = fired.map(({ at, notice }) => ({
      at: new Date(at).toISOString(),
      what: 'threshold' in notice ? `${notice.threshold} %` : notice.kind,
    }));
    return { days, timeZone: replayed.timeZone, alerts };
  } catch (error) {
    const unknown = awsProblem(error);
    if (unknown === undefined || cli.signal.aborted) throw error;
    return { unknown };
  }
}

function pastLines(past: PastAlerts): readonly string[] {
  if ('unknown' in past)
    return wrap(`The last ${days} days cannot be replayed: ${past.unknown}`, 80);
  const { alerts, timeZone } = past;
  if (alerts.length === 0) return [`Over the last ${days} days it would not have fired.`];
  const hidden = alerts.length - MOST_SHOWN;
  return [
    `Over the last ${days} days it would have fired ${counted(alerts.length, 'time')}:`,
    ...alerts.slice(-MOST_SHOWN).map(({ at, what }) => `  ${momentText(at, timeZone)}: ${what}`),
    ...(hidden > 0 ? [`  and ${hidden} before`] : []),
  ];
}
