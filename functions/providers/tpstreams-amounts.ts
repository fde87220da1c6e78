/** Amounts as TPStreams writes them: JSON numbers, and the strings that Django makes of decimals. */
import { Big } from 'big.js';
import type * as z from 'zod';
import { addUnexpected } from './schema-problem.ts';

const DECIMAL = /^-?\d{1,30}(\.\d{1,50})?(e[+-]?\d{1,3})?$/i;
/** An exabyte, if it is bytes: nobody's day comes near it, and beyond it plain notation may exhaust the memory. */
const BELOW = new Big('1e18');
const MOST_DECIMALS = 50;

/** The exact amount of a Big or a numeric string; anything else, or one that cannot be, is an issue. */
export function toAmount(value: unknown, context: z.RefinementCtx): Big {
  const exact = exactNumber(value);
  if (exact?.gte(0) && exact.lt(BELOW) && decimalsOf(exact) <= MOST_DECIMALS) return exact;
  return addUnexpected(context, 'an amount from 0 to below 10^18, or null', value);
}

function exactNumber(value: unknown): Big | undefined {
  if (value instanceof Big) return value;
  return typeof value === 'string' && DECIMAL.test(value) ? new Big(value) : undefined;
}

/** Digits after the decimal point, without trailing zeros. */
function decimalsOf(value: Big): number {
  return Math.max(0, value.c.length - value.e - 1);
}
