/** The rows of a CSV body as it arrives; only the one at hand is in memory. */
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';

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
