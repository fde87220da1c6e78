import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SNSEvent } from 'aws-lambda';
import {
  connectToSlack,
  postToSlack,
  reportPostings,
  type SlackSummary,
} from '../checks/post-to-slack.ts';
import { visibleInLog } from '../messages/plain-text.ts';

const logger = new Logger({ jsonReplacerFn: visibleInLog });
let connected: ReturnType<typeof connectToSlack> | undefined;

/** The Lambda handler that is subscribed to the topic and posts to Slack. */
export async function handler(
  event: SNSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<SlackSummary> {
  connected ??= connectToSlack(process.env);
  const timeLeftMs = () => context.getRemainingTimeInMillis();
  return reportPostings(await postToSlack(event, { ...connected, timeLeftMs }), logger);
}
