/** `cost-alerts export`: what the ledger knows, as rows for a spreadsheet or a tool that takes FOCUS. */
import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { isValid } from '../../functions/config/account.ts';
import { dayNumber } from '../../functions/ledger/usage-day.ts';
import {
  addStackOptions,
  type DeployedOptions,
  type FoundAccount,
  fullName,
  whyInvalid,
} from '../account-source.ts';
import {
  FORMATS,
  type Format,
  type FormatName,
  formatNamed,
  summaryLine,
} from '../export/formats.ts';
import { compared, type DateRange, knownRows, type LedgerRow } from '../export/rows.ts';
import { type Cli, type ExitCode, examples, UsageError } from '../output.ts';
import { knownAccounts, type OpenLedger } from '../read-only-ledger.ts';

interface ExportOptions extends DeployedOptions, DateRange {
  readonly format: FormatName;
}

/** A longer range would be hundreds of queries. */
const MOST_DAYS = 1_100;

export function addExportCommand(program: Command, cli: Cli): void {
  addStackOptions(program.command('export [accounts...]'))
    .description('Prints the usage in the ledger as rows: FOCUS 1.2, CSV or JSON.')
    .requiredOption('--from <date>', "first day, in the provider's zone", readDate('--from'))
    .requiredOption('--to <date>', 'last day', readDate('--to'))
    .addOption(
      new Option('--format <name>', 'how to write it').choices(FORMATS).default(FORMATS[0]),
    )
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts export --from 2026-10-01 --to 2026-10-31 > focus.csv',
          'npx cost-alerts export northflank/acme --from 2026-10-01 \\',
          '    --to 2026-10-31 --format json',
        ],
        'A summary on standard error says what is estimated, unpriced or unknown.',
        'Needs ssm:GetParametersByPath, kms:Decrypt, cloudformation:DescribeStacks,\ndynamodb:GetItem, dynamodb:Query.',
      ),
    )
    .action(async (names: string[], options: ExportOptions) => {
      cli.exitCode = await exportRows(names, options, cli);
    });
}

/** 1 where an account could not be exported. */
async function exportRows(
  names: readonly string[],
  options: ExportOptions,
  cli: Cli,
): Promise<ExitCode> {
  expectRange(options);
  const { accounts, open } = await knownAccounts(names, options, cli);
  const providers = [...new Set(accounts.map(({ provider }) => provider))];
  const writer = writerOn(cli, formatNamed(options.format, providers));
  const ordered = accounts.toSorted((a, b) => compared(fullName(a), fullName(b)));
  const summaries: string[] = [];
  let exitCode: ExitCode = 0;
  await writer.begin();
  for (const found of ordered) {
    cli.signal.throwIfAborted();
    const exported = await exportAccount(found, { open, writer, options, cli });
    if (!exported.isWhole) exitCode = 1;
    summaries.push(exported.summary);
  }
  await writer.end();
  cli.stderr.write(`${summaries.join('\n')}\n`);
  return exitCode;
}

interface Means {
  readonly open: OpenLedger;
  readonly writer: Writer;
  readonly options: ExportOptions;
  readonly cli: Cli;
}

async function exportAccount(
  found: FoundAccount,
  { open, writer, options, cli }: Means,
): Promise<{ readonly isWhole: boolean; readonly summary: string }> {
  const { account, provider } = found;
  const name = fullName(found);
  if (!isValid(account)) {
    const why = whyInvalid(account);
    return { isWhole: false, summary: `left out: ${name}: ${why}` };
  }
  const source = { account, provider, ledger: open(), now: cli.now() };
  const known = await knownRows(source, options);
  await writer.rows(known.rows);
  const { currency } = account.config;
  return { isWhole: true, summary: summaryLine(name, currency, known, options.format) };
}

interface Writer {
  readonly begin: () => Promise<void>;
  readonly rows: (rows: readonly LedgerRow[]) => Promise<void>;
  readonly end: () => Promise<void>;
}

const ROWS_PER_WRITE = 500;

/** Waits where the reader is slower. */
function writerOn({ stdout, signal }: Cli, { head, rowText, between, foot }: Format): Writer {
  let separator = '';
  const write = async (text: string): Promise<void> => {
    if (!stdout.write(text)) await once(stdout, 'drain', { signal });
  };
  const textOf = (row: LedgerRow): string => {
    const text = rowText(row);
    if (text === undefined) return '';
    const separated = `${separator}${text}`;
    separator = between;
    return separated;
  };
  return {
    begin: () => write(head),
    rows: async (rows) => {
      for (let first = 0; first < rows.length; first += ROWS_PER_WRITE) {
        const text = rows.slice(first, first + ROWS_PER_WRITE).map(textOf);
        await write(text.join(''));
      }
    },
    end: () => write(foot),
  };
}

/** Throws a UsageError for what is no day of the calendar. */
function readDate(option: string) {
  return (text: string): string => {
    const isDate =
      /^[12]\d{3}-\d{2}-\d{2}$/.test(text) &&
      new Date(`${text}T00:00:00Z`).getUTCDate() === Number(text.slice(-2));
    if (isDate) return text;
    throw new UsageError(
      `${option}: expected a day such as 2026-10-31, got ${JSON.stringify(text)}`,
    );
  };
}

/** Throws a UsageError. */
function expectRange({ from, to }: DateRange): void {
  if (to < from) throw new UsageError(`--to: expected a day from ${from} on, got ${to}`);
  const days = dayNumber(to) - dayNumber(from) + 1;
  if (days <= MOST_DAYS) return;
  throw new UsageError(
    `--from, --to: expected at most ${MOST_DAYS} days, got ${days} (${from} to ${to})`,
  );
}
