import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { searchFor, spellings, textsIn } from './search.ts';

const token = 'q7Zk9mW3/x+Tp5"Rb8&Vc2<Hd6>Ls4=Nj1%41\\Fg0';
const search = searchFor({ token, webhook: '/services/T0/B0/aVeryLongSecret' });

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('a secret is found', () => {
  test.each(Object.entries(spellings))('%s', (name, spell) => {
    const text = `before ${spell(token).join('')} after`;

    expect(search.findIn([text])).toContainEqual(expect.stringContaining(`token, ${name}: `));
    expect(search.findIn([text.toUpperCase()])).not.toEqual([]);
  });

  test.each([
    ['alone', base64(token)],
    ['after Bearer', base64(`Bearer ${token}`)],
    ['after Token', base64(`Token ${token}`)],
    ['in lower case', base64(`Token ${token}`).toLowerCase()],
    ['for addresses', Buffer.from(token).toString('base64url')],
  ])('in base64 %s', (_where, text) => {
    expect(search.findIn([text])).toEqual([expect.stringContaining('token, in base64')]);
  });

  test.each([0, 10, 20, 34])('though only some of it is left: from character %i', (from) => {
    const left = token.slice(from, from + 6);

    expect(search.findIn([`… ${left}…`])).toContainEqual(expect.stringContaining('token, as it'));
    expect(search.findIn([base64(token).slice(from, from + 9)])).not.toEqual([]);
  });

  test('whichever of several it is', () => {
    expect(search.findIn(['x', '… averylongsecret'])).toEqual([expect.stringMatching(/^webhook/)]);
  });

  test.each([
    ['a field', { a: [{ b: `x${token}` }] }],
    ['the name of a field', { a: { [token]: 1 } }],
    ['an error', new Error(token)],
    ['the cause of an error', new Error('x', { cause: new Error('y', { cause: { token } }) })],
    ['a field of an error', Object.assign(new Error('x'), { request: { headers: [token] } })],
    ['an entry of a map', new Map([['a', new Map([['b', token]])]])],
  ])('in %s', (_where, value) => {
    expect(search.findIn(textsIn(value))).not.toEqual([]);
    expect(search.findIn([inspect(value, { depth: null })])).not.toEqual([]);
  });
});

test('nothing is found where no secret is', () => {
  const texts = textsIn({ reason: 'Northflank answered HTTP 401: "[token]".', id: base64('else') });

  expect(search.findIn(texts)).toEqual([]);
});
