/** Posts a message through an incoming webhook of Slack (docs.slack.dev, "Sending messages using incoming webhooks"). */
import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import type { Dispatcher } from 'undici';
import { isLoopback } from '../../config/origin.ts';
import { ParameterStoreError, unreadable } from '../../config/parameter-store.ts';
import { trimmed } from '../../config/pasted-text.ts';
import { withoutSecret } from '../../config/redact.ts';
import {
  bodyBytes,
  defaultHttpSettings,
  type HttpSettings,
  readBeginning,
  readText,
} from '../../providers/http/body.ts';
import {
  type AttemptFailure,
  discard,
  persistently,
  retryOf,
  send,
} from '../../providers/http/exchange.ts';
import { ExchangeError, errorText } from '../../providers/http/exchange-error.ts';
import type { SlackMessage } from './blocks.ts';

interface WebhookPost {
  /** A secret: whoever has it can post. */
  readonly url: URL;
  readonly message: SlackMessage;
  /** Real milliseconds for all attempts and the waits between them. */
  readonly timeLeftMs: number;
  readonly settings?: Partial<HttpSettings> | undefined;
}

/** A reason is a sentence without its full stop, and without the URL. `status` is that of the last answer, if there was one. */
export type PostOutcome =
  | { readonly posted: true; readonly attempts: number }
  | {
      readonly posted: false;
      readonly attempts: number;
      readonly reason: string;
      readonly status?: number;
    };

const settingsForSlack: HttpSettings = {
  ...defaultHttpSettings,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 10_000,
  maxBodyBytes: 1024 * 1024,
};

/**
 * Tries again after connection errors, timeouts, 408, 429 and 5xx, and waits as long as Slack asks if there is time.
 * An answer that got lost means a second copy of the message rather than none. Never throws for what the network or
 * Slack does.
 */
export async function postToWebhook(post: WebhookPost): Promise<PostOutcome> {
  const { url, message, timeLeftMs } = post;
  const settings = { ...settingsForSlack, ...post.settings };
  const endsAt = performance.now() + timeLeftMs;
  const signal = AbortSignal.timeout(Math.max(0, Math.floor(timeLeftMs)));
  const attempt = () => attemptPost({ url, message, settings, signal });
  const { outcome, attempts } = await persistently(attempt, { settings, signal, endsAt });
  if (outcome.ok) return { posted: true, attempts };
  const { reason, status } = outcome;
  return { posted: false, attempts, reason: `Slack ${reason}`, ...(status && { status }) };
}

interface WebhookAttempt {
  /** A secret: whoever has it can post. */
  readonly url: URL;
  readonly message: SlackMessage;
  readonly settings: HttpSettings;
  readonly signal: AbortSignal;
}

const TAKEN = { ok: true } as const;
/** Enough for any error's message. */
const ERROR_BODY_BYTES = 16 * 1024;

/** Never throws for what the network or Slack does. */
async function attemptPost(post: WebhookAttempt): Promise<typeof TAKEN | AttemptFailure> {
  const { url, message, settings, signal } = post;
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  try {
    return await outcomeOf(
      await send(url, { settings, signal, headers, body: JSON.stringify(message) }),
      post,
    );
  } catch (error) {
    const problem = { ok: false, retry: false } as const;
    if (signal.aborted) return { ...problem, reason: 'did not answer in the time that was left' };
    if (!(error instanceof ExchangeError)) throw error;
    return { ...problem, reason: error.message, retry: error.retry };
  }
}

async function outcomeOf(
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  { url, settings }: WebhookAttempt,
): Promise<typeof TAKEN | AttemptFailure> {
  const bytes = bodyBytes(body, headers, settings.maxBodyBytes);
  try {
    if (status === 200) return outcomeOfText(await readText(bytes), url);
    const text = await readBeginning(bytes, ERROR_BODY_BYTES);
    const reason = `answered HTTP ${status} with ${quoted(text, url)}`;
    return { ok: false, reason, ...retryOf(status, headers), status };
  } finally {
    discard(body);
  }
}

/** A message that was taken is answered with `ok`; anything else is not from Slack, but perhaps from a proxy. */
function outcomeOfText(text: string, url: URL): typeof TAKEN | AttemptFailure {
  if (text.trim() === 'ok') return TAKEN;
  const reason = `answered HTTP 200 with ${quoted(text, url)} instead of "ok"`;
  return { ok: false, reason, retry: false, status: 200 };
}

/** A server may echo a path that it does not know. Words as short as `services` are no secret. */
function quoted(text: string, url: URL): string {
  const path = url.pathname + url.search;
  const secrets = [url.href, path, ...path.split('/')].filter((part) => part.length > 8);
  return errorText(secrets.reduce(withoutSecret, text), '');
}

export interface WebhookParameter {
  /** At most five minutes old. Throws a ParameterStoreError that says what to do and holds no secret. */
  readonly read: (signal: AbortSignal) => Promise<URL>;
  /** As it is now. */
  readonly readAgain: (signal: AbortSignal) => Promise<URL>;
}

interface WebhookParameterOptions {
  readonly ssm: SSMClient;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const MAX_AGE_MS = 5 * 60_000;

export function webhookParameter(options: WebhookParameterOptions): WebhookParameter {
  // Not the monotonic clock, which may stand still while Lambda keeps a container frozen.
  const { now = Date.now } = options;
  let kept: { readonly url: URL; readonly readAt: number } | undefined;

  async function readAgain(signal: AbortSignal): Promise<URL> {
    const readAt = now();
    const url = await readUrl(options, signal);
    kept = { url, readAt };
    return url;
  }

  return {
    read: async (signal) =>
      kept !== undefined && now() - kept.readAt < MAX_AGE_MS ? kept.url : readAgain(signal),
    readAgain,
  };
}

async function readUrl({ ssm, name }: WebhookParameterOptions, signal: AbortSignal): Promise<URL> {
  const url = webhookUrl(await readParameter(ssm, name, signal));
  if (url !== undefined) return url;
  throw new ParameterStoreError(
    `${name}: expected the URL of a Slack incoming webhook, https://hooks.slack.com/services/..., and nothing else; got something that is not shown, as it may be a secret`,
  );
}

async function readParameter(ssm: SSMClient, name: string, signal: AbortSignal): Promise<string> {
  try {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    const { Parameter } = await ssm.send(command, { abortSignal: signal });
    return Parameter?.Value ?? '';
  } catch (cause) {
    const expected = `${name}: expected a SecureString that holds the URL of a Slack incoming webhook`;
    if (!(cause instanceof ParameterNotFound)) throw unreadable(expected, cause);
    throw new ParameterStoreError(`${expected}, found no parameter of that name`, { cause });
  }
}

/** Undefined for what is none: a message must not go anywhere but to Slack, or to this machine in tests. */
export function webhookUrl(text: string): URL | undefined {
  const url = URL.parse(trimmed(text));
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  if (isLoopback(url.hostname)) return /^https?:$/.test(url.protocol) ? url : undefined;
  return url.origin === 'https://hooks.slack.com' && url.pathname !== '/' ? url : undefined;
}
