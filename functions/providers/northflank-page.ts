/** One page of Northflank's usage list, in each of the envelopes that have been seen. */
import { Big } from 'big.js';
import * as z from 'zod';
import { foundValue } from '../config/found-value.ts';
import { errorText } from './error-text.ts';
import { jsonObject, readJson } from './json-body.ts';
import { type BilledHour, billedHours } from './northflank-rows.ts';
import { schemaProblem } from './schema-problem.ts';

export interface Page {
  readonly hours: readonly BilledHour[];
  readonly hasNextPage: boolean;
  /** Where the next page is; absent where the API did not say. */
  readonly cursor?: string;
}

/** The problem is a clause that fits after the provider's name. */
export type PageReading = Page | { readonly problem: string };

/** A list without pagination that is shorter than the smallest page, which is the default one, is whole. */
const SMALLEST_PAGE = 50;

const rows = z.array(z.unknown());

/** The documented `data.usage`, then what has been seen instead of it. */
const envelope = z.union([
  jsonObject({ data: jsonObject({ usage: rows }) }).transform(({ data }) => data.usage),
  jsonObject({ data: rows }).transform(({ data }) => data),
  jsonObject({ usage: rows }).transform(({ usage }) => usage),
]);

const pagination = jsonObject({
  hasNextPage: z.boolean().nullish(),
  cursor: z.string().nullish(),
  count: z.instanceof(Big).nullish(),
}).nullish();

/** A page without a list of rows is a problem, and never an empty one. */
export function readPage(body: string, token: string): PageReading {
  const json = readJson(body, token);
  if (!json.ok) return { problem: `answered ${json.reason}` };
  const list = envelope.safeParse(json.value);
  if (!list.success) return { problem: `answered without usage: ${errorText(body, token)}` };
  const hours = billedHours.safeParse(list.data);
  if (!hours.success) return { problem: unreadable(hours.error, 'usage', token) };
  const next = pagination.safeParse(Reflect.get(Object(json.value), 'pagination'));
  if (!next.success) return { problem: unreadable(next.error, 'pagination', token) };
  return pageOf(hours.data, next.data);
}

function pageOf(hours: readonly BilledHour[], next: z.output<typeof pagination>): PageReading {
  const announced = next?.count;
  if (hours.length === 0 && announced?.gt(0)) {
    return { problem: `announced ${foundValue(announced, { secure: false })} rows and sent none` };
  }
  const cursor = next?.cursor || undefined;
  const seemsToGoOn = cursor !== undefined || hours.length >= SMALLEST_PAGE;
  return {
    hours,
    hasNextPage: next?.hasNextPage ?? seemsToGoOn,
    ...(cursor !== undefined && { cursor }),
  };
}

function unreadable(error: z.ZodError, root: string, token: string): string {
  return `answered what cannot be read: ${schemaProblem(error, root, token)}`;
}
