/** Turns what zod found wrong with a config into lines that a person can act on. */
import * as z from 'zod';
import { type Disclosure, foundValue } from './found-value.ts';
import { invisibleIn } from './invisible.ts';
import { nearest } from './nearest.ts';

type RawIssue = z.core.$ZodRawIssue;
type Issue = z.core.$ZodIssue;

export type Parsed<T> = { readonly value: T } | { readonly problems: readonly string[] };

/**
 * Parses with a schema; the problems are one line each, `budgets[1].limit: expected a number above 0, got "15"`:
 * the path, what is allowed, what was found as far as it may be told.
 */
export function parseConfig<T>(
  schema: z.ZodType<T>,
  input: unknown,
  disclosure: Disclosure,
): Parsed<T> {
  const parsed = schema.safeParse(input, {
    reportInput: true,
    error: (issue) => expectation(issue, disclosure),
  });
  if (parsed.success) {
    const invisible = invisibleProblems(input, [], disclosure);
    return invisible.length > 0 ? { problems: invisible } : { value: parsed.data };
  }
  const lines = parsed.error.issues.map((issue) => problemLine(issue, disclosure));
  return { problems: [...new Set(lines)] };
}

/** Of an input that the schema takes, so that its keys are those of the schema. */
function invisibleProblems(
  input: unknown,
  path: readonly PropertyKey[],
  disclosure: Disclosure,
): string[] {
  if (typeof input === 'string') {
    const found = invisibleIn(input);
    if (found === undefined) return [];
    const where = disclosure.secure ? '' : ` in ${foundValue(input, disclosure)}`;
    return [`${pathText(path)}: expected no character that cannot be seen, got ${found}${where}`];
  }
  if (typeof input !== 'object' || input === null) return [];
  const entries = Array.isArray(input) ? [...input.entries()] : Object.entries(input);
  return entries.flatMap(([key, value]) => invisibleProblems(value, [...path, key], disclosure));
}

function problemLine(issue: Issue, disclosure: Disclosure): string {
  const path = pathText(issue.path);
  return `${path && `${path}: `}${withFound(issue, disclosure)}`;
}

function withFound({ code, input, message }: Issue, disclosure: Disclosure): string {
  if (code === 'unrecognized_keys') return message;
  if (input === undefined) return `missing, ${message}`;
  return `${message}, got ${foundValue(input, disclosure)}`;
}

/** `budgets[1].limit`; the keys in a path are those of a schema, so they tell nothing of the content. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** What is allowed, for schemas that do not say it themselves. */
function expectation(issue: RawIssue, disclosure: Disclosure): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(issue, disclosure);
    case 'invalid_type':
      return `expected ${typeNames[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${oneOf(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'too_small':
      return `expected ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${counted(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `expected ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${counted(issue.origin, issue.maximum)}`;
    case 'invalid_format':
      return `expected ${issue.pattern ? `a text like ${issue.pattern}` : `a valid ${issue.format}`}`;
    default:
      return 'expected a value that the reference of the config allows';
  }
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

function counted(origin: string, limit: number | bigint): string {
  if (origin === 'string') return limit === 1 ? ' character' : ' characters';
  if (origin === 'array') return limit === 1 ? ' entry' : ' entries';
  return '';
}

/** `"a"` or `one of "a", "b", "c"`. */
export function oneOf(names: readonly string[]): string {
  return names.length === 1 ? String(names[0]) : `one of ${names.join(', ')}`;
}

function unknownKeys(
  issue: Extract<RawIssue, { code: 'unrecognized_keys' }>,
  disclosure: Disclosure,
): string {
  const allowed = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
  const expected = `expected ${allowed.length === 0 ? 'none' : oneOf(allowed)}`;
  if (disclosure.secure) return `unknown key, ${expected}`;
  const named = issue.keys.map((key) => foundValue(key, disclosure)).join(', ');
  const [only = ''] = issue.keys;
  if (issue.keys.length > 1) return `unknown keys ${named}, ${expected}`;
  const meant = nearest(only, allowed);
  return `unknown key ${named}${meant ? ` (did you mean "${meant}"?)` : ''}, ${expected}`;
}
