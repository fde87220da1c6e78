/** `cost-alerts probe`: the shape of what a provider answers, for a bug report. */
import type { Command } from 'commander';
import { isValid } from '../../../functions/config/account.ts';
import { wrap } from '../../../functions/messages/plain-text.ts';
import {
  accountsNamed,
  addSourceOptions,
  type FoundAccount,
  readSource,
  type SourceOptions,
  whyInvalid,
} from '../../account-source.ts';
import {
  type Cli,
  counted,
  type ExitCode,
  examples,
  painted,
  printJson,
  printLines,
  UsageError,
  withProgress,
} from '../../output.ts';
import { writeNamed } from '../../text-file.ts';
import { type ExchangeShape, type Probe, type ProbeOutcome, probe } from './read-probe.ts';
import {
  type BodyShape,
  type CsvTable,
  MASKED_NAME,
  type Range,
  type ValueShape,
} from './shape.ts';

interface ProbeOptions extends SourceOptions {
  readonly save?: string;
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
  const { account, provider } = found as FoundAccount;
  if (!isValid(account)) throw new UsageError(`${name} cannot be probed: ${whyInvalid(account)}`);
  const shape = await withProgress(cli, `Asking ${provider.name}`, () =>
    probe(account, provider, { now: cli.now(), signal: cli.signal }),
  );
  if (options.json === true) printJson(cli, shape);
  else printLines(cli, probeLines(shape, { reads: provider.reads ?? [] }, cli));
  if (options.save !== undefined) {
    const path = await writeNamed(
      '--save',
      options.save,
      `${JSON.stringify(shape, undefined, 2)}\n`,
    );
    cli.stderr.write(`Wrote ${path}.\n`);
  }
  return shape.outcome.status === 'complete' ? 0 : 1;
}

/** Pages are alike: the first and the last say what there is. */
const SHOWN_EXCHANGES = 4;

interface Reading {
  /** Names that the adapter reads; without any nothing is marked as unread. */
  readonly reads: readonly string[];
}

/** An error is read by its status. */
const NOTHING_READ: Reading = { reads: [] };

/** Each request, and the shape of its answer as a tree. */
function probeLines(probe: Probe, reading: Reading, cli: Cli): string[] {
  const { provider, days, outcome, exchanges } = probe;
  const shown = exchanges.filter(
    (_, index) => index < SHOWN_EXCHANGES - 1 || index === exchanges.length - 1,
  );
  const between = exchanges.length - shown.length;
  return [
    ...wrap(
      `Asked ${provider} once for the last ${counted(days, 'day')}: ${counted(exchanges.length, 'request')}.`,
      80,
    ),
    ...outcomeLines(outcome, cli),
    ...shown.flatMap((exchange, index) => [
      '',
      ...(between > 0 && index === shown.length - 1 ? [`… ${between} more like it …`, ''] : []),
      ...exchangeLines(exchange, reading),
    ]),
    ...neverThere(probe, reading),
  ];
}

function outcomeLines(outcome: ProbeOutcome, cli: Cli): string[] {
  if (outcome.status !== 'complete') {
    return wrap(`${outcome.status}: ${outcome.reason}`, 80).map((line) =>
      painted(cli, 'red', line),
    );
  }
  const meters = Object.entries(outcome.rows).map(([meter, rows]) => `${meter} ${rows}`);
  const read = meters.length === 0 ? 'no rows' : `rows by meter: ${meters.join(', ')}`;
  return [`complete, ${read}`, ...outcome.remarks].flatMap((line) => wrap(line, 80));
}

function exchangeLines(exchange: ExchangeShape, reading: Reading): string[] {
  const { method, host, path, query, status, headers = {}, body, failure } = exchange;
  const asked = Object.entries(query).map(([name, value]) => `    ?${name}: ${value}`);
  const shown = Object.entries(headers).map(([name, value]) => `    ${name}: ${value}`);
  const answer = status === undefined ? `no answer: ${failure}` : `HTTP ${status}`;
  return [
    `${method} ${host}${path}`,
    ...asked,
    `  ${answer}`,
    ...shown,
    ...(body
      ? bodyLines(body, status === 200 ? reading : NOTHING_READ).map((line) => `    ${line}`)
      : []),
  ];
}

