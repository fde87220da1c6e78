/** Rows of Anthropic's two cost reports. Both say cents, as decimal texts: `"123.45"` is 1.2345 US dollars. */
import * as z from 'zod';
import { DAY_MS } from '../../config/durations.ts';
import {
  type BilledCost,
  type BilledDay,
  billedAmount,
  currencyCode,
  dateOf,
} from '../billed-days.ts';
import { addUnexpected, jsonList, jsonObject } from '../http/json.ts';
import type { Interval } from '../provider.ts';

const DOLLARS_PER_CENT = '0.01';

const instant = z.unknown().transform((value, context): number => {
  const read = z.iso.datetime({ offset: true }).safeParse(value);
  if (read.success) return Date.parse(read.data);
  return addUnexpected(context, 'an instant such as 2026-11-21T00:00:00Z', value);
});

const midnight = instant.transform((at, context): number => {
  if (at % DAY_MS === 0) return at;
  return addUnexpected(context, 'a midnight in UTC', new Date(at).toISOString());
});

const word = z.string({ error: 'expected a text or null' }).nullish();

/** Nobody knows whether a number would be cents, too. */
const cents = z
  .unknown()
  .transform((value, context): unknown =>
    typeof value === 'string' ? value : addUnexpected(context, 'cents as a decimal text', value),
  )
  .pipe(billedAmount);

const money = { amount: cents, currency: currencyCode };

const what = { cost_type: word, token_type: word, model: word };

type What = z.output<z.ZodObject<typeof what>>;

/** Of costs that are no tokens. */
const meterByCostType: ReadonlyMap<string, string> = new Map([
  ['web_search', 'web-search'],
  ['code_execution', 'code-execution'],
  ['session_usage', 'sessions'],
]);

const meterByTokenType: ReadonlyMap<string, string> = new Map([
  ['uncached_input_tokens', 'input'],
  ['output_tokens', 'output'],
  ['cache_read_input_tokens', 'cache-read'],
  ['cache_creation.ephemeral_5m_input_tokens', 'cache-write'],
  ['cache_creation.ephemeral_1h_input_tokens', 'cache-write'],
]);

function meterOf({ cost_type, token_type }: What): string {
  const meter =
    cost_type === 'tokens'
      ? meterByTokenType.get(token_type ?? '')
      : meterByCostType.get(cost_type ?? '');
  return meter ?? 'other';
}

function costOf(row: z.output<z.ZodObject<typeof money>> & What): BilledCost {
  return {
    meter: meterOf(row),
    label: row.model ?? undefined,
    amount: row.amount.times(DOLLARS_PER_CENT),
    currency: row.currency,
  };
}

/** A day that is not longer than one. */
function isDay({ starting_at: start, ending_at: end }: DayBounds): boolean {
  return end > start && end <= start + DAY_MS;
}

interface DayBounds {
  readonly starting_at: number;
  readonly ending_at: number;
}

function addNoDay(context: z.RefinementCtx, { starting_at, ending_at }: DayBounds): never {
  const [from, to] = [starting_at, ending_at].map((at) => new Date(at).toISOString());
  return addUnexpected(context, 'a day in UTC', `${from} to ${to}`);
}

/** What a day cost in one combination of cost type, token type and model. */
interface AnalyticsRow {
  /** Midnight in UTC, epoch milliseconds. */
  readonly start: number;
  readonly combination: string;
  readonly cost: BilledCost;
}

const analyticsRow = jsonObject({
  starting_at: midnight,
  ending_at: instant,
  /** `amount` is after discount, and before credits. */
  cost: jsonObject(money),
  group: jsonObject(what),
}).transform((row, context): AnalyticsRow => {
  if (!isDay(row)) return addNoDay(context, row);
  const { cost_type = null, token_type = null, model = null } = row.group;
  return {
    start: row.starting_at,
    combination: JSON.stringify([cost_type, token_type, model]),
    cost: costOf({ ...row.cost, ...row.group }),
  };
});

export const analyticsPage = jsonObject({
  data: jsonList(analyticsRow),
  data_refreshed_at: instant.nullish(),
});

type AnalyticsPage = z.output<typeof analyticsPage>;

/** How far the data goes by all pages, epoch milliseconds; 0 where one does not say. */
export function refreshedUntil(pages: readonly Pick<AnalyticsPage, 'data_refreshed_at'>[]): number {
  return Math.min(...pages.map(({ data_refreshed_at }) => data_refreshed_at ?? 0));
}

/**
 * Only what cost something has a row: of the `known` time, days without one are known to have cost nothing. What comes
 * twice is a problem, a clause that fits after the provider's name.
 */
export function daysOfRows(
  rows: readonly AnalyticsRow[],
  known: Interval,
): readonly BilledDay[] | { readonly problem: string } {
  const days = new Map<number, Map<string, BilledCost>>();
  for (let start = known.start; start < known.end; start += DAY_MS) days.set(start, new Map());
  for (const { start, combination, cost } of rows) {
    const costs = days.get(start) ?? new Map<string, BilledCost>();
    if (costs.has(combination)) {
      return { problem: `contradicts itself: it answered a cost of ${dateOf(start)} twice` };
    }
    days.set(start, costs.set(combination, cost));
  }
  return [...days].map(([start, costs]) => ({ start, costs: [...costs.values()] }));
}

const costReportDay = jsonObject({
  starting_at: midnight,
  ending_at: instant,
  results: jsonList(jsonObject({ ...money, ...what }).transform(costOf)),
}).transform((day, context): BilledDay => {
  if (!isDay(day)) return addNoDay(context, day);
  return { start: day.starting_at, costs: day.results };
});

export const costReportPage = jsonObject({ data: jsonList(costReportDay) });

/** Of both reports. */
export const REPORT_FIELDS = [
  ...['starting_at', 'ending_at', 'cost', 'group', 'results', 'data_refreshed_at'],
  ...Object.keys(money),
  ...Object.keys(what),
];
