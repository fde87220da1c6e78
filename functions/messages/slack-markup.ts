/** Text as Slack's mrkdwn shows it, with nothing in it that Slack would read as a mention or a link (docs.slack.dev, "Formatting message text"). */
import { clipAtWord, oneLine } from './plain-text.ts';

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