function bodyLines(body: BodyShape, reading: Reading): string[] {
  if (body.kind === 'other') return [`${body.looksLike}, ${counted(body.lines, 'line')}`];
  if (body.kind !== 'CSV') {
    const rows = body.kind === 'JSON' ? '' : `, ${counted(total(body.value), 'row')}`;
    return [`${body.kind}${rows}:`, ...valueLines('', body.value, reading)];
  }
  return [
    `CSV, ${counted(body.rows, 'row')}:`,
    ...body.tables.flatMap((table) => tableLines(table, reading)),
  ];
}

function tableLines({ rows, annotations, columns }: CsvTable, reading: Reading): string[] {
  const notes = annotations.length > 0 ? `, annotated with ${annotations.join(' ')}` : '';
  return [
    `columns of ${counted(rows, 'row')}${notes}:`,
    ...columns.map(({ name, datatype, values }) => {
      const type = datatype === undefined ? '' : ` (${datatype})`;
      return `  ${name || '(no name)'}${type}: ${classesText(values)}${unreadMark(name, reading)}`;
    }),
  ];
}

/** `name: classes`, then its fields or items a step further in. */
function valueLines(name: string, shape: ValueShape, reading: Reading): string[] {
  const { fields = {}, items, classes } = shape;
  const own = name === '' ? [] : [`${name}: ${classesText(shape)}${unreadMark(name, reading)}`];
  const indent = name === '' ? '' : '  ';
  const { object: objects = 0 } = classes;
  const below = [
    ...Object.entries(fields).flatMap(([field, value]) => {
      const absent = objects - total(value);
      const [first = '', ...more] = valueLines(field, value, reading);
      return [absent > 0 ? `${first}, absent ${absent}` : first, ...more];
    }),
    ...(items ? valueLines('each', items, NOTHING_READ).slice(0, 1) : []),
    ...(items ? valueLines('', items, reading).map((line) => `  ${line}`) : []),
  ];
  return [...own, ...below.map((line) => `${indent}${line}`)];
}

function total({ classes }: ValueShape): number {
  return Object.values(classes).reduce((sum, count) => sum + count, 0);
}

function classesText({ classes, places, characters, lengths }: ValueShape): string {
  const details = [
    ...rangeText(lengths, 'items'),
    ...rangeText(places, 'places'),
    ...(isLengthKnown(classes) ? [] : rangeText(characters, 'characters')),
  ];
  const counts = Object.entries(classes).map(([name, count]) => `${name} ×${count}`);
  return `${counts.join(', ')}${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}

/** Of all its texts. */
function isLengthKnown(classes: ValueShape['classes']): boolean {
  return Object.keys(classes).every((name) =>
    /^(text: (empty|date|UUID|ISO .*|three letters|Unix seconds)|[^t]|true or)/.test(name),
  );
}

function rangeText(range: Range | undefined, unit: string): string[] {
  if (range === undefined) return [];
  const [least, most] = range;
  return [least === most ? `${least} ${unit}` : `${least} to ${most} ${unit}`];
}

function unreadMark(name: string, { reads }: Reading): string {
  return reads.length === 0 || reads.includes(name) ? '' : ' — not read';
}

function neverThere({ exchanges }: Probe, { reads }: Reading): string[] {
  const answers = exchanges.filter(({ status }) => status === 200);
  if (answers.length === 0) return [];
  const seen = new Set(answers.flatMap(({ body }) => (body ? namesIn(body) : [])));
  const missing = reads.filter((name) => name !== '' && !seen.has(name));
  if (missing.length === 0) return [];
  return ['', ...wrap(`Read where it is there, but not in this answer: ${missing.join(', ')}`, 80)];
}

function namesIn(body: BodyShape): string[] {
  if (body.kind === 'other') return [];
  return body.kind === 'CSV'
    ? body.tables.flatMap(({ columns }) => columns.map((c) => c.name))
    : namesOf(body.value);
}

function namesOf({ fields = {}, items }: ValueShape): string[] {
  return [
    ...Object.entries(fields).flatMap(([name, field]) => [name, ...namesOf(field)]),
    ...(items ? namesOf(items) : []),
  ].filter((name) => name !== MASKED_NAME);
}
