/**
 * A row of Northflank's usage list, read by field name in both versions of the contract that are in use. The older
 * one says cents and the newer one decimal units, which makes reading the wrong one an unnoticed error of 100 times.
 */
import type { Big } from 'big.js';
import type * as z from 'zod';
import { Decimal, ZERO } from '../../config/decimal.ts';
import { HOUR_MS } from '../../config/durations.ts';
import { billedAmount, currencyCode, unixSeconds } from '../billed-days.ts';
import { decimalsOf, withoutNoise } from '../exact-number.ts';
import {
  addProblems,
  anyObject,
  isJsonObject,
  type JsonObject,
  jsonList,
  jsonObject,
} from '../http/json.ts';

/** What a price object says, in units of the row's currency. */
interface Price {
  readonly total: Big | undefined;
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
  /** From the fields of the newer contract; a category without any amount is undefined. */
  readonly current: {
    readonly total: Big | undefined;
    readonly paas: Price | undefined;
    readonly byoc: Price | undefined;
    readonly egressIp: Price | undefined;
    readonly loadBalancer: Price | undefined;
  };
  /** From the fields of the older contract, converted from cents. */
  readonly legacy: { readonly paas: Price | undefined; readonly byoc: Price | undefined };
  /** Of categories that are not known here; empty where the row has a total, which they are in. */
  readonly unknown: readonly Price[];
}

/** How the older contract calls a category, after its name: `paasUsage`. */
const LEGACY_NAME = /Usage$/;
/** Of a price. */
const KNOWN_FIELDS = ['total', 'cpu', 'memory', 'storage', 'gpu', 'vcpu', 'gpuMemory', 'cluster'];

/** Missing and null are the same: every usage field is optional. */
const amount = billedAmount.nullish().transform((value) => value ?? undefined);

const price = anyObject.transform(toPrice);

const category = jsonObject({ price: price.nullish() })
  .nullish()
  .transform((value) => value?.price ?? undefined);

const row = jsonObject({
  // Floored, as the API's hours are floats and not always whole.
  timestamp: unixSeconds.transform((at) => Math.floor(at / HOUR_MS) * HOUR_MS),
  currency: currencyCode.nullish(),
  total: amount,
  paas: category,
  byoc: category,
  egressIp: category,
  loadBalancer: category,
  paasUsage: category,
  byocUsage: category,
});

/** Of a row and of the prices in it. */
export const ROW_FIELDS = [...Object.keys(row.out.shape), 'price', ...KNOWN_FIELDS];

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
    current: { total, paas, byoc, egressIp, loadBalancer },
    legacy: { paas: paasUsage && fromCents(paasUsage), byoc: byocUsage && fromCents(byocUsage) },
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
  return { total, parts: amounts };
}

/** What nobody knows may be anything where a total is the sum of all parts. */
function isBesideTheTotal(name: string, { total }: JsonObject): boolean {
  return total !== undefined && total !== null && !KNOWN_FIELDS.includes(name);
}

function fromCents({ total, parts }: Price): Price {
  const converted = [...parts].map(([name, cents]) => [name, cents.times('0.01')] as const);
  return { total: total?.times('0.01'), parts: new Map(converted) };
}

/** Meters that have the names of their fields. */
const paasMeters = ['cpu', 'memory', 'storage', 'gpu'] as const;

/**
 * Costs by meter in the row's currency; 0 for what floats left behind. Where the row's total and its parts differ, the
 * total counts and the difference, which may be below 0, is `other`. Without `includeByoc` the BYOC part is in neither.
 */
export function costsByMeter(hour: BilledHour, includeByoc: boolean): ReadonlyMap<string, Big> {
  const { current, legacy, unknown } = hour;
  const paas = current.paas ?? legacy.paas;
  const byoc = totalOf(current.byoc ?? legacy.byoc) ?? ZERO;
  const costs = new Map(
    paasMeters.map((meter) => [meter as string, paas?.parts.get(meter) ?? ZERO]),
  );
  costs.set('egress-ip', totalOf(current.egressIp) ?? ZERO);
  costs.set('load-balancer', totalOf(current.loadBalancer) ?? ZERO);
  const named = sum(costs.values());
  const parts = [totalOf(paas), ...extrasOf(hour), ...unknown.map(totalOf), byoc];
  const total = current.total ?? sum(parts);
  const counted = includeByoc ? byoc : byocWithin(total, named, hour);
  if (includeByoc) costs.set('byoc', byoc);
  costs.set('other', difference(total, named.plus(counted)));
  return new Map([...costs].map(([meter, cost]) => [meter, withoutNoise(cost)]));
}

/** What has to be taken out of the total of an account to which BYOC does not belong. */
function byocWithin(total: Big, named: Big, { current, legacy }: BilledHour): Big {
  if (current.total === undefined) return totalOf(current.byoc ?? legacy.byoc) ?? ZERO;
  // A team's total may leave out what is the whole customer's: it must not be taken out a second time.
  return difference(total, named).eq(ZERO) ? ZERO : (totalOf(current.byoc) ?? ZERO);
}

