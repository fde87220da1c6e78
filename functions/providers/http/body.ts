/** A response's body: decompressed, counted, as a text or line by line, with plain words for what goes wrong with it. */
import { pipeline, type Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';
import { ExchangeError, networkProblem } from './exchange-error.ts';

/** Consumes a body as it arrives. Called anew for every attempt, so it must not keep anything of an earlier one. */
export type BodyReader<T> = (
  body: AsyncIterable<Uint8Array>,
  headers: ResponseHeaders,
) => Promise<T>;

export const acceptedEncodings = 'gzip, deflate, br';

const decoders: ReadonlyMap<string, () => NodeJS.ReadWriteStream> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/**
 * The decompressed bytes. Throws an ExchangeError for more than `maxBytes` of them, for an end that came too early,
 * and for an encoding that nobody asked for.
 */
export async function* bodyBytes(
  body: Readable,
  headers: ResponseHeaders,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void> {
  const decoded = decodedBody(body, headers);
  let size = 0;
  try {
    for await (const chunk of decoded as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ExchangeError) throw error;
    const reason = `sent an answer that broke off: ${networkProblem(error)}`;
    throw new ExchangeError(reason, { retry: true, cause: error });
  }
}

function tooLarge(maxBytes: number): ExchangeError {
  const mebibytes = maxBytes / 1024 / 1024;
  return new ExchangeError(`sent an answer over the limit of ${mebibytes} MiB`, { retry: false });
}

function decodedBody(body: Readable, headers: ResponseHeaders): NodeJS.ReadableStream {
  const encoding = headerOf(headers, 'content-encoding')?.toLowerCase() || 'identity';
  if (encoding === 'identity') return body;
  const decoder = decoders.get(encoding);
  if (decoder === undefined) {
    const reason = `sent an answer in an encoding other than ${acceptedEncodings}`;
    throw new ExchangeError(reason, { retry: false });
  }
  return pipeline(body, decoder(), () => {
    // Whoever reads the decoder gets the error too; without a callback it would be thrown once more.
  });
}

/** Reads the whole body as UTF-8. */
export async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Reads the first `maxBytes` as UTF-8, or what came of them before the body broke off. */
export async function readBeginning(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size >= maxBytes) break;
    }
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes));
}

export interface BodyLine {
  /** Not blank. */
  readonly text: string;
  /** Whether a line break came after it; a list that was cut off ends without. */
  readonly isEnded: boolean;
}

/** No row comes near; without a limit a body of one line would be kept whole. */
const MOST_CHARACTERS = 1024 * 1024;

/** An answer of JSON lines, as UTF-8. Throws an ExchangeError for a line that is too long to be a row. */
export async function* bodyLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<BodyLine, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = (lines.pop() ?? '').trimStart();
    for (const line of lines) if (line.trim() !== '') yield { text: line, isEnded: true };
    if (rest.length > MOST_CHARACTERS) {
      throw new ExchangeError('answered a line of more than 1 MiB', { retry: false });
    }
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield { text: rest, isEnded: false };
}

export interface HttpSettings {
  /** Holds the connections, and the time limit for opening one. */
  readonly dispatcher: Dispatcher;
  /** From the request to the end of the response's headers. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the body. */
  readonly bodyTimeoutMs: number;
  /** Of the decompressed body. */
  readonly maxBodyBytes: number;
  /** All in all, the first one included. */
  readonly attempts: number;
  /** The longest wait before the second attempt; it doubles with every further one. */
  readonly firstBackoffMs: number;
  /** Rejects as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** At least 0 and below 1. */
  readonly random: () => number;
}

export const defaultHttpSettings: HttpSettings = {
  dispatcher: new Agent({ connect: { timeout: 5_000 }, allowH2: false }),
  headersTimeoutMs: 30_000,
  bodyTimeoutMs: 30_000,
  maxBodyBytes: 64 * 1024 * 1024,
  attempts: 4,
  firstBackoffMs: 500,
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal });
  },
  random: Math.random,
};

/** Header values by lower-case name; a header that came more than once is a list. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

const SECONDS = /^\d+(\.\d+)?$/;

/** The value of a header, its first one if there are several. */
export function headerOf(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value)?.trim();
}

/** Milliseconds that a header of seconds says; undefined if it is missing or not a number of seconds. */
export function secondsHeaderMs(headers: ResponseHeaders, name: string): number | undefined {
  const value = headerOf(headers, name);
  return value !== undefined && SECONDS.test(value) ? Number(value) * 1000 : undefined;
}

/**
 * Milliseconds that `Retry-After` asks to wait, given as seconds or as an HTTP date (RFC 9110, 10.2.3); undefined
 * without it or if it cannot be read. A date counts from the response's own `Date`, so that a clock that is off here
 * does no harm; without one from `now`, epoch milliseconds.
 */
export function retryAfterMs(headers: ResponseHeaders, now: number): number | undefined {
  const seconds = secondsHeaderMs(headers, 'retry-after');
  if (seconds !== undefined) return seconds;
  const until = httpDate(headerOf(headers, 'retry-after'));
  if (until === undefined) return undefined;
  return Math.max(0, until - (httpDate(headerOf(headers, 'date')) ?? now));
}

/** All three forms of an HTTP date name a month, which keeps out bare numbers that `Date.parse` takes for a year. */
function httpDate(value: string | undefined): number | undefined {
  if (value === undefined || !/[A-Z][a-z]{2}/.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

const JSON_LINES = /^application\/(jsonl|jsonlines|x-jsonlines|x-ndjson)\b/i;

/** Whether an answer says that it is JSON lines; one without any line has to. */
export function isJsonLines(headers: ResponseHeaders): boolean {
  return JSON_LINES.test(headerOf(headers, 'content-type') ?? '');
}
