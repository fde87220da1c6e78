import { withoutSecret } from '../../config/redact.ts';

/** Of a connection that was not even tried. */
export const NOT_PUBLIC = 'ERR_NOT_PUBLIC';

/** What each error code of Node.js and undici means to a reader of an email. */
const problems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  [NOT_PUBLIC]: 'only https to a public address is allowed',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name could not be looked up',
  ENETUNREACH: 'the network is unreachable',
  EHOSTUNREACH: 'the host is unreachable',
  ETIMEDOUT: 'connecting took too long',
  UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  UND_ERR_BODY_TIMEOUT: 'the rest did not come in time',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its length is not the announced one',
  UND_ERR_HEADERS_OVERFLOW: 'its headers are too large',
  Z_BUF_ERROR: 'its compressed end is missing',
  Z_DATA_ERROR: 'it cannot be decompressed',
};

/** An exchange that ended without a usable answer; the message is a clause that fits after the provider's name. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  /** Whether another attempt may fare better. */
  readonly retry: boolean;

  constructor(message: string, { retry, cause }: { retry: boolean; cause?: unknown }) {
    super(message, { cause });
    this.retry = retry;
  }
}

/** A clause for what a connection or a stream broke on. It is found by code, as messages may quote what was sent. */
export function networkProblem(error: unknown): string {
  const code = codeOf(error) ?? codeOf(error instanceof Error ? error.cause : undefined);
  return problems[code ?? ''] ?? `network error ${code ?? 'without a code'}`;
}

/** Whether another attempt may reach it. */
export function mayBeReached(error: unknown): boolean {
  return codeOf(error) !== NOT_PUBLIC;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

const QUOTED_LENGTH = 200;
const HTML = /^\s*<(!doctype html|html|head|body)/i;

/** What a body is that should have been something else: `an empty body`, `an HTML page`, or its quoted beginning. */
export function describedBody(body: string, secret: string): string {
  if (body.trim() === '') return 'an empty body';
  return HTML.test(body) ? 'an HTML page' : quoted(body, secret);
}

/** What an error answer says: the quoted message if its body is JSON with one, else what the body is. */
export function errorText(body: string, secret: string): string {
  // Before JSON is parsed, too: a server that forgets to escape a backslash would change what comes after it.
  const clean = withoutSecret(body, secret);
  const message = messageIn(clean);
  return message === undefined ? describedBody(clean, secret) : quoted(message, secret);
}

/** Finds `{error: {message, details}}`, `{error: "…"}`, `{message: "…"}` and `{detail: "…"}`. */
function errorMessage(answer: unknown): string | undefined {
  const error = propertyOf(answer, 'error');
  const holder = typeof error === 'object' ? error : answer;
  const message = [propertyOf(holder, 'message'), propertyOf(holder, 'detail'), error].find(
    (text) => typeof text === 'string' && text !== '',
  );
  if (typeof message !== 'string') return undefined;
  const details = propertyOf(holder, 'details');
  return typeof details === 'object' ? `${message} ${JSON.stringify(details)}` : message;
}

/** The secret goes before the cut: half of it would not be found any more. */
function quoted(text: string, secret: string): string {
  const line = withoutSecret(text, secret)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  const cut =
    line.length > QUOTED_LENGTH ? `${line.slice(0, QUOTED_LENGTH).toWellFormed()}…` : line;
  return `"${cut}"`;
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** Undefined where the body is no JSON, or is nested so deep that it cannot be written again. */
function messageIn(json: string): string | undefined {
  try {
    return errorMessage(JSON.parse(json));
  } catch {
    return undefined;
  }
}
