import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foundValue, kindOf } from '../../functions/config/found-value.ts';

describe('foundValue', () => {
  test.each([
    ['15', '"15"'],
    [15, '15'],
    [null, 'null'],
    [[1, 'a'], '[1,"a"]'],
    [{ a: { b: true } }, '{"a":{"b":true}}'],
    [new Big('1e400'), '1e+400'],
    ['line\nbreak\u2028', String.raw`"line\nbreak[U+2028]"`],
    ['turned \u202eround', '"turned [U+202E]round"'],
    ['Berlin\u00a0\u200b\ufeff', '"Berlin[U+00A0][U+200B][U+FEFF]"'],
    ['a\u3164b\ufe0f', '"a[U+3164]b[U+FE0F]"'],
    ['\u2764\ufe0f', '"\u2764\ufe0f"'],
    ['x'.repeat(58), `"${'x'.repeat(58)}"`],
    ['x'.repeat(59), `"${'x'.repeat(58)}…`],
    ['https://me:pass@host/', '"https://***@host/"'],
  ])('shows %j as %s', (value, expected) => {
    expect(foundValue(value, { secure: false })).toBe(expected);
  });

  test.each([
    ['tok_123', '"[token]"'],
    [{ key: ['a tok_123 b'] }, '{"key":["a [token] b"]}'],
    [`${'x'.repeat(55)}tok_123`, `"${'x'.repeat(55)}[to…`],
  ])('hides the token in %j', (value, expected) => {
    expect(foundValue(value, { secure: false, token: 'tok_123' })).toBe(expected);
  });

  test('hides a token that JSON writes with escapes', () => {
    expect(foundValue('a "b\\c" d', { secure: false, token: '"b\\c"' })).toBe('"a [token] d"');
  });

  test.each([
    ['abc', 'a string'],
    [123, 'a number'],
    [new Big('1e400'), 'a number'],
    [true, 'true or false'],
    [null, 'null'],
    [['abc'], 'an array'],
    [{ abc: 1 }, 'an object'],
  ])('tells only what kind of thing %j is, where it is secure', (value, expected) => {
    expect(foundValue(value, { secure: true })).toBe(expected);
    expect(kindOf(value)).toBe(expected);
  });

  test('is one well-formed line of 60 characters at most, whatever was found', () => {
    const text = fc.uint16Array({ maxLength: 100 }).map((units) => String.fromCharCode(...units));
    const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), text);

    fc.assert(
      fc.property(anything, (value) => {
        const shown = foundValue(value, { secure: false });
        expect(shown.length).toBeLessThanOrEqual(60);
        expect(shown).toMatch(/^[^\p{Cc}\u2028\u2029]*$/u);
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });
});
