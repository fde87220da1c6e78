/** What makes two budgets, or two versions of one, the same. */
import { createHash } from 'node:crypto';
import type { AccountConfig, Budget } from '../config/account.ts';

/** Equal for budgets that differ in their names only. The usual start of a period is none, written down or not. */
export function definitionOf(budget: Budget): string {
  const { measure, meter, unit, limit, per, startsOn, thresholds } = budget;
  const start = startsOn === 1 || startsOn === 'monday' ? undefined : startsOn;
  return JSON.stringify([measure, meter, unit, limit, per, start, thresholds]);
}

type Surroundings = Pick<AccountConfig, 'timeZone' | 'prices'>;

/** Equal for two versions of a budget that mean the same; its periods start in a zone, and a cost counts by prices. */
export function definitionWithin(budget: Budget, config: Surroundings): string {
  const known = definitions.get(budget);
  if (known?.prices === config.prices && known.timeZone === config.timeZone) return known.text;
  const { timeZone, prices } = config;
  const whole = JSON.stringify([definitionOf(budget), timeZone, pricesOf(budget, prices)]);
  const text = createHash('sha256').update(whole).digest('base64').slice(0, 16);
  definitions.set(budget, { timeZone, prices, text });
  return text;
}

const definitions = new WeakMap<Budget, Surroundings & { readonly text: string }>();

function pricesOf({ measure, meter }: Budget, prices: AccountConfig['prices']): unknown[] {
  if (measure === 'usage') return [];
  return Object.entries(prices)
    .filter(([id]) => meter === undefined || id === meter)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { per, tiers }]) => [id, per, tiers.map(({ upTo, price }) => [upTo, price])]);
}
