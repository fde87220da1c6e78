/** Where the incoming webhook's URL is kept, and which URLs are one. Whoever has the URL can post: it is a secret. */
import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { isLoopback } from '../config/base-url.ts';
import { trimmed } from '../config/invisible.ts';
import { ParameterStoreError, unreadable } from '../config/parameter-store.ts';

export interface WebhookParameter {
  /** At most five minutes old. Throws a ParameterStoreError that says what to do and holds no secret. */
  readonly read: (signal: AbortSignal) => Promise<URL>;
  /** As it is now. */
  readonly readAgain: (signal: AbortSignal) => Promise<URL>;
}

export interface WebhookParameterOptions {
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
