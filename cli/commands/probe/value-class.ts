/** What kind of value something is, with nothing of the value itself. */
import type { Big } from 'big.js';
import { Decimal, ZERO } from '../../../functions/config/decimal.ts';
import { isJsonObject } from '../../../functions/providers/http/json.ts';

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
  return textClass(String(value));
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

export function textClass(text: string): string {
  return textClasses.find(([, pattern]) => pattern.test(text))?.[0] ?? 'text';
}
