/** The rows of a CSV body as it arrives; only the one at hand is in memory. */
import { pipeline } from 'node:stream/promises';
import { Big } from 'big.js';
import { CsvError, parse } from 'csv-parse';
import { HOUR_MS } from '../config/durations.ts';

/** Both throw a MalformedCsv for what they cannot read. */
export interface RowsReader {
  /** A blank line is a row with one empty cell. The cells may be changed and kept. */
  readonly readRow: (cells: string[]) => void;
  readonly end: () => void;
}

/** A row that cannot be read; the message says what was expected. */
export class MalformedCsv extends Error {
  override readonly name = 'MalformedCsv';
  /** Foreign text of any length. */
  readonly found: string | undefined;
  /** The one that the row begins on, counted from 1. */
  line: number | undefined;

  constructor(expected: string, found?: string) {
    super(expected);
    this.found = found;
  }
}

interface BodyEnd {
  isReached: boolean;
  lastByte: number;
  bytesSinceRow: number;
}

const LINE_FEED = 0x0a;
/** A usage row has some 200; a quote that is never closed must not take the whole body into memory. */
const MAX_ROW_LENGTH = 64 * 1024;
/** As csv-parse counts no empty cells, of which a row can have any number. Some more, as rows end within chunks. */
const MOST_BYTES_BETWEEN_ROWS = 8 * MAX_ROW_LENGTH;

/**
 * Reads every row of a UTF-8 body whose lines end with CRLF or LF, with or without a byte-order mark. Throws a
 * MalformedCsv with its line, and whatever else the body or the reader throws.
 */
export async function readCsv(
  body: AsyncIterable<Uint8Array>,
  { readRow, end }: RowsReader,
): Promise<void> {
  const bodyEnd: BodyEnd = { isReached: false, lastByte: LINE_FEED, bytesSinceRow: 0 };
  let line = 1;
  let cutOffAt: number | undefined;
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    max_record_size: MAX_ROW_LENGTH,
    on_record: (cells: string[]) => {
      bodyEnd.bytesSinceRow = 0;
      // Without its line break the row may be a part of itself, and half a number is a number too.
      if (bodyEnd.isReached && bodyEnd.lastByte !== LINE_FEED) cutOffAt = line;
      else readRow(cells);
      line += 1 + lineBreaksIn(cells);
      // To each row that is not as wide as the first one, csv-parse makes an error with a stack, which takes it five
      // times as long as the row; to it, every row is the first one.
      Object.assign(parser.info, { records: 0 });
      return null;
    },
  });
  try {
    await pipeline(body, (chunks) => watchingEnd(chunks, bodyEnd), parser.resume());
    if (cutOffAt !== undefined) throw cutOff(cutOffAt);
    end();
  } catch (error) {
    const problem = error instanceof CsvError ? malformed(error) : error;
    if (problem instanceof MalformedCsv) problem.line ??= line;
    throw problem;
  }
}

function cutOff(line: number): MalformedCsv {
  const problem = new MalformedCsv('expected a line break at its end, but the body ends there');
  problem.line = line;
  return problem;
}

async function* watchingEnd(
  chunks: AsyncIterable<Uint8Array>,
  end: BodyEnd,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    end.lastByte = chunk.at(-1) ?? end.lastByte;
    end.bytesSinceRow += chunk.length;
    if (end.bytesSinceRow > MOST_BYTES_BETWEEN_ROWS) throw new MalformedCsv(ROW_TOO_LONG);
    yield chunk;
  }
  end.isReached = true;
}

function lineBreaksIn(cells: readonly string[]): number {
  let breaks = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) breaks += 1;
  }
  return breaks;
}

function malformed({ code }: CsvError): MalformedCsv {
  return new MalformedCsv(expectations[code] ?? `expected CSV, got ${code}`);
}

const ROW_TOO_LONG = `expected at most ${MAX_ROW_LENGTH} characters in a row`;

/** What the codes of csv-parse mean. */
const expectations: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'expected a comma or a line break after a quoted cell',
  CSV_MAX_RECORD_SIZE: ROW_TOO_LONG,
  CSV_QUOTE_NOT_CLOSED: 'expected a quote at the end of a quoted cell, but the body ends there',
  INVALID_OPENING_QUOTE: 'expected quotes around the whole cell or none in it',
};

