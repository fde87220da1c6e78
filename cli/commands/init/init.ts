/** `cost-alerts init`: a new account, from its token to its first budget. */
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { addStoreOptions, readSource, totalOffer } from '../../account-source.ts';
import { awsClients } from '../../aws.ts';
import {
  type Asker,
  askerOn,
  type Cli,
  examples,
  printJson,
  printLines,
  UsageError,
} from '../../output.ts';
import { configText } from '../../parameters/config-changes.ts';
import {
  type AccountName,
  askAccountName,
  askOptions,
  budgetsFrom,
  checkDraft,
  checkFlags,
  configFromFlags,
  fullName,
  readAccountName,
  requiredOptions,
} from './ask-account.ts';
import { checkable, withBudgets } from './ask-budget.ts';
import { tokenFrom, withWorkingToken } from './ask-token.ts';
import { filePlace, type ParameterPlace, storePlace } from './parameter-place.ts';
import {
  CANCELLED,
  type ConfigObject,
  checkComplete,
  checkTogether,
  described,
  type InitOptions,
  type InitSession,
  NotWritten,
  parameterNames,
} from './session.ts';
import { allowOverwrite, confirmWriting, nextSteps } from './write-parameters.ts';

export function addInitCommand(program: Command, cli: Cli): void {
  const command = program
    .command('init')
    .description(
      'Sets up an account, from its token to its first budget: asks for what the options leave out, tests the token, and writes the two parameters. Without a terminal, everything must be given.',
    )
    .argument('[account]', 'provider and name, such as northflank/acme');
  addAnswers(command);
  addPlace(command)
    .option('--overwrite', 'replace the parameters of an account that exists')
    .option('--dry-run', 'test the token and show what would be written')
    .option('-y, --yes', 'write without asking')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `${examples([
        'npx cost-alerts init',
        'npx cost-alerts init northflank/acme --profile team --region eu-west-1',
        'npx cost-alerts init northflank/acme --parameters my-parameters.json',
        '# in a script',
        'npx cost-alerts init influxdb/metrics --token-file token.txt \\',
        '  --option orgId=0123456789abcdef \\',
        '  --budget \'{"name":"everything","limit":200,"per":"month"}\' --yes',
      ])}\nExit codes: 0 written, 1 not written (the provider refused the token, or you\ncancelled), 2 wrong use or failure, 130 Ctrl-C; of --dry-run 0 is valid.\nNeeds ssm:GetParameter, ssm:PutParameter, ssm:DeleteParameter (where the second\nof two writes fails), ssm:GetParametersByPath, kms:Decrypt, kms:Encrypt,\nkms:GenerateDataKey.\n`,
    )
    .action(async (account: string | undefined, options: InitOptions) => {
      const outcome = await initOrSay(account, options, cli);
      cli.exitCode = outcome.written || outcome.isValid === true ? 0 : 1;
      if (options.json) printJson(cli, outcome);
      else printLines(cli, outcomeLines(outcome));
    });
}

function addAnswers(command: Command): Command {
  return command
    .addOption(
      new Option('--token-stdin', 'read the API token from standard input').conflicts('tokenFile'),
    )
    .option('--token-file <file>', 'read the API token from a file')
    .addOption(new Option('--token [value]').hideHelp().argParser(refuseToken))
    .option(
      '--option <key=value>',
      'an option of the provider, such as teamId=platform; repeatable',
      collected,
    )
    .option('--base-url <url>', "origin of the provider's API, if not the default")
    .option('--time-zone <zone>', "IANA zone of the budgets (default: the provider's)")
    .option('--currency <code>', 'ISO 4217 code (default: USD)')
    .option('--budget <json>', 'a budget as in the config; repeatable', budgetCollected)
    .option('--no-budget', 'no budget yet', noBudget)
    .addOption(
      new Option(
        '--limit <amount>',
        'limit of a budget on the cost of everything, in place of --budget; "suggested": with room above what is usual',
      ).conflicts('budget'),
    )
    .option('--per <period>', 'period of --limit (default: month)')
    .option('--no-test', 'do not test the token');
}

function addPlace(command: Command): Command {
  return addStoreOptions(
    command.addOption(
      new Option(
        '--parameters <file>',
        'write to this JSON file instead, for npm start -- --parameters',
      ).conflicts(['profile', 'region']),
    ),
  );
}

function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function budgetCollected(text: string, before?: readonly string[] | false): readonly string[] {
  if (before === false) throw budgetOrNone();
  return collected(text, before);
}

function noBudget(_: unknown, before?: readonly string[] | false): false {
  if (before) throw budgetOrNone();
  return false;
}

function budgetOrNone(): UsageError {
  return new UsageError('expected --budget <json> or --no-budget, got both');
}

/** Does not repeat the value. */
function refuseToken(): never {
  throw new UsageError(
    '--token: expected --token-stdin or --token-file <file>, as a command line stays in the shell history and is visible to others on this machine; if that was a real token, replace it',
  );
}

