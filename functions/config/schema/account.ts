import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import type { AccountConfig, Budget } from '../account.ts';
import { nearest, oneOf } from '../config-error.ts';
import type { ConfigRules } from '../config-rules.ts';
import { soldIn } from '../meter.ts';
import { allowedOrigin } from '../origin.ts';
import { anyBudgetSchema, type WrittenBalance } from './budget.ts';
import { type Prices, pricesSchema } from './price.ts';

/** zod compiles a schema when it first reads with it, which costs more than reading. Changes no result. */
const kept = new WeakMap<ConfigRules, z.ZodType<AccountConfig>>();

/**
 * The config of an account at a provider: the provider's own keys beside those that all have. Yields it with its
 * defaults filled in, the limits as exact decimals, and the provider's keys apart.
 */
export function accountConfigSchema(rules: ConfigRules): z.ZodType<AccountConfig> {
  const schema = kept.get(rules) ?? newSchema(rules);
  kept.set(rules, schema);
  return schema;
}

function newSchema(rules: ConfigRules): z.ZodType<AccountConfig> {
  const common = commonSchema(rules);
  const own = Object.keys(rules.options);
  const clash = own.find((key) => Object.hasOwn(common.shape, key));
  if (clash !== undefined) {
    throw new Error(`expected options of ${rules.id} that no config has, got "${clash}"`);
  }
  return z
    .strictObject({ ...rules.options, ...common.shape })
    .check(costsCanBeKnown(rules), balanceCanBeRead(rules, own), apiIsNamed(rules))
    .transform((config) => accountConfig(rules, own, config));
}

type Common = z.output<ReturnType<typeof commonSchema>>;

function accountConfig(
  rules: ConfigRules,
  own: readonly string[],
  config: Common & Record<string, unknown>,
): AccountConfig {
  const { timeZone, currency, budgets, anomalies, mutedUntil, mutedBecause } = config;
  const options = optionsIn(config, own);
  const baseUrl = config.baseUrl ?? rules.baseUrl(options) ?? '';
  const balances = budgets.flatMap((budget, place) =>
    isBalance(budget) ? { ...budget, place } : [],
  );
  return {
    options,
    baseUrl,
    timeZone,
    currency,
    budgets: budgets.filter((budget) => !isBalance(budget)),
    ...(balances.length > 0 && { balances }),
    prices: pricesInForce(rules, config),
    ...(anomalies !== false && { anomalies }),
    ...(mutedUntil !== undefined && { mutedUntil }),
    ...(mutedBecause !== undefined && { mutedBecause }),
  };
}

function optionsIn(config: Record<string, unknown>, own: readonly string[]) {
  return Object.fromEntries(
    own.filter((key) => Object.hasOwn(config, key)).map((key) => [key, config[key]]),
  );
}

function isBalance(budget: Budget | WrittenBalance): budget is WrittenBalance {
  return budget.measure === 'balance';
}

/** Of meters that are known by the config only. */
const anyPrices = z.record(z.string(), z.unknown()) as unknown as z.ZodType<Prices>;

function commonSchema(rules: ConfigRules) {
  return z.strictObject({
    $schema: z.string().exactOptional().describe('Address of the JSON schema, for editors.'),
    baseUrl: baseUrlSchema(rules)
      .exactOptional()
      .describe(
        "Origin of the provider's API, if it is not the usual one; `http` for loopback only.",
      ),
    timeZone: timeZone
      .prefault(rules.dayZone)
      .describe('IANA time zone; budget periods start at midnight there.'),
    currency: currency.prefault('USD').describe('ISO 4217 code; the currency of all costs.'),
    budgets: z
      .array(anyBudgetSchema(rules), { error: 'an array of budgets, [] for none' })
      .check(namesDiffer)
      .describe(
        'Limits that fire alerts; with `[]` only whether the account is readable is checked.',
      ),
    prices: (rules.meters.length === 0 ? anyPrices : pricesSchema(rules.meters))
      .prefault({})
      .describe(
        'Your prices by meter, instead of list prices; only for meters whose costs the provider does not report.',
      ),
    anomalies: anomalies
      .prefault({})
      .describe('Alerts on days that cost far more than usual; `false` switches them off.'),
    mutedUntil: mutedUntil
      .exactOptional()
      .describe('Mutes the account until then; alerts that still fire are sent afterwards.'),
    mutedBecause: mutedBecause.exactOptional().describe('Why; shown wherever the mute is.'),
  });
}

function anOriginOf({ hosts, isPublicOnly = false }: ConfigRules): string {
  if (hosts.length === 0)
    return 'the origin of a host in "customHosts" of cost-alerts.json, which has none';
  const origins = oneOf(hosts.map((host) => `"https://${host}"`));
  return isPublicOnly ? origins : `${origins}, or an origin on loopback`;
}

/** Some providers have no usual one. */
function apiIsNamed(rules: ConfigRules) {
  return ({ value, issues }: z.core.ParsePayload<Common & Record<string, unknown>>): void => {
    if (value.baseUrl !== undefined || rules.baseUrl(value) !== undefined) return;
    const message = anOriginOf(rules);
    issues.push({ code: 'custom', path: ['baseUrl'], input: undefined, message });
  };
}

function baseUrlSchema(rules: ConfigRules) {
  const error = anOriginOf(rules);
  return z.string({ error }).transform((text, context) => {
    const origin = allowedOrigin(text, rules);
    if (origin !== undefined) return origin;
    context.issues.push({ code: 'custom', message: error, input: text });
    return z.NEVER;
  });
}

