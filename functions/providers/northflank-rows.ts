/**
 * A row of Northflank's usage list, read by field name in both versions of the contract that are in use. The older
 * one says cents and the newer one decimal units, which makes reading the wrong one a silent error of 100 times.
 */
import { Big } from 'big.js';
import * as z from 'zod';
import { amountWithin, exactNumber } from './exact-number.ts';
import {
  addProblems,
  anyObject,
  isJsonObject,
  type JsonObject,
  jsonList,
  jsonObject,
} from './json-body.ts';
import { labelOf } from './northflank-label.ts';
import { addUnexpected } from './schema-problem.ts';

/** What a price object says, in units of the row's currency. */
export interface Price {
  readonly total?: Big;
  /** By field name: `cpu`. */
  readonly parts: ReadonlyMap<string, Big>;
}

export interface BilledHour {
  /** Epoch milliseconds of the full hour. */
  readonly start: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** What the row says beside amounts: rows of one hour that differ in it are about different things. */
  readonly label: string;
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
  /** Of categories that are not known here; empty where the row has a total, which they are in. */
  readonly unknown: readonly Price[];
}

const HOUR_SECONDS = 3600;
const CURRENCY = /^[a-z]{3}$/i;
/** 2001 to 2286: milliseconds instead of seconds would otherwise be a row outside of every window. */
const EARLIEST_SECONDS = new Big('1e9');
const LATEST_SECONDS = new Big('1e10');
/** How the older contract calls a category, after its name: `paasUsage`. */
const LEGACY_NAME = /Usage$/;
/** Of a price. */
const KNOWN_FIELDS = ['total', 'cpu', 'memory', 'storage', 'gpu', 'vcpu', 'gpuMemory', 'cluster'];

/** No bill comes near a trillion. */
const readAmount = amountWithin({
  expected: 'an amount below a trillion',
  below: new Big('1e12'),
  mostDecimals: 100,
  isNegativeAllowed: true,
});

/** Missing and null are the same: every usage field is optional. */
const amount = z.unknown().transform(readAmount).nullish();

const price = anyObject.transform(toPrice);

const category = jsonObject({ price: price.nullish() })
  .nullish()
  .transform((value) => value?.price ?? undefined);

const row = jsonObject({
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

/** A whole page of rows; the first malformed one is an issue with its path. Rows without a currency are in US dollars. */
export const billedHours = jsonList(anyObject.transform(toBilledHour));

function toBilledHour(json: JsonObject, context: z.RefinementCtx): BilledHour {
  const read = row.safeParse(json);
  if (!read.success) return addProblems(context, read.error, []);
  const { timestamp, currency, total, paas, byoc, egressIp, loadBalancer, ...others } = read.data;
  const { paasUsage, byocUsage, ...unknown } = others;
  return {
    start: timestamp,
    currency: currency ?? 'USD',
    label: labelOf(json),
    current: {
      ...(total && { total }),
      ...(paas && { paas }),
      ...(byoc && { byoc }),
      ...(egressIp && { egressIp }),
      ...(loadBalancer && { loadBalancer }),
    },
    legacy: {
      ...(paasUsage && { paas: fromCents(paasUsage) }),
      ...(byocUsage && { byoc: fromCents(byocUsage) }),
    },
    unknown: total ? [] : pricesIn(unknown, context),
  };
}

function pricesIn(fields: JsonObject, context: z.RefinementCtx): Price[] {
  const prices: Price[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (!isJsonObject(value) || isSaidTwice(name, fields)) continue;
    const read = price.nullish().safeParse(value.price);
    if (!read.success) return addProblems(context, read.error, [name, 'price']);
    if (read.data) prices.push(LEGACY_NAME.test(name) ? fromCents(read.data) : read.data);
  }
  return prices;
}

/** A category that the API has in both versions counts once. */
function isSaidTwice(name: string, fields: JsonObject): boolean {
  return LEGACY_NAME.test(name) && isJsonObject(fields[name.replace(LEGACY_NAME, '')]);
}

/** Undefined without any amount. A field that is not known yet is a part, too. */
function toPrice(json: JsonObject, context: z.RefinementCtx): Price | undefined {
  const amounts = new Map<string, Big>();
  for (const [name, value] of Object.entries(json)) {
    const read = amount.safeParse(value);
    if (read.data) amounts.set(name, read.data);
    if (read.error && !isBesideTheTotal(name, json))
      return addProblems(context, read.error, [name]);
  }
  const total = amounts.get('total');
  amounts.delete('total');
  if (!total && amounts.size === 0) return undefined;
  return { ...(total && { total }), parts: amounts };
}

/** What nobody knows may be anything where a total says what all parts come to. */
function isBesideTheTotal(name: string, { total }: JsonObject): boolean {
  return total !== undefined && total !== null && !KNOWN_FIELDS.includes(name);
}

function fromCents({ total, parts }: Price): Price {
  const converted = [...parts].map(([name, cents]) => [name, cents.times('0.01')] as const);
  return { ...(total && { total: total.times('0.01') }), parts: new Map(converted) };
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
