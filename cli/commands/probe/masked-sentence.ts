/** What an adapter said of an answer, without anything of the answer. */
import { isJsonObject } from '../../../functions/providers/http/json.ts';

const HTTP_STATUS = /\bHTTP \d{3}\b/g;
/** Shorter words are in any sentence. */
const SHORTEST = 3;

/**
 * Quoted text goes from its first quote to the last one, as it may have quotes itself; so does every number but an HTTP
 * status, and each of `foreign` wherever it stands.
 */
export function maskedSentence(sentence: string, foreign: Iterable<string>): string {
  const statuses = sentence.match(HTTP_STATUS) ?? [];
  const [first, last] = [sentence.indexOf('"'), sentence.lastIndexOf('"')];
  let masked = sentence.replaceAll(HTTP_STATUS, '\u0000');
  if (first >= 0) {
    const start = masked.indexOf('"');
    const end = first === last ? masked.length : masked.lastIndexOf('"') + 1;
    masked = `${masked.slice(0, start)}<text>${masked.slice(end)}`;
  }
  const longestFirst = [...new Set(foreign)]
    .filter((text) => text.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  for (const text of longestFirst) masked = masked.replaceAll(text, '<text>');
  masked = masked.replaceAll(/\d[\d.,]*/g, '<number>');
  return masked.replaceAll('\u0000', () => statuses.shift() ?? '');
}

/** Every text and key of JSON, but for the keys that are `shown`. */
export function* textsOf(value: unknown, shown: (name: string) => boolean): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const item of value) yield* textsOf(item, shown);
  else if (isJsonObject(value)) {
    for (const [name, field] of Object.entries(value)) {
      if (!shown(name)) yield name;
      yield* textsOf(field, shown);
    }
  }
}
