/** What people paste where a token belongs. */
import { trimmed } from './invisible.ts';

export type TokenText =
  | { readonly token: string }
  | {
      /** What was expected and found, in words that have nothing of it. */
      readonly problem: string;
      /** What of it may be secret, word by word: it must not be told wherever else it stands. */
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
  /^(?:<|\[)?(?:insert[-_ ]|paste[-_ ])?(?:your|my)[-_ ]/i,
  /^x+$|x{8}|\*{3}|\.{3}|…|•/i,
  /^(?:the[-_ ])?(?:api[-_ ]?|access[-_ ]?)?(?:token|key|secret)$/i,
  /^(?:change|replace)[-_ ]?me$|^(?:todo|placeholder|undefined|null|none)$/i,
];

/** The token in a parameter's text, without what copying put around it. */
export function readTokenText(text: string): TokenText {
  const token = trimmed(text);
  if (token === '') return { problem: 'expected the API token, got an empty text', secret: '' };
  const mistake = mistakeIn(token);
  if (mistake === undefined) return { token };
  const problem = `expected the API token and nothing else, got ${mistake}`;
  return { problem, secret: secretIn(token) };
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
