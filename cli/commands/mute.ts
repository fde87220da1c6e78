/** `cost-alerts mute` and `unmute`: no messages about an account for a while. */
import type { Command } from 'commander';
import { momentText } from '../../functions/budgets/dates.ts';
import { isValid } from '../../functions/config/account.ts';
import {
  accountsNamed,
  addStoreOptions,
  type FoundAccount,
  fullName,
  noAccounts,
  readSource,
  type Source,
  type SourceOptions,
} from '../account-source.ts';
import {
  type Cli,
  counted,
  type ExitCode,
  examples,
  printJson,
  printLines,
  withProgress,
} from '../output.ts';
import { withoutValue, withValue } from '../parameters/config-text.ts';
import {
  addDryRunOptions,
  type ConfigEdit,
  editConfig,
  editJson,
  editLines,
  preview,
  WRITE_PERMISSIONS,
  type WriteOptions,
} from '../parameters/edit-config.ts';
import { prepareWrite, write } from '../parameters/write-parameter.ts';
import { UsageError } from '../usage-error.ts';
import { muteUntil } from './mute-until.ts';

interface MuteOptions extends SourceOptions, WriteOptions {
  readonly all?: boolean;
  readonly reason?: string;
}

export function addMuteCommand(program: Command, cli: Cli): void {
  addMuteOptions(program.command('mute <account-and-time...>'))
    .usage('[options] <account...> <3d | 2h | 2026-12-01>')
    .description(
      'Stops messages about accounts until a time. Alerts that still hold fire when the mute ends, and one message says what else would have fired.',
    )
    .option('--reason <text>', 'why, shown wherever the mute is')
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts mute northflank/acme 3d --reason "load test"',
          'npx cost-alerts mute northflank/acme influxdb/metrics 2026-12-01',
          'npx cost-alerts mute --all 2h',
        ],
        "At most 90 days. A date is the beginning of that day in the account's time zone.",
        WRITE_PERMISSIONS,
      ),
    )
    .action(async (given: string[], options: MuteOptions) => {
      cli.exitCode = await mute(given, options, cli);
    });
}

export function addUnmuteCommand(program: Command, cli: Cli): void {
  addMuteOptions(program.command('unmute [accounts...]'))
    .description('Ends a mute. Alerts that still hold are published by the next check.')
    .addHelpText(
      'after',
      examples(
        ['npx cost-alerts unmute northflank/acme', 'npx cost-alerts unmute --all'],
        WRITE_PERMISSIONS,
      ),
    )
    .action(async (names: string[], options: MuteOptions) => {
      cli.exitCode = await unmute(names, options, cli);
    });
}

function addMuteOptions(command: Command): Command {
  return addDryRunOptions(addStoreOptions(command).option('--all', 'all accounts'));
}

async function mute(given: readonly string[], options: MuteOptions, cli: Cli): Promise<ExitCode> {
  const time = given.at(-1) ?? '';
  const names = given.slice(0, -1);
  if (names.length === 0 && options.all !== true) {
    throw new UsageError(
      `expected an account and a time, such as "northflank/acme 3d", got ${JSON.stringify(time)} alone; --all mutes all accounts`,
    );
  }
  const { reason } = options;
  if (reason !== undefined && (reason === '' || reason.length > 200)) {
    throw new UsageError(`--reason: expected 1 to 200 characters, got ${reason.length}`);
  }
  muteUntil(time, cli.now(), 'UTC');
  return editAll(names, options, cli, {
    edit: (text, found) => {
      const until = JSON.stringify(muteUntil(time, cli.now(), zoneOf(found)));
      const muted = withValue(text, ['mutedUntil'], until);
      if (reason === undefined) return withoutValue(muted, ['mutedBecause']);
      return withValue(muted, ['mutedBecause'], JSON.stringify(reason));
    },
    said: mutedLine,
    atEnd:
      'When the mute ends, alerts that still hold fire, and one message says what else would have fired.',
  });
}

