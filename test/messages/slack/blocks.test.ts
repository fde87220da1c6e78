import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  escaped,
  escapedWithin,
  linkedWithin,
  linksIn,
} from '../../../functions/messages/slack/blocks.ts';

/** Full of what has to be escaped, of addresses and of line breaks. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '&',
        '<',
        '>',
        '<!here>',
        '@channel',
        ' ',
        '\n',
        '\r\n',
        'https://a.example/',
      ),
      fc.constantFrom('https://b.example/x?y=1&z=2#part', '🎉', '\ud800', '\u2028', 'word'),
      fc.string(),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

test.each([
  ['a < b & c > d', 'a &lt; b &amp; c &gt; d'],
  ['<!channel>', '&lt;!channel&gt;'],
  ['<@U012AB3CD>', '&lt;@U012AB3CD&gt;'],
  ['<https://evil.example|bill>', '&lt;https://evil.example|bill&gt;'],
  ['ask @here and @Channel', 'ask @\u2060here and @\u2060Channel'],
  ['ops@example.com', 'ops@example.com'],
])('%j is shown as it is: %j', (text, expected) => {
  expect(escaped(text)).toBe(expected);
});

test('a text that is too long is cut at a word, never within an escape', () => {
  expect(escapedWithin('one two three', 10)).toBe('one two...');
  expect(escapedWithin('&'.repeat(300), 240)).toMatch(/^(&amp;){44,}\.\.\.$/);
  expect(escapedWithin('two\nlines', 20)).toBe('two lines');
  expect(escapedWithin('<<<', 3)).toBe('...');
});

describe('links', () => {
  test.each([
    ['see https://a.example/x#alarm-no-checks.', 'see <https://a.example/x#alarm-no-checks>.'],
    ['(http://a.example/?b=1&c=2)', '(<http://a.example/?b=1&amp;c=2>)'],
    ['[Runbook](https://a.example/b)', '[Runbook](<https://a.example/b>)'],
    ['https://a.example/<!here>', '<https://a.example/>&lt;!here&gt;'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
    ['first\r\n\n\n\nsecond ', 'first\n\nsecond'],
  ])('%j becomes %j', (text, expected) => {
    expect(linkedWithin(text, 3_000)).toBe(expected);
  });

  test('one that is cut off is none', () => {
    const text = `before https://a.example/${'x'.repeat(50)}`;

    expect(linkedWithin(text, 40)).toBe('before...');
    expect(linkedWithin(`https://a.example/${'x'.repeat(50)}`, 40)).not.toContain('<');
  });

  test('are found in their order', () => {
    expect(linksIn('a https://one.example/1, b http://two.example/2; c')).toEqual([
      'https://one.example/1',
      'http://two.example/2',
    ]);
  });
});

test('of any text nothing but our own links is markup, within the length', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 3, max: 300 }), (text, max) => {
      const plain = escapedWithin(text, max);
      const linked = linkedWithin(text, max);

      expect(plain.length).toBeLessThanOrEqual(max);
      expect(linked.length).toBeLessThanOrEqual(max);
      expect(plain).not.toMatch(/[<>]|@(here|channel|everyone)|&(?!amp;|lt;|gt;)/i);
      expect(linked.replace(/<https?:[^<>|\s]+>/g, '')).not.toMatch(
        /[<>]|@(here|channel|everyone)|&(?!amp;|lt;|gt;)/i,
      );
    }),
  );
});
