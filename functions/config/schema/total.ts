/** A total: a budget over several accounts, of any providers, in one currency. `<root>/totals/<name>` holds its JSON. */
import type { Big } from 'big.js';
import * as z from 'zod';
import { PERIODS, type Per, TOTALS, type Weekday } from '../account.ts';
import { type Parsed, parseConfig } from '../config-error.ts';
import { Decimal } from '../decimal.ts';
import { readJsonObject, unlike } from '../json.ts';
import type { Parameter } from '../parameter-store.ts';
import type { Problem } from '../problem.ts';
import { currency, mutedBecause, mutedUntil, timeZone } from './account.ts';
import { forecast, startsOn, startsOnFitsPer, thresholds } from './budget.ts';
import { amountAbove0 } from './price.ts';

export interface TotalConfig {
  /** Above 0, in `currency`; exact decimal. */
  readonly limit: string;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly per: Exclude<Per, 'hour'>;
  /** `northflank/acme`, `northflank/*`, or `*` for all. */
  readonly accounts: readonly string[];
  /** Percent of the limit, ascending, each once. */
  readonly thresholds: readonly number[];
  /** IANA zone in which periods begin. */
  readonly timeZone: string;
  readonly startsOn?: number | Weekday;
  /** What one unit of a currency is in `currency`, by its code; instead of the reference rates. Exact decimals. */
  readonly rates: Readonly<Record<string, string>>;
  /** Whether an alert fires when the forecast is over the limit; absent: it does. */
  readonly forecast?: boolean;
  /** Epoch milliseconds. */
  readonly mutedUntil?: number;
  /** Why it is muted, for people. */
  readonly mutedBecause?: string;
}

const aPattern = {
  error: 'an account such as "northflank/acme", all of a provider such as "northflank/*", or "*"',
};
const someAccounts = { error: '1 to 200 accounts' };
const aRate = { error: 'a decimal above 0 as a string or number, such as "0.0113"' };
const aCurrencyKey = { error: 'ISO 4217 codes in upper case as keys, such as "INR"' };
const totalPers = PERIODS.filter((per) => per !== 'hour');
const perExpected = `${totalPers.map((per) => `"${per}"`).join(', ')}, as a total is kept by the day`;

/** A rate of a currency such as the rupiah is small: as many digits as a price may have. */
const rate = z
  .custom<number | string | Big>(isRate, aRate)
  .transform((value) => new Decimal(String(value)).toFixed())
  .meta({ anyOf: [{ type: 'number', exclusiveMinimum: 0 }, { type: 'string' }] });

function isRate(value: unknown): boolean {
  const isDecimal = typeof value === 'string' && /^\d{1,15}(\.\d{1,15})?$/.test(value);
  if (!isDecimal && typeof value !== 'number' && !(value instanceof Decimal)) return false;
  return Number.isFinite(Number(String(value))) && Number(String(value)) > 0;
}

export const totalSchema = z
  .strictObject({
    $schema: z.string().exactOptional().describe('Address of the JSON schema, for editors.'),
    limit: amountAbove0.describe('In `currency`.'),
    currency: currency.describe('ISO 4217 code; the others are converted to it.'),
    per: z
      .enum(totalPers, {
        error: ({ input }) => (input === 'hour' ? `one of ${perExpected}` : undefined),
      })
      .describe('The period of the limit.'),
    accounts: z
      .array(z.string(aPattern).regex(/^(\*|[\w-]+\/(\*|[\w.-]+))$/, aPattern), someAccounts)
      .min(1)
      .max(200)
      .prefault(['*'])
      .describe('Accounts, all of a provider such as `northflank/*`, or all: `*`.'),
    thresholds,
    timeZone: timeZone.prefault('UTC').describe('IANA time zone; periods start at midnight there.'),
    startsOn,
    rates: z
      .record(z.string().regex(/^[A-Z]{3}$/, aCurrencyKey), rate)
      .prefault({})
      .describe('What one unit of a currency is in `currency`, instead of reference rates.'),
    forecast,
    mutedUntil: mutedUntil.exactOptional().describe('Mutes the total until then.'),
    mutedBecause: mutedBecause.exactOptional().describe('Why.'),
  })
  .check(startsOnFitsPer)
  .transform(({ $schema: _, ...total }): TotalConfig => total);

/** As it is in Parameter Store. */
export interface Total {
  /** `all` of `/cost-alerts/totals/all`. */
  readonly name: string;
  readonly parameter: string;
  readonly version: number;
  /** Absent where it is invalid. */
  readonly config?: TotalConfig;
  /** None where it is valid. */
  readonly problems: readonly Problem[];
}

/** Every total below the root, in the order of the parameters, valid or not. */
export function readTotals(parameters: readonly Parameter[], root: string): Total[] {
  const folder = `${root}/${TOTALS}/`;
  return parameters
    .filter(({ name }) => name.startsWith(folder))
    .map((one) => readTotal(one, root));
}

export function readTotal(parameter: Parameter, root: string): Total {
  const { name, version } = parameter;
  const leaf = name.slice(`${root}/${TOTALS}/`.length);
  const parsed = parseTotal(parameter, leaf);
  const identity = { name: leaf, parameter: name, version };
  if ('value' in parsed) return { ...identity, config: parsed.value, problems: [] };
  return { ...identity, problems: parsed.problems.map((one) => ({ ...one, parameter: name })) };
}

function parseTotal(parameter: Parameter, leaf: string): Parsed<TotalConfig> {
  if (!/^[\w.-]{1,64}$/.test(leaf)) {
    return unlike('a name of 1 to 64 letters, digits, "_", "." and "-"', JSON.stringify(leaf));
  }
  const json = readJsonObject(parameter);
  if ('problems' in json) return json;
  return parseConfig(totalSchema, json.value, { secure: parameter.type === 'SecureString' });
}
