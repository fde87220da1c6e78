import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describedBody, errorText } from '../../../functions/providers/http/exchange-error.ts';

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

test('details nested deeper than the stack are quoted as they came', () => {
  const details = '['.repeat(8000) + ']'.repeat(8000);

  expect(errorText(`{"message":"no","details":${details}}`, 'secret')).toMatch(
    /^"\{"message":"no"/,
  );
});
