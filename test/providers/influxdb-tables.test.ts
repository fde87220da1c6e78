import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Annotation,
  annotatedCsv,
  type CsvStyle,
  type CsvTable,
} from '../../functions/local/simulated-influxdb-csv.ts';
import { MalformedCsv } from '../../functions/providers/influxdb-csv.ts';
import { FluxError, readTables } from '../../functions/providers/influxdb-tables.ts';

/** Each record by the names of its columns, with the datatypes in front. */
async function recordsIn(csv: string): Promise<Record<string, string>[]> {
  const records: Record<string, string>[] = [];
  async function* body(): AsyncGenerator<Uint8Array, void> {
    yield Buffer.from(csv);
  }
  await readTables(body(), ({ columns }) => (cells) => {
    records.push(Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ''])));
  });
  return records;
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\r\n`).join('');
}

describe('a table', () => {
  test('has its columns by name, with its defaults for empty cells', async () => {
    const csv = lines(
      '#group,false,false,true',
      '#datatype,string,long,string',
      '#default,_result,,east',
      ',result,table,region',
      ',,0,west',
      ',other,1,',
    );

    expect(await recordsIn(csv)).toEqual([
      { '': '', result: '_result', table: '0', region: 'west' },
      { '': '', result: 'other', table: '1', region: 'east' },
    ]);
  });

  test('is followed by others with columns of their own, after blank lines or none', async () => {
    const csv = lines(
      '#default,,x',
      ',a,b',
      ',1,',
      '',
      ',_value,a',
      ',,4',
      '',
      '',
      '#default,y',
      ',c',
      ',',
      '#datatype,string',
      ',c',
      ',',
      '',
    );

    expect(await recordsIn(csv)).toEqual([
      { '': '', a: '1', b: 'x' },
      { '': '', _value: '', a: '4' },
      { '': '', c: 'y' },
      { '': '', c: '' },
    ]);
  });

  test('tells the datatypes of its columns, empty without that annotation', async () => {
    const datatypes: (readonly string[])[] = [];
    async function* body(): AsyncGenerator<Uint8Array, void> {
      yield Buffer.from(lines('#datatype,long,double', ',a,b', '', ',_value', ',1'));
    }

    await readTables(body(), (table) => {
      datatypes.push(table.datatypes);
      return () => {};
    });

    expect(datatypes).toEqual([
      ['#datatype', 'long', 'double'],
      ['', ''],
    ]);
  });

  test('may have blank lines within, as the clients of InfluxDB skip them', async () => {
    const csv = lines('#default,x', '', ',a,b', '', ',1,2', '', '', ',3,4', '').replace('x', 'x,');

    expect(await recordsIn(csv)).toEqual([
      { '': '', a: '1', b: '2' },
      { '': '', a: '3', b: '4' },
    ]);
  });

  test('may have no rows', async () => {
    expect(await recordsIn(lines('#default,x', ',a', '', '#default,x', ',a'))).toEqual([]);
  });

  test('is read as it was written, in every style', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyTable, { maxLength: 4 }), anyStyle, async (tables, style) => {
        const records = await recordsIn(annotatedCsv(tables, style));

        expect(records).toEqual(
          tables.flatMap(({ columns, rows }, table) =>
            rows.map((row) => ({
              '': '',
              result: style.annotations?.includes('default') === false ? '' : '_result',
              table: String(table),
              ...Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])),
            })),
          ),
        );
      }),
    );
  });
});

const anyText = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '7', '"', ',', '\n', '#', ' ', 'ü'), maxLength: 5 }),
  fc.constantFrom('', 'NaN', '2026-10-01T01:00:00Z'),
);

const anyTable: fc.Arbitrary<CsvTable> = fc
  .uniqueArray(fc.constantFrom('_time', '_value', 'status', 'a b', 'x,y', '"'), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((names) =>
    fc.record({
      columns: fc.constant(
        names.map((name) => ({ name, datatype: 'string', isGroupKey: name !== '_time' })),
      ),
      rows: fc.array(fc.tuple(...names.map(() => anyText)), { maxLength: 4 }),
    }),
  );

const anyStyle: fc.Arbitrary<CsvStyle> = fc.record({
  lineEnd: fc.constantFrom('\r\n', '\n'),
  byteOrderMark: fc.boolean(),
  annotations: fc.shuffledSubarray<Annotation>(['group', 'datatype', 'default']),
  orderColumns: fc.constantFrom<NonNullable<CsvStyle['orderColumns']>>(
    (names) => names,
    (names) => names.toReversed(),
    (names) => names.toSorted(),
  ),
  quoted: fc.boolean(),
});

describe('a table that is malformed', () => {
  test.each([
    ['too few cells', lines(',a,b', ',1,2', ',1'), 3, 'expected 3 cells', '2'],
    ['too many cells', lines(',a,b', ',1,2,3'), 2, 'expected 3 cells', '4'],
    ['an annotation of other columns', lines('#default,x', ',a,b'), 2, 'expected 3 cells', '2'],
    ['a column twice', lines(',a,b,a'), 1, 'expected each column once', 'a'],
    [
      'annotations of no end',
      lines(...Array.from({ length: 17 }, (_, index) => `#${index}`)),
      17,
      'expected a header row',
      '#16',
    ],
    [
      'annotations and nothing more',
      lines('', '#default,x'),
      3,
      'expected a header row',
      undefined,
    ],
  ])('has %s', async (_name, csv, line, expected, found) => {
    const problem = await recordsIn(csv).catch((error: unknown) => error);

    expect(problem).toBeInstanceOf(MalformedCsv);
    expect(problem).toMatchObject({ line, found, message: expect.stringContaining(expected) });
  });
});

describe('a table of an error', () => {
  const rows = lines('#default,_result', ',a', ',1', '');

  test.each([
    ['alone', lines(',error,reference', ',out of memory,897'), 'out of memory'],
    ['after rows', rows + lines(',error,reference', ',out of memory,'), 'out of memory'],
    ['with annotations', lines('#datatype,string,string', ',error,reference', ',no,'), 'no'],
    ['without a column for annotations', lines('error,reference', 'no,897'), 'no'],
    ['in another order', lines(',reference,error', ',897,no'), 'no'],
    ['that lost its message', rows + lines(',error,reference'), ''],
    ['that lost its message, and goes on', lines(',error,reference', '') + rows, ''],
  ])('is thrown as what the query failed with: %s', async (_name, csv, message) => {
    const error = await recordsIn(csv).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(FluxError);
    expect(error).toMatchObject({ message });
  });

  test('is not one that has a tag of that name', async () => {
    expect(await recordsIn(lines(',_value,error', ',1,none'))).toHaveLength(1);
  });
});
