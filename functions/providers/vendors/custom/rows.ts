/** The rows of an answer in any of its formats, read as a config's mapping says. */
import type { Big } from 'big.js';
import { kindOf } from '../../../config/config-error.ts';
import { billedAmount } from '../../billed-days.ts';
import { nameIn } from '../../exact-number.ts';
import { type BodyLine, bodyLines, isJsonLines, type ResponseHeaders } from '../../http/body.ts';
import { MalformedCsv, readCsv } from '../../http/csv.ts';
import { describedBody, errorText } from '../../http/exchange-error.ts';
import { isJsonObject, type JsonObject, readJson, readJsonBody } from '../../http/json.ts';
import type { Api, TimeFormat } from './api.ts';
import { timeNames, type ZonedTimes } from './times.ts';

/** Where in a row everything is. */
interface Mapping {
  readonly rows?: string | undefined;
  readonly time?: string | undefined;
  readonly timeFormat: TimeFormat;
  readonly amount?: Api['amount'];
  readonly quantity?: Api['quantity'];
  readonly part?: Api['part'];
  /** What the cost of a row is for. */
  readonly label?: string | undefined;
}

/** https://focus.finops.org/focus-specification/v1-2/ */
const FOCUS: Mapping = {
  time: 'ChargePeriodStart',
  timeFormat: 'date-time',
  amount: { path: 'BilledCost', unit: 1, currency: 'BillingCurrency' },
  part: {
    path: 'ChargeCategory',
    meters: {
      Usage: 'usage',
      Purchase: 'purchases',
      Credit: 'credits',
      Tax: 'tax',
      Adjustment: 'adjustments',
    },
  },
  label: 'ServiceName',
};

export function mappingOf(api: Api): Mapping {
  const { format, rows, time, amount, quantity, part } = api;
  if (format === 'focus') return part ? { ...FOCUS, part } : FOCUS;
  const label = amount && part?.path;
  return { rows, time: time.path, timeFormat: time.format, amount, quantity, part, label };
}

/** One row of an answer, within the rows that it was found in. */
export interface Row {
  readonly value: unknown;
  /** Where it is: `answer.data[3]`. */
  readonly at: string;
  /** What `^` leads to. */
  readonly outer?: Row;
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
export class UnusableAnswer extends Error {}

/** A row bills in another currency than the account's. */
export class OtherCurrency extends Error {}

type Body = AsyncIterable<Uint8Array>;
type AddRow = (row: Row) => void;

/** What is known of an answer beside its rows. */
export interface Whole {
  /** How many the first list of the answer has, whatever is in them. */
  readonly items: number;
  /** All of an answer in JSON. */
  readonly root: unknown;
}

export function readRows(
  body: Body,
  headers: ResponseHeaders,
  reading: Reading,
  add: AddRow,
): Promise<Whole> {
  const { api } = reading;
  if (api.format === 'json') return readJsonRows(body, reading, add);
  if (api.format === 'jsonl') return readLines(body, headers, reading, add);
  return readTable(body, columnsOf(mappingOf(api)), add);
}

async function readJsonRows(
  body: Body,
  { api: { rows }, token }: Reading,
  add: AddRow,
): Promise<Whole> {
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

async function readLines(
  body: Body,
  headers: ResponseHeaders,
  { api, token }: Reading,
  add: AddRow,
): Promise<Whole> {
  let line = 0;
  for await (const found of bodyLines(body)) {
    line += 1;
    const value = objectIn(found, line === 1, token);
    for (const row of rowsAt({ value, at: `line ${line}` }, api.rows)) add(row);
  }
  if (line === 0 && !isJsonLines(headers)) {
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

/** What a path leads to is not there, or not what was expected. Says what kind of value was found, never the value. */
export class MappingError extends Error {
  override readonly name = 'MappingError';

  constructor({ at, value }: Row, expected: string) {
    super(`${at}: expected ${expected}, got ${value === undefined ? 'nothing' : kindOf(value)}`);
  }
}

/** Throws a MappingError where there is no list to walk. */
function* rowsAt(root: Row, path = ''): Generator<Row, void> {
  yield* rowsBelow(root, path.split('[]').map(namesIn));
}

function* rowsBelow(row: Row, [names = [], ...inner]: string[][]): Generator<Row, void> {
  const found = names.length === 0 ? row : { ...memberOf(row, names), outer: row };
  if (inner.length === 0) return yield found;
  if (!Array.isArray(found.value)) throw new MappingError(found, 'a list');
  for (const [index, value] of found.value.entries()) {
    yield* rowsBelow({ value, at: `${found.at}[${index}]`, outer: row }, inner);
  }
}

function namesIn(path: string): string[] {
  return path.split('.').filter((name) => name !== '');
}

/** What a path leads to from a row; its value is undefined where there is nothing. */
export function valueAt(row: Row, path: string): Row {
  const steps = namesIn(path);
  let from = row;
  while (steps[0] === '^') {
    steps.shift();
    if (from.outer === undefined) return { value: undefined, at: `${from.at}.^` };
    from = from.outer;
  }
  return memberOf(from, steps);
}

/** A name may have dots itself, as of a column. */
function memberOf({ value, at }: Row, names: readonly string[]): Row {
  const path = names.join('.');
  let member = value;
  for (const name of hasMember(value, path) ? [path] : names) {
    member = hasMember(member, name) ? member[name] : undefined;
  }
  return { value: member, at: `${at}.${path}` };
}

function hasMember(value: unknown, name: string): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, name);
}

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

export function readRow(row: Row, mapping: Mapping, { times, currency, now }: Reading): RowSum {
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
