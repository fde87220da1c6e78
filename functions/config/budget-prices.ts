/** Which prices hold for an account, and whether its budgets have those that they need. */
import type * as z from 'zod';
import type { Budget } from './account.ts';
import { oneOf } from './config-error.ts';
import type { ConfigRules } from './config-rules.ts';
import { type Prices, soldIn } from './price.ts';

type PricingRules = Pick<ConfigRules, 'meters' | 'defaultPrices'>;

interface PricedConfig {
  /** Those that the config has itself. */
  readonly prices: Prices;
  readonly currency: string;
  readonly budgets: readonly Budget[];
}

/** The config's own prices, and list prices for the other meters; none in another currency than the account's. */
export function pricesInForce(
  { defaultPrices }: PricingRules,
  { prices, currency }: Omit<PricedConfig, 'budgets'>,
): Prices {
  return { ...(defaultPrices?.currency === currency && defaultPrices.prices), ...prices };
}

/** A budget of costs needs a meter of which the cost can be known, or what it stands at would never be. */
export function costsCanBeKnown(rules: PricingRules) {
  return ({ value, issues }: z.core.ParsePayload<PricedConfig>): void => {
    const known = metersWithCosts(rules, value);
    const isUnknown = ({ measure, meter }: Budget) =>
      measure === 'cost' && (meter === undefined ? known.length === 0 : !known.includes(meter));
    for (const [index, budget] of value.budgets.entries()) {
      if (!isUnknown(budget)) continue;
      const { meter } = budget;
      const path = ['budgets', index, meter === undefined ? 'measure' : 'meter'];
      const message = missingPrice(rules, value, meter);
      issues.push({ code: 'custom', path, input: meter ?? 'cost', message });
    }
  };
}

/** Ids of the meters of which the provider tells the cost itself or there is a price. */
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
  const missing = oneOf((meter === undefined ? priceable : [meter]).map((id) => `prices.${id}`));
  const instead = meter === undefined ? '"usage" of one meter' : 'a meter with a price';
  const why =
    defaultPrices === undefined || defaultPrices.currency === currency
      ? ''
      : `, as list prices are in ${defaultPrices.currency} and the account's currency is ${currency}`;
  return `expected ${instead}, or ${missing}${why}`;
}
