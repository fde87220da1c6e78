/** Characters that nobody sees: they come along when something is copied from a web page or a chat. */

/**
 * Format characters (zero width, direction overrides, byte-order mark), separators and spaces other than the usual
 * one, and whatever Unicode draws as nothing; but not what makes an emoji of the character before.
 */
const PATTERN = /(?<!\p{Emoji})\uFE0F|(?!\uFE0F)\p{DI}|[\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const ALL = new RegExp(`${PATTERN.source}|[\\u007f-\\u009f]`, 'gu');

/** The text without the whitespace and the invisible characters around it. */
export function trimmed(text: string): string {
  return text.replace(/^[\s\p{Cf}\p{DI}]+|[\s\p{Cf}\p{DI}]+$/gu, '');
}

/** JSON without the invisible characters around it; its lines and columns stay where they were. */
export function trimmedJson(text: string): string {
  const value = trimmed(text);
  const start = text.indexOf(value);
  return text.slice(0, start).replace(/[^ \t\r\n]/gu, '') + value;
}

/** `U+00A0`; undefined where there is none in the text. */
export function invisibleIn(text: string): string | undefined {
  const found = PATTERN.exec(text)?.[0];
  return found && codePoint(found);
}

/** The text on one line in which everything can be seen: `Berlin[U+00A0]`. */
export function withoutInvisible(text: string): string {
  return text.replace(ALL, (found) => `[${codePoint(found)}]`);
}

function codePoint(character: string): string {
  const hexadecimal = character.codePointAt(0)?.toString(16) ?? '';
  return `U+${hexadecimal.toUpperCase().padStart(4, '0')}`;
}

type TokenText =
  | { readonly token: string }
  | {
      /** In words that have nothing of it, as `found` is. */
      readonly expected: string;
      readonly found: string;
      /** What of it may be secret, word by word: it must not be shown wherever else it is. */
      readonly secret: string;
    };

const NAME = /^(?:(?:export|set)\s+)?[A-Za-z_]\w*\s*=(?=[^=])/;
const SCHEME = /^(?:Authorization\s*:\s*)?(?:Bearer|Token|Basic)(?:\s+|:\s*)/i;
const AUTHORIZATION = /^Authorization\s*:/i;
const QUOTES = /^["'`“”„‘’«]|["'`“”‘’»]$/;

/** What examples have in place of a token. */
const PLACEHOLDERS = [
  /^<[^<>]*>$/,
  /^\[[\w -]*\]$/,
  /^\{\{.*\}\}$/,
  /^\$[({]?\w+[)}]?$/,
  // Words only, none of them long: a vendor's token may well begin with "my-".
  /^(?:<|\[)?(?:insert[-_ ]|paste[-_ ])?(?:your|my)(?:[-_ ][a-z]{1,12})+(?:>|\])?$/i,
  /^x+$|x{8}|\*{3}|\.{3}|…|•/i,
  /^(?:the[-_ ])?(?:api[-_ ]?|access[-_ ]?)?(?:token|key|secret)$/i,
  /^(?:change|replace)[-_ ]?me$|^(?:todo|placeholder|undefined|null|none)$/i,
];

/** The token in a parameter's text, without what copying put around it. */
export function readTokenText(text: string): TokenText {
  const token = trimmed(text);
  if (token === '') return { expected: 'the API token', found: 'an empty text', secret: '' };
  const found = mistakeIn(token);
  if (found === undefined) return { token };
  return { expected: 'the API token and nothing else', found, secret: secretIn(token) };
}

function mistakeIn(token: string): string | undefined {
  if (PLACEHOLDERS.some((pattern) => pattern.test(token))) return 'a placeholder such as <token>';
  if (NAME.test(token)) return 'a name and "=" before it';
  if (SCHEME.test(token) || AUTHORIZATION.test(token)) {
    return 'the word of an Authorization header before it, such as "Bearer"';
  }
  if (/^[{[]/.test(token)) return 'JSON';
  if (QUOTES.test(token)) return 'quotation marks around it';
  if (/^[\x21-\x7e]+$/.test(token)) return undefined;
  return 'spaces, line breaks or letters beyond ASCII in it';
}

/** The whole and its pieces, between spaces, so that each is looked for. */
function secretIn(token: string): string {
  const pieces = token.split(/[\s"'`“”„‘’«»{}[\]<>,:=]+/).filter((piece) => piece !== token);
  return [token, ...pieces].join(' ').trim();
}
