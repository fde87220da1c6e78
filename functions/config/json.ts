import { printParseErrorCode, visit } from 'jsonc-parser';
import { kindOf } from './config-error.ts';
import { Decimal } from './decimal.ts';
import type { Parameter } from './parameter-store.ts';
import { invisibleIn, trimmedJson } from './pasted-text.ts';
import type { Problem } from './problem.ts';

type Problems = { readonly problems: readonly Problem[] };

/** The JSON object that a parameter of this type should hold. */
export function readJsonObject({
  type,
  value: text,
  undecryptable,
}: Pick<Parameter, 'type' | 'value' | 'undecryptable'>): { readonly value: unknown } | Problems {
  if (undecryptable !== undefined) return unlike('a text that can be decrypted', undecryptable);
  if (type === 'StringList') return unlike('a String', 'a StringList');
  const json = parseJson(trimmedJson(text));
  if ('problem' in json) return { problems: [json.problem] };
  const kind = kindOf(json.value);
  return kind === 'an object' ? json : unlike('a JSON object', kind);
}

/** What is wrong with the whole of a parameter. */
export function unlike(expected: string, found: string): Problems {
  return { problems: [{ path: [], expected, found }] };
}

type ParsedJson = { readonly value: unknown } | { readonly problem: Problem };

/** What JSON.parse passes a reviver about a number (ES2026); TypeScript's library does not know it yet. */
interface NumberContext {
  readonly source?: string;
}

/**
 * Reads JSON without losing a digit: a number that a JavaScript number cannot hold exactly becomes a Big, so that
 * whoever expects a plain number refuses it instead of working with another one.
 */
export function parseJson(text: string): ParsedJson {
  const problem = jsonSyntaxProblem(text);
  return problem === undefined ? { value: JSON.parse(text, exactNumber) } : { problem };
}

function exactNumber(_key: string, value: unknown, context?: NumberContext): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  const exact = new Decimal(context.source);
  return Number.isFinite(value) && exact.eq(String(value)) ? value : exact;
}

/** More than any config needs, and few enough that the parser's descent cannot run out of stack. */
const DEEPEST = 100;

/** What is expected in place of a token, by the parser's error. */
const EXPECTED: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'a key in quotation marks',
  ValueExpected: 'a value',
  ColonExpected: '":"',
  CommaExpected: '","',
  CloseBraceExpected: '"}"',
  CloseBracketExpected: '"]"',
  EndOfFileExpected: 'the end',
};

/** What is expected of a token that is wrong in itself. */
const EXPECTED_OF_TOKEN: Readonly<Record<string, string>> = {
  InvalidCommentToken: 'no comment, as JSON has none',
  UnexpectedEndOfNumber: 'a number with a digit at its end',
  UnexpectedEndOfString: 'a string that ends on its line',
  InvalidCharacter: 'a string without a tab or other control character',
  InvalidEscapeCharacter: 'a string without an escape that JSON does not have',
  InvalidUnicode: 'a string without an escape that JSON does not have',
};

/** Ends the parser's walk at the first problem. */
class SyntaxProblem extends Error {
  declare readonly cause: Problem;
}

/** Where a text is no JSON, or repeats a key, without any of the text; undefined where neither is so. */
export function jsonSyntaxProblem(text: string): Problem | undefined {
  try {
    walk(text);
    return;
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.cause;
    throw error;
  }
}

/** Throws a SyntaxProblem. A repeated key is legal JSON, but all except the last one would be lost without a word. */
function walk(text: string): void {
  const keysOfOpen: Set<string>[] = [];
  const open = (_offset: number, _length: number, line: number, character: number) => {
    if (keysOfOpen.length > DEEPEST) {
      throw problemAt(line, character, `at most ${DEEPEST} levels`, 'more');
    }
    keysOfOpen.push(new Set());
  };
  const close = () => void keysOfOpen.pop();
  visit(
    text,
    {
      onObjectBegin: open,
      onArrayBegin: open,
      onObjectEnd: close,
      onArrayEnd: close,
      onObjectProperty: (key, _offset, _length, line, character) => {
        const keys = keysOfOpen.at(-1);
        if (keys?.has(key)) throw problemAt(line, character, 'each key once', 'one a second time');
        keys?.add(key);
      },
      onError: (error, offset, length, line, character) => {
        const code = printParseErrorCode(error);
        const ofToken = EXPECTED_OF_TOKEN[code];
        if (ofToken !== undefined) throw problemAt(line, character, ofToken);
        const expected = EXPECTED[code] ?? 'a value or a key in quotation marks';
        throw problemAt(line, character, expected, tokenKind(text.slice(offset, offset + length)));
      },
    },
    { disallowComments: true },
  );
}

function problemAt(
  line: number,
  character: number,
  expected: string,
  found?: string,
): SyntaxProblem {
  const position = `line ${line + 1}, column ${character + 1}`;
  const problem = { path: [], position, expected, ...(found !== undefined && { found }) };
  return new SyntaxProblem('not JSON', { cause: { ...problem, mistake: 'not JSON' } });
}

/** Of one token, by what it begins with. */
function tokenKind(token: string): string {
  const [first = ''] = token;
  if (first === '') return 'the end';
  if ('{}[]:,'.includes(first)) return `"${first}"`;
  if (/^-?\d/.test(token)) return 'a number';
  if (/['‘’“”`]/.test(first)) return 'a quotation mark other than "';
  if (first === '"') return 'a string';
  return invisibleIn(token) ?? 'something else';
}
