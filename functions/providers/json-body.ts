/** Reads a provider's JSON without losing a digit. */
import { Big } from 'big.js';
import { describedBody } from './error-text.ts';

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

/** What JSON.parse tells a reviver (ES2026); TypeScript's library does not know it yet. */
interface NumberContext {
  readonly source?: string;
}

/**
 * Every number becomes a Big of exactly the digits that were sent. A reason is what the body is instead of JSON, fit
 * to follow a verb, and without the secret.
 */
export function readJson(body: string, secret: string): JsonReading {
  try {
    return { ok: true, value: JSON.parse(body, exactNumber) };
  } catch {
    return { ok: false, reason: `${describedBody(body, secret)} instead of JSON` };
  }
}

function exactNumber(_key: string, value: unknown, context?: NumberContext): unknown {
  return typeof value === 'number' ? new Big(context?.source ?? value) : value;
}