/** IANA. */
export const timeZone = z
  .string({ error: aTimeZoneSuchAs('Europe/Berlin') })
  .transform((text, context) => {
    try {
      return new Temporal.ZonedDateTime(0n, text).timeZoneId;
    } catch {
      const zone = nearest(text, Intl.supportedValuesOf('timeZone')) ?? 'Europe/Berlin';
      context.issues.push({ code: 'custom', message: aTimeZoneSuchAs(zone), input: text });
      return z.NEVER;
    }
  });

function aTimeZoneSuchAs(zone: string): string {
  return `an IANA time zone such as "${zone}"`;
}

const aCurrency = { error: 'an ISO 4217 currency code such as "USD"' };

/** Those in use, as the runtime's ICU data knows them. */
const currencies = new Set(Intl.supportedValuesOf('currency'));

/** ISO 4217, in upper case afterwards. */
export const currency = z
  .string(aCurrency)
  .refine((code) => currencies.has(code.toUpperCase()), aCurrency)
  .meta({ pattern: '^[A-Za-z]{3}$' })
  .transform((code) => code.toUpperCase());

const aMoment = {
  error: 'a date and time with Z or an offset, such as "2026-12-01T08:00Z"',
};

/** ISO 8601 with or without seconds; `format: date-time` would be RFC 3339, which wants them. */
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

export const mutedUntil = z
  .string(aMoment)
  .regex(moment, aMoment)
  .transform((text, context) => {
    try {
      return Temporal.Instant.from(text).epochMilliseconds;
    } catch {
      context.issues.push({ code: 'custom', message: aMoment.error, input: text });
      return z.NEVER;
    }
  })
  .meta({ title: 'ISO 8601 date-time' });

export const mutedBecause = z.string({ error: '1 to 200 characters' }).min(1).max(200);

const aMinimum = { error: 'an amount from 0.01 to 1000000' };

const anomalies = z.union(
  [
    z.literal(false),
    z.strictObject({
      minimum: z
        .number(aMinimum)
        .min(0.01)
        .max(1_000_000)
        .prefault(1)
        .describe('Least excess of a day that fires, in the currency.'),
    }),
  ],
  { error: 'false, or an object such as { "minimum": 5 }' },
);

function namesDiffer({ value, issues }: z.core.ParsePayload<(Budget | WrittenBalance)[]>): void {
  const seen = new Set<string>();
  for (const [index, { name }] of value.entries()) {
    if (seen.has(name)) {
      const message = 'a name that no budget before it has';
      issues.push({ code: 'custom', path: [index, 'name'], input: name, message });
    }
    seen.add(name);
  }
}

type PricingRules = Pick<ConfigRules, 'meters' | 'defaultPrices'>;

interface PricedConfig {
  /** Those that the config has itself. */
  readonly prices: Prices;
  readonly currency: string;
  readonly budgets: readonly (Budget | WrittenBalance)[];
}

/** The config's own prices, and list prices for the other meters; none in another currency than the account's. */
function pricesInForce(
  { defaultPrices }: PricingRules,
  { prices, currency }: Omit<PricedConfig, 'budgets'>,
): Prices {
  return { ...(defaultPrices?.currency === currency && defaultPrices.prices), ...prices };
}

/** A budget of costs needs a meter of which the cost can be known, or how much is used would never be. */
export function costsCanBeKnown(rules: PricingRules) {
  return ({ value, issues }: z.core.ParsePayload<PricedConfig>): void => {
    // They are known by the config only, and it does not say which.
    if (rules.meters.length === 0) return;
    const known = metersWithCosts(rules, value);
    const isUnknown = ({ measure, meter }: Budget) =>
      measure === 'cost' && (meter === undefined ? known.length === 0 : !known.includes(meter));
    for (const [index, budget] of value.budgets.entries()) {
      if (isBalance(budget) || !isUnknown(budget)) continue;
      const { meter } = budget;
      const path = ['budgets', index, meter === undefined ? 'measure' : 'meter'];
      const message = missingPrice(rules, value, meter);
      issues.push({ code: 'custom', path, input: meter ?? 'cost', message });
    }
  };
}

/** Of a provider whose accounts have a balance, one that is set up otherwise may have none. */
function balanceCanBeRead(rules: ConfigRules, own: readonly string[]) {
  return ({ value, issues }: z.core.ParsePayload<Common & Record<string, unknown>>): void => {
    if (rules.hasBalance?.(optionsIn(value, own)) !== false) return;
    for (const [index, { measure }] of value.budgets.entries()) {
      if (measure !== 'balance') continue;
      const message = `"cost" or "usage", as this ${rules.name} account has no balance to read`;
      issues.push({ code: 'custom', path: ['budgets', index, 'measure'], input: measure, message });
    }
  };
}

/** Ids of the meters of which the provider reports the cost itself or there is a price. */
function metersWithCosts(rules: PricingRules, config: PricedConfig): string[] {
  const prices = pricesInForce(rules, config);
  return rules.meters
    .filter(({ id, unit }) => unit === undefined || Object.hasOwn(prices, id))
    .map(({ id }) => id);
}

function missingPrice(
  { meters, defaultPrices }: PricingRules,
  { currency }: PricedConfig,
  meter: string | undefined,
): string {
  const priceable = meters.filter((one) => soldIn(one) !== undefined).map(({ id }) => id);
  if (meter !== undefined && !priceable.includes(meter))
    return 'a meter that has a cost of its own';
  const missing = oneOf((meter === undefined ? priceable : [meter]).map((id) => `prices.${id}`));
  const instead = meter === undefined ? '"usage" of one meter' : 'a meter with a price';
  const why =
    defaultPrices === undefined || defaultPrices.currency === currency
      ? ''
      : `, as list prices are in ${defaultPrices.currency} and the account's currency is ${currency}`;
  return `${instead}, or ${missing}${why}`;
}
