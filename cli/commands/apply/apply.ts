/** `cost-alerts apply`: makes Parameter Store what one file says. */
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Command } from 'commander';
import { inParallel } from '../../../functions/checks/in-parallel.ts';
import {
  parameterClientSettings,
  readParameters,
} from '../../../functions/config/parameter-store.ts';
import type { SourceOptions } from '../../account-source.ts';
import { awsClients, awsProblem } from '../../aws.ts';
import {
  type Cli,
  counted,
  type ExitCode,
  examples,
  type Progress,
  printJson,
  printLines,
  UsageError,
  withProgress,
} from '../../output.ts';
import {
  addWriteOptions,
  isAgreed,
  preview,
  type WriteOptions,
} from '../../parameters/edit-config.ts';
import { type PreparedWrite, prepareWrite, write } from '../../parameters/write-parameter.ts';
import { deleteParameters } from '../remove.ts';
import { fileProblemLine, readAccountsFile } from './accounts-file.ts';
import { type Plan, planLines, planOf } from './plan.ts';

interface ApplyOptions extends SourceOptions, WriteOptions {
  readonly prune?: boolean;
}

export function addApplyCommand(program: Command, cli: Cli): void {
  addWriteOptions(program.command('apply <file>'))
    .description(
      'Writes the accounts and totals of a YAML file to Parameter Store: shows what differs, asks, and writes only that.',
    )
    .option('--prune', 'also delete the accounts and totals that are not in the file')
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts apply accounts.yaml --dry-run',
          'npx cost-alerts apply accounts.yaml',
          'npx cost-alerts apply accounts.yaml --prune --yes',
          'npx cost-alerts export-config > accounts.yaml',
        ],
        'Tokens are references, token: { env: NORTHFLANK_TOKEN } or { file: token.txt };',
        'without one the token stays as it is. Mutes stay, too.',
        'Needs ssm:GetParametersByPath, ssm:GetParameter, ssm:PutParameter,',
        'ssm:DescribeParameters, kms:Decrypt, kms:Encrypt, kms:GenerateDataKey; for',
        '--prune ssm:DeleteParameters.',
      ),
    )
    .action(async (file: string, options: ApplyOptions) => {
      cli.exitCode = await apply(file, options, cli);
    });
}

/** 1 where the file is wrong, the answer is no, or a write failed. */
async function apply(file: string, options: ApplyOptions, cli: Cli): Promise<ExitCode> {
  const { root } = options;
  const { environment, providers } = cli;
  const content = await readAccountsFile(file, { root, environment, providers });
  const wrong = content.problems.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0) {
    const lines = wrong.map((one) => fileProblemLine(file, one));
    return refuse(lines, options, cli);
  }
  const { ssm } = awsClients(options, parameterClientSettings);
  const plan = await withProgress(cli, 'Reading the parameters', async () =>
    planOf(content, await readParameters(ssm, root, cli.signal), { root, providers }),
  );
  if (plan.missing.length > 0) {
    const lines = plan.missing.map(
      ({ account, message }) => `${file}: accounts.${account}: ${message}`,
    );
    return refuse(lines, options, cli);
  }
  return carryOut(plan, { ssm, options, cli });
}

function refuse(lines: readonly string[], { json }: ApplyOptions, cli: Cli): ExitCode {
  if (json === true) printJson(cli, { written: [], deleted: [], problems: lines });
  else printLines(cli, [...lines, '', `${counted(lines.length, 'problem')}; nothing was written.`]);
  return 1;
}

interface Means {
  readonly ssm: SSMClient;
  readonly options: ApplyOptions;
  readonly cli: Cli;
}

