/** The blocks of Slack's Block Kit that are used here, and how large they may be (docs.slack.dev, "Block Kit reference"). */

export interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: true;
}

export interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Keeps Slack from making links and mentions of what only looks like one. */
  readonly verbatim: true;
}

export interface LinkButton {
  readonly type: 'button';
  readonly text: PlainText;
  readonly url: string;
}

export type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] }
  | { readonly type: 'actions'; readonly elements: readonly LinkButton[] }
  | { readonly type: 'divider' };

/** What an incoming webhook takes. `text` is for notifications and screen readers; the message shows the blocks. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

export interface Link {
  readonly label: string;
  readonly url: string;
}

/** Characters of a header. Slack takes 150, and may count an emoji by its name, which has more than twenty. */
export const MAX_HEADER = 120;
/** Characters of a section. Slack takes 3,000. */
export const MAX_SECTION = 2_900;
const MAX_LABEL = 75;
/** Slack takes 3,000; of links twice as long as any of ours a message holds several. */
const MAX_URL = 1_000;

/** Slack takes 50. */
const MAX_BLOCKS = 44;
/**
 * As JSON. Slack refuses blocks of together more than some 13,000 characters (`msg_blocks_too_long`), which its
 * reference does not say; what it counts is not known (slackapi/bolt-js, issues 2509 and 2867).
 */
const MAX_CHARACTERS = 9_000;

export const divider: Block = { type: 'divider' };

/** Whether Slack takes so many blocks in one message, with room left for a header and an end. */
export function fitTogether(blocks: readonly Block[]): boolean {
  return blocks.length <= MAX_BLOCKS && JSON.stringify(blocks).length <= MAX_CHARACTERS;
}

/** Nothing that a message links to is shown below it. `text` are lines of escaped text. */
export function posting({
  text,
  blocks,
}: {
  readonly text: readonly string[];
  readonly blocks: readonly Block[];
}): SlackMessage {
  return {
    text: text.filter(Boolean).join('\n'),
    blocks,
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** `title` is escaped and within `MAX_HEADER`. */
export function header(title: string): Block {
  return { type: 'header', text: { type: 'plain_text', text: title, emoji: true } };
}

/** One section of markup, a line each; none where there is no line, as Slack refuses an empty text. */
export function section(...lines: readonly string[]): readonly Block[] {
  const text = lines.filter(Boolean).join('\n');
  return text === '' ? [] : [{ type: 'section', text: mrkdwn(text) }];
}

/** Pieces of markup, small and grey, one after the other; none where there is no piece. */
export function context(...pieces: readonly string[]): readonly Block[] {
  const text = pieces.filter(Boolean).join(' · ');
  return text === '' ? [] : [{ type: 'context', elements: [mrkdwn(text)] }];
}

/** A row of buttons; `label` is escaped. Slack would refuse the message for what is no http(s) address: it gets no button. */
export function linkButtons(links: readonly Link[]): readonly Block[] {
  const elements = links.flatMap(({ label, url }) => linkButton(label, url));
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

function linkButton(label: string, address: string): readonly LinkButton[] {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.href.length > MAX_URL) return [];
  if (label === '' || label.length > MAX_LABEL) return [];
  return [
    { type: 'button', text: { type: 'plain_text', text: label, emoji: true }, url: url.href },
  ];
}

function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true };
}
