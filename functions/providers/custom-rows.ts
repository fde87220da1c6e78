/** The rows of one answer, as a config's mapping reads them, added up by time and part. */
import { createHash, type Hash } from 'node:crypto';
import type { Big } from 'big.js';
import { billedAmount, otherCurrency } from './billed-days.ts';
import { MalformedCsv, readCsv } from './csv.ts';
import { failed, type Unfinished } from './cursor-pages.ts';
import type { Api } from './custom-api.ts';
import { type Mapping, mappingOf } from './custom-mapping.ts';
import { MappingError, type Row, rowsAt, valueAt } from './custom-paths.ts';
import { timeNames, type ZonedTimes } from './custom-times.ts';
import { nameIn } from './exact-number.ts';
import { describedBody, errorText } from './exchange-error.ts';
import { type BodyReader, headerOf, type ResponseHeaders } from './http-body.ts';
import { isJsonObject, type JsonObject, readJson, readJsonBody } from './json-body.ts';
import { type BodyLine, bodyLines } from './json-lines.ts';

export const NAME = 'Custom API';

/** All rows of one time, part and label. */
export interface RowSum {
  /** Epoch milliseconds; of rows without a time that of the check, and of a flow's sum its bucket's start. */
  readonly at: number;
  /** As the answer calls them. */
  readonly part?: string | undefined;
  readonly label?: string | undefined;
  /** In units of the currency. */
  readonly amount?: Big | undefined;
  readonly quantity?: Big | undefined;
}

/** As it was read, for a person to look at. */
export interface FirstRow {
  /** `answer.data[0]` */
  readonly where: string;
  readonly row: RowSum;
}

const FIRST_ROWS = 3;

export interface Page {
  readonly sums: readonly RowSum[];
  readonly first: readonly FirstRow[];
  /** How many the first list of the answer has, whatever is in them. */
  readonly items: number;
  /** Of the body: the same page twice is a page that was not asked for. */
  readonly digest: string;
  /** All of an answer in JSON. */
  readonly root: unknown;
  /** Whether a header says that there is another page (RFC 8288). */
  readonly isLinked: boolean;
}

export interface Reading {
  readonly api: Api;
  readonly times: ZonedTimes;
  readonly currency: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Never shown. */
  readonly token: string;
}

/** A problem with a whole answer: a clause that fits after the provider's name. */
class UnusableAnswer extends Error {}

/** A row bills in another currency than the account's. */
class OtherCurrency extends Error {}