export interface Table {
  /** The first one has no name where there are annotations: it holds theirs. */
  readonly columns: readonly string[];
  /** By column: `long`, `dateTime:RFC3339`; empty where it is not told. */
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
    if (table === undefined && annotations.size > 0) {
      throw new MalformedCsv('expected a header row after the annotations');
    }
    table?.end();
    table = undefined;
    annotations = new Map();
  }

  function annotate(name: string, cells: string[]): void {
    if (table !== undefined) end();
    annotations.set(name, cells);
    if (annotations.size > MOST_ANNOTATIONS) {
      throw new MalformedCsv('expected a header row after the annotations', name);
    }
  }

  function readRow(cells: string[]): void {
    const [first = ''] = cells;
    if (first === '' && cells.length === 1) {
      isAfterBlank = true;
      return;
    }
    if (isAfterBlank && table !== undefined && beginsTable(cells, annotations)) end();
    isAfterBlank = false;
    if (first.startsWith('#')) annotate(first, cells);
    else if (table === undefined) table = tableWith(cells, annotations, openTable);
    else table.readRecord(cells);
  }

  await readCsv(body, { readRow, end });
}

/** Of a row after a blank line: whether it is a header, be it that it has no annotations. An error's may have none. */
function beginsTable(cells: readonly string[], annotations: Annotations): boolean {
  if (annotations.size === 0 || cells.includes('_value')) return true;
  return cells.includes('error') && cells.includes('reference');
}

interface OpenTable {
  readonly readRecord: (cells: string[]) => void;
  readonly end: () => void;
}

function tableWith(
  columns: readonly string[],
  annotations: Annotations,
  openTable: TableOpener,
): OpenTable {
  if (columns.includes('error') && !columns.includes('_value')) {
    return errorTable(columns.indexOf('error'));
  }
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw new MalformedCsv('expected each column once', twice);
  for (const cells of annotations.values()) expectCells(cells, columns);
  const datatypes = annotations.get('#datatype') ?? columns.map(() => '');
  const withDefaults = fillingIn(annotations.get('#default') ?? []);
  const readRecord = openTable({ columns, datatypes });
  return {
    readRecord: (cells) => {
      expectCells(cells, columns);
      readRecord(withDefaults(cells));
    },
    end: () => {},
  };
}

/** A body that breaks off before the message is a failed query nevertheless. */
function errorTable(column: number): OpenTable {
  return {
    readRecord: (cells) => {
      throw new FluxError(cells[column]);
    },
    end: () => {
      throw new FluxError();
    },
  };
}

function expectCells(cells: readonly string[], columns: readonly string[]): void {
  if (cells.length === columns.length) return;
  throw new MalformedCsv(
    `expected ${columns.length} cells, as in the header of its table`,
    `${cells.length}`,
  );
}

function fillingIn(defaults: readonly string[]): (cells: string[]) => readonly string[] {
  const needed = [...defaults.entries()].filter(([index, value]) => index > 0 && value !== '');
  return (cells) => {
    for (const [index, value] of needed) {
      if (cells[index] === '') cells[index] = value;
    }
    return cells;
  };
}

const RFC3339 = /^(?<date>\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const WHOLE = /^\d{1,30}$/;
const DECIMAL = /^\d{1,30}(\.\d{1,100})?(e[+-]?\d{1,2})?$/i;
/** A JavaScript number, or a double, is exact up to here. */
const MOST = new Big(2 ** 53);
const INTEGERS = ['long', 'unsignedLong'];
/** More than the hours of any answer. */
const MOST_TIMES = 1000;

/** Reads each text once, as all series of an answer have the same hours. */
export function hourEndReader(): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    const time = known.get(text) ?? readHourEnd(text);
    if (known.size < MOST_TIMES) known.set(text, time);
    return time;
  };
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

/** The exact number; `datatype` is the annotation of its column. */
export function readAmount(text: string, datatype: string): Big {
  const isInteger = INTEGERS.includes(datatype);
  if ((isInteger ? WHOLE : DECIMAL).test(text)) {
    const amount = new Big(text);
    if (amount.lte(MOST)) return amount;
  }
  const kind = isInteger ? 'a whole number' : 'a number';
  throw new MalformedCsv(`_value: expected ${kind} from 0 to 2^53`, text);
}
