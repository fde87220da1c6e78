/** `cost-alerts list`: every account and total in Parameter Store. */
import type { Command } from 'commander';
import { momentText } from '../../functions/budgets/dates.ts';
import { isValid } from '../../functions/config/account.ts';
import { problemLine } from '../../functions/config/problem.ts';
import { readTotals, type Total } from '../../functions/config/total-schema.ts';
import { tableLines } from '../../functions/messages/email.ts';
import {
  addSourceOptions,
  type FoundAccount,
  fullName,
  noAccounts,
  readSource,
  type SourceOptions,
} from '../account-source.ts';
import { type Cli, counted, examples, printJson, printLines, withProgress } from '../output.ts';

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
    .action((options: SourceOptions & { json?: boolean }) => list(options, cli));
}

async function list(options: SourceOptions & { json?: boolean }, cli: Cli): Promise<void> {
  const source = await withProgress(cli, 'Reading the parameters', () => readSource(options, cli));
  const totals = readTotals(source.parameters, source.root);
  if (source.accounts.length + totals.length === 0) throw noAccounts(source);
  const accounts = source.accounts.map((one) => accountRow(one, cli.now()));
  const listed = [...accounts, ...totals.map(totalRow)];
  if (options.json === true) {
    printJson(cli, { accounts, totals: totals.map(totalRow) });
    return;
  }
  const rows = listed.map(({ name, currency = '-', timeZone = '-', budgets, state }) => [
    name,
    currency,
    timeZone,
    budgets ?? '-',
    state,
  ]);
  printLines(cli, tableLines([['Name', 'Currency', 'Zone', 'Budgets', 'State'], ...rows]));
}

interface Row {
  /** `northflank/acme`, `totals/all` */
  readonly name: string;
  readonly currency?: string;
  readonly timeZone?: string;
  readonly budgets?: string;
  /** `ok`, `muted until …`, or the first problem. */
  readonly state: string;
}

function accountRow(found: FoundAccount, now: number): Row {
  const { account } = found;
  const [problem] = account.invalid?.problems ?? [];
  const name = fullName(found);
  const invalid = problem === undefined ? undefined : `invalid: ${problemLine(problem)}`;
  if (!isValid(account)) return { name, state: invalid ?? 'being set up' };
  const {
    currency,
    timeZone,
    budgets,
    balances = [],
    mutedUntil = 0,
    mutedBecause,
  } = account.config;
  const why = mutedBecause === undefined ? '' : `: ${mutedBecause}`;
  const until = momentText(new Date(mutedUntil).toISOString(), timeZone);
  const muted = mutedUntil > now ? `muted until ${until}${why}` : undefined;
  const counts = counted(budgets.length + balances.length, 'budget');
  return { name, currency, timeZone, budgets: counts, state: invalid ?? muted ?? 'ok' };
}

function totalRow({ name, config, problems: [problem] }: Total): Row {
  const state = problem === undefined ? 'ok' : `invalid: ${problemLine(problem)}`;
  if (config === undefined) return { name: `totals/${name}`, state };
  const { currency, timeZone, limit, per } = config;
  return { name: `totals/${name}`, currency, timeZone, budgets: `${limit} per ${per}`, state };
}
