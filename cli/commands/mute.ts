/** `cost-alerts mute` and `unmute`: no messages about an account or a total for a while. */
import type { Command } from 'commander';
import { Temporal } from 'temporal-polyfill';
import { momentText } from '../../functions/budgets/dates.ts';
import {
  addStoreOptions,
  configOf,
  fullName,
  isAccount,
  noAccounts,
  readSource,
  type Source,
  type SourceOptions,
  type Watched,
  watchedNamed,
} from '../account-source.ts';
import {
  type Cli,
  type ExitCode,
  examples,
  printJson,
  printLines,
  UsageError,
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

interface MuteOptions extends SourceOptions, WriteOptions {
  readonly all?: boolean;
  readonly reason?: string;
}

export function addMuteCommand(program: Command, cli: Cli): void {
  addMuteOptions(program.command('mute <account-and-time...>'))
    .usage('[options] <account...> <3d | 2h | 2026-12-01>')
    .description(
      'Stops messages about accounts or totals until a time. Alerts that still hold fire when the mute ends, and one message says what else would have fired.',
    )
    .option('--reason <text>', 'why, shown wherever the mute is')
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts mute northflank/acme 3d --reason "load test"',
          'npx cost-alerts mute influxdb/metrics totals/all 2026-12-01',
          'npx cost-alerts mute --all 2h',
        ],
        "At most 90 days. A date is the beginning of that day in the account's time zone.",
        'A total goes on while an account in it is muted; --all mutes totals, too.',
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
  return addDryRunOptions(addStoreOptions(command).option('--all', 'all accounts and totals'));
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
  const now = cli.now();
  muteUntil(time, now, 'UTC');
  const why = reason === undefined ? '' : `: ${reason}`;
  return editAll(names, options, cli, {
    edit: (text, watched) => {
      const until = JSON.stringify(muteUntil(time, now, zoneOf(watched)));
      const muted = withValue(text, ['mutedUntil'], until);
      if (reason === undefined) return withoutValue(muted, ['mutedBecause']);
      return withValue(muted, ['mutedBecause'], JSON.stringify(reason));
    },
    said: ({ watched }) => {
      const zone = zoneOf(watched);
      const until = momentText(muteUntil(time, now, zone), zone);
      return `${fullName(watched)} is muted until ${until}${why}.`;
    },
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
    said: ({ watched, changes }) =>
      `${fullName(watched)} is ${changes.length === 0 ? 'not' : 'no longer'} muted.`,
    atEnd: 'Alerts that still hold are published by the next check.',
  });
}

function zoneOf(watched: Watched): string {
  if (!isAccount(watched)) return watched.config?.timeZone ?? 'UTC';
  return configOf(watched)?.timeZone ?? watched.provider.dayZone;
}

interface Editing {
  readonly edit: (text: string, watched: Watched) => string;
  /** The outcome in a sentence. */
  readonly said: (edit: ConfigEdit) => string;
  readonly atEnd: string;
}

/** 1 where one of them could not be changed; the others are all the same. */
async function editAll(
  names: readonly string[],
  options: MuteOptions,
  cli: Cli,
  editing: Editing,
): Promise<ExitCode> {
  if (names.length > 0 && options.all === true) {
    throw new UsageError(`expected --all or accounts, got both: ${names.join(', ')}`);
  }
  const source = await withProgress(cli, 'Reading the parameters', () => readSource(options, cli));
  const all = watchedNamed(source, names);
  if (all.length === 0) throw noAccounts(source);
  const { edits, failures } = editEach(source, all, editing.edit);
  preview(
    cli,
    options,
    edits.flatMap((one) => editLines(one, cli)),
  );
  if (options.dryRun !== true) await writeAll(source, edits, cli);
  const written = options.dryRun !== true && edits.some(({ changes }) => changes.length > 0);
  if (options.json === true) {
    printJson(cli, { written, accounts: edits.map(editJson), failures });
  } else {
    printLines(cli, ['', ...outcomeLines(edits, written, options, editing)]);
  }
  for (const failure of failures) cli.stderr.write(`not changed: ${failure}\n`);
  return failures.length > 0 ? 1 : 0;
}

function outcomeLines(
  edits: readonly ConfigEdit[],
  written: boolean,
  { dryRun }: MuteOptions,
  { said, atEnd }: Editing,
): string[] {
  const end = written ? atEnd : 'Nothing was written.';
  return dryRun === true ? [end] : [...edits.map(said), end];
}

/** Throws a UsageError where the only one cannot be edited. */
function editEach(source: Source, all: readonly Watched[], edit: Editing['edit']) {
  const edits: ConfigEdit[] = [];
  const failures: string[] = [];
  for (const watched of all) {
    try {
      edits.push(editConfig(source, watched, (text) => edit(text, watched)));
    } catch (error) {
      if (!(error instanceof UsageError) || all.length === 1) throw error;
      failures.push(`${fullName(watched)}: ${error.message}`);
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
      cli.stderr.write(`Stopped: ${index} of ${changed.length} changed.\n`);
      cli.signal.throwIfAborted();
    }
    await write(aws.ssm, await prepareWrite(aws.ssm, one));
  }
}

/** Nobody remembers a longer one. */
const LONGEST_DAYS = 90;

const units = { m: 'minutes', h: 'hours', d: 'days', w: 'weeks' } as const;

const ALLOWED = `a duration such as 30m, 2h, 3d or 2w, a date such as 2026-12-01, or a time such as 2026-12-01T08:00Z; at most ${LONGEST_DAYS} days from now`;

/**
 * When a mute ends, as a config has it, `2026-12-01T08:00:00Z`. Days, weeks, a date, and a time without an offset are of the zone: a date
 * is the beginning of that day. `now` in epoch milliseconds. Throws a UsageError.
 */
export function muteUntil(text: string, now: number, timeZone: string): string {
  const from = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const end = endOf(text, from);
  const got = JSON.stringify(text);
  if (end === undefined) throw new UsageError(`expected ${ALLOWED}; got ${got}`);
  if (end.epochMilliseconds <= now) throw new UsageError(`expected a time to come, got ${got}`);
  const latest = from.add({ days: LONGEST_DAYS }).add({ minutes: 1 });
  if (end.epochMilliseconds > latest.epochMilliseconds) {
    throw new UsageError(`expected at most ${LONGEST_DAYS} days from now, got ${got}`);
  }
  // No mute is shorter than asked for.
  const rounded = end.round({ smallestUnit: 'minute', roundingMode: 'ceil' });
  return rounded.toString({ smallestUnit: 'second' });
}

function endOf(text: string, from: Temporal.ZonedDateTime): Temporal.Instant | undefined {
  const duration = /^(\d{1,6})([mhdw])$/.exec(text);
  if (duration !== null) {
    const unit = units[duration[2] as keyof typeof units];
    return from.add({ [unit]: Number(duration[1]) }).toInstant();
  }
  try {
    if (/T.*(Z|[+-]\d\d:\d\d)$/.test(text)) return Temporal.Instant.from(text);
    if (/^\d{4}-\d\d-\d\d$/.test(text)) {
      return Temporal.PlainDate.from(text).toZonedDateTime(from.timeZoneId).toInstant();
    }
    if (/^\d{4}-\d\d-\d\dT/.test(text)) {
      return Temporal.PlainDateTime.from(text).toZonedDateTime(from.timeZoneId).toInstant();
    }
    return undefined;
  } catch {
    return undefined;
  }
}
