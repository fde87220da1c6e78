import Big from 'big.js';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../functions/config/exact-json.ts';

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

    expect(parsed).toEqual({ value: [new Big(expected)] });
  });

  test('leaves strings of digits, and everything else, as they are', () => {
    const value = { a: '9007199254740993', b: null, c: [true, { d: '' }] };

    expect(parseJson(JSON.stringify(value))).toEqual({ value });
  });

  test('says where the text is no JSON, without quoting it', () => {
    expect(parseJson('{"a": tok_12345}')).toEqual({
      problem: 'line 1, column 7: expected a value, got something else',
    });
  });
});
