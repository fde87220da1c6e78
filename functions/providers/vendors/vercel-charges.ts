/** Vercel's charges: a list of FOCUS rows, one a line, added up by day, meter and service; and the credit taken off them. */
import type { Big } from 'big.js';
import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import { Decimal, ZERO } from '../../config/decimal.ts';
import { type BilledCost, type BilledDay, billedAmount, currencyCode } from '../billed-days.ts';
import { type BodyLine, bodyLines, isJsonLines, type ResponseHeaders } from '../http/body.ts';
import { describedBody, errorText } from '../http/exchange-error.ts';
import { addUnexpected, isJsonObject, jsonObject, readJson } from '../http/json.ts';
import type { Interval } from '../provider.ts';
import { failed, incomplete, type Unfinished, unreadable } from '../usage-fetch.ts';

export const NAME = 'Vercel';
/** Days are those of San Francisco, with 23 or 25 hours where the clocks change. */
export const DAY_ZONE = 'America/Los_Angeles';
/** Of what is kept apart. */
const MOST_SUMS = 100_000;

/** The day that holds the instant, epoch milliseconds. */
export function dayOf(at: number): Interval {
  const date = Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(DAY_ZONE)
    .toPlainDate();
  const midnights = [date, date.add({ days: 1 })].map(
    (day) => day.toZonedDateTime(DAY_ZONE).epochMilliseconds,
  );
  const [start = at, end = at] = midnights;
  return { start, end };
}

type ChargesReading = { readonly status: 'read'; readonly days: readonly BilledDay[] } | Unfinished;

/** Reads a body of any number of rows in little memory. An answer without rows has to say that it is such a list. */
export async function readCharges(
  body: AsyncIterable<Uint8Array>,
  headers: ResponseHeaders,
  token: string,
): Promise<ChargesReading> {
  const sums = new Map<string, Sum>();
  const days = rememberedDays();
  let rows = 0;
  for await (const line of bodyLines(body)) {
    const read = readCharge(line, rows === 0, token);
    if ('status' in read) return read;
    rows += 1;
    add(sums, read, days(read.start));
    if (sums.size > MOST_SUMS) {
      return failed(NAME, `answered more than ${MOST_SUMS} different charges`);
    }
  }
  if (rows === 0 && !isJsonLines(headers)) {
    return failed(NAME, 'answered an empty body instead of JSON lines');
  }
  return { status: 'read', days: daysOf(sums) };
}

function readCharge(
  { text, isEnded }: BodyLine,
  isFirst: boolean,
  token: string,
): Charge | Unfinished {
  const json = readJson(text, token);
  if (!json.ok) {
    return isFirst || isEnded
      ? failed(NAME, `answered ${describedBody(text, token)} instead of JSON lines`)
      : incomplete(NAME, 'answered a list that breaks off within a line');
  }
  if (!looksLikeCharge(json.value)) {
    return failed(NAME, `answered without charges: ${errorText(text, token)}`);
  }
  const row = charge.safeParse(json.value);
  return row.success ? row.data : failed(NAME, unreadable(row.error, token));
}

/** An error is an object, too. */
function looksLikeCharge(value: unknown): boolean {
  return isJsonObject(value) && ('BilledCost' in value || 'ChargePeriodStart' in value);
}

interface Sum {
  readonly day: Interval;
  readonly cost: BilledCost;
}

/** A few days have all rows, and finding one takes 50 µs. */
function rememberedDays(): (at: number) => Interval {
  const known = new Map<number, Interval>();
  return (at) => {
    const day = known.get(at) ?? dayOf(at);
    known.set(at, day);
    return day;
  };
}

function add(sums: Map<string, Sum>, { cost }: Charge, day: Interval): void {
  const key = JSON.stringify([day.start, cost.meter, cost.label, cost.currency]);
  const amount = cost.amount.plus(sums.get(key)?.cost.amount ?? '0');
  sums.set(key, { day, cost: { ...cost, amount } });
}

