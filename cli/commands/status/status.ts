/** `cost-alerts status`: where every account, its budgets and the deployment are now. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { addStackOptions, type DeployedOptions } from '../../account-source.ts';
import { awsProblem } from '../../aws.ts';
import { type Cli, examples, printJson, printLines, withProgress } from '../../output.ts';
import { expectWritable, writeNamed } from '../../text-file.ts';
import { isAllWell, readStatus, type Status } from './read-status.ts';
import { statusPage } from './status-page.ts';
import { statusJson, statusLines } from './status-report.ts';

interface StatusOptions extends DeployedOptions {
  /** A file. */
  readonly page?: string;
  /** Seconds; true: the default. */
  readonly watch?: number | true;
}

const DEFAULT_WATCH_SECONDS = 60;
const LEAST_WATCH_SECONDS = 5;

export function addStatusCommand(program: Command, cli: Cli): void {
  addStackOptions(program.command('status [accounts...]'))
    .description(
      'Shows where each budget is, what fires since when, and whether the deployment works.',
    )
    .addOption(
      new Option('--watch [seconds]', 'refresh until Ctrl-C (default: every 60 s)')
        .argParser(readSeconds)
        .conflicts(['json', 'page']),
    )
    .option('--page <file>', 'also write a page of all accounts, which needs no server')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts status',
          'npx cost-alerts status northflank/acme --json',
          'npx cost-alerts status --watch 30',
          'npx cost-alerts status --page now.html',
        ],
        'Exit code 1: something fires, is not well, or cannot be asked.\nNeeds ssm:GetParametersByPath, kms:Decrypt, cloudformation:DescribeStacks,\ndynamodb:Query, dynamodb:GetItem, sns:ListSubscriptionsByTopic,\nsns:GetSubscriptionAttributes, sqs:GetQueueAttributes,\ncloudwatch:DescribeAlarms; without one of the last seven something is unknown.',
      ),
    )
    .action(async (names: string[], options: StatusOptions) => {
      if (options.page !== undefined) await expectWritable('--page', options.page);
      const read = () => readStatus(names, options, cli);
      const status = await withProgress(cli, 'Reading the status', read);
      cli.exitCode = isAllWell(status) ? 0 : 1;
      if (options.watch === undefined) await print(status, options, cli);
      else await watch(status, read, options.watch, cli);
    });
}

async function print(
  status: Status,
  { json, page: file, root }: StatusOptions,
  cli: Cli,
): Promise<void> {
  const page =
    file &&
    (await writeNamed(
      '--page',
      file,
      await statusPage(status, { root, providers: cli.providers }),
    ));
  if (json === true) {
    printJson(cli, { ...statusJson(status), ...(page && { page }) });
    return;
  }
  const written = page ? ['', `Page: ${pathToFileURL(page)}`] : [];
  printLines(cli, [...statusLines(status, cli), ...written]);
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= LEAST_WATCH_SECONDS) return seconds;
  throw new InvalidArgumentError(
    `expected whole seconds, ${LEAST_WATCH_SECONDS} at least, got ${JSON.stringify(text)}`,
  );
}

const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** Until Ctrl-C; where AWS does not answer, the last status stays. */
async function watch(
  first: Status,
  read: () => Promise<Status>,
  watched: number | true,
  cli: Cli,
): Promise<void> {
  const milliseconds = 1000 * (watched === true ? DEFAULT_WATCH_SECONDS : watched);
  let shown: Refreshed = { status: first };
  do {
    const { status, problem } = shown;
    if (cli.stdout.isTTY === true) cli.stdout.write(CLEAR_SCREEN);
    const refreshed = problem === undefined ? [] : ['', `Not refreshed: ${problem}`];
    printLines(cli, [...statusLines(status, cli), ...refreshed]);
    if (!(await pause(milliseconds, cli.signal))) return;
    shown = await refresh(status, read, cli);
  } while (!cli.signal.aborted);
}

interface Refreshed {
  readonly status: Status;
  /** Why it is still the last one. */
  readonly problem?: string;
}

async function refresh(last: Status, read: () => Promise<Status>, cli: Cli): Promise<Refreshed> {
  try {
    return { status: await read() };
  } catch (error) {
    const problem = awsProblem(error);
    if (problem === undefined && !cli.signal.aborted) throw error;
    return { status: last, ...(problem !== undefined && { problem }) };
  }
}

/** False if the signal aborts first. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(milliseconds, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
