import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../functions/config/decimal.ts';
import { jsonSyntaxProblem, parseJson } from '../../functions/config/json.ts';
import { problemText } from '../../functions/config/problem.ts';

describe('exact json', () => {
  describe('parseJson', () => {
    test.each([
      '0',
      '-0',
      '15',
      '0.1',
      '1e3',
      '1E-7',
      '200.50',
      '123456789012345',
      '9007199254740992',
    ])('reads %s as a plain number', (text) => {
      expect(parseJson(`{"a": ${text}}`)).toEqual({ value: { a: Number(text) } });
    });

    test.each([
      ['9007199254740993', '9007199254740993'],
      ['0.12345678901234567890123', '0.12345678901234567890123'],
      ['1e400', '1e+400'],
      ['1e-400', '1e-400'],
      ['100000000000000000000.01', '100000000000000000000.01'],
    ])('keeps every digit of %s', (text, expected) => {
      const parsed = parseJson(`[${text}]`);

      expect(parsed).toEqual({ value: [new Decimal(expected)] });
    });

    test('leaves strings of digits, and everything else, as they are', () => {
      const value = { a: '9007199254740993', b: null, c: [true, { d: '' }] };

      expect(parseJson(JSON.stringify(value))).toEqual({ value });
    });

    test('says where the text is no JSON, without quoting it', () => {
      expect(parseJson('{"a": tok_12345}')).toEqual({
        problem: {
          path: [],
          mistake: 'not JSON',
          position: 'line 1, column 7',
          expected: 'a value or a key in quotation marks',
          found: 'something else',
        },
      });
    });
  });
});

describe('json syntax', () => {
  function isJson(text: string): boolean {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }

  describe('jsonSyntaxProblem', () => {
    test.each([
      ['', 'line 1, column 1: expected a value, got the end'],
      [' \n ', 'line 2, column 2: expected a value, got the end'],
      [
        'tok_12345',
        'line 1, column 1: expected a value or a key in quotation marks, got something else',
      ],
      ['{', 'line 1, column 2: expected "}", got the end'],
      ['{"a": 1', 'line 1, column 8: expected "}", got the end'],
      ['{"a": 1,}', 'line 1, column 9: expected a key in quotation marks, got "}"'],
      ['{"a": [1, 2,]}', 'line 1, column 13: expected a value, got "]"'],
      ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: expected ",", got a string'],
      ['{\r\n  "a" 1\r\n}', 'line 2, column 7: expected ":", got a number'],
      [
        '{a: 1}',
        'line 1, column 2: expected a value or a key in quotation marks, got something else',
      ],
      ['{1: 1}', 'line 1, column 2: expected a key in quotation marks, got a number'],
      [
        "{'a': 1}",
        'line 1, column 2: expected a value or a key in quotation marks, got a quotation mark other than "',
      ],
      [
        '{“a”: 1}',
        'line 1, column 2: expected a value or a key in quotation marks, got a quotation mark other than "',
      ],
      ['{\n  // why\n  "a": 1\n}', 'line 2, column 3: expected no comment, as JSON has none'],
      ['{"a": 1 /* why */}', 'line 1, column 9: expected no comment, as JSON has none'],
      ['{"a": "b}', 'line 1, column 7: expected a string that ends on its line'],
      ['{"a": "b\nc"}', 'line 1, column 7: expected a string that ends on its line'],
      [
        '{"a": "\\x"}',
        'line 1, column 7: expected a string without an escape that JSON does not have',
      ],
      [
        '{"a": "b\tc"}',
        'line 1, column 7: expected a string without a tab or other control character',
      ],
      ['{"a": 01}', 'line 1, column 8: expected ",", got a number'],
      [
        '{"a": .5}',
        'line 1, column 7: expected a value or a key in quotation marks, got something else',
      ],
      ['{"a": 5.}', 'line 1, column 7: expected a number with a digit at its end'],
      [
        '{"a": +5}',
        'line 1, column 7: expected a value or a key in quotation marks, got something else',
      ],
      [
        '{"a": NaN}',
        'line 1, column 7: expected a value or a key in quotation marks, got something else',
      ],
      [
        '{"a": truer}',
        'line 1, column 7: expected a value or a key in quotation marks, got something else',
      ],
      ['{} {}', 'line 1, column 4: expected the end, got "{"'],
      ['[1}', 'line 1, column 3: expected ",", got "}"'],
      [
        '{"a": 1, "b": 2, "a": 3}',
        'line 1, column 18: expected each key once, got one a second time',
      ],
      [
        '{"a": 1, "\\u0061": 3}',
        'line 1, column 10: expected each key once, got one a second time',
      ],
      [`${'['.repeat(5000)}`, 'line 1, column 102: expected at most 100 levels, got more'],
    ])('of %j is %s', (text, expected) => {
      const problem = jsonSyntaxProblem(text);

      expect(problem && problemText(problem)).toBe(`not JSON, ${expected}`);
    });

    test.each([
      '{}',
      '[]',
      ' {"a": [1, -2.5e+3, true, null, {"b": {}}]}\r\n',
      '"x"',
      '[{"a": 1}, {"a": 2}]',
    ])('there is none in %j', (text) => {
      expect(jsonSyntaxProblem(text)).toBeUndefined();
    });

    test('there is none in whatever JSON.stringify writes', () => {
      fc.assert(
        fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (json, indent) => {
          const text = JSON.stringify(JSON.parse(json), null, indent);
          expect(jsonSyntaxProblem(text)).toBeUndefined();
        }),
      );
    });

    test('is found in every damaged text that JSON.parse refuses, and in no other', () => {
      const original = '{"a": [1.5e3, "x\\n", true], "b": {"c": null}}';
      const damage = fc.record({
        at: fc.nat(original.length),
        drop: fc.nat(3),
        add: fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ 0-.eEtnu/\n\u00a0'), maxLength: 3 }),
      });

      fc.assert(
        fc.property(damage, ({ at, drop, add }) => {
          const text = original.slice(0, at) + add + original.slice(at + drop);
          expect(jsonSyntaxProblem(text) === undefined).toBe(isJson(text));
        }),
        { numRuns: 1000 },
      );
    });
  });
});
