/** `cost-alerts budget`: lists the budgets of accounts, and changes one of them in place. */
import type { Command } from 'commander';
import {
  accountsNamed,
  addSourceOptions,
  configOf,
  fullName,
  readSource,
  type SourceOptions,
} from '../../account-source.ts';
import {
  type Cli,
  counted,
  type ExitCode,
  examples,
  printJson,
  printLines,
  textTable,
  withProgress,
} from '../../output.ts';
import { addWriteOptions, WRITE_PERMISSIONS } from '../../parameters/edit-config.ts';
import { addBudgetAnswers, removeBudget, type SetOptions, setBudget } from './set-budget.ts';

export function addBudgetCommand(program: Command, cli: Cli): void {
  const budget = program
    .command('budget')
    .description('Lists budgets, and changes one of them in place.')
    .addHelpText(
      'after',
      examples([
        'npx cost-alerts budget list',
        'npx cost-alerts budget set northflank/acme gpu --limit 15 --per day',
        'npx cost-alerts budget set openrouter/chat credit --measure balance --days 7',
        'npx cost-alerts budget remove northflank/acme gpu',
      ]),
    );
  addWriteOptions(addBudgetAnswers(budget.command('set <account> <name>')))
    .description('Adds a budget, or changes what is given of the one by that name.')
    .option(
      '--stack <name>',
      'the deployed stack, for what it knows of the last 90 days',
      'CostAlerts',
    )
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts budget set northflank/acme gpu --meter gpu \\',
          '  --limit 15 --per day',
          'npx cost-alerts budget set northflank/acme gpu --limit 20 --yes',
        ],
        'Shows the alerts it would have given over the last 90 days. To take a key away,',
        'remove the budget and set it again.',
        WRITE_PERMISSIONS,
        'For the last 90 days also cloudformation:DescribeStacks, dynamodb:GetItem,',
        'dynamodb:Query.',
      ),
    )
    .action(async (account: string, name: string, options: SetOptions) => {
      cli.exitCode = await setBudget(account, name, options, cli);
    });
  addWriteOptions(budget.command('remove <account> <name>'))
    .description('Removes a budget from the config.')
    .addHelpText(
      'after',
      examples(['npx cost-alerts budget remove northflank/acme gpu'], WRITE_PERMISSIONS),
    )
    .action(async (account: string, name: string, options: SetOptions) => {
      cli.exitCode = await removeBudget(account, name, options, cli);
    });
  addSourceOptions(budget.command('list [accounts...]'))
    .description('Lists the budgets of accounts.')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(['npx cost-alerts budget list'], 'Needs ssm:GetParametersByPath, kms:Decrypt.'),
    )
    .action(async (names: string[], options: SourceOptions) => {
      cli.exitCode = await listBudgets(names, options, cli);
    });
}

/** 1 where an account cannot be read. */
async function listBudgets(
  names: readonly string[],
  options: SourceOptions,
  cli: Cli,
): Promise<ExitCode> {
  const source = await withProgress(cli, 'Reading the parameters', () => readSource(options, cli));
  const accounts = accountsNamed(source, names);
  const invalid = accounts.filter((one) => configOf(one) === undefined).map(fullName);
  const budgets = accounts.flatMap((one) => {
    const { currency = '', budgets: own = [], balances = [] } = configOf(one) ?? {};
    const onCredit = balances.map(({ place: _, ...budget }) => budget);
    return [...own, ...onCredit].map((budget) => ({ account: fullName(one), currency, ...budget }));
  });
  if (options.json === true) printJson(cli, { budgets, invalid });
  else {
    const rows = budgets.map((one) =>
      one.measure === 'balance'
        ? [one.account, one.name, 'credit', 'none', `${counted(one.days, 'day')} before`]
        : [
            one.account,
            one.name,
            one.meter ?? 'all',
            `${one.limit} ${one.unit ?? one.currency} per ${one.per}`,
            `${one.thresholds.join(', ')} %`,
          ],
    );
    printLines(cli, textTable([['Account', 'Budget', 'Meter', 'Limit', 'Thresholds'], ...rows]));
    printLines(
      cli,
      invalid.map((name) => `${name} is invalid: npx cost-alerts validate ${name}`),
    );
  }
  return invalid.length > 0 ? 1 : 0;
}
