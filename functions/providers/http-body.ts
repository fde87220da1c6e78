/** A response's body: decompressed, counted, and with plain words for what goes wrong with it. */
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ExchangeError, networkProblem } from './exchange-error.ts';
import { headerOf, type ResponseHeaders } from './retry-after.ts';

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
