/**
 * Looks for marked secrets in everything that came out. Knows nothing of how the product takes them out: it looks for
 * every stretch of a secret, in every spelling, so that half of one is found too.
 */
import { inspect } from 'node:util';

/** What a spelling makes of each character, in their order. */
type Spelling = (secret: string) => readonly string[];

interface SecretSearch {
  /** One line for each secret and spelling that stands in a text: `token, in base64: "…"`. */
  readonly findIn: (texts: Iterable<string>) => string[];
}

/** Characters of a secret in a row that are none by chance. */
const STRETCH = 6;
/** The same in base64, where a character holds less. */
const BASE64_STRETCH = 8;
/** Shorter than any spelling of a stretch. */
const PREFIX = 6;

export const spellings: Readonly<Record<string, Spelling>> = {
  'as it is': (secret) => [...secret],
  'encoded for an address': each(encodeURIComponent),
  'encoded for an address as a whole': each((character) => `%${hexOf(character)}`),
  'escaped for JSON': each((character) => JSON.stringify(character).slice(1, -1)),
  'escaped for JSON twice': each((character) => inJson(inJson(character))),
  'escaped for JSON without need': each((character) => (character === '/' ? '\\/' : character)),
  'in codes of JSON': each((character) => `\\u00${hexOf(character)}`),
  'in hexadecimal codes of HTML': each((character) => `&#x${hexOf(character)};`),
  'in decimal codes of HTML': each((character) => `&#${character.charCodeAt(0)};`),
  'in names of HTML': each((character) => htmlNames[character] ?? character),
};

const htmlNames: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '/': '&sol;',
  '+': '&plus;',
  '=': '&equals;',
};

/** The secrets are of visible ASCII and by what they are. */
export function searchFor(secrets: Readonly<Record<string, string>>): SecretSearch {
  const byPrefix = new Map<string, { readonly text: string; readonly what: string }[]>();
  /** By what two characters add up to: whether any stretch begins with such two. Most places of a text it rules out. */
  const beginnings = new Uint8Array(1 << 16);
  for (const [name, secret] of Object.entries(secrets)) {
    for (const [text, spelling] of stretchesOf(secret)) {
      const prefix = text.slice(0, PREFIX);
      beginnings[beginningAt(text, 0)] = 1;
      byPrefix.set(prefix, [
        ...(byPrefix.get(prefix) ?? []),
        { text, what: `${name}, ${spelling}` },
      ]);
    }
  }

  function* hitsIn(text: string): Generator<string, void> {
    for (let at = 0; at + PREFIX <= text.length; at += 1) {
      if (beginnings[beginningAt(text, at)] === 0) continue;
      const candidates = byPrefix.get(text.slice(at, at + PREFIX)) ?? [];
      const hit = candidates.find((one) => text.startsWith(one.text, at));
      if (hit) yield `${hit.what}: ${JSON.stringify(text.slice(Math.max(0, at - 60), at + 60))}`;
    }
  }

  return {
    findIn: (texts) => {
      const found = new Map<string, string>();
      for (const text of new Set(texts)) {
        for (const hit of hitsIn(text.toLowerCase())) found.set(hit.split(':')[0] ?? hit, hit);
      }
      return [...found.values()];
    },
  };
}

function beginningAt(text: string, at: number): number {
  return (text.charCodeAt(at) * 256 + text.charCodeAt(at + 1)) & 0xffff;
}

/** In lower case, with the spelling that each is of. */
function* stretchesOf(secret: string): Generator<[text: string, spelling: string], void> {
  for (const [name, spell] of Object.entries(spellings)) {
    yield* windowsOf(spell(secret), STRETCH).map((text): [string, string] => [text, name]);
  }
  for (const before of ['', '.', '..']) {
    for (const alphabet of ['base64', 'base64url'] as const) {
      const own = Math.ceil((before.length * 8) / 6);
      const characters = [...Buffer.from(before + secret).toString(alphabet)].slice(own);
      const whole = characters.filter((character) => character !== '=').slice(0, -1);
      yield* windowsOf(whole, BASE64_STRETCH).map((text): [string, string] => [text, 'in base64']);
    }
  }
}

function windowsOf(characters: readonly string[], length: number): string[] {
  const count = Math.max(0, characters.length - length + 1);
  return Array.from({ length: count }, (_, at) =>
    characters
      .slice(at, at + length)
      .join('')
      .toLowerCase(),
  );
}

function each(spell: (character: string) => string): Spelling {
  return (secret) => [...secret].map(spell);
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0');
}

/** Every text in a value, with the names of its fields; of an error all that Node.js would print. */
export function* textsIn(value: unknown): Generator<string, void> {
  if (typeof value === 'string') yield value;
  if (value instanceof Error) yield inspect(value, { depth: Number.POSITIVE_INFINITY });
  if (typeof value !== 'object' || value === null) return;
  for (const [key, field] of value instanceof Map ? value : Object.entries(value)) {
    yield String(key);
    yield* textsIn(field);
  }
}
