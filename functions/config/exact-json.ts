import Big from 'big.js';
import { jsonSyntaxProblem } from './json-syntax.ts';

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
