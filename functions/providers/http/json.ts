/** Reads a provider's JSON without losing a digit, in no more memory than a function has. */
import * as z from 'zod';
import { foundValue } from '../../config/config-error.ts';
import { Decimal } from '../../config/decimal.ts';
import { describedBody, ExchangeError } from './exchange-error.ts';

type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

/** What JSON.parse passes a reviver (ES2026); TypeScript's library does not know it yet. */
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
  return source.length > LONGEST_NUMBER ? source : new Decimal(source);
}

/** Whether JSON calls it an object: a Big, which is one to JavaScript and to zod, is a number. */
export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Decimal)
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

const MIB = 1024 * 1024;
/** Without the blanks between tokens. A page of 366 days or 100 hours has a tenth of a MiB. */
const MOST_BYTES = 8 * MIB;
/** A page has some 5,000, and each takes hundreds of bytes once it is parsed. */
const MOST_VALUES = 200_000;
/** Whoever walks through what was parsed does so on the stack. */
const MOST_LEVELS = 100;
const FIRST_ROOM = 64 * 1024;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const isOpening = markedBytes(0x5b, 0x7b);
const isClosing = markedBytes(0x5d, 0x7d);
const isBlank = markedBytes(0x20, 0x0a, 0x0d, 0x09);

/** 1 at those bytes: there are millions to be looked up. */
function markedBytes(...bytes: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => Number(bytes.includes(byte)));
}

/** All bytes, with one blank for several between tokens. Throws an ExchangeError for more than a page can have. */
async function compactJson(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const isKept = byteReader();
  let bytes = Buffer.allocUnsafe(FIRST_ROOM);
  let length = 0;
  for await (const chunk of body) {
    bytes = withRoom(bytes, length + chunk.length);
    for (const byte of chunk) {
      if (!isKept(byte)) continue;
      bytes[length] = byte;
      length += 1;
    }
    if (length > MOST_BYTES) throw tooMuch(`with more than ${MOST_BYTES / MIB} MiB of JSON`);
  }
  return bytes.subarray(0, length);
}

function withRoom(bytes: Buffer<ArrayBuffer>, needed: number): Buffer<ArrayBuffer> {
  if (needed <= bytes.length) return bytes;
  const larger = Buffer.allocUnsafe(Math.max(needed, 2 * bytes.length));
  bytes.copy(larger);
  return larger;
}

function tooMuch(what: string): ExchangeError {
  return new ExchangeError(`sent an answer ${what}`, { retry: false });
}

/** Of one byte after the other, whether it is to be kept. Throws for too many values. */
function byteReader(): (byte: number) => boolean {
  const count = valueCounter();
  let isInString = false;
  let isEscaped = false;
  let isAfterBlank = false;

  function readInString(byte: number): true {
    isInString = isEscaped || byte !== QUOTE;
    isEscaped = !isEscaped && byte === BACKSLASH;
    return true;
  }

  return (byte) => {
    if (isInString) return readInString(byte);
    const isRepeated = isAfterBlank && isBlank[byte] === 1;
    isAfterBlank = isBlank[byte] === 1;
    isInString = byte === QUOTE;
    if (!isAfterBlank) count(byte);
    return !isRepeated;
  };
}

/** Values are what commas and brackets begin; JSON that is none has as many at the most. */
function valueCounter(): (byte: number) => void {
  let values = 1;
  let level = 0;
  return (byte) => {
    if (isClosing[byte] === 1) level -= 1;
    if (isOpening[byte] === 1) level += 1;
    if (isOpening[byte] === 1 || byte === COMMA) values += 1;
    if (values > MOST_VALUES) throw tooMuch(`with more than ${MOST_VALUES} values`);
    if (level > MOST_LEVELS) throw tooMuch(`in which values are nested over ${MOST_LEVELS} levels`);
  };
}

/** Says that `value`, which is foreign, is not what was expected. */
export function addUnexpected(context: z.RefinementCtx, expected: string, value: unknown): never {
  context.addIssue({ code: 'custom', message: `expected ${expected}`, params: { found: value } });
  return z.NEVER;
}

/**
 * The first problem on one line, with its path from `root` and without the secret:
 * `usage[3].total: expected an amount, got "x"`.
 */
export function schemaProblem(error: z.ZodError, root: string, secret: string): string {
  const [issue] = error.issues;
  if (issue === undefined) return `${root}: not as expected`;
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return `${root}${path.join('')}: ${issue.message}${foundIn(issue, secret)}`;
}

/** What an issue of `addUnexpected` is about; nothing of any other one. */
function foundIn(issue: z.core.$ZodIssue, token: string): string {
  if (issue.code !== 'custom' || issue.params === undefined) return '';
  const { found } = issue.params;
  return `, got ${found === undefined ? 'nothing' : foundValue(found, { secure: false, token })}`;
}
