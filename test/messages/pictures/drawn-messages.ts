/** The Slack messages of which there are pictures, by the name of the picture. */
import { exampleDigest } from '../../../cli/example-digest.ts';
import { exampleMessages } from '../../../cli/example-messages.ts';
import type { Message } from '../../../functions/alerts/notice.ts';
import type { SlackMessage } from '../../../functions/messages/slack/blocks.ts';
import { slackMessage } from '../../../functions/messages/slack/slack.ts';

export const drawnMessages: Readonly<Record<string, SlackMessage>> = {
  'slack-budget': drawn(exampleOf('budget')),
  'slack-forecast': drawn(exampleOf('forecast')),
  'slack-anomaly': drawn(exampleOf('anomaly')),
  'slack-digest': drawn(exampleDigest),
};

/** Firing. */
function exampleOf(kind: string): Message {
  const message = exampleMessages.find(({ notices }) => notices[0]?.kind === kind);
  if (!message) throw new Error(`expected an example of kind ${kind}`);
  return message;
}

function drawn(message: Message): SlackMessage {
  return slackMessage({ message: JSON.stringify(message) }, 'eu-west-1').message;
}