async function unmute(names: readonly string[], options: MuteOptions, cli: Cli): Promise<ExitCode> {
  if (names.length === 0 && options.all !== true) {
    throw new UsageError('expected an account such as northflank/acme, or --all');
  }
  return editAll(names, options, cli, {
    edit: (text) => withoutValue(withoutValue(text, ['mutedUntil']), ['mutedBecause']),
    said: ({ account, changes }) =>
      changes.length === 0 ? `${account} is not muted.` : `${account} is no longer muted.`,
    atEnd: 'Alerts that still hold are published by the next check.',
  });
}

function zoneOf({ account, provider }: FoundAccount): string {
  const config = isValid(account) ? account.config : account.validConfig?.value;
  return config?.timeZone ?? provider.dayZone;
}

function mutedLine({ account, edited }: ConfigEdit): string {
  const { mutedUntil, mutedBecause, timeZone = 'UTC' } = edited?.config ?? {};
  if (mutedUntil === undefined) return `${account} is muted.`;
  const why = mutedBecause === undefined ? '' : `: ${mutedBecause}`;
  return `${account} is muted until ${momentText(new Date(mutedUntil).toISOString(), timeZone)}${why}.`;
}

interface Editing {
  readonly edit: (text: string, found: FoundAccount) => string;
  /** The outcome in a sentence. */
  readonly said: (edit: ConfigEdit) => string;
  readonly atEnd: string;
}

/** 1 where one of the accounts could not be changed; the others are all the same. */
async function editAll(
  names: readonly string[],
  options: MuteOptions,
  cli: Cli,
  { edit, said, atEnd }: Editing,
): Promise<ExitCode> {
  if (names.length > 0 && options.all === true) {
    throw new UsageError(`expected --all or accounts, got both: ${names.join(', ')}`);
  }
  const source = await withProgress(cli, 'Reading the parameters', () => readSource(options, cli));
  const accounts = accountsNamed(source, names);
  if (accounts.length === 0) throw noAccounts(source);
  const { edits, failures } = editEach(source, accounts, edit);
  preview(
    cli,
    options,
    edits.flatMap((one) => editLines(one, cli)),
  );
  const isWritten = options.dryRun !== true;
  if (isWritten) await writeAll(source, edits, cli);
  if (options.json === true) {
    printJson(cli, { written: isWritten, accounts: edits.map(editJson), failures });
  } else {
    printLines(cli, ['', ...(isWritten ? [...edits.map(said), atEnd] : ['Nothing was written.'])]);
  }
  for (const failure of failures) cli.stderr.write(`not changed: ${failure}\n`);
  return failures.length > 0 ? 1 : 0;
}

/** Throws a UsageError where the only one cannot be edited. */
function editEach(source: Source, accounts: readonly FoundAccount[], edit: Editing['edit']) {
  const edits: ConfigEdit[] = [];
  const failures: string[] = [];
  for (const found of accounts) {
    try {
      edits.push(editConfig(source, found, (text) => edit(text, found)));
    } catch (error) {
      if (!(error instanceof UsageError) || accounts.length === 1) throw error;
      failures.push(`${fullName(found)}: ${error.message}`);
    }
  }
  return { edits, failures };
}

/** One after the other: Ctrl-C ends it between two of them. */
async function writeAll({ aws }: Source, edits: readonly ConfigEdit[], cli: Cli): Promise<void> {
  if (aws === undefined) return;
  const changed = edits.filter(({ changes }) => changes.length > 0);
  for (const [index, one] of changed.entries()) {
    if (cli.signal.aborted) {
      cli.stderr.write(`Stopped: ${counted(index, 'account')} of ${changed.length} changed.\n`);
      cli.signal.throwIfAborted();
    }
    await write(aws.ssm, await prepareWrite(aws.ssm, one));
  }
}
