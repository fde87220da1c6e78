/**
 * Flux annotated CSV, which is table after table, each with columns of its own: annotation rows in any order, a header
 * row, records. An annotation row after a header begins the next table. Blank lines say nothing, and may be within a
 * table too, but where nothing is annotated: there the row after one is a header.
 * https://docs.influxdata.com/influxdb/cloud/reference/syntax/annotated-csv/
 */
import { MalformedCsv, readCsv } from './influxdb-csv.ts';

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
