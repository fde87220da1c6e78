/** Posts a message through an incoming webhook of Slack (docs.slack.dev, "Sending messages using incoming webhooks"). */
import { defaultHttpSettings, type HttpSettings } from '../providers/http-settings.ts';
import type { SlackMessage } from './slack-blocks.ts';
import { type AttemptFailure, attemptPost } from './slack-webhook-attempt.ts';

export interface WebhookPost {
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
  for (let attempts = 1; ; attempts += 1) {
    const failure = await attemptPost({ url, message, settings, signal });
    if (failure === undefined) return { posted: true, attempts };
    const { retry, reason, status } = failure;
    const end = retry
      ? await reasonToStop(failure, { attempts, settings, endsAt, signal })
      : reason;
    if (end === undefined) continue;
    return { posted: false, attempts, reason: `Slack ${end}`, ...(status && { status }) };
  }
}

interface Progress {
  readonly attempts: number;
  readonly settings: HttpSettings;
  /** On the clock of `performance.now()`. */
  readonly endsAt: number;
  readonly signal: AbortSignal;
}

/** Waits for the next attempt, or says why there is none. */
async function reasonToStop(
  { reason, waitMs = 0 }: AttemptFailure,
  { attempts, settings, endsAt, signal }: Progress,
): Promise<string | undefined> {
  if (signal.aborted) return reason;
  if (attempts >= settings.attempts) return `${reason} (${attempts} attempts)`;
  const backoffMs = settings.random() * settings.firstBackoffMs * 2 ** (attempts - 1);
  const leftMs = endsAt - performance.now();
  if (waitMs + backoffMs >= leftMs) {
    const asked = waitMs > 0 ? ` and asks to wait ${Math.ceil(waitMs / 1000)} s` : '';
    return `${reason}${asked}; the ${Math.floor(leftMs / 1000)} s left are too short for another attempt`;
  }
  try {
    await settings.sleep(waitMs + backoffMs, signal);
    return undefined;
  } catch {
    return `${reason}; the time was over before another attempt`;
  }
}
