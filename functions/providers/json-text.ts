/** The bytes of a JSON body as it arrives: without what says nothing, and no more than can be parsed. */
import { ExchangeError } from './exchange-error.ts';

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
export async function compactJson(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
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

/** Tells of one byte after the other whether it is to be kept. Throws for too many values. */
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
