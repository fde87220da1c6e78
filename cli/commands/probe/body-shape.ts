/** The shape of a body: JSON, JSON lines, CSV with or without annotations, or what it is instead. */
import { MalformedCsv, readCsv } from '../../../functions/providers/http/csv.ts';
import { isJsonObject, readJson } from '../../../functions/providers/http/json.ts';
import { isFieldName } from './field-names.ts';
import { MASKED_NAME, shapeOfAll, type ValueShape } from './value-shape.ts';

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

export interface CsvShape {
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

export interface CsvColumn {
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