function daysOf(sums: ReadonlyMap<string, Sum>): BilledDay[] {
  const byDay = Map.groupBy(sums.values(), ({ day }) => day.start);
  return [...byDay].map(([start, inDay]) => ({
    start,
    end: inDay[0]?.day.end,
    costs: inDay.map(({ cost }) => cost),
  }));
}

interface Charge {
  /** Epoch milliseconds. */
  readonly start: number;
  readonly cost: BilledCost;
}

const meterByCategory: ReadonlyMap<string, string> = new Map([
  ['Usage', 'usage'],
  ['Credit', 'credits'],
  ['Tax', 'tax'],
]);

/** Subscriptions are rows like usage, and only a tag tells. */
const SEATS = 'Subscription Licenses';

const instant = z.unknown().transform((value, context): number => {
  const read = z.iso.datetime({ offset: true }).safeParse(value);
  if (read.success) return Date.parse(read.data);
  return addUnexpected(context, 'an instant such as 2026-11-02T08:00:00.000Z', value);
});

const word = z.string({ error: 'expected a text' });

const charge = jsonObject({
  /** In the currency's units, as a number. */
  BilledCost: billedAmount,
  BillingCurrency: currencyCode,
  ChargeCategory: word,
  ChargePeriodStart: instant,
  ServiceName: word.nullish(),
  Tags: z.unknown().optional(),
}).transform((row): Charge => {
  const isSeat = isJsonObject(row.Tags) && row.Tags.Category === SEATS;
  const meter = isSeat ? 'seats' : (meterByCategory.get(row.ChargeCategory) ?? 'other');
  const amount: Big = row.BilledCost;
  return {
    start: row.ChargePeriodStart,
    cost: { meter, label: row.ServiceName ?? undefined, amount, currency: row.BillingCurrency },
  };
});

/** The credit that a plan includes: usage is charged before it, and the bill is what is left. */
interface IncludedCredit {
  /** A decimal, in the account's currency. */
  readonly amount: string;
  /** Day of the month, 1 to 28, from whose midnight on there is a new one. */
  readonly renewsOn: number;
}

/** Start of the billing month that holds the instant, both epoch milliseconds. */
export function billingMonthOf(at: number, renewsOn: number): number {
  const date = Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(DAY_ZONE)
    .toPlainDate();
  const month = date.day < renewsOn ? date.subtract({ months: 1 }) : date;
  return month.with({ day: renewsOn }).toZonedDateTime(DAY_ZONE).epochMilliseconds;
}

/** Each day with as much of the credit as its usage takes; the days are whole billing months, but for the last one. */
export function withCredit(days: readonly BilledDay[], credit: IncludedCredit): BilledDay[] {
  const inOrder = days.toSorted((a, b) => a.start - b.start);
  let month = 0;
  let before: Big | undefined;
  return inOrder.map((day) => {
    const own = billingMonthOf(day.start, credit.renewsOn);
    if (own !== month) before = undefined;
    month = own;
    const charged = day.costs.filter(({ meter }) => meter === 'usage');
    const after = charged.reduce<Big | undefined>(
      (sum, { amount }) => sum?.plus(amount) ?? amount,
      before,
    );
    if (after === undefined) return day;
    const taken = covered(after, credit).minus(before ? covered(before, credit) : '0');
    before = after;
    return { ...day, costs: [...day.costs, ...creditOf(taken, charged)] };
  });
}

/** What the credit takes of a month's usage. */
function covered(usage: Big, { amount }: IncludedCredit): Big {
  if (usage.lt(ZERO)) return ZERO;
  return usage.gt(amount) ? new Decimal(amount) : usage;
}

function creditOf(taken: Big, [first]: readonly BilledCost[]): BilledCost[] {
  if (!first || taken.eq('0')) return [];
  const { currency } = first;
  return [{ meter: 'credits', label: 'Included credit', amount: taken.times('-1'), currency }];
}
