/** Twilio's usage records: one total a day, and categories that nest and overlap, so that a sum of them is no bill. */
import type { Big } from 'big.js';
import * as z from 'zod';
import { DAY_MS } from '../../config/durations.ts';
import {
  type BilledCost,
  type BilledDay,
  billedAmount,
  currencyCode,
  dateOf,
} from '../billed-days.ts';
import { addProblems, addUnexpected, jsonList, jsonObject } from '../http/json.ts';

export const TOTAL = 'totalprice';

/** Top categories that hold nothing of one another. Whatever else there is, also in no category, is `other`. */
const meterByCategory: ReadonlyMap<string, string> = new Map([
  ['sms', 'sms'],
  ['calls', 'calls'],
  ['phonenumbers', 'phone-numbers'],
]);

export interface UsageRecord {
  /** Midnight in UTC, epoch milliseconds. */
  readonly start: number;
  readonly category: string;
  readonly price: Big;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

const DATE = /^\d{4}-\d\d-\d\d$/;

const midnight = z.unknown().transform((value, context): number => {
  const start =
    typeof value === 'string' && DATE.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(start) || dateOf(start) !== value
    ? addUnexpected(context, 'a day such as 2026-11-21', value)
    : start;
});

const categorized = jsonObject({ category: z.string({ error: 'expected a text' }) });

const priced = jsonObject({
  category: z.string(),
  start_date: midnight,
  end_date: midnight,
  price: billedAmount,
  price_unit: currencyCode,
}).transform((row, context): UsageRecord => {
  if (row.end_date !== row.start_date) {
    return addUnexpected(
      context,
      'a single day',
      `${dateOf(row.start_date)} to ${dateOf(row.end_date)}`,
    );
  }
  const { category, price, price_unit: currency } = row;
  return { start: row.start_date, category, price, currency };
});

/** Of hundreds of categories only those that are counted are read any further. */
const record = categorized.transform((row, context): UsageRecord | undefined => {
  if (row.category !== TOTAL && !meterByCategory.has(row.category)) return undefined;
  const read = priced.safeParse(row);
  return read.success ? read.data : addProblems(context, read.error, []);
});

export const recordsPage = jsonObject({
  usage_records: jsonList(record),
  /** A path, null on the last page. */
  next_page_uri: z.string({ error: 'expected a text or null' }).nullable(),
}).transform(({ usage_records, next_page_uri }) => ({
  records: usage_records.filter((own) => own !== undefined),
  next: next_page_uri,
}));

/** Of a range of days: its totals, which should be one; `end` is the day after the last one. */
export const totalPage = jsonObject({
  usage_records: jsonList(
    jsonObject({
      category: z.literal(TOTAL),
      start_date: midnight,
      end_date: midnight,
      price: billedAmount,
      price_unit: currencyCode,
    }).transform(({ start_date: start, end_date: last, price, price_unit: currency }) => ({
      start,
      end: last + DAY_MS,
      price,
      currency,
    })),
  ),
}).transform(({ usage_records }) => usage_records);

/** Days without a total are a problem, a clause that fits after the provider's name; so is what comes twice. */
export function daysOfRecords(
  records: readonly UsageRecord[],
): readonly BilledDay[] | { readonly problem: string } {
  const days: BilledDay[] = [];
  for (const [start, inDay] of Map.groupBy(records, (own) => own.start)) {
    const costs = costsOf(start, inDay);
    if ('problem' in costs) return costs;
    days.push({ start, costs });
  }
  return days;
}

function costsOf(
  start: number,
  records: readonly UsageRecord[],
): readonly BilledCost[] | { readonly problem: string } {
  const byCategory = new Map(records.map((own) => [own.category, own]));
  if (byCategory.size < records.length) {
    return { problem: `contradicts itself: it answered a category of ${dateOf(start)} twice` };
  }
  const total = byCategory.get(TOTAL);
  if (!total) return { problem: `answered ${dateOf(start)} without its total price` };
  if (total.price.lt('0')) return { problem: `answered a total below 0 for ${dateOf(start)}` };
  const parts = records.flatMap(({ category, price: amount, currency }): BilledCost[] => {
    const meter = meterByCategory.get(category);
    return meter === undefined ? [] : [{ meter, amount, currency }];
  });
  const rest = parts.reduce((left, { amount }) => left.minus(amount), total.price);
  const { currency } = total;
  // Parts that are more than the total overlap, too: then only the total is known.
  if (rest.lt('0')) return [{ meter: 'other', amount: total.price, currency }];
  return [...parts, { meter: 'other', amount: rest, currency }];
}
