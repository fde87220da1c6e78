/** How a fetch ends, and how several requests are one. */
import type * as z from 'zod';
import { DAY_MS } from '../config/durations.ts';
import type { HttpFailure } from './http/client.ts';
import { errorText } from './http/exchange-error.ts';
import { readJson, schemaProblem } from './http/json.ts';
import type { Interval, Usage, UsageFetch } from './provider.ts';

/** A fetch that did not reach its end. */
export type Unfinished = Exclude<UsageFetch, { status: 'complete' }>;

/** The problem is a clause that fits after the provider's name. */
export function failed(provider: string, problem: string): Unfinished {
  return { status: 'failed', failure: 'unreadable', reason: `${provider} ${problem}.` };
}

export function incomplete(provider: string, problem: string): Unfinished {
  return { status: 'incomplete', reason: `${provider} ${problem}.` };
}

/** With what to look at, by HTTP status. */
export function unanswered(
  { failure, reason, status }: HttpFailure,
  hints: Readonly<Record<number, string>>,
): Unfinished {
  const hint = hints[status ?? 0];
  return {
    status: 'failed',
    failure,
    reason: `${reason}${hint === undefined ? '' : `; ${hint}`}.`,
  };
}

/** A clause that fits after the provider's name; `root` is what the error's paths begin at. */
export function unreadable(error: z.ZodError, token: string, root = 'answer'): string {
  return `answered what cannot be read: ${schemaProblem(error, root, token)}`;
}

/** On rows of a complete fetch, if there are any: what they are, after "answered … rows". */
export function rowRemark(provider: string, rows: number, what: string): string[] {
  return rows === 0 ? [] : [`${provider} answered ${rows} ${rows === 1 ? 'row' : 'rows'} ${what}.`];
}

type AnswerReading<T> =
  | { readonly value: T; readonly json: unknown }
  /** A clause that fits after the provider's name. */
  | { readonly problem: string };

interface AnswerSchema<T> {
  /** The list that an answer has to have: one without it is a problem, and never an empty one. */
  readonly list: z.ZodType;
  readonly answer: z.ZodType<T>;
}

/** Reads a body of JSON with usage in it. */
export function readAnswer<T>(
  body: string,
  token: string,
  { list, answer }: AnswerSchema<T>,
): AnswerReading<T> {
  const json = readJson(body, token);
  if (!json.ok) return { problem: `answered ${json.reason}` };
  if (!list.safeParse(json.value).success) {
    return { problem: `answered without usage: ${errorText(body, token)}` };
  }
  const read = answer.safeParse(json.value);
  return read.success
    ? { value: read.data, json: json.value }
    : { problem: unreadable(read.error, token) };
}

/** The interval, which is whole days, in pieces of so many days at the most. */
export function stretchesOf(interval: Interval, days: number): Interval[] {
  return stretchesUntil(interval, (from) => from + days * DAY_MS);
}

/** The interval in pieces, each of which ends where `endOf` its start is, or with the interval. */
export function stretchesUntil(
  { start, end }: Interval,
  endOf: (start: number) => number,
): Interval[] {
  const stretches: Interval[] = [];
  for (let from = start; from < end; ) {
    const until = Math.min(end, endOf(from));
    stretches.push({ start: from, end: until });
    from = until;
  }
  return stretches;
}

/** Of one window in several fetches, one after the other; ends with the first one that is not complete. */
export async function inStretches(
  stretches: readonly Interval[],
  fetchStretch: (stretch: Interval) => Promise<UsageFetch>,
): Promise<UsageFetch> {
  const usage: Usage[] = [];
  const remarks = new Set<string>();
  for (const stretch of stretches) {
    const fetched = await fetchStretch(stretch);
    if (fetched.status !== 'complete') return fetched;
    usage.push(...fetched.usage);
    for (const remark of fetched.remarks) remarks.add(remark);
  }
  return { status: 'complete', usage, remarks: [...remarks] };
}
