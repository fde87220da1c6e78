import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describedBody, errorText, withoutSecret } from '../../functions/providers/error-text.ts';

describe('the text of an error answer', () => {
  test.each([
    ['{"error":{"status":403,"message":"Forbidden","id":"forbidden"}}', '"Forbidden"'],
    [
      '{"error":{"message":"Invalid request","details":{"per_page":["is not allowed"]}}}',
      '"Invalid request {"per_page":["is not allowed"]}"',
    ],
    ['{"error":"invalid token"}', '"invalid token"'],
    ['{"code":"unauthorized","message":"unauthorized access"}', '"unauthorized access"'],
    ['{"detail":"Invalid token header."}', '"Invalid token header."'],
    ['{"start":["Enter a valid date."]}', '"{"start":["Enter a valid date."]}"'],
    ['{"error":{"message":""}}', '"{"error":{"message":""}}"'],
    ['<!doctype html><html></html>', 'an HTML page'],
    ['\n<html>', 'an HTML page'],
    ['<?xml version="1.0"?><Error/>', '"<?xml version="1.0"?><Error/>"'],
    ['', 'an empty body'],
    [' \r\n', 'an empty body'],
    ['upstream\r\n\tis  down\u0000', '"upstream is down"'],
    ['null', '"null"'],
  ])('%j reads %j', (body, expected) => {
    expect(errorText(body, 'secret')).toBe(expected);
  });

  test('is cut after 200 characters', () => {
    expect(errorText('x'.repeat(500), 'secret')).toBe(`"${'x'.repeat(200)}…"`);
  });

  test('loses the secret before it is cut', () => {
    const text = errorText(`${'x'.repeat(195)}SECRET-4711`, 'SECRET-4711');

    expect(text).not.toContain('SECR');
  });

  test('is one line without the secret, whatever the body', () => {
    const secrets = fc.stringMatching(/^[\w.+/="-]{8,20}$/);
    fc.assert(
      fc.property(fc.string(), secrets, fc.string(), fc.boolean(), (start, secret, end, isUrl) => {
        const form = isUrl ? encodeURIComponent(secret) : secret;

        const text = describedBody(`${start}${form}${end}`, secret);

        expect(text).not.toMatch(/[\n\r]/);
        expect(text).not.toContain(form);
      }),
    );
  });
});

describe('a secret', () => {
  test.each([
    ['as it is', 'token a+b/"c"= here'],
    ['encoded for a URL', 'token a%2Bb%2F%22c%22%3D here'],
    ['escaped for JSON', 'token a+b/\\"c\\"= here'],
    ['in a host name', 'token A+B/"C"= here'],
  ])('is taken out %s', (_form, text) => {
    expect(withoutSecret(text, 'a+b/"c"=')).toBe('token [token] here');
  });

  test('that is empty takes nothing out', () => {
    expect(withoutSecret('text', '')).toBe('text');
  });

  test('is gone from any text, with any characters in it', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 1 }),
        fc.string(),
        (before, secret, after) => {
          fc.pre(!'[token]'.includes(secret) && !`${before}${after}`.includes(secret));
          const clean = withoutSecret(`${before} ${secret} ${after}`, secret);

          expect(clean).toContain('[token]');
        },
      ),
    );
  });
});
