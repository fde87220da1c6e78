import Big from 'big.js';
import { withoutInvisible } from './invisible.ts';
import { withoutSecret } from './without-secret.ts';

/** How much of what was found may stand in an error. */
export interface Disclosure {
  /** The content is a secret itself, as that of a SecureString: only kinds of things are told. */
  readonly secure: boolean;
  /** The account's token, in case somebody pasted it into the config. */
  readonly token?: string;
}

const longest = 60;

/** A found value as one short line of JSON with no secret in it, or its kind where the value must not be told. */
export function foundValue(value: unknown, { secure, token }: Disclosure): string {
  if (secure) return kindOf(value);
  const json = value instanceof Big ? value.toString() : JSON.stringify(value);
  // The secret goes before the cut: half of it would not be found any more.
  const text = withoutInvisible(withoutSecret(json, token ?? '')).replace(
    /\/\/[^/"\s]*@/g,
    '//***@',
  );
  return text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text;
}

/** What JSON calls the value. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Big) return 'a number';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
