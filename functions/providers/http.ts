/** GET from a provider's API: bounded in time, size and attempts, and with the token going to one origin only. */
import { withoutSecret } from '../config/without-secret.ts';
import {
  type AttemptFailure,
  attemptGet,
  type Connection,
  type HttpAnswer,
  type HttpOptions,
} from './http-attempt.ts';
import type { BodyReader } from './http-body.ts';
import { defaultHttpSettings } from './http-settings.ts';
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
