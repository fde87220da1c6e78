/**
 * A row of Northflank's usage list, read by field name in both versions of the contract that are in use. The older
 * one says cents and the newer one decimal units, which makes reading the wrong one a silent error of 100 times.
 */
import { Big } from 'big.js';
import * as z from 'zod';
import { addUnexpected } from './schema-problem.ts';

/** What a price object says, in units of the row's currency. */
export interface Price {
  readonly total?: Big;
  /** By field name: `cpu`. */
  readonly parts: Readonly<Record<string, Big>>;
}

export interface BilledHour {
  /** Epoch milliseconds of the full hour. */
  readonly start: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** From the fields of the newer contract; a category without any amount is left out. */
  readonly current: {
    readonly total?: Big;
    readonly paas?: Price;
    readonly byoc?: Price;
    readonly egressIp?: Price;
    readonly loadBalancer?: Price;
  };
  /** From the fields of the older contract, converted from cents. */
  readonly legacy: { readonly paas?: Price; readonly byoc?: Price };
}

const HOUR_SECONDS = 3600;
const CURRENCY = /^[a-z]{3}$/i;
const DECIMAL = /^-?\d{1,100}(\.\d{1,100})?(e[+-]?\d{1,3})?$/i;
/** No bill comes near it, and beyond it plain notation may exhaust the memory. */
const BELOW = new Big('1e12');
const MOST_DECIMALS = 100;
/** 2001 to 2286: milliseconds instead of seconds would otherwise be a row outside of every window. */
const EARLIEST_SECONDS = new Big('1e9');
const LATEST_SECONDS = new Big('1e10');

/** Missing and null are the same: every usage field is optional. */
const amount = z.unknown().transform(toAmount).nullish();

const price = z
  .looseObject({
    total: amount,
    cpu: amount,
    memory: amount,
    storage: amount,
    gpu: amount,
    vcpu: amount,
    gpuMemory: amount,
    cluster: amount,
  })
  .transform(({ total, ...fields }) => priceOf(total, fields));

const category = z
  .looseObject({ price: price.nullish() })
  .nullish()
  .transform((value) => value?.price ?? undefined);

const row = z.looseObject({
  timestamp: z.unknown().transform(toHourStart),
  currency: z.unknown().transform(toCurrency).nullish(),
  total: amount,
  paas: category,
  byoc: category,
  egressIp: category,
  loadBalancer: category,
  paasUsage: category,
  byocUsage: category,
});

/** A whole page of rows; a malformed one is an issue with its path. Rows without a currency are in US dollars. */
export const billedHours = z.array(row.transform(toBilledHour));

function toBilledHour(fields: z.output<typeof row>): BilledHour {
  const { total, paas, byoc, egressIp, loadBalancer } = fields;
  return {
    start: fields.timestamp,
    currency: fields.currency ?? 'USD',
    current: {
      ...(total && { total }),
      ...(paas && { paas }),
      ...(byoc && { byoc }),
      ...(egressIp && { egressIp }),
      ...(loadBalancer && { loadBalancer }),
    },
    legacy: {
      ...(fields.paasUsage && { paas: fromCents(fields.paasUsage) }),
      ...(fields.byocUsage && { byoc: fromCents(fields.byocUsage) }),
    },
  };
}

/** Undefined without any amount. A field that is not known yet counts as a part if it holds a number. */
function priceOf(
  total: Big | null | undefined,
  fields: Readonly<Record<string, unknown>>,
): Price | undefined {
  const parts = Object.entries(fields).filter((field): field is [string, Big] => isBig(field[1]));
  if (!total && parts.length === 0) return undefined;
  return { ...(total && { total }), parts: Object.fromEntries(parts) };
}

function fromCents({ total, parts }: Price): Price {
  const converted = Object.entries(parts).map(([name, cents]) => [name, cents.times('0.01')]);
  return { ...(total && { total: total.times('0.01') }), parts: Object.fromEntries(converted) };
}

function toAmount(value: unknown, context: z.RefinementCtx): Big {
  const exact = exactNumber(value);
  if (exact?.abs().lt(BELOW) && decimalsOf(exact) <= MOST_DECIMALS) return exact;
  return addUnexpected(context, 'an amount below a trillion', value);
}

function toCurrency(value: unknown, context: z.RefinementCtx): string {
  if (typeof value === 'string' && CURRENCY.test(value)) return value.toUpperCase();
  return addUnexpected(context, 'an ISO 4217 currency code', value);
}

/** Floored, as the API's hours are floats and not always whole. */
function toHourStart(value: unknown, context: z.RefinementCtx): number {
  const seconds = exactNumber(value);
  if (seconds?.gte(EARLIEST_SECONDS) && seconds.lt(LATEST_SECONDS)) {
    return Math.floor(seconds.toNumber() / HOUR_SECONDS) * HOUR_SECONDS * 1000;
  }
  return addUnexpected(context, 'Unix seconds', value);
}

function exactNumber(value: unknown): Big | undefined {
  if (isBig(value)) return value;
  return typeof value === 'string' && DECIMAL.test(value) ? new Big(value) : undefined;
}

/** Digits after the decimal point, without trailing zeros. */
export function decimalsOf(value: Big): number {
  return Math.max(0, value.c.length - value.e - 1);
}

function isBig(value: unknown): value is Big {
  return value instanceof Big;
}
