/** `cost-alerts remove`: deletes the parameters of an account, or that of a total. */
import { DeleteParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Command } from 'commander';
import {
  addStoreOptions,
  fullName,
  isAccount,
  readSource,
  type SourceOptions,
  watchedNamed,
} from '../account-source.ts';
import {
  type Cli,
  type ExitCode,
  examples,
  printJson,
  printLines,
  withProgress,
} from '../output.ts';
import { isAgreed, preview, type WriteOptions } from '../parameters/edit-config.ts';

type RemoveOptions = SourceOptions & WriteOptions;

const KEEPS = 'Its history stays for 90 days; set up again, the account starts over.';

export function addRemoveCommand(program: Command, cli: Cli): void {
  addStoreOptions(program.command('remove <account>'))
    .description('Deletes the parameters of an account, its token included, or that of a total.')
    .option('--dry-run', 'show what would be deleted')
    .option('-y, --yes', 'delete without asking')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts remove northflank/acme',
          'npx cost-alerts remove northflank/acme --yes',
          'npx cost-alerts remove totals/all',
        ],
        KEEPS,
        'Needs ssm:GetParametersByPath, ssm:DeleteParameters, kms:Decrypt.',
      ),
    )
    .action(async (name: string, options: RemoveOptions) => {
      cli.exitCode = await remove(name, options, cli);
    });
}

async function remove(name: string, options: RemoveOptions, cli: Cli): Promise<ExitCode> {
  const source = await withProgress(cli, 'Reading the parameters', () => readSource(options, cli));
  const [watched] = watchedNamed(source, [name]);
  if (watched === undefined) return 2;
  const account = fullName(watched);
  const own = `${source.root}/${account}`;
  const names = source.parameters
    .map((one) => one.name)
    .filter((one) => `${one}/`.startsWith(`${own}/`));
  preview(
    cli,
    options,
    names.map((one) => `- ${one}`),
  );
  const isDone =
    options.dryRun !== true &&
    (await isAgreed(`Delete these, and stop watching ${account}?`, options, cli));
  if (isDone && source.aws !== undefined) {
    cli.signal.throwIfAborted();
    await deleteParameters(source.aws.ssm, names);
  }
  if (options.json === true) printJson(cli, { account, deleted: isDone, parameters: names });
  else {
    const keeps = isAccount(watched) ? KEEPS : 'Its accounts are watched as before.';
    printLines(cli, isDone ? [`${account} is removed.`, keeps] : ['Nothing was deleted.']);
  }
  return isDone || options.dryRun === true ? 0 : 1;
}

/** DeleteParameters takes ten (SSM API reference). */
const MOST_NAMES = 10;

/** Those that are gone already count as deleted. */
export async function deleteParameters(ssm: SSMClient, names: readonly string[]): Promise<void> {
  for (let first = 0; first < names.length; first += MOST_NAMES) {
    const Names = names.slice(first, first + MOST_NAMES);
    await ssm.send(new DeleteParametersCommand({ Names }));
  }
}
