import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutSecret } from '../../functions/config/redact.ts';

const secret = `nf-a+b/"c"&<d>='%41\\e;`;

function base64(text: string, encoding: 'base64' | 'base64url' = 'base64'): string {
  return Buffer.from(text).toString(encoding);
}

/** Each character that is no letter, digit or hyphen as `codeText` writes its code. */
function escaping(codeText: (code: number) => string): string {
  return secret.replace(/[^\w-]/g, (character) => codeText(character.charCodeAt(0)));
}

function hex(code: number): string {
  return code.toString(16).padStart(2, '0');
}

const json = JSON.stringify(secret).slice(1, -1);

describe('a secret is taken out', () => {
  test.each([
    ['as it is', secret],
    ['in lower case, as in a host name', secret.toLowerCase()],
    ['in upper case', secret.toUpperCase()],
    ['encoded for an address', encodeURIComponent(secret)],
    ['encoded in lower case', escaping((code) => `%${hex(code)}`)],
    ['encoded down to its letters', [...secret].map((c) => `%${hex(c.charCodeAt(0))}`).join('')],
    ['encoded only where it must be', encodeURI(secret)],
    ['encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['escaped for JSON', json],
    ['escaped for JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['escaped more than JSON needs', json.replaceAll('/', String.raw`\/`)],
    ['in codes of JSON', [...secret].map((c) => `\\u00${hex(c.charCodeAt(0))}`).join('')],
    ['in codes of a program', escaping((code) => `\\x${hex(code).toUpperCase()}`)],
    ['in codes with braces', escaping((code) => `\\u{${hex(code)}}`)],
    ['in hexadecimal codes of HTML', escaping((code) => `&#x${hex(code)};`)],
    ['in codes of HTML with zeros', escaping((code) => `&#X000${hex(code).toUpperCase()};`)],
    ['in decimal codes of HTML', escaping((code) => `&#${code};`)],
    ['in decimal codes of HTML without an end', escaping((code) => `&#0${code}`)],
    [
      'in names of HTML',
      `nf-a&plus;b&sol;&quot;c&quot;&amp;&lt;d&gt;&equals;&apos;&percnt;41&bsol;e&semi;`,
    ],
    ['in HTML in an address', encodeURIComponent(escaping((code) => `&#x${hex(code)};`))],
    ['in HTML in JSON of Go', escaping((code) => `\\u0026#${code};`)],
    ['in HTML twice', escaping((code) => `&amp;#${code};`)],
  ])('%s', (_form, text) => {
    expect(withoutSecret(`before ${text} after`, secret)).toBe('before [token] after');
  });

  test.each([
    ['with its user', 'before costs:s3cret-pass after', 'before [token] after'],
    ['alone', 'before "S3CRET-PASS" after', 'before "[token]" after'],
    ['in codes of JSON', 'before s3cret\\u002dpass after', 'before [token] after'],
  ])('that is a user and a password in base64, in plain %s', (_where, text, shown) => {
    expect(withoutSecret(text, base64('costs:s3cret-pass'))).toBe(shown);
  });

  test.each([
    ['alone', base64(secret)],
    ['after Bearer', base64(`Bearer ${secret}`)],
    ['after Token', base64(`Token ${secret}`)],
    ['behind the user of a Basic authorization', `Basic ${base64(`AC12:${secret}`)}`],
    ['in the middle of more', base64(`{"authorization":"Token ${secret}","accept":"*/*"}`)],
    ['with the alphabet of addresses', base64(`Bearer ${secret}`, 'base64url')],
    ['encoded for an address', encodeURIComponent(base64(`Bearer ${secret}`))],
    ['escaped for JSON', base64(secret).replaceAll('/', String.raw`\/`)],
  ])('in base64 %s, but for bits at its ends', (_where, text) => {
    const clean = withoutSecret(text, secret);

    expect(clean).toContain('[token]');
    expect(Buffer.from(clean.split('[token]').join(''), 'base64').toString()).not.toContain('a+b');
  });

  test('as often as it is there', () => {
    const text = `${secret}${encodeURIComponent(secret)} and ${json}${secret}`;

    expect(withoutSecret(text, secret)).toBe('[token][token] and [token][token]');
  });

  test('though the text before it looks like the beginning of an escape', () => {
    expect(withoutSecret('%41bcdefgh &#x41bcdefgh', '41bcdefgh')).toBe('%[token] &#x[token]');
  });

  test('word by word where it is several, but not what any text may have', () => {
    const text = 'the token is nf-secret-4711 here';

    expect(withoutSecret(text, 'Token: nf-secret-4711\n')).toBe('the token is [token] here');
  });

  test('whatever characters it has, and whatever is around it', () => {
    const anySecret = fc.stringMatching(/^[\x21-\x7e]{12,30}$/);
    const forms = [
      (text: string) => text,
      encodeURIComponent,
      (text: string) => JSON.stringify(text).slice(1, -1),
      (text: string) => text.replace(/\W/g, (character) => `&#${character.charCodeAt(0)};`),
      (text: string) => base64(text),
    ];
    fc.assert(
      fc.property(anySecret, fc.constantFrom(...forms), fc.string(), (token, form, end) => {
        expect(withoutSecret(`in ${form(token)} ${end}`, token)).toMatch(/^in \[token\]/);
      }),
    );
  });
});

describe('a text', () => {
  test.each([
    'nothing of it in here',
    String.raw`C:\temp & "a\u0041" &lt;b&gt; 100 %41 &amp;amp; &nbsp; &#8364; \\\\ %zz`,
    'bmYtYStiLyJj: only its beginning',
    '',
  ])('without the secret stays as it is: %j', (text) => {
    expect(withoutSecret(text, secret)).toBe(text);
  });

  test('of which there is no secret stays as it is', () => {
    expect(withoutSecret('text', '')).toBe('text');
  });

  test.each([
    ['backslashes', '\\'.repeat(60_000), String.raw`\\\\a\\\\b\\\\c`],
    ['percent signs', '%25'.repeat(20_000), '%25%25%25%25%25%25%25%25x'],
    ['ampersands', '&amp;'.repeat(12_000), '&amp;&amp;&amp;&amp;&amp;x'],
    ['the beginning of the secret', 'a'.repeat(60_000), `${'a'.repeat(4_000)}b`],
  ])('of nothing but %s is done with before long', (_what, text, token) => {
    expect(withoutSecret(text, token)).toBe(text);
  });

  test('that is larger than anybody quotes is shown only in part', () => {
    expect(withoutSecret('x'.repeat(100_000), secret)).toBe('x'.repeat(65_536));
  });

  test('may have a secret as long as a parameter can hold', () => {
    const long = Array.from({ length: 8_192 }, (_, index) =>
      String.fromCharCode(0x21 + ((index * 7_919) % 94)),
    ).join('');

    expect(withoutSecret(`a ${encodeURIComponent(long)} b`, long)).toBe('a [token] b');
  });
});
