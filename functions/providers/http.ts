/** GET from a provider's API: bounded in time, size and attempts, and with the token going to one origin only. */

import { type Dispatcher, request } from 'undici';
import { linkTarget, originProblem } from '../config/origin.ts';
import { withoutSecret } from '../config/redact.ts';
import { ExchangeError, errorText, networkProblem } from './exchange-error.ts';
import {
  acceptedEncodings,
  type BodyReader,
  bodyBytes,
  defaultHttpSettings,
  type HttpSettings,
  headerOf,
  type ResponseHeaders,
  readBeginning,
  retryAfterMs,
} from './http-body.ts';
import type { FetchFailure } from './provider.ts';

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
}

export function httpClient(options: HttpOptions): HttpClient {
  const connection: Connection = {
    ...options,
    settings: { ...defaultHttpSettings, ...options.settings },
    endsAt: performance.now() + options.timeLeftMs,
  };
  return {
    get: async (url, read) => {
      const outcome = await getPersistently(connection, url, read);
      return outcome.ok ? outcome : failureOf(outcome, connection);
    },
  };
}

async function getPersistently<T>(
  connection: Connection,
  url: string,
  read: BodyReader<T>,
): Promise<HttpAnswer<T> | AttemptFailure> {
  const { attempts } = connection.settings;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptGet(connection, url, read);
    if (outcome.ok || !outcome.retry) return outcome;
    if (attempt >= attempts) {
      return { ...outcome, reason: `${outcome.reason} (${attempts} attempts)` };
    }
    const givenUp = await waitForNext(connection, outcome, attempt);
    if (givenUp !== undefined) return givenUp;
  }
}

/** Backs off exponentially with full jitter, on top of what the provider asks for; a wait too long is a failure. */
async function waitForNext(
  { settings, endsAt, signal, provider }: Connection,
  failed: AttemptFailure,
  attempt: number,
): Promise<AttemptFailure | undefined> {
  const askedMs = failed.waitMs ?? 0;
  const waitMs = askedMs + settings.random() * settings.firstBackoffMs * 2 ** (attempt - 1);
  const leftMs = endsAt - performance.now();
  if (waitMs >= leftMs) {
    return { ...failed, reason: `${failed.reason}, and ${tooLong(askedMs, leftMs)}` };
  }
  try {
    await settings.sleep(waitMs, signal);
    return undefined;
  } catch {
    return { ...failed, reason: `${failed.reason}, and the time for ${provider} was over` };
  }
}

function tooLong(askedMs: number, leftMs: number): string {
  const left = Math.max(0, Math.floor(leftMs / 1000));
  if (askedMs === 0) return `the ${left} s left are too short for another attempt`;
  return `asks to wait ${Math.ceil(askedMs / 1000)} s, longer than the ${left} s left`;
}

function failureOf(outcome: AttemptFailure, { provider, token }: Connection): HttpFailure {
  const { failure, reason, status, body } = outcome;
  return {
    ok: false,
    failure,
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
