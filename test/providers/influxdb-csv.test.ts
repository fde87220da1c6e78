import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedCsv, readCsv } from '../../functions/providers/influxdb-csv.ts';

async function* inPieces(text: string, size = text.length || 1): AsyncGenerator<Uint8Array, void> {
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
    ['a quote inside of a bare cell', 'a\nb\nc"d,e\n', 3, 'expected quotes around the whole cell'],
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
