/** Reads a provider's JSON without losing a digit, in no more memory than a function has. */
import { Big } from 'big.js';
import * as z from 'zod';
import { describedBody } from './error-text.ts';
import { compactJson } from './json-text.ts';
import { addUnexpected } from './schema-problem.ts';

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

/** What JSON.parse tells a reviver (ES2026); TypeScript's library does not know it yet. */
interface NumberContext {
  readonly source?: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** In characters. A double has some 330 at the most, and any amount less. */
const LONGEST_NUMBER = 400;

/** Reads the body of an answer. Throws an ExchangeError for one that is too much to be a page. */
export async function readJsonBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await compactJson(body));
}

/**
 * Every number becomes a Big of exactly the digits that were sent; one with more of them than any amount stays text. A
 * reason is what the body is instead of JSON, fit to follow a verb, and without the secret.
 */
export function readJson(body: string, secret: string): JsonReading {
  try {
    return { ok: true, value: JSON.parse(body, exactNumber) };
  } catch {
    return { ok: false, reason: `${describedBody(body, secret)} instead of JSON` };
  }
}

function exactNumber(_key: string, value: unknown, context?: NumberContext): unknown {
  if (typeof value !== 'number') return value;
  const source = context?.source ?? String(value);
  return source.length > LONGEST_NUMBER ? source : new Big(source);
}

/** Whether JSON calls it an object: a Big, which is one to JavaScript and to zod, is a number. */
export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Big)
  );
}

/** Any object, with its fields as they are; anything else is an issue. */
export const anyObject = z.unknown().transform((value, context): JsonObject => {
  return isJsonObject(value) ? value : addUnexpected(context, 'an object', value);
});

/**
 * An object with these fields and any others. The only way to read one here: zod's own would read a number as an
 * object without fields, and so as nothing used.
 */
export function jsonObject<Shape extends z.ZodRawShape>(shape: Shape) {
  return anyObject.pipe(z.looseObject(shape));
}

/** All items of a list, or the first problem in it: one for each item could need more memory than there is. */
export function jsonList<Item>(item: z.ZodType<Item>) {
  return z.array(z.unknown()).transform((values, context): Item[] => {
    const items: Item[] = [];
    for (const [index, value] of values.entries()) {
      const result = item.safeParse(value);
      if (!result.success) return addProblems(context, result.error, [index]);
      items.push(result.data);
    }
    return items;
  });
}

/** What was found wrong at a place within the value of `context`. */
export function addProblems(
  context: z.RefinementCtx,
  { issues }: z.ZodError,
  path: readonly PropertyKey[],
): never {
  for (const issue of issues) {
    context.addIssue({ ...issue, path: [...path, ...issue.path] } as z.core.$ZodSuperRefineIssue);
  }
  return z.NEVER;
}
