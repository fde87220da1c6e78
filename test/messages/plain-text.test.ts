import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byteLength,
  clip,
  clipAtWord,
  oneLine,
  toAscii,
  wrap,
} from '../../functions/messages/plain-text.ts';

const anyText = fc.string({ unit: 'binary' });

test('white space of any kind is one space', () => {
  expect(oneLine(' a\r\n\tb\u00a0\u3000c ')).toBe('a b c');
});

test.each([
  ['a direction override', 'ab\u202edcba', 'ab\\u202edcba'],
  ['an isolate', '\u2066a\u2069', '\\u2066a\\u2069'],
  ['a zero-width space', 'a\u200bb', 'a\\u200bb'],
  ['a byte-order mark', '\ufeffab', '\\ufeffab'],
  ['line separators', 'a\u2028b\u2029c\u0085d', 'a\\u2028b\\u2029c\\u0085d'],
  ['a control character', 'a\u0000b', 'a\\u0000b'],
  ['a letter that is drawn as nothing', 'a\u3164b', 'a\\u3164b'],
  ['a tag beyond the first plane', 'a\u{e0061}', 'a\\udb40\\udc61'],
  ['a variation selector', 'a\ufe0f', 'a\\ufe0f'],
  ['but not the looks of an emoji', '❤\ufe0f', '❤\ufe0f'],
])('%s is seen', (_, text, expected) => {
  expect(oneLine(text)).toBe(expected);
});

test.each([
  ['short', 10, 'short'],
  ['exactly-10', 10, 'exactly-10'],
  ['eleven chars', 10, 'eleven ...'],
  ['abcdef🎉ghij', 10, 'abcdef...'],
])('%s is clipped to %d: %s', (text, max, expected) => {
  expect(clip(text, max)).toBe(expected);
});

test.each([
  ['one two three', 13, 'one two three'],
  ['one two three', 12, 'one two...'],
  ['one two three', 10, 'one two...'],
  ['unbreakable-word', 10, 'unbreak...'],
])('%s is cut at a word within %d: %s', (text, max, expected) => {
  expect(clipAtWord(text, max)).toBe(expected);
});

test('a cut text keeps its length for any text', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 3, max: 20 }), (text, max) => {
      expect(clip(text, max).length).toBeLessThanOrEqual(max);
      expect(clipAtWord(text, max).length).toBeLessThanOrEqual(max);
    }),
  );
});

describe('wrapping', () => {
  test('breaks between words and leaves long ones whole', () => {
    expect(wrap('aa bb https://example.com/long cc', 6)).toEqual([
      'aa bb',
      'https://example.com/long',
      'cc',
    ]);
  });

  test('keeps every word in its order', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(wrap(text, 10).join(' ')).toBe(oneLine(text));
      }),
    );
  });
});

describe('ASCII', () => {
  test.each([
    ['Größe ✓', 'Grosse ?'],
    ['café – 5 €', 'cafe - 5 EUR'],
    ['Ærøskøbing', 'AEroskobing'],
    ['漢字', '??'],
    ['🎉', '?'],
    ['ﬁne…', 'fine...'],
    ['plain [text]', 'plain [text]'],
  ])('%s becomes %s', (text, expected) => {
    expect(toAscii(text)).toBe(expected);
  });

  test('is printable for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(toAscii(text)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});

test('the byte length is that of UTF-8', () => {
  expect(byteLength('Größe ✓')).toBe(11);
});