/** As float noise grows with what was added up, a total need not be exactly the sum of its parts to have nothing else. */
function difference(total: Big, parts: Big): Big {
  return withoutNoise(total.minus(parts), total);
}

/** What the older contract has no fields for. */
function extrasOf({ current }: BilledHour): readonly (Big | undefined)[] {
  return [totalOf(current.egressIp), totalOf(current.loadBalancer)];
}

/** The price's own total, else the sum of its parts; undefined without a price. */
function totalOf(price: Price | undefined): Big | undefined {
  return price && (price.total ?? sum(price.parts.values()));
}

/** The exact sum; what is missing adds nothing. */
export function sum(amounts: Iterable<Big | undefined>): Big {
  let total = ZERO;
  for (const amount of amounts) total = total.plus(amount ?? ZERO);
  return total;
}

/** What one amount may be in the newer fields, the likeliest first; nothing is compared without that, or the older one. */
interface Comparison {
  readonly what: string;
  readonly current: readonly (Big | undefined)[];
  readonly legacy: Big | undefined;
  /** Default: what rounding it may have made of it. */
  readonly slack?: Big;
}

/** Relative; what is left of money that was computed in floats. */
const FLOAT_NOISE = new Decimal('1e-9');
/** The total, and the three that are taken out of it. */
const ROUNDED_TERMS = '4';

/** Names the first amount that is not the same in both versions; undefined if they agree or only one is there. */
export function versionsProblem(hour: BilledHour, includeByoc: boolean): string | undefined {
  for (const { what, current, legacy, slack } of comparisonsOf(hour, includeByoc)) {
    const [likeliest] = current;
    if (likeliest === undefined || legacy === undefined) continue;
    const within = slack ?? roundingOf(likeliest);
    if (current.some((amount) => amount && isAlike(amount, legacy, within))) continue;
    const cents = legacy.times('100').toFixed();
    return `${what} is ${likeliest.toFixed()} in the newer fields, but ${cents} cents in the older ones`;
  }
  return undefined;
}

function comparisonsOf(hour: BilledHour, includeByoc: boolean): Comparison[] {
  const { current, legacy } = hour;
  const paas = currentPaas(hour);
  const [newer, older] = [current.paas?.parts, legacy.paas?.parts];
  return [
    ...paasMeters.map((what) => ({ what, current: [newer?.get(what)], legacy: older?.get(what) })),
    { what: 'paas total', current: [current.paas?.total], legacy: legacy.paas?.total },
    {
      what: 'byoc total',
      current: [totalOf(current.byoc)],
      // On a team's path it is the whole customer's, and may well differ.
      legacy: includeByoc ? totalOf(legacy.byoc) : undefined,
    },
    {
      // The older contract has no total over all, and it is not known whether its PaaS total holds the extras.
      what: 'paas total',
      current: [paas, paas?.plus(sum(extrasOf(hour))), includeByoc ? undefined : current.total],
      legacy: legacyPaas(hour),
      slack: roundingOf(current.total ?? paas ?? ZERO).times(ROUNDED_TERMS),
    },
  ];
}

function legacyPaas({ current, legacy }: BilledHour): Big | undefined {
  // Next to a total over all, a missing PaaS price means that there was none.
  const missing = current.total && legacy.byoc ? ZERO : undefined;
  return totalOf(legacy.paas) ?? missing;
}

function currentPaas(hour: BilledHour): Big | undefined {
  const { current, legacy } = hour;
  if (current.total === undefined) return totalOf(current.paas);
  const byoc = totalOf(current.byoc ?? legacy.byoc);
  return current.total.minus(sum([byoc, ...extrasOf(hour)]));
}

function isAlike(current: Big, legacy: Big, slack: Big): boolean {
  const noise = current.abs().times(FLOAT_NOISE);
  return current.minus(legacy).abs().lte(slack.plus(noise));
}

/** Half a unit of the last decimal place, of the second one at least: JSON drops the zeros of 12.50. */
function roundingOf(amount: Big): Big {
  return new Decimal(`0.5e-${Math.max(2, decimalsOf(amount))}`);
}

/** Amounts, be they strings; and the hour, whose seconds are not always the same. */
const NOT_IN_LABEL = ['timestamp', 'currency', 'total', 'price', 'usage'];

/** Of a row. The same for every order of its fields, and whether what is null or empty is there or not. */
function labelOf(value: unknown): string {
  if (value instanceof Decimal || value === null) return '';
  if (Array.isArray(value)) return listed('[]', value.map(labelOf));
  if (!isJsonObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([name]) => !NOT_IN_LABEL.includes(name))
    .map(([name, field]) => [JSON.stringify(name), labelOf(field)])
    .filter(([, text]) => text !== '')
    .map((field) => field.join(':'));
  return listed('{}', fields.sort());
}

function listed([open, close]: string, texts: readonly string[]): string {
  return texts.some((text) => text !== '') ? `${open}${texts.join()}${close}` : '';
}
