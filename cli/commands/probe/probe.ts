/** `cost-alerts probe`: the shape of what a provider answers, for a bug report. */
import type { Command } from 'commander';
import { isValid } from '../../../functions/config/account.ts';
import { problemLine } from '../../../functions/config/problem.ts';
import {
  accountsNamed,
  addSourceOptions,
  readSource,
  type SourceOptions,
} from '../../account-source.ts';
import {
  type Cli,
  type ExitCode,
  examples,
  printJson,
  printLines,
  UsageError,
  withProgress,
} from '../../output.ts';
import { writeWhole } from '../../text-file.ts';
import { probeLines } from './probe-lines.ts';
import { probe } from './read-probe.ts';

interface ProbeOptions extends SourceOptions {
  readonly save?: string;
  readonly json?: boolean;
}

export function addProbeCommand(program: Command, cli: Cli): void {
  addSourceOptions(program.command('probe <account>'))
    .description(
      "Asks the provider once with the account's token, and prints the shape of the answer: names of fields, kinds of values and counts, without amounts, ids, names or token.",
    )
    .option('--save <file>', 'also write it as JSON, for a bug report')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts probe northflank/acme',
          'npx cost-alerts probe northflank/acme --save northflank.json',
        ],
        'A name that may be data is shown as <key> or <id>. Exit code 1: the usage could\nnot be read; the shape is printed all the same.\nNeeds ssm:GetParametersByPath, kms:Decrypt.',
      ),
    )
    .action(async (name: string, options: ProbeOptions) => {
      cli.exitCode = await probeAccount(name, options, cli);
    });
}

async function probeAccount(name: string, options: ProbeOptions, cli: Cli): Promise<ExitCode> {
  const source = await withProgress(cli, 'Reading the parameters', () => readSource(options, cli));
  const [found] = accountsNamed(source, [name]);
  if (found === undefined || !isValid(found.account)) {
    const [problem] = found?.account.invalid?.problems ?? [];
    const why = problem === undefined ? 'its token or config is missing' : problemLine(problem);
    throw new UsageError(`${name} cannot be probed: ${why}`);
  }
  const { account, provider } = found;
  const shape = await withProgress(cli, `Asking ${provider.name}`, () =>
    probe(account, provider, { now: cli.now(), signal: cli.signal }),
  );
  if (options.json === true) printJson(cli, shape);
  else printLines(cli, probeLines(shape, { reads: provider.reads ?? [] }, cli));
  if (options.save !== undefined) {
    const path = await save(options.save, `${JSON.stringify(shape, undefined, 2)}\n`);
    cli.stderr.write(`Wrote ${path}.\n`);
  }
  return shape.outcome.status === 'complete' ? 0 : 1;
}

async function save(file: string, text: string): Promise<string> {
  try {
    return await writeWhole(file, text);
  } catch (cause) {
    throw new UsageError(`--save: ${file} cannot be written: ${(cause as Error).message}`, {
      cause,
    });
  }
}