const NEXT_LINK = /;\s*rel="?([^"]* )?next(?=["\s;,]|$)/i;

type Body = AsyncIterable<Uint8Array>;
type AddRow = (row: Row) => void;

export function pageReader(reading: Reading): BodyReader<Page | Unfinished> {
  return async (body, headers) => {
    const hash = createHash('sha256');
    const sums = rowSums(reading);
    try {
      const { root, items } = await readRows(hashed(body, hash), headers, reading, sums.add);
      const isLinked = NEXT_LINK.test(headerOf(headers, 'link') ?? '');
      const digest = hash.digest('hex');
      return { sums: sums.all(), first: sums.first, items, digest, root, isLinked };
    } catch (error) {
      return unreadable(error, reading);
    }
  };
}

function unreadable(error: unknown, { currency }: Reading): Unfinished {
  if (error instanceof UnusableAnswer) return failed(NAME, error.message);
  if (error instanceof OtherCurrency) {
    const reason = otherCurrency(NAME, error.message, currency);
    return { status: 'failed', failure: 'unreadable', reason };
  }
  const isMalformed = error instanceof MalformedCsv;
  if (!isMalformed && !(error instanceof MappingError)) throw error;
  const where = isMalformed ? `line ${error.line}: ` : '';
  return failed(NAME, `answered what cannot be read: ${where}${error.message}`);
}

async function* hashed(body: Body, hash: Hash): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}

/** What is known of an answer beside its rows. */
type Whole = Pick<Page, 'root' | 'items'>;

function readRows(
  body: Body,
  headers: ResponseHeaders,
  { api, token }: Reading,
  add: AddRow,
): Promise<Whole> {
  const { rows } = api;
  if (api.format === 'json') return readJsonRows(body, { rows, token }, add);
  if (api.format === 'jsonl') return readLines(body, headers, { rows, token }, add);
  return readTable(body, columnsOf(mappingOf(api)), add);
}

interface RowsAsked {
  readonly rows: string | undefined;
  readonly token: string;
}

async function readJsonRows(body: Body, { rows, token }: RowsAsked, add: AddRow): Promise<Whole> {
  const text = await readJsonBody(body);
  const json = readJson(text, token);
  if (!json.ok) throw new UnusableAnswer(`answered ${json.reason}`);
  const root = { value: json.value, at: 'answer' };
  const found = [...walked(root, rows, text, token)];
  for (const row of found) add(row);
  return { root: json.value, items: itemsIn(root, rows, found.length) };
}

/** An error is an answer without rows, and says why. */
function* walked(root: Row, rows: string | undefined, text: string, token: string) {
  try {
    yield* rowsAt(root, rows);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    throw new UnusableAnswer(`answered ${errorText(text, token)}, without rows: ${error.message}`);
  }
}

function itemsIn(root: Row, rows: string | undefined, found: number): number {
  const [outermost] = (rows ?? '').split('[]');
  const list = outermost ? valueAt(root, outermost).value : root.value;
  return Array.isArray(list) ? list.length : found;
}

const JSON_LINES = /^application\/(jsonl|jsonlines|x-jsonlines|x-ndjson)\b/i;

async function readLines(
  body: Body,
  headers: ResponseHeaders,
  { rows, token }: RowsAsked,
  add: AddRow,
): Promise<Whole> {
  let line = 0;
  for await (const found of bodyLines(body)) {
    line += 1;
    const value = objectIn(found, line === 1, token);
    for (const row of rowsAt({ value, at: `line ${line}` }, rows)) add(row);
  }
  if (line === 0 && !JSON_LINES.test(headerOf(headers, 'content-type') ?? '')) {
    throw new UnusableAnswer('answered an empty body instead of JSON lines');
  }
  return { root: undefined, items: line };
}

function objectIn({ text, isEnded }: BodyLine, isFirst: boolean, token: string): JsonObject {
  const json = readJson(text, token);
  if (json.ok && isJsonObject(json.value)) return json.value;
  const isCutOff = !isFirst && !isEnded && !json.ok;
  const what = isCutOff ? 'a list that breaks off' : describedBody(text, token);
  throw new UnusableAnswer(`answered ${what} instead of JSON lines`);
}

function columnsOf({ time, amount, quantity, part, label }: Mapping): string[] {
  const paths = [time, amount?.path, amount?.currency, quantity?.path, part?.path, label];
  return paths.filter((path) => path !== undefined);
}

/** The first row names the columns. */
async function readTable(body: Body, columns: readonly string[], add: AddRow): Promise<Whole> {
  let names: readonly string[] | undefined;
  let rows = 0;
  await readCsv(body, {
    readRow: (cells) => {
      if (names === undefined) {
        names = [...cells];
        expectOnce(names, columns);
        return;
      }
      if (cells.length === 1 && cells[0] === '') return;
      if (cells.length !== names.length) {
        throw new MalformedCsv(`expected ${names.length} cells, got ${cells.length}`);
      }
      rows += 1;
      add({
        value: Object.fromEntries(names.map((name, index) => [name, cells[index]])),
        at: `row ${rows}`,
      });
    },
    end: () => {
      if (names === undefined) throw new UnusableAnswer('answered an empty body instead of CSV');
    },
  });
  return { root: undefined, items: rows };
}

function expectOnce(names: readonly string[], columns: readonly string[]): void {
  for (const column of columns) {
    const { length } = names.filter((name) => name === column);
    if (length === 0) throw new MalformedCsv(`expected a column "${column}"`);
    if (length > 1) throw new MalformedCsv(`expected one column "${column}", got ${length}`);
  }
}

/** Of what is kept apart. */
const MOST_SUMS = 100_000;

function rowSums(reading: Reading) {
  const { api, times } = reading;
  const mapping = mappingOf(api);
  const sums = new Map<string, RowSum>();
  const first: FirstRow[] = [];
  return {
    first,
    all: () => [...sums.values()],
    add: (row: Row) => {
      const read = readRow(row, mapping, reading);
      if (first.length < FIRST_ROWS) first.push({ where: row.at, row: read });
      // A row for each use would be kept for nothing.
      const at = api.kind === 'flow' ? times.bucketOf(read.at, api.bucket).start : read.at;
      const key = JSON.stringify([at, read.part, read.label]);
      sums.set(key, added(sums.get(key), { ...read, at }));
      if (sums.size > MOST_SUMS) {
        throw new UnusableAnswer(`answered more than ${MOST_SUMS} different rows`);
      }
    },
  };
}

export function added(before: RowSum | undefined, row: RowSum): RowSum {
  if (before === undefined) return row;
  const sum = (one?: Big, other?: Big) => (one && other ? one.plus(other) : (one ?? other));
  return {
    ...row,
    amount: sum(before.amount, row.amount),
    quantity: sum(before.quantity, row.quantity),
  };
}

function readRow(row: Row, mapping: Mapping, { times, currency, now }: Reading): RowSum {
  const { time, timeFormat, amount, quantity, part, label } = mapping;
  const at =
    time === undefined ? now : needed(valueAt(row, time), times.read, timeNames[timeFormat]);
  const billed =
    amount?.currency && needed(valueAt(row, amount.currency), codeIn, 'a currency code');
  if (billed && billed !== currency) throw new OtherCurrency(billed);
  return {
    at,
    part: part && textAt(row, part.path),
    label: label && textAt(row, label),
    amount: amount && amountIn(row, amount.path).times(String(amount.unit)),
    quantity: quantity && amountIn(row, quantity.path),
  };
}

function needed<T>(found: Row, read: (value: unknown) => T | undefined, expected: string): T {
  const value = read(found.value);
  if (value === undefined) throw new MappingError(found, expected);
  return value;
}

function amountIn(row: Row, path: string): Big {
  return needed(
    valueAt(row, path),
    (value) => billedAmount.safeParse(value).data,
    'an amount below a trillion',
  );
}

function codeIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : undefined;
}

/** A part without a name is a part all the same. */
function textAt(row: Row, path: string): string | undefined {
  return needed(valueAt(row, path), (value) => (value === null ? '' : nameIn(value)), 'a text');
}
