import { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Annotation,
  annotatedCsv,
  type CsvStyle,
  type CsvTable,
} from '../../../cli/demo/vendors/influxdb-history.ts';
import { addedExactly, type ExactSum, totalOf } from '../../../functions/providers/exact-number.ts';
import { MalformedCsv, readCsv } from '../../../functions/providers/http/csv.ts';
import {
  expectAmount,
  FluxError,
  readHourEnd,
  readTables,
} from '../../../functions/providers/vendors/influxdb-csv.ts';

describe('influxdb csv', () => {
  async function* inPieces(
    text: string,
    size = text.length || 1,
  ): AsyncGenerator<Uint8Array, void> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  async function rowsOf(text: string, size?: number): Promise<string[][]> {
    const rows: string[][] = [];
    await readCsv(inPieces(text, size), { readRow: (cells) => rows.push(cells), end: () => {} });
    return rows;
  }

  async function problemOf(reading: Promise<unknown>): Promise<MalformedCsv> {
    const error = await reading.catch((reason: unknown) => reason);
    return error instanceof MalformedCsv ? error : expect.fail(`no MalformedCsv: ${error}`);
  }

  describe('a row', () => {
    test.each([
      ['ends with CRLF', 'a,b\r\nc\r\n', [['a', 'b'], ['c']]],
      ['ends with LF', 'a,b\nc\n', [['a', 'b'], ['c']]],
      ['ends with either', 'a,b\nc\r\nd\n', [['a', 'b'], ['c'], ['d']]],
      ['may be blank', 'a\r\n\r\nb\r\n', [['a'], [''], ['b']]],
      ['may have empty cells', ',,\r\n', [['', '', '']]],
      ['may have quoted cells', '"a,b","c ""d""",""\n', [['a,b', 'c "d"', '']]],
      ['may have line breaks in them', '"a\r\nb",c\r\n', [['a\r\nb', 'c']]],
      ['keeps its spaces', ' a ,b \n', [[' a ', 'b ']]],
      ['comes after a byte-order mark', '\uFEFFa,b\n', [['a', 'b']]],
      ['may be quoted after one', '\uFEFF"a",b\n', [['a', 'b']]],
      ['is UTF-8', 'größe,日本\n', [['größe', '日本']]],
    ])('%s', async (_name, text, rows) => {
      expect(await rowsOf(text)).toEqual(rows);
      expect(await rowsOf(text, 1)).toEqual(rows);
    });

    test.each(['', '\uFEFF'])('is missing in %j', async (text) => {
      expect(await rowsOf(text)).toEqual([]);
    });

    test('is the same in whatever pieces it comes', async () => {
      const cell = fc.string({
        unit: fc.constantFrom('a', '"', ',', '\r', '\n', 'é', ' '),
        maxLength: 6,
      });
      const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(
          rows,
          fc.constantFrom('\r\n', '\n'),
          fc.nat(7),
          async (all, lineEnd, size) => {
            const quoted = all.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`));
            const text = quoted.map((row) => `${row.join(',')}${lineEnd}`).join('');

            expect(await rowsOf(text, size + 1)).toEqual(all);
          },
        ),
      );
    });
  });

  describe('a row that is malformed', () => {
    test.each([
      ['a quote that is never closed', 'a\n"b,c\nd\n', 2, 'expected a quote at the end'],
      ['text after a quoted cell', 'a\n"b"c,d\n', 2, 'expected a comma or a line break'],
      [
        'a quote inside of a bare cell',
        'a\nb\nc"d,e\n',
        3,
        'expected quotes around the whole cell',
      ],
      ['no end to it', `a\n${'x'.repeat(70_000)}\n`, 2, 'expected at most 65536 characters'],
      ['no line break at its end', 'a\nb\nc,d', 3, 'expected a line break at its end'],
      ['one character', 'a,b\nc', 2, 'expected a line break at its end'],
      ['one character after a blank line', 'a,b\n\nc', 3, 'expected a line break at its end'],
      ['half a line break at its end', 'a\nb,c\r', 2, 'expected a line break at its end'],
      ['nothing but its beginning', '\r\n\r\n"', 3, 'expected a quote at the end'],
    ])('has %s', async (_name, text, line, expected) => {
      const problem = await problemOf(rowsOf(text));

      expect(problem.line).toBe(line);
      expect(problem.message).toContain(expected);
    });

    test.each([
      ['LF', '"a\nb\nc",d\n\n"e\n",f\nwrong\n'],
      ['CRLF', '"a\r\nb\r\nc",d\r\n\r\n"e\r\n",f\r\nwrong\r\n'],
    ])('is found on its line, with cells of several lines before it: %s', async (_name, text) => {
      const reading = readCsv(inPieces(text, 3), {
        readRow: ([first]) => {
          if (first === 'wrong') throw new MalformedCsv('expected another', first);
        },
        end: () => {},
      });

      const { line, message, found } = await problemOf(reading);

      expect({ line, message, found }).toEqual({
        line: 7,
        message: 'expected another',
        found: 'wrong',
      });
    });

    test('may be missing at the end', async () => {
      const reading = readCsv(inPieces('a\nb\n'), {
        readRow: () => {},
        end: () => {
          throw new MalformedCsv('expected more');
        },
      });

      expect((await problemOf(reading)).line).toBe(3);
    });
  });

  describe('what is no problem of the CSV', () => {
    test('but of the body is thrown as it is', async () => {
      const broken = new Error('connection lost');
      async function* breaking(): AsyncGenerator<Uint8Array, void> {
        yield Buffer.from('a,b\nc,');
        throw broken;
      }

      const reading = readCsv(breaking(), { readRow: () => {}, end: () => {} });

      await expect(reading).rejects.toBe(broken);
    });

    test('but of the reader is thrown as it is, and the body is left', async () => {
      const bug = new TypeError('a bug');
      let left = false;
      async function* endless(): AsyncGenerator<Uint8Array, void> {
        try {
          for (;;) yield Buffer.from('a,b\n');
        } finally {
          left = true;
        }
      }

      const reading = readCsv(endless(), {
        readRow: () => {
          throw bug;
        },
        end: () => {},
      });

      await expect(reading).rejects.toBe(bug);
      expect(left).toBe(true);
    });
  });
});

describe('influxdb cells', () => {
  describe('the end of an hour', () => {
    const noon = Date.UTC(2026, 9, 1, 12);

    test.each([
      '2026-10-01T12:00:00Z',
      '2026-10-01T12:00:00.000Z',
      '2026-10-01T12:00:00.000000000Z',
      '2026-10-01T14:00:00+02:00',
      '2026-10-01T17:30:00+05:30',
      '2026-09-30T23:00:00-13:00',
    ])('is %s', (text) => {
      expect(readHourEnd(text)).toBe(noon);
    });

    test.each([
      '',
      '2026-10-01',
      '2026-10-01T12:00:00',
      '2026-10-01 12:00:00Z',
      '2026-10-01T12:30:00Z',
      '2026-10-01T12:00:00.001Z',
      '2026-02-30T12:00:00Z',
      '2026-13-01T12:00:00Z',
      '2026-10-01T24:00:00Z',
      '2026-10-01T12:60:00Z',
      '2026-10-01T12:00:00+25:00',
      '1790856000',
      'Thu, 01 Oct 2026 12:00:00 GMT',
    ])('is not %j', (text) => {
      expect(() => readHourEnd(text)).toThrow(MalformedCsv);
    });
  });

  describe('an amount', () => {
    function sumOf(...texts: readonly string[]): string {
      const sum = texts.reduce<ExactSum | undefined>(addedExactly, undefined);
      return sum === undefined ? '0' : totalOf(sum).toFixed();
    }

    test.each([
      ['0', 'long', '0'],
      ['9007199254740992', 'long', '9007199254740992'],
      ['007', 'unsignedLong', '7'],
      ['123456789.123456789', 'double', '123456789.123456789'],
      ['1e3', 'double', '1000'],
      ['2.5E-7', 'double', '0.00000025'],
      ['12.5', '', '12.5'],
    ])('of %s as a %s is %s', (text, datatype, expected) => {
      expectAmount(text, datatype);

      expect(sumOf(text)).toBe(expected);
    });

    test.each([
      ['', 'long'],
      ['1.5', 'long'],
      ['1e3', 'long'],
      ['-1', 'long'],
      ['9007199254740993', 'long'],
      ['', 'double'],
      ['-0.5', 'double'],
      ['NaN', 'double'],
      ['+Inf', 'double'],
      ['Infinity', 'double'],
      ['1e99', 'double'],
      ['9007199254740992.1', 'double'],
      ['1e999999999', 'double'],
      ['0x10', 'long'],
      ['1,000', 'long'],
      ['1 ', 'long'],
      ['٣', 'long'],
    ])('is not %j as a %s', (text, datatype) => {
      expect(() => expectAmount(text, datatype)).toThrow(MalformedCsv);
    });

    test('keeps every digit', () => {
      const digits = fc.stringMatching(/^[1-9]\d{0,14}\.\d{0,30}[1-9]$/);
      fc.assert(
        fc.property(digits, (text) => {
          expectAmount(text, 'double');

          expect(sumOf(text)).toBe(text);
        }),
      );
    });

    test('adds up to the digit, however many there are', () => {
      const amount = fc.oneof(
        fc.stringMatching(/^\d{1,16}$/),
        fc.stringMatching(/^\d{1,16}\.\d{1,17}$/),
        fc.constantFrom('999999999999999.999999999999999', '9007199254740992', '1e3', '2.5E-7'),
      );
      fc.assert(
        fc.property(fc.array(amount, { maxLength: 30 }), (texts) => {
          const expected = texts.reduce((sum, text) => sum.plus(text), new Big(0));

          expect(sumOf(...texts)).toBe(expected.toFixed());
        }),
      );
    });
  });
});

describe('influxdb tables', () => {
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

    test('has the datatypes of its columns, empty without that annotation', async () => {
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
      const csv = lines('#default,x', '', ',a,b', '', ',1,2', '', '', ',3,4', '').replace(
        'x',
        'x,',
      );

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
});
