import { readdirSync, readFileSync } from 'node:fs';
import { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { jsonList, jsonObject, readJson } from '../../../functions/providers/http/json.ts';

function numberIn(json: string): string {
  const reading = readJson(json, 'secret');
  return reading.ok && reading.value instanceof Big ? reading.value.toFixed() : 'not a number';
}

describe('a JSON number', () => {
  test.each([
    ['0.1', '0.1'],
    ['12.3456789012345678901', '12.3456789012345678901'],
    ['1e-7', '0.0000001'],
    ['1.50', '1.5'],
    ['-0.0', '0'],
    ['9007199254740993', '9007199254740993'],
    ['1E+3', '1000'],
  ])('%s is exactly %s', (json, expected) => {
    expect(numberIn(json)).toBe(expected);
  });

  test('keeps every digit, wherever it stands', () => {
    const digits = fc.stringMatching(/^-?[1-9]\d{0,30}\.\d{0,30}[1-9]$/);
    fc.assert(
      fc.property(digits, (text) => {
        const reading = readJson(`{"a":[{"b":${text}}]}`, 'secret');

        expect(reading).toMatchObject({
          ok: true,
          value: { a: [{ b: { s: expect.anything() } }] },
        });
        expect(numberIn(text)).toBe(text);
      }),
    );
  });

  test('of any magnitude is read without expanding it', () => {
    expect(readJson('[1e999999999]', 'secret').ok).toBe(true);
  });
});

test('everything else is what JSON.parse makes of it', () => {
  const value = { text: '0.1', yes: true, none: null, list: ['a', []] };

  expect(readJson(JSON.stringify(value), 'secret')).toEqual({ ok: true, value });
});

test.each([
  ['', 'an empty body instead of JSON'],
  ['<html></html>', 'an HTML page instead of JSON'],
  ['{"data":', '"{"data":" instead of JSON'],
  ['my secret is out', '"my [token] is out" instead of JSON'],
])('%j is refused as %s', (body, reason) => {
  expect(readJson(body, 'secret')).toEqual({ ok: false, reason });
});

test('nesting beyond the stack is refused', () => {
  const body = '['.repeat(1_000_000);

  expect(readJson(body, 'secret').ok).toBe(false);
});

describe('an object', () => {
  test.each([5, 151.2, 0, 'x', '', true, [], [1], null])('is not %j', (value) => {
    const json = readJson(JSON.stringify({ value }), 'secret');
    const read = jsonObject({ value: jsonObject({}) }).safeParse(json.ok && json.value);

    expect(read.error?.issues).toMatchObject([{ path: ['value'], message: 'expected an object' }]);
  });

  test('is read in one way only, as to zod a Big is one', () => {
    const folder = new URL('../../../functions/providers/', import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const others = files
      // What reads a config or a provider reads no answer.
      .filter(
        (file) => !['http/json.ts', 'vendors/custom/api.ts', 'own-provider.ts'].includes(file),
      )
      .filter((file) => {
        if (!file.endsWith('.ts')) return false;
        const text = readFileSync(new URL(file, folder), 'utf8');
        return /z\.(object|looseObject|strictObject|record|map)\(/.test(text);
      });

    expect(others).toEqual([]);
  });
});

test('a list has its first problem only', () => {
  const read = jsonList(jsonObject({ a: z.string() })).safeParse([{ a: 'x' }, {}, 1]);

  expect(read.error?.issues).toMatchObject([{ path: [1, 'a'] }]);
});
