/** `cost-alerts list`: every account and total in Parameter Store. */
import type { Command } from 'commander';
import { momentText } from '../../functions/budgets/dates.ts';
import { type AccountConfig, isValid } from '../../functions/config/account.ts';
import { problemLine } from '../../functions/config/problem.ts';
import type { Total, TotalConfig } from '../../functions/config/schema/total.ts';
import {
  addSourceOptions,
  type FoundAccount,
  fullName,
  noAccounts,
  readSource,
  type SourceOptions,
  whyInvalid,
} from '../account-source.ts';
import {
  type Cli,
  counted,
  examples,
  printJson,
  printLines,
  textTable,
  withProgress,
} from '../output.ts';

export function addListCommand(program: Command, cli: Cli): void {
  addSourceOptions(program.command('list'))
    .description('Lists the accounts and totals.')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        ['npx cost-alerts list', 'npx cost-alerts list --json'],
        'Needs ssm:GetParametersByPath, kms:Decrypt.',
      ),
    )
    .action((options: SourceOptions) => list(options, cli));
}

async function list(options: SourceOptions, cli: Cli): Promise<void> {
  const source = await withProgress(cli, 'Reading the parameters', () => readSource(options, cli));
  const now = cli.now();
  const accounts = source.accounts.map((one) => accountRow(one, now));
  const totals = source.totals.map((one) => totalRow(one, now));
  if (accounts.length + totals.length === 0) throw noAccounts(source);
  if (options.json === true) {
    printJson(cli, { accounts, totals });
    return;
  }
  const rows = [...accounts, ...totals].map(
    ({ name, currency = '-', timeZone = '-', budgets, limit, per, state }) => [
      name,
      currency,
      timeZone,
      budgets ? counted(budgets.length, 'budget') : limit ? `${limit} per ${per}` : '-',
      state,
    ],
  );
  printLines(cli, textTable([['Name', 'Currency', 'Zone', 'Budgets', 'State'], ...rows]));
}

interface Row {
  /** `northflank/acme`, `totals/all` */
  readonly name: string;
  readonly currency?: string;
  readonly timeZone?: string;
  /** Names of an account's budgets. */
  readonly budgets?: readonly string[];
  /** Of a total. */
  readonly limit?: string;
  readonly per?: string;
  /** `ok`, `muted until …`, or the first problem. */
  readonly state: string;
}

function accountRow(found: FoundAccount, now: number): Row {
  const { account } = found;
  const name = fullName(found);
  const invalid = account.invalid && `invalid: ${whyInvalid(account)}`;
  if (!isValid(account)) return { name, state: `invalid: ${whyInvalid(account)}` };
  const { currency, timeZone, budgets, balances = [] } = account.config;
  const names = [...budgets, ...balances].map((budget) => budget.name);
  const state = invalid ?? stateOf(account.config, now);
  return { name, currency, timeZone, budgets: names, state };
}

function totalRow(total: Total, now: number): Row {
  const { config, problems } = total;
  const name = fullName(total);
  if (config === undefined) return { name, state: `invalid: ${problems.map(problemLine)[0]}` };
  const { currency, timeZone, limit, per } = config;
  return { name, currency, timeZone, limit, per, state: stateOf(config, now) };
}

function stateOf(
  { timeZone, mutedUntil, mutedBecause }: AccountConfig | TotalConfig,
  now: number,
): string {
  if (mutedUntil === undefined || mutedUntil <= now) return 'ok';
  const why = mutedBecause === undefined ? '' : `: ${mutedBecause}`;
  return `muted until ${momentText(mutedUntil, timeZone)}${why}`;
}
