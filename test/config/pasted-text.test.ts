import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTokenText } from '../../functions/config/pasted-text.ts';

const base64Url = fc.stringMatching(/^[A-Za-z0-9_-]{20,90}={0,2}$/);
const jwt = fc.tuple(base64Url, base64Url, base64Url).map((parts) => parts.join('.'));
const hexadecimal = fc.stringMatching(/^[a-z]{2,8}[-_][0-9a-f]{16,64}$/);
const around = fc.stringMatching(/^[ \t\r\n\u00a0\u200b\ufeff\u2060]{0,3}$/);

test('takes every token that a vendor makes, without what is around it', () => {
  expect(readTokenText('my-00a0a00a0000aa0a')).toEqual({ token: 'my-00a0a00a0000aa0a' });
  fc.assert(
    fc.property(fc.oneof(base64Url, jwt, hexadecimal), around, around, (token, before, after) => {
      // A JWT never has "=" within, and a random text may well spell a placeholder.
      fc.pre(!/=\.|x{8}/i.test(token));
      expect(readTokenText(`${before}${token}${after}`)).toEqual({ token });
    }),
  );
});

test('shows nothing of what is no token', () => {
  const wrapped = fc.constantFrom<[string, string]>(
    ['"', '"'],
    ['TOKEN=', ''],
    ['Bearer ', ''],
    ['{"a":"', '"}'],
    ['<', '>'],
    ['', ' and more'],
  );

  fc.assert(
    fc.property(hexadecimal, wrapped, (token, [before, after]) => {
      const read = readTokenText(`${before}${token}${after}`);
      const problem =
        'found' in read ? read.expected + read.found : expect.fail('expected a problem');
      expect(problem).not.toContain(token.slice(-8));
      expect('secret' in read && read.secret).toContain(token);
    }),
  );
});
