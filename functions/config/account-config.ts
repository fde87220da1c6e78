import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import type { AccountConfig, Budget } from './account.ts';
import { allowedOrigin } from './base-url.ts';
import { costsCanBeKnown, pricesInForce } from './budget-prices.ts';
import { budgetSchema } from './budget-schema.ts';
import { oneOf } from './config-error.ts';
import type { ConfigRules } from './config-rules.ts';
import { nearest } from './nearest.ts';
import { pricesSchema } from './price-schema.ts';

/**
 * The config of an account at a provider: the provider's own keys beside those that all have. Yields it with its
 * defaults filled in, the limits as exact decimals, and the provider's keys apart.
 */
export function accountConfigSchema(rules: ConfigRules): z.ZodType<AccountConfig> {
  const common = commonSchema(rules);
  const own = Object.keys(rules.options);
  const clash = own.find((key) => Object.hasOwn(common.shape, key));
  if (clash !== undefined) {
    throw new Error(`expected options of ${rules.id} that no config has, got "${clash}"`);
  }
  return z
    .strictObject({ ...rules.options, ...common.shape })
    .check(costsCanBeKnown(rules))
    .transform((config) => accountConfig(rules, own, config));
}

type Common = z.output<ReturnType<typeof commonSchema>>;

function accountConfig(
  rules: ConfigRules,
  own: readonly string[],
  config: Common & Record<string, unknown>,
): AccountConfig {
  const { timeZone, currency, budgets, mutedUntil } = config;
  const options = Object.fromEntries(
    own.filter((key) => Object.hasOwn(config, key)).map((key) => [key, config[key]]),
  );
  const baseUrl = config.baseUrl ?? rules.baseUrl(options);
  return {
    options,
    baseUrl,
    timeZone,
    currency,
    budgets,
    prices: pricesInForce(rules, config),
    ...(mutedUntil !== undefined && { mutedUntil }),
  };
}

function commonSchema(rules: ConfigRules) {
  return z.strictObject({
    $schema: z
      .string()
      .exactOptional()
      .describe('Where an editor finds the schema to check and complete this config with.'),
    baseUrl: baseUrlSchema(rules)
      .exactOptional()
      .describe(
        "Origin of the provider's API, where it is not the usual one; `http` for loopback only.",
      ),
    timeZone: timeZone
      .prefault(rules.dayZone)
      .describe('IANA time zone; periods of budgets start at midnight there.'),
    currency: currency.prefault('USD').describe('ISO 4217 code of the currency of all costs.'),
    budgets: z
      .array(budgetSchema(rules), { error: 'expected an array of budgets, [] for none' })
      .check(namesDiffer)
      .describe('What to tell about; with `[]` only whether the account can still be read.'),
    prices: pricesSchema(rules.meters)
      .prefault({})
      .describe('By meter; instead of list prices, where the provider tells no costs itself.'),
    mutedUntil: mutedUntil
      .exactOptional()
      .describe('Nothing is sent before this moment; then what still holds is told.'),
  });
}

function baseUrlSchema({ hosts }: ConfigRules) {
  const origins = oneOf(hosts.map((host) => `"https://${host}"`));
  const error = `expected ${origins}, or an origin on loopback`;
  return z.string({ error }).transform((text, context) => {
    const origin = allowedOrigin(text, hosts);
    if (origin !== undefined) return origin;
    context.issues.push({ code: 'custom', message: error, input: text });
    return z.NEVER;
  });
}

const timeZone = z
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
  return `expected an IANA time zone such as "${zone}"`;
}

const aCurrency = { error: 'expected an ISO 4217 currency code such as "USD"' };

/** Those in use, as the runtime's ICU data knows them. */
const currencies = new Set(Intl.supportedValuesOf('currency'));

const currency = z
  .string(aCurrency)
  .refine((code) => currencies.has(code.toUpperCase()), aCurrency)
  .meta({ pattern: '^[A-Za-z]{3}$' })
  .transform((code) => code.toUpperCase());

const aMoment = {
  error: 'expected a date and time with Z or an offset, such as "2026-12-01T08:00Z"',
};

/** ISO 8601 with or without seconds; `format: date-time` would be RFC 3339, which wants them. */
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

const mutedUntil = z
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

function namesDiffer({ value, issues }: z.core.ParsePayload<Budget[]>): void {
  const seen = new Set<string>();
  for (const [index, { name }] of value.entries()) {
    if (seen.has(name)) {
      const message = 'expected a name that no budget before it has';
      issues.push({ code: 'custom', path: [index, 'name'], input: name, message });
    }
    seen.add(name);
  }
}
