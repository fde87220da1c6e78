/** Reads from a provider's API: bounded in time, size and attempts, and with the token going to one origin only. */
import type { Dispatcher } from 'undici';
import { linkTarget, originProblem } from '../../config/origin.ts';
import { withoutSecret } from '../../config/redact.ts';
import type { FetchFailure, UsageRequest } from '../provider.ts';
import {
  type BodyReader,
  bodyBytes,
  defaultHttpSettings,
  type HttpSettings,
  headerOf,
  type ResponseHeaders,
  readBeginning,
} from './body.ts';
import {
  type AttemptFailure,
  discard,
  persistently,
  type RetryLimits,
  retryOf,
  type Sent,
  send,
} from './exchange.ts';
import { ExchangeError, errorText } from './exchange-error.ts';

/** No answer that could be used. The reason is a sentence without its full stop, and without the token. */
export interface HttpFailure {
  readonly ok: false;
  readonly failure: FetchFailure;
  readonly reason: string;
  /** Of the last attempt; absent where there was no answer. */
  readonly status?: number;
  /** Beginning of the error answer's body. */
  readonly body?: string;
}

export type HttpResult<T> = HttpAnswer<T> | HttpFailure;

export interface HttpClient {
  /**
   * Reads the answer to a GET with status 200; anything else is a failure. Follows redirects within the origin, and
   * tries again after connection errors, timeouts, cut-off bodies, 408, 429 and 5xx.
   */
  readonly get: <T>(url: string, read: BodyReader<T>) => Promise<HttpResult<T>>;
  /** The same for a POST of JSON that only reads, which does no harm when it is sent again. */
  readonly query: <T>(url: string, json: unknown, read: BodyReader<T>) => Promise<HttpResult<T>>;
}

export function httpClient(options: HttpOptions): HttpClient {
  const connection: Connection = {
    ...options,
    settings: { ...defaultHttpSettings, ...options.settings },
    endsAt: performance.now() + options.timeLeftMs,
  };
  const exchange = async <T>(asked: Asked, read: BodyReader<T>): Promise<HttpResult<T>> => {
    if (!Object.values(connection.headers).every((value) => HEADER_TEXT.test(value))) {
      return { ...failureOf(refused(UNSENDABLE), connection), failure: 'rejected' };
    }
    const { outcome } = await persistently(() => attempt(connection, asked, read), connection);
    return outcome.ok ? outcome : failureOf(outcome, connection);
  };
  const { settings, signal } = connection;
  const headers = { accept: options.accept, ...options.headers };
  const posted = { ...headers, 'content-type': 'application/json' };
  return {
    get: (url, read) => exchange({ url, sent: { settings, signal, headers } }, read),
    query: (url, json, read) => {
      const body = JSON.stringify(json);
      return exchange({ url, sent: { settings, signal, headers: posted, body } }, read);
    },
  };
}

/** For what a provider is asked of an account; JSON, unless it accepts something else. */
export function usageClient(
  { account: { baseUrl, token }, signal, timeLeftMs, http: settings }: UsageRequest,
  own: Omit<HttpOptions, 'baseUrl' | 'token' | 'signal' | 'timeLeftMs' | 'settings' | 'accept'> & {
    readonly accept?: string;
  },
): HttpClient {
  const accept = 'application/json';
  return httpClient({ accept, ...own, baseUrl, token, signal, timeLeftMs, settings });
}

function failureOf(outcome: AttemptFailure, { provider, token }: Connection): HttpFailure {
  const { reason, status, body } = outcome;
  return {
    ok: false,
    failure: status === 401 || status === 403 ? 'rejected' : 'unreadable',
    reason: withoutSecret(`${provider} ${reason}`, token),
    ...(status !== undefined && { status }),
    ...(body !== undefined && { body: withoutSecret(body, token) }),
  };
}

export interface HttpOptions {
  /** As in reasons: `Northflank`. */
  readonly provider: string;
  /** The only origin that requests and redirects may go to. */
  readonly baseUrl: string;
  /** Sent with every request, beside the usual ones: the token (`authorization: Bearer …`), and what else the API wants. */
  readonly headers: Readonly<Record<string, string>>;
  /** Never shown in anything that is returned. */
  readonly token: string;
  /** Media type that is asked for. */
  readonly accept: string;
  readonly signal: AbortSignal;
  /** Real milliseconds from now until `signal` aborts. */
  readonly timeLeftMs: number;
  /** Default: 5, within the origin. */
  readonly maxRedirects?: number;
  /** Milliseconds that a 429 without `Retry-After` asks to wait, in a header or a wording of the provider's own. */
  readonly rateLimitWaitMs?: (headers: ResponseHeaders, body: string) => number | undefined;
  readonly settings?: Partial<HttpSettings> | undefined;
}

/** What all attempts of a client share. */
interface Connection extends HttpOptions, RetryLimits {
  readonly settings: HttpSettings;
}

interface Asked {
  readonly url: string;
  /** The same to wherever a redirect leads: a POST does not become a GET. */
  readonly sent: Sent;
}

/** A status 200 with what the reader made of its body. */
interface HttpAnswer<T> {
  readonly ok: true;
  readonly headers: ResponseHeaders;
  readonly body: T;
}

const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** Enough for any error's message. */
const ERROR_BODY_BYTES = 16 * 1024;
const HEADER_TEXT = /^[\x20-\x7e]*$/;
const UNSENDABLE = 'cannot be asked: the token has a character that no HTTP header can carry';

/** Never throws for what the network or the provider does. */
async function attempt<T>(
  connection: Connection,
  asked: Asked,
  read: BodyReader<T>,
): Promise<HttpAnswer<T> | AttemptFailure> {
  try {
    return await askFollowingRedirects(connection, asked, read);
  } catch (error) {
    if (connection.signal.aborted) return refused('did not answer in the time for this check');
    if (!(error instanceof ExchangeError)) throw error;
    return { ...refused(error.message), retry: error.retry };
  }
}

function refused(reason: string): AttemptFailure {
  return { ok: false, reason, retry: false };
}

async function askFollowingRedirects<T>(
  connection: Connection,
  asked: Asked,
  read: BodyReader<T>,
): Promise<HttpAnswer<T> | AttemptFailure> {
  const { origin } = new URL(connection.baseUrl);
  let target = URL.parse(asked.url);
  const { maxRedirects = MAX_REDIRECTS } = connection;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const verb = redirects === 0 ? 'cannot be asked' : 'redirects elsewhere';
    const problem = target === null ? 'that is no address' : originProblem(target, origin);
    if (target === null || problem !== undefined) return refused(`${verb}: ${problem}`);
    const response = await send(target, asked.sent);
    if (!REDIRECTS.includes(response.statusCode)) return received(connection, response, read);
    discard(response.body);
    const location = headerOf(response.headers, 'location');
    target = location === undefined ? null : linkTarget(location, target, connection.token);
  }
  return refused(redirectsMore(maxRedirects));
}

function redirectsMore(times: number): string {
  return times === 0 ? 'redirects, which is not followed' : `redirects more than ${times} times`;
}

async function received<T>(
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

function statusFailure(
  { token, rateLimitWaitMs }: Connection,
  status: number,
  headers: ResponseHeaders,
  body: string,
): AttemptFailure {
  const text = errorText(body, token);
  const hintMs = status === 429 ? rateLimitWaitMs?.(headers, body) : undefined;
  return {
    ok: false,
    reason: `answered HTTP ${status}${text.startsWith('"') ? ':' : ' with'} ${text}`,
    ...retryOf(status, headers, hintMs),
    status,
    body,
  };
}
