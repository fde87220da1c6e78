/** Turns what zod found wrong with a config into problems that a person can act on. */
import * as z from 'zod';
import { Decimal } from './decimal.ts';
import { invisibleIn, withoutInvisible } from './pasted-text.ts';
import { type Problem, problemLine } from './problem.ts';
import { withoutSecret } from './redact.ts';

type RawIssue = z.core.$ZodRawIssue;
type Issue = z.core.$ZodIssue;

export type Parsed<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** Parses with a schema, whose messages are what follows "expected". What was found is shown as far as it may be. */
export function parseConfig<T>(
  schema: z.ZodType<T>,
  input: unknown,
  disclosure: Disclosure,
): Parsed<T> {
  const known: KnownKeys = new Map();
  const parsed = schema.safeParse(input, {
    reportInput: true,
    error: (issue) => expectation(issue, known),
  });
  if (parsed.success) {
    const invisible = invisibleProblems(input, [], disclosure);
    return invisible.length > 0 ? { problems: invisible } : { value: parsed.data };
  }
  const problems = parsed.error.issues.map((issue) => problemOf(issue, known, disclosure));
  return { problems: [...new Map(problems.map((one) => [problemLine(one), one])).values()] };
}

/** The keys of an object by those of an issue that are none: an issue itself does not say what is allowed. */
type KnownKeys = Map<readonly string[], readonly string[]>;

/** Of an input that the schema takes, so that its keys are those of the schema. */
function invisibleProblems(
  input: unknown,
  path: readonly PropertyKey[],
  disclosure: Disclosure,
): Problem[] {
  if (typeof input === 'string') {
    const invisible = invisibleIn(input);
    if (invisible === undefined) return [];
    const where = disclosure.secure ? '' : ` in ${foundValue(input, disclosure)}`;
    const expected = 'no character that cannot be seen';
    return [{ path, expected, found: `${invisible}${where}` }];
  }
  if (typeof input !== 'object' || input === null) return [];
  const entries = Array.isArray(input) ? [...input.entries()] : Object.entries(input);
  return entries.flatMap(([key, value]) => invisibleProblems(value, [...path, key], disclosure));
}

function problemOf(issue: Issue, known: KnownKeys, disclosure: Disclosure): Problem {
  const { path, input, message: expected } = issue;
  if (issue.code === 'unrecognized_keys') {
    const allowed = known.get(issue.keys);
    return allowed === undefined
      ? { path, expected }
      : { path, mistake: unknownKeys(issue.keys, allowed, disclosure), expected };
  }
  if (input === undefined) return { path, mistake: 'missing', expected };
  return { path, expected, found: foundValue(discriminatorIn(issue) ?? input, disclosure) };
}

/** What decides which of several objects one has to be, where it says none of them; the issue's input is the whole object. */
function discriminatorIn(issue: Issue): unknown {
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return undefined;
  return (issue.input as Readonly<Record<string, unknown>>)[issue.discriminator];
}

/** What is allowed, for schemas that do not say it themselves. */
function expectation(issue: RawIssue, known: KnownKeys): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return knownKeys(issue, known);
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return oneOf(issue.values.map((value) => JSON.stringify(value)));
    case 'invalid_union':
      return oneOf(discriminatorsOf(issue));
    case 'too_small':
      return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${counted(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${counted(issue.origin, issue.maximum)}`;
    case 'invalid_format':
      return issue.pattern ? `a text like ${issue.pattern}` : `a valid ${issue.format}`;
    default:
      return 'a value that the reference of the config allows';
  }
}

/** JSON; the key itself may be left out. */
function discriminatorsOf(issue: Extract<RawIssue, { code: 'invalid_union' }>): string[] {
  const { options = [] } = issue as { readonly options?: readonly unknown[] };
  return options.filter((one) => one !== undefined).map((one) => JSON.stringify(one));
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

function knownKeys(
  { inst, keys }: Extract<RawIssue, { code: 'unrecognized_keys' }>,
  known: KnownKeys,
): string {
  const allowed = inst instanceof z.ZodObject ? Object.keys(inst.shape) : [];
  known.set(keys, allowed);
  return allowed.length === 0 ? 'none' : oneOf(allowed);
}

function unknownKeys(
  keys: readonly string[],
  allowed: readonly string[],
  disclosure: Disclosure,
): string {
  if (disclosure.secure) return 'unknown key';
  const named = keys.map((key) => foundValue(key, disclosure)).join(', ');
  if (keys.length > 1) return `unknown keys ${named}`;
  const meant = nearest(keys[0] ?? '', allowed);
  return `unknown key ${named}${meant ? ` (did you mean "${meant}"?)` : ''}`;
}

/** How much of what was found may stand in an error. */
interface Disclosure {
  /** The content is a secret itself, as that of a SecureString: only kinds of things are shown. */
  readonly secure: boolean;
  /** The account's token, in case somebody pasted it into the config. */
  readonly token?: string;
}

const LONGEST = 60;

/** A found value as one short line of JSON with no secret in it, or its kind where the value must not be shown. */
export function foundValue(value: unknown, { secure, token }: Disclosure): string {
  if (secure) return kindOf(value);
  const json = value instanceof Decimal ? value.toString() : JSON.stringify(value);
  // The secret goes before the cut: half of it would not be found any more.
  const text = withoutInvisible(withoutSecret(json, token ?? '')).replace(
    /\/\/[^/"\s]*@/g,
    '//***@',
  );
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1).toWellFormed()}…` : text;
}

/** What JSON calls the value. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Decimal) return 'a number';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * The candidate that was most likely meant, or undefined where none is near: a third of the letters may differ.
 * Case does not count.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/** Levenshtein's distance; the row of the letter before is all that it needs. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
