/** The blocks of Slack's Block Kit that are used here, and how large they may be (docs.slack.dev, "Block Kit reference"). */
import { clipAtWord, oneLine } from '../plain-text.ts';

interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: true;
}

interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Keeps Slack from making links and mentions of what only looks like one. */
  readonly verbatim: true;
}

interface LinkButton {
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

/** Its last character is none that a sentence around it would end with. */
const LINK = /(https?:\/\/[^\s<>|"'`]*[^\s<>|"'`.,;:!?)\]}])/g;

/** Slack may make a mention of these even without brackets; nothing can be seen of the word joiner behind the sign. */
const BROADCAST = /@(?=channel|everyone|here)/gi;
const UNBROADCAST = '@\u2060';

/** `&`, `<` and `>` are all that Slack's markup of mentions and links is made of. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(BROADCAST, UNBROADCAST);
}

/** On one line, escaped, and still within `max`: the text is cut, never an escape. */
export function escapedWithin(text: string, max: number): string {
  return renderedWithin(oneLine(text), max, escaped);
}

/** The text's own lines, escaped and within `max`; what is an http(s) address in it can be followed. */
export function linkedWithin(text: string, max: number): string {
  const whole = new Set(linksIn(text));
  return renderedWithin(cleanLines(text), max, (cut) => linked(cut, whole));
}

/** The http(s) addresses in a text, in their order. */
export function linksIn(text: string): readonly string[] {
  return text.match(LINK) ?? [];
}

/** An address that was cut off is no link: half of one leads nowhere. */
function linked(text: string, whole: ReadonlySet<string>): string {
  return text
    .split(LINK)
    .map((part) => (whole.has(part) ? `<${escaped(part)}>` : escaped(part)))
    .join('');
}

function cleanLines(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map(oneLine)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** `max` is 3 or more. A text that markup makes longer is cut by as much as it is too long. */
function renderedWithin(text: string, max: number, render: (text: string) => string): string {
  let cut = clipAtWord(text, max);
  for (let rendered = render(cut); rendered.length > max; rendered = render(cut)) {
    const share = Math.floor((cut.length * max) / rendered.length);
    cut = share > 3 ? clipAtWord(cut, share) : '...';
  }
  return render(cut);
}
