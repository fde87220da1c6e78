/** Faults that any simulated server may have. */
import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { answering, type Exchange, type Fault, send } from '../../../cli/demo/vendors/server.ts';

/** Like the answers of proxies and login pages. */
export function htmlPage(status = 200): Fault {
  const body = '<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body>Sorry</body></html>';
  return answering({ status, headers: { 'content-type': 'text/html' }, body });
}

export function redirecting(location: string, status = 302): Fault {
  return answering({ status, headers: { location }, body: '' });
}

const compressors = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };

/** The right answer, compressed; no fault for a client that accepts it. */
export function compressing(encoding: keyof typeof compressors): Fault {
  return ({ answer, response }) => {
    const { status, headers, body } = answer();
    const compressed = compressors[encoding](body);
    send(response, {
      status,
      headers: { ...headers, 'content-encoding': encoding },
      body: compressed,
    });
  };
}

/** Never answers. */
export const stalling: Fault = () => {};

/** Half of the right answer, then nothing more. */
export const stallingHalfway: Fault = (exchange) => {
  sendHalf(exchange);
};

/** Cuts the connection before any answer. */
export const dropping: Fault = ({ response }) => {
  response.socket?.destroy();
};

/** Half of the right answer, then the connection is cut. */
export const cuttingOff: Fault = (exchange) => {
  sendHalf(exchange, () => exchange.response.socket?.destroy());
};

/** A body of this many bytes, sent in pieces. */
export function answeringBytes(bytes: number): Fault {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    Readable.from(pieces(bytes)).pipe(response);
  };
}

/** The right answer, padded with the filler to this many bytes. Not for a compressed answer. */
export function padding(filler: string, bytes: number): Fault {
  return ({ answer, response }) => {
    const { status, headers, body } = answer();
    response.writeHead(status, headers);
    Readable.from(padded(Buffer.from(body), Buffer.from(filler), bytes)).pipe(response);
  };
}

function sendHalf({ answer, response }: Exchange, sent?: () => void): void {
  const { status, headers, body } = answer();
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2), sent);
}

function* pieces(bytes: number): Generator<Buffer, void> {
  const piece = Buffer.alloc(64 * 1024, ' ');
  for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, left);
}

function* padded(body: Buffer, filler: Buffer, bytes: number): Generator<Buffer, void> {
  yield body;
  for (let sent = body.length; sent + filler.length <= bytes; sent += filler.length) yield filler;
}
