/** What each error code of Node.js and undici means to a reader of an email. */
const problems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
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

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : undefined;
}
