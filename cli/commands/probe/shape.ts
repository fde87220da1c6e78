/** The shape of an answer, as JSON or CSV: names of fields, kinds of values and how many of them, and nothing of the values. */
import type { Big } from 'big.js';
import { Decimal } from '../../../functions/config/decimal.ts';
import { MalformedCsv, readCsv } from '../../../functions/providers/http/csv.ts';
import { isJsonObject, readJson } from '../../../functions/providers/http/json.ts';
import { classOf, isFieldName } from './masking.ts';

export type BodyShape =
  | {
      readonly kind: 'JSON' | 'JSON lines';
      /** Of JSON lines all rows together. */
      readonly value: ValueShape;
    }
  | CsvShape
  | {
      readonly kind: 'other';
      /** `empty`, `HTML`, `JSON that breaks off`, `CSV that cannot be read`, `text`. */
      readonly looksLike: string;
      readonly lines: number;
    };

interface CsvShape {
  readonly kind: 'CSV';
  readonly rows: number;
  /** Headers with other columns than before, or after a blank line, begin another table. */
  readonly tables: readonly CsvTable[];
}

export interface CsvTable {
  readonly rows: number;
  /** `#datatype` and others, in their order. */
  readonly annotations: readonly string[];
  readonly columns: readonly CsvColumn[];
}

interface CsvColumn {
  /** `<key>` where it may be data. */
  readonly name: string;
  /** Of the annotation: `long`, `dateTime:RFC3339`. */
  readonly datatype?: string;
  readonly values: ValueShape;
}

/** `known`: names of fields and columns that are none of the data. */
export async function bodyShape(
  text: string,
  contentType: string,
  known: readonly string[],
): Promise<BodyShape> {
  const values = jsonIn(text);
  if (values) {
    return { kind: values.length > 1 ? 'JSON lines' : 'JSON', value: shapeOfAll(values, known) };
  }
  const lines = text.split('\n').length;
  if (!/csv/i.test(contentType)) return { kind: 'other', looksLike: looksLike(text), lines };
  try {
    return await csvShape(text, known);
  } catch (error) {
    if (!(error instanceof MalformedCsv)) throw error;
    return { kind: 'other', looksLike: 'CSV that cannot be read', lines };
  }
}

/** Of JSON its one value, of JSON lines the object of each line; undefined where the text is neither. */
export function jsonIn(text: string): readonly unknown[] | undefined {
  const whole = readJson(text, '');
  if (whole.ok) return [whole.value];
  const rows: unknown[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const row = readJson(line, '');
    if (!row.ok || !isJsonObject(row.value)) return undefined;
    rows.push(row.value);
  }
  return rows.length > 0 ? rows : undefined;
}

function looksLike(text: string): string {
  const start = text.trimStart();
  if (start === '') return 'empty';
  if (/^[{[]/.test(start)) return 'JSON that breaks off';
  return /^<(!doctype html|html|head|body)/i.test(start) ? 'HTML' : 'text';
}

interface OpenTable {
  readonly annotations: readonly (readonly string[])[];
  readonly header: readonly string[];
  readonly rows: string[][];
}

async function csvShape(text: string, known: readonly string[]): Promise<CsvShape> {
  const tables: OpenTable[] = [];
  let annotations: string[][] = [];
  let isNew = true;
  const readRow = (cells: string[]): void => {
    const isBlank = cells.length === 1 && cells[0] === '';
    if (isBlank || cells[0]?.startsWith('#')) {
      isNew = true;
      if (!isBlank) annotations.push(cells);
      return;
    }
    if (isNew) {
      tables.push({ annotations, header: cells, rows: [] });
      annotations = [];
    } else tables.at(-1)?.rows.push(cells);
    isNew = false;
  };
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await readCsv(bytesOf(whole), { readRow, end: () => {} });
  const shapes = alikeTogether(tables).map((table) => tableShape(table, known));
  return { kind: 'CSV', rows: shapes.reduce((sum, { rows }) => sum + rows, 0), tables: shapes };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** A series is a table of its own in InfluxDB: those with the same columns are one here. */
function alikeTogether(tables: readonly OpenTable[]): OpenTable[] {
  const alike = Map.groupBy(tables, ({ header, annotations }) =>
    JSON.stringify([header, annotations.map(([name]) => name)]),
  );
  return [...alike.values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ ...first, rows: same.flatMap(({ rows }) => rows) }] : [];
  });
}

