/** Foreign text made fit to be shown: without a secret, however a server may have escaped it. */

/** Stands where the secret was. */
const MARK = '[token]';
/** Nobody quotes more: of a longer text the rest is dropped. */
const MOST_CHARACTERS = 64 * 1024;
/** Escapes within escapes, as of JSON in an address in HTML. */
const MOST_LEVELS = 4;
/** A shorter word is one that any text may have. */
const SHORTEST_WORD = 8;

/**
 * `[token]` in place of the secret wherever it stands: as it is, in other case (a host name is in lower case), with
 * any of its characters escaped, or in base64, be it alone or after a `Bearer`; and in plain, where it is base64 itself.
 * A secret of several words, which is no valid token, goes word by word too. The time that it takes grows with the
 * text's length, and with nothing in it.
 */
export function withoutSecret(text: string, secret: string): string {
  if (secret === '') return text;
  const pattern = patternOf(secret);
  const original = text.slice(0, MOST_CHARACTERS);
  const found: Span[] = [];
  let reading = asItIs(original);
  for (let level = 0; level <= MOST_LEVELS; level += 1) {
    found.push(...spansOf(pattern, reading));
    const next = unescaped(reading);
    if (next.text === reading.text) break;
    reading = next;
  }
  return cutOut(original, found);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Any form of the secret in which no character is escaped more than it is in the secret itself. */
function patternOf(secret: string): RegExp {
  const words = secret.split(/\s+/).filter((word) => word.length >= SHORTEST_WORD);
  const known = [secret, ...words, ...words.flatMap(credentialsIn)];
  const plain = known.flatMap((one) => [one, withoutEscapes(one)]);
  const forms = [...plain, ...words.flatMap(base64Forms)].filter((form) => form !== '');
  return new RegExp(forms.map((form) => form.replace(/[^\w\s]/g, '\\$&')).join('|'), 'gi');
}

function withoutEscapes(secret: string): string {
  let reading = asItIs(secret);
  for (let level = 0; level < MOST_LEVELS; level += 1) reading = unescaped(reading);
  return reading.text;
}

/**
 * How base64 writes it, in both alphabets. That depends on how many bytes are before it; characters that also hold
 * bits of what is around it are left out.
 */
function base64Forms(secret: string): string[] {
  return [0, 1, 2].flatMap((bytesBefore) => {
    const bytes = Buffer.concat([Buffer.alloc(bytesBefore), Buffer.from(secret)]);
    const own = bytes
      .toString('base64')
      .slice(Math.ceil((bytesBefore * 8) / 6), Math.floor((bytes.length * 8) / 6));
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

const CREDENTIALS = /^[\x20-\x7e]*?:([\x20-\x7e]+)$/;

/** Of a secret that is `user:password` in base64, as HTTP Basic has it, both in plain, and the password alone. */
function credentialsIn(secret: string): string[] {
  const [both, password] = CREDENTIALS.exec(Buffer.from(secret, 'base64').toString()) ?? [];
  return [both, password].flatMap((one = '') => (one.length >= SHORTEST_WORD ? [one] : []));
}

function spansOf(pattern: RegExp, { text, at }: Reading): Span[] {
  return [...text.matchAll(pattern)].map(({ 0: { length }, index }) => ({
    start: at[index] ?? 0,
    end: at[index + length] ?? 0,
  }));
}

/** The spans may overlap, as one that needs no unescaping is found at every level. */
function cutOut(original: string, spans: readonly Span[]): string {
  let clean = '';
  let rest = 0;
  for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
    if (start >= rest) clean += original.slice(rest, start) + MARK;
    rest = Math.max(rest, end);
  }
  return clean + original.slice(rest);
}

/** A text with escapes undone. */
interface Reading {
  readonly text: string;
  /** Where each of its characters begins in the original, and where that ends. */
  readonly at: readonly number[];
}

/** Names that HTML has for visible ASCII, in lower case, each before its character (HTML standard, "Named character references"). */
const CHARACTERS: ReadonlyMap<string, string> = new Map(
  [
    `excl! quot" num# dollar$ percnt% amp& apos' lpar( rpar) ast* midast* plus+ comma, period. sol/ colon: semi;`,
    String.raw`lt< equals= gt> quest? commat@ lsqb[ lbrack[ bsol\ rsqb] rbrack] hat^ lowbar_ underbar_`,
    'grave` diacriticalgrave` lcub{ lbrace{ verbar| vert| verticalline| rcub} rbrace}',
  ].flatMap((line) => line.split(' ').map((one) => [one.slice(0, -1), one.slice(-1)] as const)),
);

/** One visible ASCII character in one of its escapes, or any character; a backslash alone only escapes what follows. */
const PIECE = new RegExp(
  [
    String.raw`\\[ux]\{?0*(?<code>[2-7][\da-f])\}?`,
    String.raw`\\`,
    String.raw`%(?<byte>[2-7][\da-f])`,
    String.raw`&#x0*(?<hex>[2-7][\da-f]);?`,
    String.raw`&#0*(?<decimal>1[01]\d|12[0-6]|[4-9]\d|3[3-9]);?`,
    `&(?<name>${[...CHARACTERS.keys()].join('|')});?`,
    '[^]',
  ].join('|'),
  'gi',
);

function asItIs(text: string): Reading {
  return { text, at: [...Array(text.length + 1).keys()] };
}

/** One level of escapes undone: those of JSON and of programs, of addresses, and of HTML, as far as they are of visible ASCII. */
function unescaped({ text, at }: Reading): Reading {
  if (!/[\\%&]/.test(text)) return { text, at };
  let plain = '';
  const beginnings: number[] = [];
  let begin = 0;
  for (const piece of text.matchAll(PIECE)) {
    const character = characterOf(piece);
    // A backslash begins the character behind it.
    if (character === '') continue;
    plain += character;
    beginnings.push(at[begin] ?? 0);
    begin = piece.index + piece[0].length;
  }
  return { text: plain, at: [...beginnings, at[begin] ?? 0] };
}

/** Empty for a backslash. */
function characterOf({ 0: piece, groups = {} }: RegExpExecArray): string {
  const { code, byte, hex, decimal, name } = groups;
  const hexadecimal = code ?? byte ?? hex;
  if (hexadecimal !== undefined) return String.fromCharCode(Number.parseInt(hexadecimal, 16));
  if (decimal !== undefined) return String.fromCharCode(Number(decimal));
  if (name !== undefined) return CHARACTERS.get(name.toLowerCase()) ?? piece;
  return piece === '\\' ? '' : piece;
}
