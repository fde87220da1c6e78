/** Slack's incoming webhooks on loopback: accepts posts to one webhook. */
import {
  type Answer,
  answering,
  type Fault,
  type SimulatedRequest,
  type SimulatedServer,
  startSimulatedServer,
} from '../../cli/demo/vendors/server.ts';

interface SimulatedSlackOptions {
  /** Path of the webhook, which is its secret. Default: one that looks like Slack's. */
  readonly path?: string;
  /** Default: a free one. */
  readonly port?: number;
}

export interface SimulatedSlack extends SimulatedServer {
  readonly webhookUrl: string;
  /** Accepted posts, the earliest first. */
  readonly posted: readonly unknown[];
  /** Revokes the webhook, and returns the URL of another one. */
  readonly replaceWebhook: (path: string) => string;
}

export async function startSimulatedSlack(
  options: SimulatedSlackOptions = {},
): Promise<SimulatedSlack> {
  let path = options.path ?? '/services/T00000000/B00000000/simulatedSecret000000000';
  const posted: unknown[] = [];
  const server = await startSimulatedServer((request) => {
    const refused = refusal(request, path);
    if (refused !== undefined) return refused;
    posted.push(JSON.parse(request.body));
    return text(200, 'ok');
  }, options.port);
  return {
    ...server,
    webhookUrl: server.url + path,
    posted,
    replaceWebhook: (next) => {
      path = next;
      return server.url + path;
    },
  };
}

/** 429, as for a channel with more than about one post a second. */
export function slackRateLimit(retryAfterSeconds: number): Fault {
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return answering({ ...text(429, 'rate_limited'), headers });
}

/** What Slack answers for each error (Slack changelog of 2016-05-17, "Improving error conditions for Incoming Webhooks"). */
export const slackErrors = {
  invalidBlocks: answering(text(400, 'invalid_blocks')),
  actionProhibited: answering(text(403, 'action_prohibited')),
  noService: answering(text(404, 'no_service')),
  channelIsArchived: answering(text(410, 'channel_is_archived')),
  rollupError: answering(text(500, 'rollup_error')),
} as const satisfies Record<string, Fault>;

function refusal({ method, url, body }: SimulatedRequest, path: string): Answer | undefined {
  if (url.pathname !== path) return text(404, 'no_service');
  if (method !== 'POST') return text(405, 'method_not_allowed');
  return hasContent(body) ? undefined : text(400, 'invalid_payload');
}

/** A message has at least a text. */
function hasContent(body: string): boolean {
  try {
    const { text, blocks }: { text?: unknown; blocks?: unknown } = JSON.parse(body);
    return (typeof text === 'string' && text !== '') || Array.isArray(blocks);
  } catch {
    return false;
  }
}

function text(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/html' }, body };
}