const ANNOTATIONS = ['#datatype', '#group', '#default'];
const DATATYPE =
  /^(boolean|unsignedLong|long|double|string|duration|base64Binary|dateTime(:RFC3339(Nano)?)?)$/;

function tableShape({ annotations, header, rows }: OpenTable, known: readonly string[]): CsvTable {
  const datatypes = annotations.find(([name]) => name === '#datatype') ?? [];
  return {
    rows: rows.length,
    annotations: annotations.map(([name = '']) =>
      ANNOTATIONS.includes(name) ? name : MASKED_NAME,
    ),
    columns: header.map((name, index) => {
      const datatype = datatypes[index] ?? '';
      return {
        name: name === '' || isFieldName(name, known) ? name : MASKED_NAME,
        ...(DATATYPE.test(datatype) && { datatype }),
        values: shapeOfAll(
          rows.map((cells) => cells[index] ?? null),
          known,
        ),
      };
    }),
  };
}

/** Of all values at one place. */
export interface ValueShape {
  /** How many there are of each class of `classOf`; of `object` that many could have had each of the fields. */
  readonly classes: Readonly<Record<string, number>>;
  /** The fewest and the most decimal places of the decimals. */
  readonly places?: Range;
  /** Characters of the shortest and of the longest text. */
  readonly characters?: Range;
  /** Items of the shortest and of the longest list. */
  readonly lengths?: Range;
  readonly items?: ValueShape;
  /** By name; `<key>` stands for all whose names may be data. */
  readonly fields?: Readonly<Record<string, ValueShape>>;
}

export type Range = readonly [least: number, most: number];

export const MASKED_NAME = '<key>';

/** Whoever walks through it does so on the stack. */
const MOST_LEVELS = 60;

/** Of all the values together; `known`: names of fields that are none of the data. */
function shapeOfAll(values: readonly unknown[], known: readonly string[], level = 0): ValueShape {
  const classes: Record<string, number> = {};
  for (const value of values) {
    const name = classOf(value);
    classes[name] = (classes[name] ?? 0) + 1;
  }
  if (level === MOST_LEVELS) return { classes };
  const decimals = values.filter((one) => one instanceof Decimal && !one.round(0, 0).eq(one));
  const texts = values.filter((one) => typeof one === 'string');
  const lists = values.filter((one): one is readonly unknown[] => Array.isArray(one));
  const items = lists.flat();
  return {
    classes,
    ...range(
      'places',
      decimals.map((one) => placesOf(one as Big)),
    ),
    ...range(
      'characters',
      texts.map((text) => text.length),
    ),
    ...range(
      'lengths',
      lists.map((list) => list.length),
    ),
    ...(items.length > 0 && { items: shapeOfAll(items, known, level + 1) }),
    ...fieldsOf(values, known, level),
  };
}

function placesOf(value: Big): number {
  return Math.max(0, value.c.length - 1 - value.e);
}

function range<Key extends string>(
  key: Key,
  numbers: readonly number[],
): Partial<Record<Key, Range>> {
  if (numbers.length === 0) return {};
  const ends: Range = [
    numbers.reduce((a, b) => Math.min(a, b)),
    numbers.reduce((a, b) => Math.max(a, b)),
  ];
  return { [key]: ends } as Partial<Record<Key, Range>>;
}

function fieldsOf(
  values: readonly unknown[],
  known: readonly string[],
  level: number,
): Pick<ValueShape, 'fields'> {
  const byName = new Map<string, unknown[]>();
  for (const value of values.filter(isJsonObject)) {
    for (const [name, field] of Object.entries(value)) {
      const shown = isFieldName(name, known) ? name : MASKED_NAME;
      const fields = byName.get(shown);
      if (fields) fields.push(field);
      else byName.set(shown, [field]);
    }
  }
  if (byName.size === 0) return {};
  const shapes = [...byName].map(
    ([name, fields]) => [name, shapeOfAll(fields, known, level + 1)] as const,
  );
  return { fields: Object.fromEntries(shapes) };
}
