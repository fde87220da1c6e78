/** What may be shown of an answer: known names, kinds of values, and sentences without anything of the answer. */
import type { Big } from 'big.js';
import { Decimal, ZERO } from '../../../functions/config/decimal.ts';
import { isJsonObject } from '../../../functions/providers/http/json.ts';

/** Of which names of fields consist in APIs of usage and costs; in the singular. */
const WORDS = new Set(
  `account action activity actual address after aggregated aggregation all allowance amount analytic api
  api_key app asset audio average balance bandwidth base batch before begin bill billing bucket budget build
  byoc byte cache cached category charge city class cluster code column completion consumed consumption
  context cost count country cpu create created creation credit cumulative currency cursor customer daily data
  database date day default delete deleted delivery description detail discount disk display dollar domain
  duration egress email end ending endpoint entity entry environment error event excluded expire explanation
  external fee field file filter first flag float frame free from function gauge generation gpu granularity group
  has hour hourly host hostname id image included incoming index info ingress input integer interval invoice
  ip is item key kind label language last latency left length level limit line link list live load balancer
  location long max maximum measure measurement memory message meta metadata meter method metric min minimum
  minute mode model month monthly more name namespace net network next node note number object of offset old op
  operation option order ordering org organisation organization outgoing output over overage page pagination paas parent
  path pay payment per percent period plan platform plus point position previous price pricing product project
  prompt property provider quantity query quota ram rate ratio raw read reason reasoning record reference region
  remaining rename replica report req request reset resource resp response result role row run script second
  sequence service session size source speech spend spent stage start started starting state statistic stats
  status step stop storage stored stream subscription subtitle subtotal success sum tag task tax team tenant
  text tier time timestamp title to token tool top total trace traffic transfer type uncached unit unsigned
  until update updated url usage usd use used user uuid value vcpu version video view volume web week window
  workspace write year zone`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

const NAME = /^[_$@#]?[A-Za-z]+([_.:-]?[A-Za-z]+)*$/;
const LONGEST_NAME = 60;

/** Whether it is one that the adapter knows, or made of words that any API has: any other may be data, such as a customer's name. */
export function isFieldName(name: string, known: readonly string[]): boolean {
  if (known.includes(name)) return true;
  if (name.length > LONGEST_NAME || !NAME.test(name)) return false;
  const words = name.replaceAll(/([a-z])(?=[A-Z])/g, '$1 ').split(/[^A-Za-z]+/);
  return words.every((word) => word === '' || isWord(word.toLowerCase()));
}

function isWord(word: string): boolean {
  return WORDS.has(word) || (word.endsWith('s') && WORDS.has(word.slice(0, -1)));
}

const VERSION = /^v\d{1,2}(beta|alpha)?\d?$/;

/** `/v1/teams/<id>/billing/usage`. */
export function maskedPath(path: string): string {
  const parts = path.split('/');
  return parts.map((part) => (part === '' || isPathWord(part) ? part : '<id>')).join('/');
}

function isPathWord(part: string): boolean {
  return VERSION.test(part) || isFieldName(part, []);
}

/** 2001 to 2286, as seconds or milliseconds. */
const EARLIEST = new Decimal('1e9');
const LATEST = new Decimal('1e10');
const SECONDS_A_DAY = new Decimal('86400');

/** `object`, `list`, `null`, `decimal`, `Unix seconds`, `text: UUID` …; of JSON whose numbers are a Big. */
export function classOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'true or false';
  if (value instanceof Decimal) return numberClass(value);
  if (Array.isArray(value)) return 'list';
  if (isJsonObject(value)) return 'object';
  return textClasses.find(([, pattern]) => pattern.test(String(value)))?.[0] ?? 'text';
}

function numberClass(value: Big): string {
  if (value.eq(ZERO)) return 'zero';
  const sign = value.lt(ZERO) ? 'negative ' : '';
  if (!value.round(0, Decimal.roundDown).eq(value)) return `${sign}decimal`;
  if (isWithin(value)) return isMidnight(value) ? 'Unix seconds at midnight' : 'Unix seconds';
  return isWithin(value.div('1000')) ? 'Unix milliseconds' : `${sign}whole number`;
}

function isWithin(seconds: Big): boolean {
  return seconds.gte(EARLIEST) && seconds.lt(LATEST);
}

/** In UTC. */
function isMidnight(seconds: Big): boolean {
  return seconds.mod(SECONDS_A_DAY).eq(ZERO);
}

/** The first that fits. */
const textClasses: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['text: empty', /^$/],
  ['text: Unix seconds', /^[1-9]\d{9}$/],
  ['text: whole number', /^-?\d{1,400}$/],
  ['text: decimal', /^-?\d{1,400}\.\d{1,400}$/],
  ['text: number with an exponent', /^-?\d{1,400}(\.\d{1,400})?e[+-]?\d{1,4}$/i],
  ['text: date', /^\d{4}-\d\d-\d\d$/],
  ['text: ISO time in UTC at midnight', /^\d{4}-\d\d-\d\dT00:00(:00(\.0{1,9})?)?Z$/],
  ['text: ISO time in UTC', /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z$/],
  ['text: ISO time with offset', /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?[+-]\d\d:?\d\d$/],
  ['text: ISO time without zone', /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?$/],
  ['text: true or false', /^(true|false)$/i],
  ['text: UUID', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
  ['text: hexadecimal', /^(?=.*\d)[0-9a-f]{8,400}$/i],
  ['text: three letters', /^[A-Za-z]{3}$/],
  ['text: email address', /^[^\s@]{1,200}@[^\s@]{1,200}$/],
  ['text: URL', /^https?:\/\/\S+$/],
  ['text: path', /^\/\S*$/],
  ['text: one word', /^[\w.-]+$/],
];

const HTTP_STATUS = /\bHTTP \d{3}\b/g;
/** Shorter words are in any sentence. */
const SHORTEST = 3;

/**
 * What an adapter said of an answer: quoted text goes from its first quote to the last one, as it may have quotes itself; so does every number but an HTTP
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
