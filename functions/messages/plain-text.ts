/** Text as it may stand in a message: on one line, within a length, wrapped, in ASCII. Lengths are UTF-16 units. */

/** Without line breaks and control characters; white space is one space each, none at the ends. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
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
