/** The tables of annotated CSV. */
import { Decimal } from '../../config/decimal.ts';
import { HOUR_MS } from '../../config/durations.ts';
import { MalformedCsv, readCsv } from '../http/csv.ts';

export interface Table {
  /** The first one has no name where there are annotations: it holds theirs. */
  readonly columns: readonly string[];
  /** By column: `long`, `dateTime:RFC3339`; empty where it is not given. */
  readonly datatypes: readonly string[];
}

/** Has a cell for each column, with the defaults filled in. Throws a MalformedCsv for a record it cannot read. */
export type RecordReader = (cells: readonly string[]) => void;

/** Begins a table; throws a MalformedCsv for columns it cannot read. */
export type TableOpener = (table: Table) => RecordReader;

/** What a query failed with: a table with the HTTP status 200, be it after valid ones. May be empty. */
export class FluxError extends Error {
  override readonly name = 'FluxError';
}

/** There are three; a body of nothing else must not take the memory. */
const MOST_ANNOTATIONS = 16;

type Annotations = ReadonlyMap<string, readonly string[]>;

interface OpenTable extends Table {
  /** By column; only those that are not empty. */
  readonly defaults: readonly (readonly [number, string])[];
  /** Absent for the table of an error. */
  readonly readRecord?: RecordReader;
}

/** Reads all tables of a body. Throws a MalformedCsv with its line, a FluxError, and whatever the body throws. */
export async function readTables(
  body: AsyncIterable<Uint8Array>,
  openTable: TableOpener,
): Promise<void> {
  let annotations = new Map<string, readonly string[]>();
  /** Absent until the header has been read. */
  let table: OpenTable | undefined;
  let isAfterBlank = false;

  function end(): void {
    if (table === undefined) expectAnnotations(annotations, 0);
    // A body that breaks off before the message is a failed query nevertheless.
    else if (table.readRecord === undefined) throw new FluxError();
    table = undefined;
    annotations = new Map();
  }

  function readRow(cells: string[]): void {
    const [first = ''] = cells;
    const isNext = beginsTable(cells, annotations, isAfterBlank);
    isAfterBlank = first === '' && cells.length === 1;
    if (isAfterBlank) return;
    if (table !== undefined && isNext) end();
    if (isAnnotation(cells)) {
      expectAnnotations(annotations.set(first, cells), MOST_ANNOTATIONS, first);
    } else if (table === undefined) table = tableWith(cells, annotations, openTable);
    else readRecord(table, cells);
  }

  await readCsv(body, { readRow, end });
}

function expectAnnotations({ size }: Annotations, most: number, found?: string): void {
  if (size > most) throw new MalformedCsv('expected a header row after the annotations', found);
}

function isAnnotation([first = '']: readonly string[]): boolean {
  return first.startsWith('#');
}

/** After a blank line a header may come without annotations; an error's may have none. */
function beginsTable(
  cells: readonly string[],
  annotations: Annotations,
  isAfterBlank: boolean,
): boolean {
  if (!isAfterBlank || isAnnotation(cells)) return isAnnotation(cells);
  if (annotations.size === 0 || cells.includes('_value')) return true;
  return cells.includes('error') && cells.includes('reference');
}

function tableWith(
  columns: readonly string[],
  annotations: Annotations,
  openTable: TableOpener,
): OpenTable {
  const datatypes = annotations.get('#datatype') ?? columns.map(() => '');
  const table = { columns, datatypes, defaults: [] };
  if (columns.includes('error') && !columns.includes('_value')) return table;
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw new MalformedCsv('expected each column once', twice);
  for (const cells of annotations.values()) expectCells(cells, columns);
  const defaults = [...(annotations.get('#default') ?? []).entries()].slice(1);
  return {
    ...table,
    defaults: defaults.filter(([, value]) => value !== ''),
    readRecord: openTable(table),
  };
}

function readRecord({ columns, defaults, readRecord: read }: OpenTable, cells: string[]): void {
  if (read === undefined) throw new FluxError(cells[columns.indexOf('error')]);
  expectCells(cells, columns);
  for (const [index, value] of defaults) if (cells[index] === '') cells[index] = value;
  read(cells);
}

function expectCells(cells: readonly string[], columns: readonly string[]): void {
  if (cells.length === columns.length) return;
  throw new MalformedCsv(
    `expected ${columns.length} cells, as in the header of its table`,
    `${cells.length}`,
  );
}

const RFC3339 = /^(?<date>\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const WHOLE = /^\d{1,30}$/;
const DECIMAL = /^\d{1,30}(\.\d{1,100})?(e[+-]?\d{1,2})?$/i;
/** A JavaScript number, or a double, is exact up to here. */
const MOST = 2 ** 53;
const INTEGERS = ['long', 'unsignedLong'];
/** More than the hours of any answer. */
const MOST_TIMES = 1000;

/** By text, in epoch milliseconds. */
export type HourEnds = Map<string, number>;

/** Reads each text once, as all series of an answer have the same hours. */
export function hourEndIn(text: string, known: HourEnds): number {
  const before = known.get(text);
  if (before !== undefined) return before;
  const time = readHourEnd(text);
  // A text of its own, as a row's keeps the memory of what came with it.
  if (known.size < MOST_TIMES) known.set(Buffer.from(text).toString(), time);
  return time;
}

/** Epoch milliseconds of the hour's end, which is what the API's `_time` is. */
export function readHourEnd(text: string): number {
  const date = RFC3339.exec(text)?.groups?.date;
  const time = date !== undefined && isOnCalendar(date) ? Date.parse(text) : Number.NaN;
  if (time % HOUR_MS === 0) return time;
  throw new MalformedCsv('_time: expected a full hour such as "2026-11-01T00:00:00Z"', text);
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isOnCalendar(date: string): boolean {
  const time = Date.parse(date);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/** Throws a MalformedCsv for any other than a number from 0 to 2^53; `datatype` is the annotation of its column. */
export function expectAmount(text: string, datatype: string): void {
  const isInteger = INTEGERS.includes(datatype);
  if ((isInteger ? WHOLE : DECIMAL).test(text)) {
    const value = Number(text);
    if (value < MOST || (value === MOST && new Decimal(text).lte(String(MOST)))) return;
  }
  const kind = isInteger ? 'a whole number' : 'a number';
  throw new MalformedCsv(`_value: expected ${kind} from 0 to 2^53`, text);
}