/** At Ctrl-C it says whether anything was written. */
async function initOrSay(
  account: string | undefined,
  options: InitOptions,
  cli: Cli,
): Promise<InitOutcome> {
  try {
    return await initAccount(account, options, cli);
  } catch (error) {
    const isCancelled = error instanceof Error && /^(Exit|Abort)PromptError$/.test(error.name);
    // A failed write says what is stored now; before that nothing is written.
    const line = error instanceof UsageError ? error.message : CANCELLED;
    if (isCancelled || cli.signal.aborted) cli.stderr.write(`\n${line}\n`);
    throw error;
  }
}

function dryRunOf(named: AccountName, { say }: InitSession): InitOutcome {
  const reason = 'Nothing was written.';
  say(reason);
  return { written: false, account: fullName(named), reason, isValid: true };
}

function outcomeLines(outcome: InitOutcome): readonly string[] {
  if (!outcome.written) return [];
  const { place, parameters, next } = outcome;
  return [
    `Written to ${place}:`,
    ...parameters.map(({ name, type }) => `  ${name} (${type})`),
    '',
    ...next,
  ];
}

type InitOutcome =
  | {
      readonly written: true;
      /** `northflank/acme` */
      readonly account: string;
      /** `Parameter Store in eu-west-1` */
      readonly place: string;
      readonly parameters: readonly { readonly name: string; readonly type: string }[];
      readonly config: ConfigObject;
      /** What to do now, one line each. */
      readonly next: readonly string[];
    }
  | {
      readonly written: false;
      readonly account: string;
      readonly reason: string;
      /** Of a dry run that got as far as writing. */
      readonly isValid?: true;
    };

/** Throws a UsageError, what the SDK throws, and at Ctrl-C an error of @inquirer/prompts; then nothing was written. */
async function initAccount(
  account: string | undefined,
  options: InitOptions,
  cli: Cli,
): Promise<InitOutcome> {
  const asker = askerOn(cli);
  const say = asker?.hint ?? ((line: string) => void cli.stderr.write(`${line}\n`));
  const session = { options, cli, asker, say };
  checkTogether(options);
  const given = account === undefined ? undefined : readAccountName(account, cli.providers);
  if (asker === undefined) checkComplete(given && requiredOptions(given.provider), options);
  const named = given ?? (await askAccountName(asker as Asker, cli.providers));
  try {
    return await setUp(named, session);
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error;
    say(error.message);
    return { written: false, account: fullName(named), reason: error.message };
  }
}

async function setUp(named: AccountName, session: InitSession): Promise<InitOutcome> {
  const { options, asker } = session;
  const identity = { ...named, root: options.root };
  const budgets = budgetsFrom(options);
  const flags = configFromFlags(named.provider, options);
  checkFlags({ ...identity, config: { ...flags, budgets: checkable(budgets) } });
  const names = parameterNames(identity);
  const place = await findPlace(options);
  const before = await place.read(names);
  if (before.config ?? before.token) await allowOverwrite(named, { before, place }, session);
  const token = await tokenFrom(identity, options, session);
  const answers = asker === undefined ? {} : await askOptions(named.provider, flags, asker);
  const untried = described({ ...identity, token, config: { ...answers, ...flags } });
  checkDraft({ ...untried, config: { ...untried.config, budgets: checkable(budgets) } });
  const tried = await withWorkingToken(untried, session);
  const draft = await withBudgets(tried, budgets, session);
  checkDraft(draft);
  await confirmWriting(draft, { names, place }, session);
  if (options.dryRun === true) return dryRunOf(named, session);
  // From here on Ctrl-C is too late: both parameters are written, or none.
  session.cli.signal.throwIfAborted();
  await place.write({ names, config: configText(draft.config), token: draft.token, before });
  return {
    written: true,
    account: fullName(named),
    place: place.name,
    parameters: [
      { name: names.config, type: 'String' },
      { name: names.token, type: 'SecureString' },
    ],
    config: draft.config,
    next: [...nextSteps(draft, options), ...(await offeredTotal(session))],
  };
}

/** None where other accounts may not be read: what was asked for is written. */
async function offeredTotal({ options, cli }: InitSession): Promise<readonly string[]> {
  try {
    const offer = totalOffer(await readSource(options, cli));
    return offer === undefined ? [] : [offer];
  } catch {
    return [];
  }
}

async function findPlace({ parameters: file, ...aws }: InitOptions): Promise<ParameterPlace> {
  if (file !== undefined) {
    await expectFolderOf(file);
    return filePlace(file);
  }
  const clients = awsClients(aws);
  return storePlace(clients.ssm, await clients.region());
}

/** The file may be missing, but not its folder; checked before anybody is asked for a token. */
async function expectFolderOf(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere)
    throw new UsageError(`--parameters: ${file} cannot be written: no folder ${folder}`);
}
