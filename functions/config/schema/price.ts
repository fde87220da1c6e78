import type { Big } from 'big.js';
import * as z from 'zod';
import { oneOf } from '../config-error.ts';
import { Decimal, ZERO } from '../decimal.ts';
import { areLike, type Meter, soldIn, unitsLike } from '../meter.ts';

/** One stretch of a calendar month's quantity, from the end of the tier before it on. */
export interface PriceTier {
  /** Where it ends, in the unit of `per`, but of what is sold by the hundred by the piece; the last tier has no end. */
  readonly upTo?: string;
  /** Of one `per`, in the currency of the price list; exact decimal in plain notation, from 0 on. */
  readonly price: string;
}

export interface Price {
  /** What is sold: `GB`, `100 count`, `GB-month`. */
  readonly per: string;
  /** One at least, ascending. What is included is a first tier at price 0. */
  readonly tiers: readonly PriceTier[];
}

/** By meter. */
export type Prices = Readonly<Record<string, Price>>;

export interface PriceList {
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly prices: Prices;
}

/** Whether what a quantity costs depends on how much there was before it in the calendar month. */
export function dependsOnMonth(price: Price): boolean {
  return price.tiers.length > 1;
}

const aNumberFrom0 = 'a number from 0 on';

/** A limit or the end of a tier: whatever is divided by it can still be shown, stored and read back. */
const LEAST_LIMIT = 1e-6;
/** A price of one byte may be that small. */
const LEAST_PRICE = 1e-15;
const MOST = 1e15;
const MOST_DIGITS = 30;

/** At least 0.000001. */
export const amountAbove0 = amount((value) => {
  return isNumber(value) && exactly(value).gt(ZERO)
    ? outOfBounds(value, LEAST_LIMIT)
    : 'a number above 0';
}).meta({ type: 'number', minimum: LEAST_LIMIT, maximum: MOST });

/** 0, or at least 1e-15. */
const amountFrom0 = amount((value) => {
  if (!isNumber(value) || exactly(value).lt(ZERO)) return aNumberFrom0;
  return exactly(value).eq(ZERO) ? undefined : outOfBounds(value, LEAST_PRICE);
}).meta({ type: 'number', minimum: 0, maximum: MOST });

/** `problemOf` says what a value has to be if it is not. */
function amount(problemOf: (value: unknown) => string | undefined) {
  return z
    .custom<number | Big>((value) => problemOf(value) === undefined, {
      error: ({ input }) => problemOf(input),
    })
    .transform((value) => exactly(value).abs().toFixed());
}

function isNumber(value: unknown): value is number | Big {
  return Number.isFinite(value) || value instanceof Decimal;
}

/** What the amount has to be if it is too large, too small or too long to be worked with. */
function outOfBounds(value: number | Big, least: number): string | undefined {
  const exact = exactly(value);
  if (exact.lt(String(least)) || exact.gt(String(MOST))) {
    return `a number from ${numberText(least)} to ${numberText(MOST)}`;
  }
  return exact.c.length > MOST_DIGITS ? `a number of at most ${MOST_DIGITS} digits` : undefined;
}

/** Of what a config has: a number, which is a decimal where a JavaScript number would lose a digit. */
function exactly(value: number | Big): Big {
  return value instanceof Decimal ? value : new Decimal(String(value));
}

/** A number as people write it: `0.000001`, `1000`, `1e15`. */
export function numberText(value: number): string {
  return value < 1e9 ? String(value) : value.toExponential().replace('+', '');
}

const price = amountFrom0.describe("Price of one `per`, in the account's `currency`.");

const tiers = z
  .array(
    z.strictObject({
      upTo: amountAbove0
        .exactOptional()
        .describe('End of the tier, in the same unit as `included`; absent in the last tier.'),
      price,
    }),
    { error: '1 to 20 tiers' },
  )
  .min(1)
  .max(20)
  .check(ascend)
  .describe("Instead of `price`: a price for each part of a month's quantity.");

const included = amountFrom0.describe(
  'Free quantity per calendar month of the provider, in the unit of `per`; for a multiple such as `100 count`, in `count`.',
);

/** Prices by meter, of those that can have one; each has to be per a unit that its meter is sold in. */
export function pricesSchema(meters: readonly Meter[]): z.ZodType<Prices> {
  const priced = meters.flatMap((meter) => {
    const unit = soldIn(meter);
    return unit === undefined ? [] : [[meter.id, priceSchema(unit).exactOptional()] as const];
  });
  const billed = meters
    .filter(({ unit, countsOnly }) => unit === undefined || countsOnly)
    .map(({ id }) => id);
  const prices = z.strictObject(Object.fromEntries(priced), {
    error: (issue) =>
      issue.code === 'unrecognized_keys' && issue.keys.every((key) => billed.includes(key))
        ? `no price of ${issue.keys.join(', ')}, as the provider itself reports its cost`
        : undefined,
  });
  // Keys that are not there are not there as undefined either.
  return prices as z.ZodType<Prices>;
}

/** A price as a config and the price book have it. */
interface WrittenPrice {
  readonly price?: string;
  readonly per: string;
  readonly included?: string;
  readonly tiers?: readonly PriceTier[];
}

function priceSchema(unit: string) {
  const error = oneOf(unitsLike(unit).map((name) => `"${name}"`));
  return z
    .strictObject({
      price: price.exactOptional(),
      per: z
        .string({ error })
        .refine((per) => areLike(per, unit), { error })
        .describe(
          'What the price is for, such as `GB`, `100 count` or `GB-month` (730 hours). Meters that measure a level, such as storage, are priced over time.',
        ),
      included: included.exactOptional(),
      tiers: tiers.exactOptional(),
    })
    .check(isPricedOnce)
    .transform(priceOf)
    .describe('Price of the meter, instead of its list price.');
}

function priceOf({ per, price, included, tiers }: WrittenPrice): Price {
  if (tiers !== undefined) return { per, tiers };
  const free = included === undefined || included === '0' ? [] : [{ upTo: included, price: '0' }];
  return { per, tiers: [...free, { price: price as string }] };
}

/** By `price`, with or without `included`, or else by `tiers`. */
function isPricedOnce({ value, issues }: z.core.ParsePayload<WrittenPrice>): void {
  const { price, included, tiers } = value;
  if (tiers === undefined) {
    if (price === undefined) issues.push(problem(['price'], price, `${aNumberFrom0}, or tiers`));
    return;
  }
  if (price !== undefined) issues.push(problem(['price'], price, 'no price beside tiers'));
  if (included === undefined) return;
  issues.push(problem(['included'], included, 'a first tier with price 0 instead'));
}

function ascend({ value, issues }: z.core.ParsePayload<readonly PriceTier[]>): void {
  let before = '0';
  for (const [index, { upTo }] of value.entries()) {
    const allowed = allowedEnd(upTo, before, index === value.length - 1);
    if (allowed !== undefined) issues.push(problem([index, 'upTo'], upTo, allowed));
    before = upTo ?? before;
  }
}

/** What the end of a tier has to be if it is not. */
function allowedEnd(upTo: string | undefined, before: string, isLast: boolean): string | undefined {
  if (isLast) return upTo === undefined ? undefined : 'nothing in the last tier';
  if (upTo !== undefined && new Decimal(upTo).gt(before)) return;
  return `a number above ${before}`;
}

function problem(
  path: PropertyKey[],
  amount: string | undefined,
  allowed: string,
): z.core.$ZodRawIssue {
  const input = amount === undefined ? undefined : new Decimal(amount);
  return { code: 'custom', path, input, message: allowed };
}
