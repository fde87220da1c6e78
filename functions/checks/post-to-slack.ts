/** One event of the topic's subscription: each of its messages is posted to Slack. */
import { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { readEnvironment, requestHandler } from '../config/environment.ts';
import { ParameterStoreError } from '../config/parameter-store.ts';
import type { SlackMessage } from '../messages/slack/blocks.ts';
import {
  type SlackRendering,
  type SnsNotification,
  slackMessage,
} from '../messages/slack/slack.ts';
import {
  type PostOutcome,
  postToWebhook,
  type WebhookParameter,
  webhookParameter,
} from '../messages/slack/webhook.ts';
import type { HttpSettings } from '../providers/http/body.ts';
import type { Log } from './report.ts';

interface SlackDeps {
  readonly webhook: WebhookParameter;
  /** Name of the parameter that holds the webhook's URL. */
  readonly parameter: string;
  /** AWS region, for links to alarms that do not name theirs. */
  readonly region: string;
  /** Milliseconds until the function is stopped. */
  readonly timeLeftMs: () => number;
  /** Other limits and waits than the usual ones, as a test wants them. */
  readonly http?: Partial<HttpSettings>;
}

/** How one message of the topic fared. */
export interface Posting {
  /** Id that SNS gave to the publish. */
  readonly messageId: string;
  readonly kind: SlackRendering['kind'];
  readonly attempts: number;
  /** One line that says what to do and holds no secret; absent where the message was posted. */
  readonly failure?: string;
}

const environmentSchema = z.object({
  WEBHOOK_PARAMETER: z.string().regex(/^(\/[\w.-]+)+$/),
  AWS_REGION: z.string().min(1),
});

/** Kept for the report. */
const REPORT_MS = 1_000;

const notification = z
  .object({
    MessageId: z.string(),
    Message: z.string(),
    // Null where the publish had none.
    Subject: z.string().nullish(),
  })
  .transform(({ MessageId: messageId, Message: message, Subject: subject }) => {
    return { messageId, message, subject: subject ?? undefined };
  });

const eventSchema = z.object({ Records: z.array(z.object({ Sns: notification })) });

/** Throws one line that names what is missing in `environment`. The client follows `AWS_ENDPOINT_URL` where it is set. */
export function connectToSlack(environment: NodeJS.ProcessEnv): Omit<SlackDeps, 'timeLeftMs'> {
  const data = readEnvironment(environmentSchema, environment);
  const ssm = new SSMClient({ requestHandler, maxAttempts: 5 });
  const parameter = data.WEBHOOK_PARAMETER;
  return {
    webhook: webhookParameter({ ssm, name: parameter }),
    parameter,
    region: data.AWS_REGION,
  };
}

/**
 * Tries every message of the event, one after the other, whatever became of those before it. SNS puts one message into
 * an event; of an event with several, a second try of the whole posts those again that had gone through.
 */
export async function postToSlack(event: unknown, deps: SlackDeps): Promise<readonly Posting[]> {
  const { success, data, error } = eventSchema.safeParse(event);
  if (!success) throw new Error(`Event: expected one of SNS: ${z.prettifyError(error)}`);
  const postings: Posting[] = [];
  for (const { Sns } of data.Records) postings.push(await postNotification(Sns, deps));
  return postings;
}

async function postNotification(
  { messageId, ...received }: SnsNotification & { readonly messageId: string },
  deps: SlackDeps,
): Promise<Posting> {
  const { kind, message } = slackMessage(received, deps.region);
  try {
    const outcome = await post(message, deps);
    const { attempts } = outcome;
    if (outcome.posted) return { messageId, kind, attempts };
    return { messageId, kind, attempts, failure: failureText(outcome, deps.parameter) };
  } catch (error) {
    if (!(error instanceof ParameterStoreError)) throw error;
    return { messageId, kind, attempts: 0, failure: error.message };
  }
}

/** A webhook that is gone may have been replaced since its URL was read. */
async function post(message: SlackMessage, deps: SlackDeps): Promise<PostOutcome> {
  const timeLeftMs = () => Math.max(0, Math.floor(deps.timeLeftMs()) - REPORT_MS);
  const { webhook, http } = deps;
  const url = await webhook.read(AbortSignal.timeout(timeLeftMs()));
  const outcome = await postToWebhook({ url, message, timeLeftMs: timeLeftMs(), settings: http });
  if (outcome.posted || !isGone(outcome)) return outcome;
  const fresh = await webhook.readAgain(AbortSignal.timeout(timeLeftMs()));
  if (fresh.href === url.href) return outcome;
  return postToWebhook({ url: fresh, message, timeLeftMs: timeLeftMs(), settings: http });
}

type Failed = Extract<PostOutcome, { readonly posted: false }>;

/** Slack's answers for a webhook that is revoked, and for a channel that is archived, deleted or closed to it. */
function isGone({ status }: Failed): boolean {
  return status === 403 || status === 404 || status === 410;
}

function failureText(failed: Failed, parameter: string): string {
  return `${failed.reason}; ${adviceFor(failed, parameter)}`;
}

function adviceFor(failed: Failed, parameter: string): string {
  const { status = 0 } = failed;
  if (isGone(failed)) {
    return `the webhook or its channel is gone: make a new incoming webhook in Slack and put its URL into ${parameter}`;
  }
  if (status === 200 || (status >= 300 && status < 400)) {
    return `this is not Slack's own answer: check the URL in ${parameter}, and what is between this function and Slack`;
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return 'Slack does not take this message, which is a fault of cost-alerts: please report it with this line';
  }
  return 'nothing to do unless it stays so: the message is tried again, and kept in the dead-letter queue if that fails too';
}

export interface SlackSummary {
  readonly messages: number;
  readonly posted: number;
  readonly failed: number;
  readonly attempts: number;
}

/** Logs the run; throws, so that Lambda tries again and then keeps the event, where a message was not posted. */
export function reportPostings(postings: readonly Posting[], log: Log): SlackSummary {
  const failures = postings.flatMap(({ failure }) => failure ?? []);
  for (const { messageId, kind, failure } of postings) {
    if (failure !== undefined) log.error('not posted', { messageId, kind, failure });
  }
  const summary = {
    messages: postings.length,
    posted: postings.length - failures.length,
    failed: failures.length,
    attempts: postings.reduce((sum, { attempts }) => sum + attempts, 0),
  };
  log.info('run', { summary });
  if (failures.length > 0) {
    throw new Error(
      `${failures.length} of ${postings.length} messages were not posted to Slack: ${failures[0]}`,
    );
  }
  return summary;
}
