import * as z from 'zod';
import {
  type BalanceBudget,
  type Budget,
  PERIODS,
  type Per,
  WEEKDAYS,
  type Weekday,
} from '../account.ts';
import { oneOf } from '../config-error.ts';
import type { ConfigRules } from '../config-rules.ts';
import { areLike, type Meter, unitsLike } from '../meter.ts';
import { amountAbove0 } from './price.ts';

const quotedWeekdays = quoted(WEEKDAYS);
const aDayOfTheMonth = 'a day of the month from 1 to 28';
const aStart = { error: `${aDayOfTheMonth}, or a weekday, ${oneOf(quotedWeekdays)}` };
const aThreshold = { error: 'a percentage from 0.01 to 1000' };
const aPercentage = { error: 'a percentage above 1 among them, such as 80, not 0.8' };
const aName = {
  error: '1 to 64 characters, with no "/", control character, or space at either end',
};

const aNumberOfDays = { error: 'a whole number of days from 1 to 90' };

const name = z
  .string(aName)
  .regex(/^(?!\s)[^/\p{Cc}\u2028\u2029]{1,64}(?<!\s)$/u)
  .describe('Name in messages, unique in the account.');

const limit = amountAbove0.describe(
  "In the account's currency; with `measure` `usage`, in `unit`.",
);

/** Percent of a limit, ascending afterwards. */
export const thresholds = z
  .array(z.number(aThreshold).min(0.01).max(1000), { error: '1 to 20 percentages' })
  .min(1)
  .max(20)
  .refine((percents) => percents.length === 0 || percents.some((one) => one > 1), aPercentage)
  .refine((percents) => new Set(percents).size === percents.length, {
    error: 'each percentage once',
  })
  .transform((percents) => percents.toSorted((a, b) => a - b))
  .prefault([80, 100, 150])
  .meta({ uniqueItems: true, contains: { exclusiveMinimum: 1 } })
  .describe(
    'Percentages of the limit; an alert fires when one is crossed, and at each doubling of the highest.',
  );

/** That it fits `per` is `startsOnFitsPer`. */
export const startsOn = z
  .union([z.int(aStart).min(1).max(28), z.enum(WEEKDAYS, aStart)], aStart)
  .exactOptional()
  .describe(
    'First day of the period: a day of the month, 1–28, for `month`, `quarter` and `year`; a weekday for `week`.',
  );

export const forecast = z
  .boolean({ error: 'true or false' })
  .exactOptional()
  .meta({ default: true })
  .describe(
    'Whether an alert fires when the forecast is over the limit; for periods of a week and longer.',
  );

type BudgetRules = Pick<ConfigRules, 'name' | 'meters' | 'bucket' | 'hasBalance'>;

type BudgetCheck = (context: z.core.ParsePayload<Budget>) => void;

interface StartOfPeriod {
  readonly per: Per;
  readonly startsOn?: number | Weekday;
}

/** As it is in the config. */
export type WrittenBalance = Omit<BalanceBudget, 'place'>;

/** One budget of an account; only where the provider has a balance it may be about that. */
export function anyBudgetSchema(rules: BudgetRules): z.ZodType<Budget | WrittenBalance> {
  const limited = budgetSchema(rules);
  return rules.hasBalance ? z.discriminatedUnion('measure', [limited, balanceBudget]) : limited;
}

const balanceBudget = z.strictObject({
  name,
  measure: z.literal('balance').describe('Prepaid credit: alerts before it runs out.'),
  days: z
    .int(aNumberOfDays)
    .min(1, aNumberOfDays)
    .max(90, aNumberOfDays)
    .prefault(7)
    .describe(
      'With `measure` `balance`, in place of `limit` and `per`: fires when the credit lasts this many days or fewer.',
    ),
});

/** One budget with a limit; a unit has to fit its meter, and a start its period. */
export function budgetSchema(rules: BudgetRules) {
  const { meters } = rules;
  return z
    .strictObject({
      name,
      meter: meterId(meters)
        .exactOptional()
        .describe('The meter that is limited. Default: all meters together.'),
      measure: z
        .enum(['cost', 'usage'], { error: ({ input }) => noBalance(input, rules) })
        .prefault('cost')
        .describe('What is limited: the cost, or the quantity of `meter`.'),
      unit: z
        .string({ error: 'a unit such as "GB"' })
        .exactOptional()
        .describe(
          "Unit of the limit, with `measure` `usage` only; it must convert to the meter's.",
        ),
      limit,
      per: perSchema(rules).describe('The period of the limit.'),
      startsOn,
      thresholds,
      forecast,
    })
    .check(startsOnFitsPer, ...(meters.length > 0 ? [usageFitsMeter(meters)] : []));
}

/** Any, where the meters are known by the config only. */
function meterId(meters: readonly Meter[]): z.ZodType<string> {
  return meters.length === 0 ? z.string() : z.enum(meters.map(({ id }) => id));
}

function noBalance(measure: unknown, { name: provider, hasBalance }: BudgetRules) {
  if (measure !== 'balance') return undefined;
  const why = hasBalance ? 'a balance has no replay' : `${provider} has no balance to read`;
  return `"cost" or "usage", as ${why}`;
}

/** A charge belongs to the period in which its bucket starts: of a day, one hour would get all and no other any. */
function perSchema({ name, bucket }: BudgetRules) {
  if (bucket === 'hour') return z.enum(PERIODS);
  const error = `"day" or longer, as ${name} reports usage by the day`;
  return z.enum(
    PERIODS.filter((per) => per !== 'hour'),
    {
      error: ({ input }) => (input === 'hour' ? error : undefined),
    },
  );
}

export function startsOnFitsPer({ value, issues }: z.core.ParsePayload<StartOfPeriod>): void {
  const { per, startsOn } = value;
  if (startsOn === undefined) return;
  const allowed = allowedStart(per);
  if (typeof startsOn === allowed.type) return;
  issues.push(problem('startsOn', startsOn, allowed.text));
}

function allowedStart(per: Per): { readonly type?: string; readonly text: string } {
  if (per === 'hour' || per === 'day') return { text: `nothing with per "${per}"` };
  if (per === 'week') return { type: 'string', text: oneOf(quotedWeekdays) };
  return { type: 'number', text: aDayOfTheMonth };
}

function usageFitsMeter(meters: readonly Meter[]): BudgetCheck {
  return ({ value, issues }) => {
    const { measure, meter, unit } = value;
    if (measure === 'cost') {
      if (unit !== undefined) issues.push(problem('unit', unit, 'no unit with measure "cost"'));
      return;
    }
    const counted = meters.filter((candidate) => candidate.unit !== undefined);
    const meterUnit = counted.find(({ id }) => id === meter)?.unit;
    if (counted.length === 0) {
      issues.push(problem('measure', measure, '"cost", as the provider reports nothing but costs'));
    } else if (meterUnit === undefined) {
      const allowed = oneOf(quoted(counted.map(({ id }) => id)));
      issues.push(problem('meter', meter, `a meter with a unit, ${allowed}, with measure "usage"`));
    } else if (unit === undefined || !areLike(unit, meterUnit)) {
      const allowed = oneOf(quoted(unitsLike(meterUnit)));
      issues.push(problem('unit', unit, `${allowed} with meter "${meter}"`));
    }
  };
}

function problem(key: keyof Budget, input: unknown, allowed: string): z.core.$ZodRawIssue {
  return { code: 'custom', path: [key], input, message: allowed };
}

function quoted(names: readonly string[]): string[] {
  return names.map((name) => `"${name}"`);
}
