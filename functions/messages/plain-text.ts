/** Text as it may stand in a message: on one line, within a length, wrapped, in ASCII. Lengths are UTF-16 units. */

/**
 * What cannot be seen, though it may turn the text around, break its line or make two names look alike: control and
 * format characters, line separators, and what is drawn as nothing. After an emoji a variation selector is part of it.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}](?<!\p{Extended_Pictographic}[\uFE0E\uFE0F])/gu;

/** On one line, each white space one space and none at the ends; what cannot be seen reads `\u202e`. */
export function oneLine(text: string): string {
  return visible(text.toWellFormed().replace(/[\t\n\v\f\r\p{Zs}]+/gu, ' ')).trim();
}

/** What cannot be seen as an escape of JSON: `\u202e`. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (sign) => sign.split('').map(unicodeEscape).join(''));
}

/** The same JSON, with what cannot be seen in its texts as an escape. */
export function visibleJson(value: unknown): string {
  return visible(JSON.stringify(value));
}

/** Replaces texts of a structured log: they keep their lines, which JSON escapes by itself. */
export function visibleInLog(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/[^\t\n\r]+/g, visible) : value;
}

/** `\u202e` of one UTF-16 unit. */
export function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** At most `max` (3 or more) long, a longer text ends in `...`; never half a surrogate pair. */
export function clip(text: string, max: number): string {
  return text.length <= max ? text : `${head(text, max - 3)}...`;
}

/** As `clip`, but between two words where the text has any. */
export function clipAtWord(text: string, max: number): string {
  if (text.length <= max) return text;
  const lastSpace = text.lastIndexOf(' ', max - 3);
  return lastSpace > 0 ? `${text.slice(0, lastSpace)}...` : clip(text, max);
}

/** Lines of at most `width`; a longer word has a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > width && line !== '') {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** Accents are dropped, a few letters and signs spelled out; `?` stands for what has no ASCII form. */
export function toAscii(text: string): string {
  const spelled = oneLine(text).replace(/[^\p{ASCII}]/gu, (sign) => SPELLED[sign] ?? sign);
  return oneLine(spelled.normalize('NFKD').replace(/\p{M}/gu, '')).replace(/[^\x20-\x7e]/gu, '?');
}

/** Size in UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** What Unicode does not decompose. */
const SPELLED: Readonly<Record<string, string>> = {
  ß: 'ss',
  Æ: 'AE',
  æ: 'ae',
  Œ: 'OE',
  œ: 'oe',
  Ø: 'O',
  ø: 'o',
  Đ: 'D',
  đ: 'd',
  Ð: 'D',
  ð: 'd',
  Þ: 'Th',
  þ: 'th',
  Ł: 'L',
  ł: 'l',
  ı: 'i',
  '€': 'EUR',
  '£': 'GBP',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '·': '-',
  '×': 'x',
};

function head(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
