/** What a text says once its escapes are undone, and where in the text it says so. */

/** A text with escapes undone. */
export interface Reading {
  readonly text: string;
  /** Where each of its characters begins in the original, and where that ends. */
  readonly at: readonly number[];
}

/** Names that HTML has for visible ASCII, in lower case (HTML standard, "Named character references"). */
const CHARACTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '!': ['excl'],
    '"': ['quot'],
    '#': ['num'],
    $: ['dollar'],
    '%': ['percnt'],
    '&': ['amp'],
    "'": ['apos'],
    '(': ['lpar'],
    ')': ['rpar'],
    '*': ['ast', 'midast'],
    '+': ['plus'],
    ',': ['comma'],
    '.': ['period'],
    '/': ['sol'],
    ':': ['colon'],
    ';': ['semi'],
    '<': ['lt'],
    '=': ['equals'],
    '>': ['gt'],
    '?': ['quest'],
    '@': ['commat'],
    '[': ['lsqb', 'lbrack'],
    '\\': ['bsol'],
    ']': ['rsqb', 'rbrack'],
    '^': ['hat'],
    _: ['lowbar', 'underbar'],
    '`': ['grave', 'diacriticalgrave'],
    '{': ['lcub', 'lbrace'],
    '|': ['verbar', 'vert', 'verticalline'],
    '}': ['rcub', 'rbrace'],
  }).flatMap(([character, names]) => names.map((name) => [name, character])),
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

export function asItIs(text: string): Reading {
  return { text, at: [...Array(text.length + 1).keys()] };
}

/** One level of escapes undone: those of JSON and of programs, of addresses, and of HTML, as far as they are of visible ASCII. */
export function unescaped({ text, at }: Reading): Reading {
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
