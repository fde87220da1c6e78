/** What is wrong with budgets that are valid: only what can be said for certain from the parameters alone. Pure. */
import { definitionOf } from '../alerts/definition.ts';
import type { Account, AccountConfig, Budget } from '../config/account.ts';
import { type Price, type Prices, soldIn } from '../config/price.ts';
import type { Meter, Provider } from '../providers/provider.ts';
import type { Finding } from './finding.ts';

type BudgetProvider = Pick<Provider, 'meters' | 'uncounted'>;

interface Watched {
  readonly config: Pick<AccountConfig, 'budgets' | 'prices' | 'options'>;
  readonly provider: BudgetProvider;
}

/** Of one budget; undefined where there is nothing to say. `key` is within the budget. */
type Look = (budget: Budget, watched: Watched) => { key: string; message: string } | undefined;

/** The first two say why a budget never tells anything; what follows would only repeat it. */
const looks: readonly Look[] = [neverCounted, alwaysFree, leavesOut];

export function budgetFindings(
  { config, parameter }: Pick<Account, 'parameter'> & { readonly config: Watched['config'] },
  provider: BudgetProvider,
): Finding[] {
  const watched = { config, provider };
  return config.budgets.flatMap((budget, index) => {
    const found = looks.map((look) => look(budget, watched)).find((one) => one !== undefined);
    const problems = [found, sameAsBefore(config.budgets, index)];
    return problems
      .filter((problem) => problem !== undefined)
      .map(({ key, message }) => ({
        parameter,
        path: `budgets[${index}].${key}`,
        message,
        severity: 'warning' as const,
      }));
  });
}

function neverCounted({ meter }: Budget, { config, provider }: Watched) {
  const why = meter === undefined ? undefined : provider.uncounted?.(config.options)[meter];
  if (why === undefined) return undefined;
  return {
    key: 'meter',
    message: `no step can be reached: ${meter} never has any cost, as ${why}`,
  };
}

/** A cost comes from the provider itself only where a meter has no unit; everything else costs its price. */
function alwaysFree({ measure, meter, steps }: Budget, { config, provider }: Watched) {
  if (measure === 'usage') return undefined;
  const counted = countedMeters(meter, provider);
  const isFree = counted.every(
    ({ id, unit }) => unit !== undefined && isZeroOrNone(config.prices[id]),
  );
  if (!isFree) return undefined;
  const priced = counted.filter(({ id }) => Object.hasOwn(config.prices, id)).map(({ id }) => id);
  const which = steps.length === 1 ? 'its step can never' : 'none of its steps can';
  const why =
    priced.length === 1
      ? `the price of ${listed(priced)} is 0, so its cost is always 0`
      : `the prices of ${listed(priced)} are 0, so their cost is always 0`;
  return {
    key: 'steps',
    message: `${which} be reached: ${why}; give a price above 0, or limit the usage`,
  };
}

function isZeroOrNone(price: Price | undefined): boolean {
  return price === undefined || price.tiers.every((tier) => Number(tier.price) === 0);
}

function leavesOut({ measure, meter }: Budget, { config, provider }: Watched) {
  if (measure === 'usage' || meter !== undefined) return undefined;
  const unpriced = provider.meters.filter((one) => isUnpriced(one, config.prices));
  if (unpriced.length === 0) return undefined;
  const names = unpriced.map(({ id }) => id);
  const missing = names.map((id) => `prices.${id}`);
  const why =
    names.length === 1
      ? `${listed(names)} costs, as it has no price`
      : `${listed(names)} cost, as they have no price`;
  return {
    key: 'measure',
    message: `leaves out what ${why}; give ${listed(missing)}, 0 where nothing is charged, or limit ${names.length === 1 ? 'it' : 'them'} by usage`,
  };
}

function isUnpriced(meter: Meter, prices: Prices): boolean {
  return soldIn(meter) !== undefined && !Object.hasOwn(prices, meter.id);
}

function sameAsBefore(budgets: readonly Budget[], index: number) {
  const budget = budgets[index] as Budget;
  const first = budgets.findIndex((other) => definitionOf(other) === definitionOf(budget));
  if (first === index) return undefined;
  const name = JSON.stringify(budgets[first]?.name);
  return {
    key: 'name',
    message: `is the same as budgets[${first}], ${name}, so that everything is told twice; remove one of them`,
  };
}

function countedMeters(meter: string | undefined, { meters }: BudgetProvider): readonly Meter[] {
  return meters.filter(({ id }) => meter === undefined || id === meter);
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
