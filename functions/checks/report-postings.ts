/** What a run of `post-to-slack` says of itself: one structured line, and a failure where a message did not get through. */
import type { SlackRendering } from '../messages/slack.ts';
import type { Log } from './report.ts';

/** How one message of the topic fared. */
export interface Posting {
  /** Id that SNS gave to the publish. */
  readonly messageId: string;
  readonly kind: SlackRendering['kind'];
  readonly attempts: number;
  /** One line that says what to do and holds no secret; absent where the message was posted. */
  readonly failure?: string;
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
