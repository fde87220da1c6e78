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

test('control characters and line breaks become one space', () => {
  expect(oneLine(' a\r\n\tb\u0000\u2028c\u0085 ')).toBe('a b c');
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
