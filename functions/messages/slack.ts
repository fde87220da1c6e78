/** What SNS delivers as the message that is posted to Slack. */
import { alarmMessage } from './slack-alarm.ts';
import type { SlackMessage } from './slack-blocks.ts';
import { readSlackInput, type SlackInput } from './slack-input.ts';
import { noticesMessage } from './slack-notices.ts';
import { otherMessage } from './slack-other.ts';

export interface SnsNotification {
  /** What the publisher wrote for subscribers that are functions. */
  readonly message: string;
  readonly subject?: string | undefined;
}

export interface SlackRendering {
  readonly kind: SlackInput['kind'];
  readonly message: SlackMessage;
}

/** Never throws: what cannot be read is shown as it is. `region` is that of AWS, for links to alarms that name none. */
export function slackMessage(notification: SnsNotification, region: string): SlackRendering {
  const input = readSlackInput(notification.message);
  return { kind: input.kind, message: messageOf(input, notification, region) };
}

function messageOf(
  input: SlackInput,
  { message, subject }: SnsNotification,
  region: string,
): SlackMessage {
  switch (input.kind) {
    case 'notices':
      return noticesMessage(input.excerpt);
    case 'alarm':
      return alarmMessage(input.alarm, region);
    case 'other':
      return otherMessage(message, subject);
  }
}
