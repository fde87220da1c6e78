/** `cost-alerts backtest`: the alerts that would have fired, and limits with fewer. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import * as z from 'zod';
import { type Account, type Budget, isValid } from '../../functions/config/account.ts';
import { parseConfig } from '../../functions/config/config-error.ts';
import { parseJson } from '../../functions/config/json.ts';
import { problemLine, problemText } from '../../functions/config/problem.ts';
import { costsCanBeKnown } from '../../functions/config/schema/account.ts';
import { budgetSchema } from '../../functions/config/schema/budget.ts';
import type { Prices } from '../../functions/config/schema/price.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import {
  accountsNamed,
  addDeployedOptions,
  type DeployedOptions,
  type FoundAccount,
  fullName,
  readSource,
  regionOf,
  whyInvalid,
} from '../account-source.ts';
import { loadAndReplay } from '../backtest/replay.ts';
import type { ReplayedAccount } from '../backtest/replayed.ts';
import {
  type Cli,
  type ExitCode,
  examples,
  type Progress,
  printJson,
  printLines,
  UsageError,
  withProgress,
} from '../output.ts';
import { liveLedger } from '../read-only-ledger.ts';
import { expectWritable, writeNamed } from '../text-file.ts';
import { type Backtest, backtestJson, backtestText } from './backtest-report.ts';

interface BacktestOptions extends DeployedOptions {
  readonly days: number;
  /** JSON of a budget. */
  readonly try?: string;
  /** File of the page. */
  readonly page: string;
}

const MOST_DAYS = 400;

export function addBacktestCommand(program: Command, cli: Cli): void {
  addDeployedOptions(program.command('backtest [accounts...]'))
    .description('Replays past usage: which alerts would have fired, and when.')
    .addOption(new Option('--days <number>', 'how far back').default(90).argParser(readDays))
    .option('--try <json>', 'a budget to try on one account; it is not saved', onlyOne)
    .option('--page <file>', 'where to write the page', 'cost-alerts-backtest.html')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts backtest',
          'npx cost-alerts backtest northflank/acme --days 30',
          `npx cost-alerts backtest northflank/acme \\`,
          `    --try '{"name":"gpu","meter":"gpu","limit":15,"per":"day"}'`,
        ],
        'Prints a table and writes one HTML page. Changes nothing in AWS.',
      ),
    )
    .action(async (names: string[], options: BacktestOptions) => {
      cli.exitCode = await backtest(names, options, cli);
    });
}

/** 1 where an account could not be replayed. */
async function backtest(
  names: readonly string[],
  options: BacktestOptions,
  cli: Cli,
): Promise<ExitCode> {
  await expectWritable('--page', options.page);
  const result = await withProgress(cli, 'Reading the parameters', async (progress) => {
    const replayed = await replayAll(names, options, { cli, progress });
    if (replayed.accounts.length === 0) return replayed;
    progress.say('Drawing the page');
    // What draws the page takes a quarter of a second to load.
    const { renderPage } = await import('../backtest/page/render-page.ts');
    const page = renderPage(replayed.accounts, { now: cli.now(), leftOut: replayed.failures });
    return { ...replayed, page: await writeNamed('--page', options.page, page) };
  });
  cli.signal.throwIfAborted();
  if (options.json === true) printJson(cli, backtestJson(result));
  else printLines(cli, backtestText(result, cli));
  return result.failures.length === 0 ? 0 : 1;
}

/** Throws a UsageError for a second one. */
function onlyOne(text: string, before: string | undefined): string {
  if (before === undefined) return text;
  throw new UsageError('--try: expected one budget, got more: leave out all but one');
}

/** Throws a UsageError. */
function readDays(text: string): number {
  const days = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (days >= 1 && days <= MOST_DAYS) return days;
  throw new UsageError(
    `--days: expected a whole number from 1 to ${MOST_DAYS}, got ${JSON.stringify(text)}`,
  );
}

async function replayAll(
  names: readonly string[],
  options: BacktestOptions,
  { cli, progress }: { readonly cli: Cli; readonly progress: Progress },
): Promise<Backtest> {
  const source = await readSource(options, cli);
  const found = accountsNamed(source, names);
  const tried = triedIn(found, options);
  const ledger = await liveLedger(source, options.stack, found, cli.signal);
  const request = {
    days: options.days,
    region: await regionOf(source, cli),
    signal: cli.signal,
    tried: new Set(tried && [tried.budget.name]),
  };
  const accounts: ReplayedAccount[] = [];
  const failures: string[] = [];
  for (const [index, one] of found.entries()) {
    progress.say(`Replaying ${fullName(one)}, ${index + 1} of ${found.length}`);
    const account = tried?.account ?? one.account;
    const replayed = isValid(account)
      ? await loadAndReplay({
          ...request,
          account,
          provider: one.provider,
          ledger: ledger.open(),
          now: cli.now(),
        })
      : { failure: whyInvalid(account) };
    if ('failure' in replayed) failures.push(`${fullName(one)}: ${replayed.failure}`);
    else accounts.push(replayed);
    // A replay keeps the thread busy: Ctrl-C is only noticed here.
    await pause(0);
    cli.signal.throwIfAborted();
  }
  return { days: options.days, accounts, failures };
}

/** Throws a UsageError where it is not clear whose budget it is. */
function triedIn(found: readonly FoundAccount[], { try: json }: BacktestOptions) {
  if (json === undefined) return undefined;
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) {
    throw new UsageError(
      `--try: expected one account, got ${found.length}: name one, like backtest ${only === undefined ? 'northflank/acme' : fullName(only)} --try …`,
    );
  }
  const { account, provider } = only;
  if (!isValid(account)) throw new UsageError(`--try: ${whyInvalid(account)}`);
  return withTriedBudget(account, json, provider);
}

interface TriedBudget {
  /** With the budget in the place of its namesake, else after the others. */
  readonly account: Account;
  readonly budget: Budget;
}

/** The account with one more budget, from the JSON of `--try`. Throws a UsageError in the words of a config's errors. */
export function withTriedBudget(account: Account, json: string, provider: Provider): TriedBudget {
  const budget = readBudget(account, json, provider);
  const { budgets } = account.config;
  const isThere = budgets.some(({ name }) => name === budget.name);
  const tried = isThere
    ? budgets.map((one) => (one.name === budget.name ? budget : one))
    : [...budgets, budget];
  return { budget, account: { ...account, config: { ...account.config, budgets: tried } } };
}

function readBudget({ config }: Account, json: string, provider: Provider): Budget {
  const parsed = parseJson(json);
  if ('problem' in parsed) throw new UsageError(`--try: ${problemText(parsed.problem)}`);
  const { prices, currency } = config;
  const schema = z
    .object({
      prices: z.custom<Prices>(),
      currency: z.string(),
      budgets: z.array(budgetSchema(provider)),
    })
    .check(costsCanBeKnown(provider));
  const input = { prices, currency, budgets: [parsed.value] };
  const read = parseConfig(schema, input, { secure: false });
  const [budget] = 'value' in read ? read.value.budgets : [];
  if (budget !== undefined) return budget;
  const problems = 'problems' in read ? read.problems : [];
  // Without `budgets[0]`, which nobody has typed.
  const found = problems.map((one) => problemLine({ ...one, path: one.path.slice(2) }));
  throw new UsageError(`--try: ${found.join('; ')}`);
}