async function carryOut(plan: Plan, { ssm, options, cli }: Means): Promise<ExitCode> {
  const pruned = options.prune === true ? plan.unlisted : [];
  const groups = await inParallel(AT_ONCE, plan.groups, (group) =>
    inParallel(1, group, (one) => prepareWrite(ssm, one)),
  );
  preview(cli, options, previewLines(plan, pruned, options, cli));
  const writes = groups.flat().length;
  const count = writes + pruned.length;
  const mayWrite = count > 0 && options.dryRun !== true;
  const deleting = pruned.length > 0 ? ` and delete ${pruned.length}` : '';
  const question = `Write ${counted(writes, 'parameter')}${deleting}?`;
  const isWriting = mayWrite && (await isAgreed(question, options, cli));
  const outcome = isWriting
    ? await writeGroups(groups, pruned, { ssm, options, cli })
    : { written: [], deleted: [], problems: [] };
  if (options.json === true) {
    printJson(cli, isWriting ? outcome : { ...outcome, planned: planJson(plan, pruned) });
  } else {
    const done = outcome.written.length + outcome.deleted.length;
    printLines(cli, [outcomeLine(count, done, isWriting), ...outcome.problems]);
  }
  const isDone = outcome.problems.length === 0 && isWriting === mayWrite;
  return isDone ? 0 : 1;
}

function previewLines(
  plan: Plan,
  pruned: readonly string[],
  { prune }: ApplyOptions,
  cli: Cli,
): string[] {
  const deleted = pruned.map((name) => `- ${name}`);
  return [...planLines(plan, cli), ...(prune === true ? deleted : unlistedLines(plan.unlisted))];
}

function unlistedLines(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`Not in the file, and left as they are (--prune deletes them): ${names.join(', ')}`];
}

function planJson({ groups }: Plan, pruned: readonly string[]): object[] {
  return [
    ...groups
      .flat()
      .map(({ name, before }) => ({ parameter: name, action: before ? 'change' : 'create' })),
    ...pruned.map((name) => ({ parameter: name, action: 'delete' })),
  ];
}

function outcomeLine(count: number, done: number, isWriting: boolean): string {
  if (count === 0) return 'Nothing to change.';
  if (!isWriting) return 'Nothing was written.';
  if (done === count) return `${counted(done, 'parameter')} changed.`;
  return `${done} of ${counted(count, 'parameter')} changed; run the same command again for the rest.`;
}

/** Parameter Store takes a few writes a second, and the SDK waits where it says so. */
const AT_ONCE = 4;

interface Outcome {
  readonly written: string[];
  readonly deleted: string[];
  readonly problems: string[];
}

/** Goes on after a failure with the other accounts, and at Ctrl-C ends after the parameters that are under way. */
async function writeGroups(
  groups: readonly (readonly PreparedWrite[])[],
  pruned: readonly string[],
  { ssm, cli }: Means,
): Promise<Outcome> {
  const outcome: Outcome = { written: [], deleted: [], problems: [] };
  const count = groups.flat().length;
  await withProgress(cli, 'Writing', async (progress) => {
    await inParallel(AT_ONCE, groups, (group) =>
      writeGroup(group, { ssm, cli, outcome, progress, count }),
    );
    if (pruned.length === 0 || cli.signal.aborted || outcome.problems.length > 0) return;
    try {
      await deleteParameters(ssm, pruned);
      outcome.deleted.push(...pruned);
    } catch (error) {
      outcome.problems.push(`not deleted: ${reasonOf(error)}`);
    }
  });
  return outcome;
}

async function writeGroup(
  group: readonly PreparedWrite[],
  {
    ssm,
    cli,
    outcome,
    progress,
    count,
  }: Omit<Means, 'options'> & { outcome: Outcome; progress: Progress; count: number },
): Promise<void> {
  for (const one of group) {
    if (cli.signal.aborted) return;
    try {
      await write(ssm, one);
      outcome.written.push(one.name);
      progress.say(`Writing ${outcome.written.length} of ${count}`);
    } catch (error) {
      outcome.problems.push(`${one.name}: not written: ${reasonOf(error)}`);
      return;
    }
  }
}

/** Of what a person can mend; anything else is thrown on. */
function reasonOf(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  const reason = awsProblem(error);
  if (reason === undefined) throw error;
  return reason;
}
