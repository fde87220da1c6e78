/** Foreign text made fit to be quoted in a reason: one line, short, and without the token. */
import { withoutSecret } from '../config/without-secret.ts';

const QUOTED_LENGTH = 200;
const HTML = /^\s*<(!doctype html|html|head|body)/i;

/** What a body is that should have been something else: `an empty body`, `an HTML page`, or its quoted beginning. */
export function describedBody(body: string, secret: string): string {
  if (body.trim() === '') return 'an empty body';
  return HTML.test(body) ? 'an HTML page' : quoted(body, secret);
}

/** What an error answer says: the quoted message if its body is JSON with one, else what the body is. */
export function errorText(body: string, secret: string): string {
  // Before JSON is parsed, too: a server that forgets to escape a backslash would change what comes after it.
  const clean = withoutSecret(body, secret);
  const message = messageIn(clean);
  return message === undefined ? describedBody(clean, secret) : quoted(message, secret);
}

/** Finds `{error: {message, details}}`, `{error: "…"}`, `{message: "…"}` and `{detail: "…"}`. */
function errorMessage(answer: unknown): string | undefined {
  const error = propertyOf(answer, 'error');
  const holder = typeof error === 'object' ? error : answer;
  const message = [propertyOf(holder, 'message'), propertyOf(holder, 'detail'), error].find(
    (text) => typeof text === 'string' && text !== '',
  );
  if (typeof message !== 'string') return undefined;
  const details = propertyOf(holder, 'details');
  return typeof details === 'object' ? `${message} ${JSON.stringify(details)}` : message;
}

/** The secret goes before the cut: half of it would not be found any more. */
function quoted(text: string, secret: string): string {
  const line = withoutSecret(text, secret)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  const cut =
    line.length > QUOTED_LENGTH ? `${line.slice(0, QUOTED_LENGTH).toWellFormed()}…` : line;
  return `"${cut}"`;
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** Undefined where the body is no JSON, or is nested so deep that it cannot be written again. */
function messageIn(json: string): string | undefined {
  try {
    return errorMessage(JSON.parse(json));
  } catch {
    return undefined;
  }
}
