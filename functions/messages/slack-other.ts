/** Whatever else is published to the topic, as a Slack message: its text as it is. */
import {
  context,
  header,
  MAX_HEADER,
  MAX_SECTION,
  posting,
  type SlackMessage,
  section,
} from './slack-blocks.ts';
import { escapedWithin, linkedWithin } from './slack-markup.ts';

const MAX_FALLBACK = 400;

/** `subject` is that of the publish, if it had one. */
export function otherMessage(message: string, subject: string | undefined): SlackMessage {
  const title = escapedWithin(subject ?? '', MAX_HEADER) || 'Message on the topic of cost-alerts';
  const text = linkedWithin(message, MAX_SECTION);
  const isCut = linkedWithin(message, Number.POSITIVE_INFINITY) !== text;
  const cut = isCut ? `cut: the whole text has ${message.length} characters` : '';
  return posting({
    text: [title, escapedWithin(message, MAX_FALLBACK)],
    blocks: [header(title), ...section(text), ...context(cut)],
  });
}
