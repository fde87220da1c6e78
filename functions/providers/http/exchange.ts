/** One request over HTTP, and the one policy on trying it again: for providers and for Slack. */
import { type Dispatcher, request } from 'undici';
import {
  acceptedEncodings,
  type HttpSettings,
  type ResponseHeaders,
  retryAfterMs,
} from './body.ts';
import { ExchangeError, mayBeReached, networkProblem } from './exchange-error.ts';

/** The reason is a clause that fits after the name of who was asked, and may still hold a secret. */
export interface AttemptFailure {
  readonly ok: false;
  readonly reason: string;
  /** Whether another attempt may fare better. */
  readonly retry: boolean;
  /** Milliseconds that the answer asks to wait before it. */
  readonly waitMs?: number | undefined;
  readonly status?: number;
  /** Its beginning. */
  readonly body?: string;
}

export interface RetryLimits {
  readonly settings: HttpSettings;
  readonly signal: AbortSignal;
  /** On the clock of `performance.now()`, which a simulated date does not move. */
  readonly endsAt: number;
}

/** Tries until it is well, is not worth another attempt, or there is no time for one, which the reason then says. */
export async function persistently<Success extends { readonly ok: true }>(
  attempt: () => Promise<Success | AttemptFailure>,
  limits: RetryLimits,
): Promise<{ readonly outcome: Success | AttemptFailure; readonly attempts: number }> {
  for (let attempts = 1; ; attempts += 1) {
    const outcome = await attempt();
    if (outcome.ok || !outcome.retry) return { outcome, attempts };
    const end = await waitForNext(outcome, attempts, limits);
    if (end === undefined) continue;
    return { outcome: { ...outcome, reason: `${outcome.reason}${end}` }, attempts };
  }
}

/** Backs off exponentially with full jitter, on top of what the answer asks for; or says why there is no next attempt. */
async function waitForNext(
  { waitMs: askedMs = 0 }: AttemptFailure,
  attempts: number,
  { settings, endsAt, signal }: RetryLimits,
): Promise<string | undefined> {
  if (attempts >= settings.attempts) return ` (${attempts} attempts)`;
  const waitMs = askedMs + settings.random() * settings.firstBackoffMs * 2 ** (attempts - 1);
  const leftMs = endsAt - performance.now();
  if (waitMs >= leftMs) return `, and ${tooLong(askedMs, leftMs)}`;
  try {
    await settings.sleep(waitMs, signal);
    return undefined;
  } catch {
    return ', and the time was over before another attempt';
  }
}

function tooLong(askedMs: number, leftMs: number): string {
  const left = Math.max(0, Math.floor(leftMs / 1000));
  if (askedMs === 0) return `the ${left} s left are too short for another attempt`;
  return `asks to wait ${Math.ceil(askedMs / 1000)} s, longer than the ${left} s left`;
}

/** Of an answer that is none: whether another attempt may fare better, and what it asks to wait, or the hint of it. */
export function retryOf(status: number, headers: ResponseHeaders, hintMs?: number) {
  const retry = status === 408 || status === 429 || status >= 500;
  return { retry, waitMs: retry ? (retryAfterMs(headers, Date.now()) ?? hintMs) : undefined };
}

export interface Sent {
  readonly settings: HttpSettings;
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  readonly body?: string;
}

/** Follows no redirect. Throws an ExchangeError without an answer. */
export async function send(
  url: URL,
  { settings, signal, headers, body }: Sent,
): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, {
      ...(body !== undefined && { method: 'POST', body }),
      dispatcher: settings.dispatcher,
      headersTimeout: settings.headersTimeoutMs,
      bodyTimeout: settings.bodyTimeoutMs,
      headers: { ...headers, 'accept-encoding': acceptedEncodings, 'user-agent': 'cost-alerts' },
      signal,
    });
  } catch (cause) {
    const reason = `could not be reached: ${networkProblem(cause)}`;
    throw new ExchangeError(reason, { retry: mayBeReached(cause), cause });
  }
}

/** Ends the connection of a body that nobody reads to its end. */
export function discard(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => {}).destroy();
}
