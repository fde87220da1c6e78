/** One attempt at posting to a webhook, and what its answer means. */
import { type Dispatcher, request } from 'undici';
import { withoutSecret } from '../config/without-secret.ts';
import { errorText } from '../providers/error-text.ts';
import { ExchangeError, networkProblem } from '../providers/exchange-error.ts';
import { acceptedEncodings, bodyBytes, readBeginning, readText } from '../providers/http-body.ts';
import type { HttpSettings } from '../providers/http-settings.ts';
import { retryAfterMs } from '../providers/retry-after.ts';
import type { SlackMessage } from './slack-blocks.ts';

export interface WebhookAttempt {
  /** A secret: whoever has it can post. */
  readonly url: URL;
  readonly message: SlackMessage;
  readonly settings: HttpSettings;
  readonly signal: AbortSignal;
}

/** The reason is a clause that fits after `Slack`, without the URL. */
export interface AttemptFailure {
  readonly reason: string;
  /** Whether another attempt may fare better. */
  readonly retry: boolean;
  /** Milliseconds that Slack asks to wait before it. */
  readonly waitMs?: number | undefined;
  readonly status?: number;
}

/** Enough for any error's message. */
const ERROR_BODY_BYTES = 16 * 1024;

/** Undefined where Slack took the message. Never throws for what the network or Slack does. */
export async function attemptPost(post: WebhookAttempt): Promise<AttemptFailure | undefined> {
  try {
    return await judge(await send(post), post);
  } catch (error) {
    const isOver = post.signal.aborted;
    if (isOver) return { reason: 'did not answer in the time that was left', retry: false };
    if (!(error instanceof ExchangeError)) throw error;
    return { reason: error.message, retry: error.retry };
  }
}

async function send({
  url,
  message,
  settings,
  signal,
}: WebhookAttempt): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, {
      method: 'POST',
      dispatcher: settings.dispatcher,
      headersTimeout: settings.headersTimeoutMs,
      bodyTimeout: settings.bodyTimeoutMs,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'accept-encoding': acceptedEncodings,
        'user-agent': 'cost-alerts',
      },
      body: JSON.stringify(message),
      signal,
    });
  } catch (cause) {
    const reason = `could not be reached: ${networkProblem(cause)}`;
    throw new ExchangeError(reason, { retry: true, cause });
  }
}

async function judge(
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  { url, settings }: WebhookAttempt,
): Promise<AttemptFailure | undefined> {
  const bytes = bodyBytes(body, headers, settings.maxBodyBytes);
  try {
    if (status === 200) return strangeAnswer(await readText(bytes), url);
    const text = await readBeginning(bytes, ERROR_BODY_BYTES);
    return {
      reason: `answered HTTP ${status} with ${quoted(text, url)}`,
      retry: status === 408 || status === 429 || status >= 500,
      waitMs: retryAfterMs(headers, Date.now()),
      status,
    };
  } finally {
    // Ends the connection of a body that nobody reads to its end.
    body.on('error', () => {}).destroy();
  }
}

/** A message that was taken is answered with `ok`; anything else is not from Slack, but perhaps from a proxy. */
function strangeAnswer(text: string, url: URL): AttemptFailure | undefined {
  if (text.trim() === 'ok') return undefined;
  const reason = `answered HTTP 200 with ${quoted(text, url)} instead of "ok"`;
  return { reason, retry: false, status: 200 };
}

/** A server may echo a path that it does not know. Words as short as `services` are no secret. */
function quoted(text: string, url: URL): string {
  const path = url.pathname + url.search;
  const secrets = [url.href, path, ...path.split('/')].filter((part) => part.length > 8);
  return errorText(secrets.reduce(withoutSecret, text), '');
}
