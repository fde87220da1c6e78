/** What goes over HTTP while an adapter reads usage: requests, answers and their bodies, kept in memory. */
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import {
  bodyBytes,
  defaultHttpSettings,
  type ResponseHeaders,
  readBeginning,
} from '../../../functions/providers/http/body.ts';

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly answer?: {
    readonly status: number;
    readonly headers: ResponseHeaders;
    /** As they came, perhaps compressed; without what nobody read. */
    readonly chunks: readonly Buffer[];
  };
  /** Of the connection: `ECONNREFUSED`; empty where the error has none. */
  readonly failure?: string;
}

export interface Recording {
  /** For the HTTP settings of a fetch. */
  readonly dispatcher: Dispatcher;
  /** So far, in the order in which they began. */
  readonly exchanges: () => readonly Exchange[];
}

type Growing = { -readonly [Key in keyof Exchange]: Exchange[Key] };

/** Of what goes through a dispatcher, as it would without the recording. */
export function recordExchanges(through: Dispatcher = defaultHttpSettings.dispatcher): Recording {
  const exchanges: Growing[] = [];
  const dispatcher = through.compose((dispatch) => (options, handler) => {
    const exchange: Growing = {
      method: options.method,
      url: new URL(options.path, options.origin),
    };
    exchanges.push(exchange);
    return dispatch(options, recording(handler, exchange));
  });
  return { dispatcher, exchanges: () => exchanges };
}

/** The same handler, with what it is given kept. */
function recording(handler: Dispatcher.DispatchHandler, kept: Growing): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  return {
    onRequestStart: (...given) => handler.onRequestStart?.(...given),
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart: (controller, status, headers, ...rest) => {
      kept.answer = { status, headers, chunks };
      handler.onResponseStart?.(controller, status, headers, ...rest);
    },
    onResponseData: (controller, chunk) => {
      chunks.push(Buffer.from(chunk));
      handler.onResponseData?.(controller, chunk);
    },
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (controller, error) => {
      kept.failure = String(Reflect.get(error, 'code') ?? '');
      handler.onResponseError?.(controller, error);
    },
  };
}

/** Of a body's shape more is not needed. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The body as text, without what came after it broke off. */
export async function bodyOf({
  headers,
  chunks,
}: NonNullable<Exchange['answer']>): Promise<string> {
  const bytes = bodyBytes(Readable.from(chunks), headers, MOST_BYTES);
  return readBeginning(bytes, MOST_BYTES);
}
