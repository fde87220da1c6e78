import Big from 'big.js';
import { invisibleIn } from './pasted-text.ts';

export type ParsedJson = { readonly value: unknown } | { readonly problem: string };

/** What JSON.parse tells a reviver about a number (ES2026); TypeScript's library does not know it yet. */
interface NumberContext {
  readonly source?: string;
}

/**
 * Reads JSON without losing a digit: a number that a JavaScript number cannot hold exactly becomes a Big, so that
 * whoever expects a plain number refuses it instead of working with another one. A problem is one line that quotes
 * nothing of the text.
 */
export function parseJson(text: string): ParsedJson {
  const problem = jsonSyntaxProblem(text);
  return problem === undefined ? { value: JSON.parse(text, exactNumber) } : { problem };
}

function exactNumber(_key: string, value: unknown, context?: NumberContext): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  const exact = new Big(context.source);
  return Number.isFinite(value) && exact.eq(value) ? value : exact;
}

/** How each kind of token reads in a message. */
const kinds = {
  '{': '"{"',
  '}': '"}"',
  '[': '"["',
  ']': '"]"',
  ':': '":"',
  ',': '","',
  string: 'a string',
  number: 'a number',
  literal: 'true, false or null',
  comment: 'a comment, which JSON does not have',
  quote: 'a quotation mark other than "',
  badString: 'a string with a line break, a tab, a wrong escape or no end',
  other: 'something else',
  end: 'the end',
} as const;

type Kind = keyof typeof kinds;

interface Token {
  readonly kind: Kind;
  readonly at: number;
  readonly text: string;
}

interface Reader {
  readonly text: string;
  readonly tokens: readonly Token[];
  next: number;
}

/** One token each, or one character where there is none; whitespace is what remains. */
const tokenPattern = new RegExp(
  [
    String.raw`"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`,
    String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`,
    'true|false|null',
    String.raw`\/[/*]`,
    String.raw`[^ \t\r\n]`,
  ].join('|'),
  'gu',
);

/** More than any config needs, and few enough that the descent below cannot run out of stack. */
const deepest = 100;

class SyntaxProblem extends Error {}

/** One line, such as `line 3, column 5: expected "," or "}", got a string`; undefined for JSON without a repeated key. */
export function jsonSyntaxProblem(text: string): string | undefined {
  const reader: Reader = { text, tokens: tokensOf(text), next: 0 };
  try {
    readValue(reader, 0);
    take(reader, 'the end', ['end']);
    return;
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message;
    throw error;
  }
}

function readValue(reader: Reader, depth: number): void {
  const token = take(reader, 'a value', ['{', '[', 'string', 'number', 'literal']);
  if (depth > deepest) throw problem(reader, token, `expected at most ${deepest} levels, got more`);
  if (token.kind === '[') readList(reader, ']', () => readValue(reader, depth + 1));
  if (token.kind === '{') {
    const keys = new Set<unknown>();
    readList(reader, '}', () => readMember(reader, depth, keys));
  }
}

function readList(reader: Reader, close: '}' | ']', readItem: () => void): void {
  if (reader.tokens[reader.next]?.kind === close) {
    reader.next += 1;
    return;
  }
  do readItem();
  while (take(reader, `"," or "${close}"`, [',', close]).kind === ',');
}

/** A repeated key is legal JSON, but all except the last one would be lost without a word. */
function readMember(reader: Reader, depth: number, keys: Set<unknown>): void {
  const token = take(reader, 'a key in quotation marks', ['string']);
  const key: unknown = JSON.parse(token.text);
  if (keys.has(key)) throw problem(reader, token, 'expected each key once, got one a second time');
  keys.add(key);
  take(reader, '":"', [':']);
  readValue(reader, depth + 1);
}

function take(reader: Reader, expected: string, allowed: readonly Kind[]): Token {
  const end: Token = { kind: 'end', at: reader.text.length, text: '' };
  const token = reader.tokens[reader.next] ?? end;
  if (!allowed.includes(token.kind)) {
    throw problem(reader, token, `expected ${expected}, got ${nameOf(token)}`);
  }
  reader.next += 1;
  return token;
}

function nameOf({ kind, text }: Token): string {
  return (kind === 'other' ? invisibleIn(text) : undefined) ?? kinds[kind];
}

function problem(reader: Reader, token: Token, what: string): SyntaxProblem {
  const before = reader.text.slice(0, token.at).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  return new SyntaxProblem(`line ${before.length}, column ${column}: ${what}`);
}

function tokensOf(text: string): Token[] {
  return [...text.matchAll(tokenPattern)].map((match) => ({
    kind: kindOf(match[0]),
    at: match.index,
    text: match[0],
  }));
}

/** By what tells them apart once the pattern above has matched. */
function kindOf(token: string): Kind {
  if (token.startsWith('"')) return token.length > 1 ? 'string' : 'badString';
  if (/\d$/.test(token)) return 'number';
  if (token.startsWith('/') && token.length > 1) return 'comment';
  if (token.length > 2) return 'literal';
  if (/['‘’“”`]/.test(token)) return 'quote';
  return '{}[]:,'.includes(token) ? (token as Kind) : 'other';
}
