/** Numbers of a provider's answer, exact: JSON numbers, and the strings that some make of decimals. */
import type { Big } from 'big.js';
import type * as z from 'zod';
import { Decimal, ZERO } from '../config/decimal.ts';
import { addUnexpected } from './http/json.ts';

/** What an amount may be: beyond it, its plain notation may exhaust the memory. */
interface Bounds {
  /** As it stands after "expected" in an error. */
  readonly expected: string;
  readonly below: Big;
  readonly mostDecimals: number;
  readonly isNegativeAllowed: boolean;
}

const DECIMAL = /^-?\d{1,100}(\.\d{1,100})?(e[+-]?\d{1,3})?$/i;
/**
 * What is left of sums and differences in doubles is some 1e-16 of the amounts. The smallest list price that is known
 * here, 0.0000025, of a millionth of its unit is 2.5e-12, and a year of hours loses less than 1e-8 by it.
 */
const NOISE = new Decimal('1e-12');

/** The exact value of a JSON number or a numeric string. */
export function exactNumber(value: unknown): Big | undefined {
  if (value instanceof Decimal) return value;
  return typeof value === 'string' && DECIMAL.test(value) ? new Decimal(value) : undefined;
}

/** No name or cursor that is a number comes near. */
const MOST_OF_A_NAME = new Decimal('1e30');

/** A text as it is, and a number of a text's length as digits: `1e999999999` would take all memory. */
export function nameIn(value: unknown): string | undefined {
  if (!(value instanceof Decimal)) return typeof value === 'string' ? value : undefined;
  const isShort = value.abs().lt(MOST_OF_A_NAME) && decimalsOf(value) <= 30;
  return isShort ? value.toFixed() : undefined;
}

/** Reads an amount; what is none, or is out of bounds, is an issue. */
export function amountWithin({ expected, below, mostDecimals, isNegativeAllowed }: Bounds) {
  return (value: unknown, context: z.RefinementCtx): Big => {
    const exact = exactNumber(value);
    const isWithin = exact?.abs().lt(below) && (isNegativeAllowed || exact.gte(ZERO));
    if (!exact || !isWithin) return addUnexpected(context, expected, value);
    if (decimalsOf(exact) <= mostDecimals) return exact;
    return addUnexpected(context, `${expected}, with at most ${mostDecimals} decimals`, value);
  };
}

/** Digits after the decimal point, without trailing zeros. */
export function decimalsOf(value: Big): number {
  return Math.max(0, value.c.length - value.e - 1);
}

/** 0 for what computing in floats left behind, be it of amounts as large as `beside`; anything else as it is. */
export function withoutNoise(amount: Big, beside: Big = ZERO): Big {
  const noise = beside.abs().gt('1') ? NOISE.times(beside.abs()) : NOISE;
  return amount.abs().lt(noise) ? ZERO : amount;
}

/** A sum of decimals, exact. The parts of most are whole numbers that a float holds: a Big for each took half of the time. */
export interface ExactSum {
  whole: number;
  /** In units of 1e-15; less than one. */
  fraction: number;
  others: Big;
}

/** 15 digits each. */
const TWO_FLOATS = /^\d{1,15}(\.\d{1,15})?$/;
const ONE = 1e15;

/** The sum itself, which is changed, with a decimal of 0 or more, as `new Big` takes it. */
export function addedExactly(
  sum: ExactSum = { whole: 0, fraction: 0, others: ZERO },
  decimal: string,
): ExactSum {
  if (!TWO_FLOATS.test(decimal)) {
    sum.others = sum.others.plus(decimal);
    return sum;
  }
  const point = decimal.indexOf('.');
  sum.whole += Number(point < 0 ? decimal : decimal.slice(0, point));
  if (point >= 0) sum.fraction += Number(decimal.slice(point + 1).padEnd(15, '0'));
  if (sum.fraction >= ONE) {
    sum.fraction -= ONE;
    sum.whole += 1;
  }
  if (sum.whole >= ONE) {
    sum.others = sum.others.plus(String(sum.whole));
    sum.whole = 0;
  }
  return sum;
}

export function totalOf({ whole, fraction, others }: ExactSum): Big {
  return new Decimal(`${fraction}e-15`).plus(String(whole)).plus(others);
}
