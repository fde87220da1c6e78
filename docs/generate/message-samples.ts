/** Messages of each kind, firing and resolved, as their readers get them. */
import { exampleDigest } from '../../cli/example-digest.ts';
import { exampleMessages } from '../../cli/example-messages.ts';
import type { Message } from '../../functions/alerts/notice.ts';
import { publishInput } from '../../functions/messages/publish.ts';
import type { SlackMessage } from '../../functions/messages/slack/blocks.ts';
import { slackMessage } from '../../functions/messages/slack/slack.ts';

const REGION = 'eu-west-1';

/** A section a kind, in markdown. */
export function messageSamples(): string {
  const byKind = Map.groupBy(
    [...exampleMessages, exampleDigest],
    ({ notices }) => notices[0]?.kind ?? 'digest',
  );
  return [...byKind]
    .map(([kind, messages]) =>
      [`### ${kind}`, ...picturesOf(kind, messages[0]), ...messages.map(sample)].join('\n\n'),
    )
    .join('\n\n');
}

/** Drawn by `npm run picture`. */
const PICTURED = ['forecast', 'anomaly', 'digest'];

function picturesOf(kind: string, message: Message | undefined): readonly string[] {
  if (!message || !PICTURED.includes(kind)) return [];
  const { Subject = '' } = publishInput(message, '');
  return [`![In Slack: ${Subject}](../test/messages/pictures/slack-${kind}.png)`];
}

function sample(message: Message): string {
  const { Subject = '', Message: forms = '' } = publishInput(message, '');
  return [
    `<details><summary>Email: <code>${escaped(Subject)}</code></summary>`,
    fenced('text', JSON.parse(forms).email),
    '</details>',
    '<details><summary>Slack</summary>',
    fenced('text', slackText(slackMessage({ message: JSON.stringify(message) }, REGION).message)),
    '</details>',
  ].join('\n\n');
}

/** What a Slack message says, without its looks. */
function slackText({ blocks }: SlackMessage): string {
  return `${blocks.map(blockText).join('\n\n')}\n`;
}

function blockText(block: SlackMessage['blocks'][number]): string {
  switch (block.type) {
    case 'divider':
      return '----';
    case 'actions':
      return block.elements.map(({ text }) => `[ ${text.text} ]`).join(' ');
    case 'context':
      return block.elements.map(({ text }) => text).join('\n');
    default:
      return block.text.text;
  }
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\`\`\``;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
