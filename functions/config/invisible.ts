/** Characters that nobody sees: they come along when something is copied from a web page or a chat. */

/**
 * Format characters (zero width, direction overrides, byte-order mark), separators and spaces other than the usual
 * one, and whatever Unicode draws as nothing; but not what makes an emoji of the character before.
 */
const PATTERN = /(?<!\p{Emoji})\uFE0F|(?!\uFE0F)\p{DI}|[\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const ALL = new RegExp(`${PATTERN.source}|[\\u007f-\\u009f]`, 'gu');

/** The text without the whitespace and the invisible characters around it. */
export function trimmed(text: string): string {
  return text.replace(/^[\s\p{Cf}\p{DI}]+|[\s\p{Cf}\p{DI}]+$/gu, '');
}

/** JSON without the invisible characters around it; its lines and columns stay where they were. */
export function trimmedJson(text: string): string {
  const value = trimmed(text);
  const start = text.indexOf(value);
  return text.slice(0, start).replace(/[^ \t\r\n]/gu, '') + value;
}

/** `U+00A0`; undefined where there is none in the text. */
export function invisibleIn(text: string): string | undefined {
  const found = PATTERN.exec(text)?.[0];
  return found && codePoint(found);
}

/** The text on one line in which everything can be seen: `Berlin[U+00A0]`. */
export function withoutInvisible(text: string): string {
  return text.replace(ALL, (found) => `[${codePoint(found)}]`);
}

function codePoint(character: string): string {
  const hexadecimal = character.codePointAt(0)?.toString(16) ?? '';
  return `U+${hexadecimal.toUpperCase().padStart(4, '0')}`;
}
