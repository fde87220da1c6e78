/** CSV of a body as it arrives; only what came last of it is in memory. */
import { StringDecoder } from 'node:string_decoder';

/** Both throw a MalformedCsv for what they cannot read. */
interface RowsReader {
  /** A blank line is a row with one empty cell. The cells may be changed; who keeps one keeps a whole chunk of the body. */
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

/** A usage row has some 200; a quote that is never closed must not take the whole body into memory. */
const MAX_ROW_LENGTH = 64 * 1024;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Reads every row of a UTF-8 body whose lines end with CRLF or LF, with or without a byte-order mark. Throws a
 * MalformedCsv with its line, and whatever else the body or the reader throws.
 */
export async function readCsv(
  body: AsyncIterable<Uint8Array>,
  { readRow, end }: RowsReader,
): Promise<void> {
  const decoder = new StringDecoder();
  let line = 1;
  let unread = '';
  try {
    for await (const chunk of body) {
      const text = unread + decoder.write(chunk);
      let at = line === 1 && text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
      for (let row = rowAt(text, at); row !== undefined; row = rowAt(text, at)) {
        readRow(row.cells);
        line += row.lines;
        at = row.end;
      }
      unread = text.slice(at);
      expectLength(unread.length);
    }
    // Without its line break the row may be a part of itself, and half a number is a number too.
    const cutOff = unread + decoder.end();
    if (cutOff !== '') throw new MalformedCsv(`${missingIn(cutOff)}, but the body ends there`);
    end();
  } catch (error) {
    if (error instanceof MalformedCsv) error.line ??= line;
    throw error;
  }
}

interface Row {
  readonly cells: string[];
  /** Where the next one begins. */
  readonly end: number;
  readonly lines: number;
}

/** Undefined where the row does not end in this text. */
function rowAt(text: string, start: number): Row | undefined {
  const lineFeed = text.indexOf('\n', start);
  if (lineFeed < 0) return undefined;
  const line = text.slice(start, text[lineFeed - 1] === '\r' ? lineFeed - 1 : lineFeed);
  if (line.includes('"')) return quotedRowAt(text, start);
  expectLength(line.length);
  return { cells: line.split(','), end: lineFeed + 1, lines: 1 };
}

/** RFC 4180: a cell in quotes, which are doubled within it, or one without any; and what ends it. */
const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",\n]*?))(,|\r?\n)/y;

function quotedRowAt(text: string, start: number): Row | undefined {
  const cells: string[] = [];
  let end = start;
  for (let isLast = false; !isLast; ) {
    CELL.lastIndex = end;
    const [cell, quoted, bare = '', mark] = CELL.exec(text) ?? [];
    if (cell === undefined) return expectQuotesAround(text, end);
    cells.push(quoted?.replaceAll('""', '"') ?? bare);
    end += cell.length;
    isLast = mark !== ',';
  }
  expectLength(end - start);
  return { cells, end, lines: text.slice(start, end).split('\n').length - 1 };
}

const TEXT_AFTER_QUOTES = /"[^"]*(?:""[^"]*)*"(?!["\n,]|\r\n|\r?$)/y;
const QUOTE_IN_BARE = /[^",\n]+"/y;

/** A cell whose end is not there yet may come to be one. */
function expectQuotesAround(text: string, start: number): undefined {
  TEXT_AFTER_QUOTES.lastIndex = start;
  if (TEXT_AFTER_QUOTES.test(text)) {
    throw new MalformedCsv('expected a comma or a line break after a quoted cell');
  }
  QUOTE_IN_BARE.lastIndex = start;
  if (QUOTE_IN_BARE.test(text)) {
    throw new MalformedCsv('expected quotes around the whole cell or none in it');
  }
}

function missingIn(row: string): string {
  const isQuoteOpen = row.split('"').length % 2 === 0;
  return `expected a ${isQuoteOpen ? 'quote at the end of a quoted cell' : 'line break at its end'}`;
}

function expectLength(length: number): void {
  if (length <= MAX_ROW_LENGTH) return;
  throw new MalformedCsv(`expected at most ${MAX_ROW_LENGTH} characters in a row`);
}
