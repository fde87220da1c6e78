/** Amounts in a config: a number, or a Big where a number would lose digits of it. They yield plain decimal notation. */
import Big from 'big.js';
import * as z from 'zod';

export const aNumberFrom0 = 'a number from 0 on';

/** A limit or the end of a tier: whatever is divided by it can still be told, stored and read back. */
const LEAST_LIMIT = 1e-6;
/** A price of one byte may be that small. */
const LEAST_PRICE = 1e-15;
const MOST = 1e15;
const MOST_DIGITS = 30;

/** At least 0.000001. */
export const amountAbove0 = amount((value) => {
  return isNumber(value) && Number(value) > 0
    ? outOfBounds(value, LEAST_LIMIT)
    : 'a number above 0';
}).meta({ type: 'number', minimum: LEAST_LIMIT, maximum: MOST });

/** 0, or at least 1e-15. */
export const amountFrom0 = amount((value) => {
  if (!isNumber(value) || Number(value) < 0) return aNumberFrom0;
  return new Big(value).eq(0) ? undefined : outOfBounds(value, LEAST_PRICE);
}).meta({ type: 'number', minimum: 0, maximum: MOST });

/** `problemOf` says what a value has to be if it is not. */
function amount(problemOf: (value: unknown) => string | undefined) {
  return z
    .custom<number | Big>((value) => problemOf(value) === undefined, {
      error: ({ input }) => `expected ${problemOf(input)}`,
    })
    .transform((value) => new Big(value).abs().toFixed());
}

function isNumber(value: unknown): value is number | Big {
  return typeof value === 'number' || value instanceof Big;
}

/** What the amount has to be if it is too large, too small or too long to be worked with. */
function outOfBounds(value: number | Big, least: number): string | undefined {
  const exact = new Big(value);
  if (exact.lt(least) || exact.gt(MOST)) {
    return `a number from ${numberText(least)} to ${numberText(MOST)}`;
  }
  return exact.c.length > MOST_DIGITS ? `a number of at most ${MOST_DIGITS} digits` : undefined;
}

/** A number as people write it: `0.000001`, `1000`, `1e15`. */
export function numberText(value: number): string {
  return value < 1e9 ? String(value) : value.toExponential().replace('+', '');
}
