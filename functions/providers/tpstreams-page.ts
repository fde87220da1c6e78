/** One page of TPStreams' usage list, as Django REST framework paginates: `{count, next, previous, results}`. */
import { Big } from 'big.js';
import * as z from 'zod';
import { errorText } from './error-text.ts';
import { amountWithin } from './exact-number.ts';
import { jsonList, jsonObject, readJson } from './json-body.ts';
import { schemaProblem } from './schema-problem.ts';

/** What was used on a day; what the API did not say, or said null for, is absent. Sizes in bytes. */
export interface ReportedDay {
  /** `2026-11-21` */
  readonly date: string;
  readonly bandwidth?: Big;
  /** In a unit that is not documented. */
  readonly liveStream?: Big;
  /** In a currency that is not documented. */
  readonly subtitles?: Big;
  readonly activeStorage?: Big;
  readonly totalStorage?: Big;
}

export interface Page {
  readonly days: readonly ReportedDay[];
  /** How many rows all pages have together; absent where the API did not say. */
  readonly count?: number;
  /** Address of the next page, null on the last one. */
  readonly next: string | null;
}

/** The problem is a clause that fits after the provider's name. */
export type PageReading = Page | { readonly problem: string };

/** An exabyte, if it is bytes: nobody's day comes near it. */
const readAmount = amountWithin({
  expected: 'an amount from 0 to below 10^18, or null',
  below: new Big('1e18'),
  mostDecimals: 50,
  isNegativeAllowed: false,
});

const amount = z.unknown().transform(readAmount);

const row = jsonObject({
  // A time of day would mean that rows are not days.
  date: z.iso.date({ error: 'expected a date such as 2026-11-21' }),
  // Always there according to the documentation: a field of another name must not read as nothing used.
  bandwidth_used: amount.nullable(),
  live_stream_usage: amount.nullish(),
  subtitle_generation_cost: amount.nullish(),
  active_storage_bytes: amount.nullish(),
  deleted_storage_bytes: amount.nullish(),
  total_storage_bytes: amount.nullish(),
});

const list = jsonObject({ results: z.array(z.unknown()) });

const page = jsonObject({
  count: z.instanceof(Big, { error: 'expected a number' }).nullish(),
  next: z.string({ error: 'expected an address or null' }).nullable(),
  results: jsonList(row.transform(toReportedDay)),
});

/** A page without a list of rows is a problem, and never an empty one. */
export function readPage(body: string, token: string): PageReading {
  const json = readJson(body, token);
  if (!json.ok) return { problem: `answered ${json.reason}` };
  if (!list.safeParse(json.value).success) {
    return { problem: `answered without usage: ${errorText(body, token)}` };
  }
  const parsed = page.safeParse(json.value);
  if (!parsed.success) {
    return {
      problem: `answered what cannot be read: ${schemaProblem(parsed.error, 'answer', token)}`,
    };
  }
  const { count, next, results: days } = parsed.data;
  return { days, next, ...(count && { count: count.toNumber() }) };
}

function toReportedDay(fields: z.output<typeof row>): ReportedDay {
  const bandwidth = fields.bandwidth_used;
  const liveStream = fields.live_stream_usage;
  const subtitles = fields.subtitle_generation_cost;
  const activeStorage = fields.active_storage_bytes;
  const deletedStorage = fields.deleted_storage_bytes;
  const sum = activeStorage && deletedStorage && activeStorage.plus(deletedStorage);
  const totalStorage = fields.total_storage_bytes ?? sum;
  return {
    date: fields.date,
    ...(bandwidth && { bandwidth }),
    ...(liveStream && { liveStream }),
    ...(subtitles && { subtitles }),
    ...(activeStorage && { activeStorage }),
    ...(totalStorage && { totalStorage }),
  };
}
