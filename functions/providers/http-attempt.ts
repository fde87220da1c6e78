/** One attempt at a GET: sends it, follows redirects within the origin, and judges what came back. */
import { type Dispatcher, request } from 'undici';
import { errorText } from './error-text.ts';
import { ExchangeError, networkProblem } from './exchange-error.ts';
import { acceptedEncodings, type BodyReader, bodyBytes, readBeginning } from './http-body.ts';
import type { HttpSettings } from './http-settings.ts';
import { linkTarget, originProblem } from './origin.ts';
import type { FetchFailure } from './provider.ts';
import { headerOf, type ResponseHeaders, retryAfterMs } from './retry-after.ts';

export interface HttpOptions {
  /** As in reasons: `Northflank`. */
  readonly provider: string;
  /** The only origin that requests and redirects may go to. */
  readonly baseUrl: string;
  /** Value of the header, with its scheme: `Bearer …`. */
  readonly authorization: string;
  /** Never shown in anything that is returned. */
  readonly token: string;
  /** Media type that is asked for. */
  readonly accept: string;
  readonly signal: AbortSignal;
  /** Real milliseconds from now until `signal` aborts. */
  readonly timeLeftMs: number;
  /** Milliseconds that a 429 without `Retry-After` asks to wait, in a header or a wording of the provider's own. */
  readonly rateLimitWaitMs?: (headers: ResponseHeaders, body: string) => number | undefined;
  readonly settings?: Partial<HttpSettings> | undefined;
}

/** What all attempts of a client share. */
export interface Connection extends HttpOptions {
  readonly settings: HttpSettings;
  /** On the clock of `performance.now()`, which a simulated date does not move. */
  readonly endsAt: number;
}

/** A status 200 with what the reader made of its body. */
export interface HttpAnswer<T> {
  readonly ok: true;
  readonly headers: ResponseHeaders;
  readonly body: T;
}

/** The reason is a clause that fits after the provider's name, and may still hold the token. */
export interface AttemptFailure {
  readonly ok: false;
  readonly failure: FetchFailure;
  readonly reason: string;
  /** Whether another attempt may fare better. */
  readonly retry: boolean;
  /** Milliseconds that the provider asks to wait before it. */
  readonly waitMs?: number;
  readonly status?: number;
  readonly body?: string;
}

const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** Enough for any error's message. */
const ERROR_BODY_BYTES = 16 * 1024;
const HEADER_TEXT = /^[\x20-\x7e]*$/;

/** Never throws for what the network or the provider does. */
export async function attemptGet<T>(
  connection: Connection,
  url: string,
  read: BodyReader<T>,
): Promise<HttpAnswer<T> | AttemptFailure> {
  if (!HEADER_TEXT.test(connection.authorization)) {
    const reason = 'cannot be asked: the token has a character that no HTTP header can carry';
    return { ...refused(reason), failure: 'rejected' };
  }
  try {
    return await getFollowingRedirects(connection, url, read);
  } catch (error) {
    if (connection.signal.aborted) return refused('did not answer in the time for this check');
    if (!(error instanceof ExchangeError)) throw error;
    return { ...refused(error.message), retry: error.retry };
  }
}

function refused(reason: string): AttemptFailure {
  return { ok: false, failure: 'unreadable', reason, retry: false };
}

async function getFollowingRedirects<T>(
  connection: Connection,
  url: string,
  read: BodyReader<T>,
): Promise<HttpAnswer<T> | AttemptFailure> {
  const { origin } = new URL(connection.baseUrl);
  let target = URL.parse(url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const verb = redirects === 0 ? 'cannot be asked' : 'redirects elsewhere';
    const problem = target === null ? 'that is no address' : originProblem(target, origin);
    if (target === null || problem !== undefined) return refused(`${verb}: ${problem}`);
    const response = await send(connection, target);
    if (!REDIRECTS.includes(response.statusCode)) return judge(connection, response, read);
    discard(response.body);
    const location = headerOf(response.headers, 'location');
    target = location === undefined ? null : linkTarget(location, target, connection.token);
  }
  return refused(`redirects more than ${MAX_REDIRECTS} times`);
}

async function send(connection: Connection, url: URL): Promise<Dispatcher.ResponseData> {
  const { settings, signal, accept, authorization } = connection;
  try {
    return await request(url, {
      dispatcher: settings.dispatcher,
      headersTimeout: settings.headersTimeoutMs,
      bodyTimeout: settings.bodyTimeoutMs,
      headers: {
        accept,
        authorization,
        'accept-encoding': acceptedEncodings,
        'user-agent': 'cost-alerts',
      },
      signal,
    });
  } catch (error) {
    throw new ExchangeError(`could not be reached: ${networkProblem(error)}`, {
      retry: true,
      cause: error,
    });
  }
}

async function judge<T>(
  connection: Connection,
  { statusCode, headers, body }: Dispatcher.ResponseData,
  read: BodyReader<T>,
): Promise<HttpAnswer<T> | AttemptFailure> {
  const bytes = bodyBytes(body, headers, connection.settings.maxBodyBytes);
  try {
    if (statusCode === 200) return { ok: true, headers, body: await read(bytes, headers) };
    const text = await readBeginning(bytes, ERROR_BODY_BYTES);
    return statusFailure(connection, statusCode, headers, text);
  } finally {
    discard(body);
  }
}

/** Ends the connection of a body that nobody reads to its end. */
function discard(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => {}).destroy();
}

function statusFailure(
  { token, rateLimitWaitMs }: Connection,
  status: number,
  headers: ResponseHeaders,
  body: string,
): AttemptFailure {
  const text = errorText(body, token);
  const retry = status === 408 || status === 429 || status >= 500;
  const hint = status === 429 ? rateLimitWaitMs?.(headers, body) : undefined;
  const waitMs = retry ? (retryAfterMs(headers, Date.now()) ?? hint) : undefined;
  return {
    ok: false,
    failure: status === 401 || status === 403 ? 'rejected' : 'unreadable',
    reason: `answered HTTP ${status}${text.startsWith('"') ? ':' : ' with'} ${text}`,
    retry,
    ...(waitMs !== undefined && { waitMs }),
    status,
    body,
  };
}
