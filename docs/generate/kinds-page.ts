/** The README's page of what is told and when: one message of each kind as its readers get it. */

import { exampleMessages } from '../../cli/example-messages.ts';
import type { Message, NoticeKind } from '../../functions/alerts/notice.ts';
import { emailText } from '../../functions/messages/email.ts';
import { subject } from '../../functions/messages/headline.ts';
import { slackMessage } from '../../functions/messages/slack.ts';
import type { SlackMessage } from '../../functions/messages/slack-blocks.ts';

const when: Readonly<Partial<Record<NoticeKind, string>>> = {
  budget:
    'The actual crosses a step of the limit, for the first time in the period or after it was taken back. Info below 80 %, warning below 100 %, critical from there on.',
  recovered:
    'Two complete readings in a row show the actual back under a step that was told: corrected data, or a raised limit.',
  blind:
    'An account cannot be read: at once where the token is refused, else after three failed checks in a row. Again each day while it lasts, each cause at most once a day.',
  silent:
    'An account reads well, but has brought no new usage for longer than its data may change, though it usually has some on these days of the week.',
  sighted:
    'A blind account can be read again, three times in a row or with a new token; or a silent one brings new usage.',
  misconfigured:
    'The parameters of an account are wrong: once a version. Until they are mended the last valid ones are used.',
  configured: 'They are valid again.',
  unwatched:
    'The parameters of an account are gone: once. Where a check finds no account at all, though there were some, one warning says so for all of them.',
};

const region = 'eu-west-1';
const start = '<!-- kinds:start -->';
const end = '<!-- kinds:end -->';

export function kindsPage(): string {
  return exampleMessages.map(section).join('\n\n');
}

/** The README with the page between its markers; undefined where it has none. */
export function withKindsPage(readme: string): string | undefined {
  const from = readme.indexOf(start);
  const to = readme.indexOf(end, from);
  if (from < 0 || to < 0) return undefined;
  return `${readme.slice(0, from + start.length)}\n\n${kindsPage()}\n\n${readme.slice(to)}`;
}

function section(message: Message): string {
  const kind = message.notices[0]?.kind ?? 'budget';
  return [
    `### ${kind}`,
    `${when[kind]} Severity here: ${message.severity}.`,
    `<details><summary>Email: <code>${escaped(subject(message))}</code></summary>`,
    fenced('text', emailText({ message })),
    '</details>',
    '<details><summary>Slack</summary>',
    fenced('text', slackText(slackMessage({ message: JSON.stringify(message) }, region).message)),
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
