import Big from 'big.js';
import * as z from 'zod';
import { amountAbove0, amountFrom0, aNumberFrom0 } from './amount-schema.ts';
import { oneOf } from './config-error.ts';
import type { ConfigMeter } from './config-rules.ts';
import { type Price, type Prices, type PriceTier, soldIn } from './price.ts';
import { areLike, unitsLike } from './units.ts';

const price = amountFrom0.describe("Of one `per`, in the account's `currency`.");

const tiers = z
  .array(
    z.strictObject({
      upTo: amountAbove0
        .exactOptional()
        .describe('Where the tier ends, counted as `included` is; the last one has no end.'),
      price,
    }),
    { error: 'expected 1 to 20 tiers' },
  )
  .min(1)
  .max(20)
  .check(ascend)
  .describe(
    "Instead of `price`: one for each stretch of a month's quantity, which holds for that stretch only.",
  );

const included = amountFrom0.describe(
  'What is free in each calendar month of the provider, in the unit of `per`; where that is a multiple such as `100 count`, in `count`.',
);

/** Prices by meter, of those that can have one; each has to be per a unit that its meter is sold in. */
export function pricesSchema(meters: readonly ConfigMeter[]): z.ZodType<Prices> {
  const priced = meters.flatMap((meter) => {
    const unit = soldIn(meter);
    return unit === undefined ? [] : [[meter.id, priceSchema(unit).exactOptional()] as const];
  });
  const billed = meters.filter(({ unit }) => unit === undefined).map(({ id }) => id);
  const prices = z.strictObject(Object.fromEntries(priced), {
    error: (issue) =>
      issue.code === 'unrecognized_keys' && issue.keys.every((key) => billed.includes(key))
        ? `expected no price of ${issue.keys.join(', ')}, as the provider itself tells its cost`
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
  const error = `expected ${oneOf(unitsLike(unit).map((name) => `"${name}"`))}`;
  return z
    .strictObject({
      price: price.exactOptional(),
      per: z
        .string({ error })
        .refine((per) => areLike(per, unit), { error })
        .describe(
          'What the price is for, such as `GB`, `100 count` or `GB-month` (730 hours); a level is priced over time.',
        ),
      included: included.exactOptional(),
      tiers: tiers.exactOptional(),
    })
    .check(isPricedOnce)
    .transform(priceOf)
    .describe('What the meter costs, instead of its list price.');
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
  if (upTo !== undefined && new Big(upTo).gt(before)) return;
  return `a number above ${before}`;
}

function problem(
  path: PropertyKey[],
  amount: string | undefined,
  allowed: string,
): z.core.$ZodRawIssue {
  const input = amount === undefined ? undefined : new Big(amount);
  return { code: 'custom', path, input, message: `expected ${allowed}` };
}
