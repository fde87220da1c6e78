import * as z from 'zod';
import type { Account, Budget } from '../config/account.ts';
import { costsCanBeKnown } from '../config/budget-prices.ts';
import { budgetSchema } from '../config/budget-schema.ts';
import { parseConfig } from '../config/config-error.ts';
import { parseJson } from '../config/exact-json.ts';
import type { Prices } from '../config/price.ts';
import type { Provider } from '../providers/provider.ts';
import { UsageError } from './usage-error.ts';

export interface TriedBudget {
  /** With the budget in the place of its namesake, else after the others. */
  readonly account: Account;
  readonly budget: Budget;
}

/** The account with one more budget, from the JSON of `--try`. Throws a UsageError in the words of a config's errors. */
export function withTriedBudget(account: Account, json: string, provider: Provider): TriedBudget {
  const budget = readBudget(account, json, provider);
  const { budgets } = account.config;
  const isThere = budgets.some(({ name }) => name === budget.name);
  const tried = isThere
    ? budgets.map((one) => (one.name === budget.name ? budget : one))
    : [...budgets, budget];
  return { budget, account: { ...account, config: { ...account.config, budgets: tried } } };
}

function readBudget({ config }: Account, json: string, provider: Provider): Budget {
  const parsed = parseJson(json);
  if ('problem' in parsed) throw new UsageError(`--try: not JSON, ${parsed.problem}`);
  const { prices, currency } = config;
  const schema = z
    .object({
      prices: z.custom<Prices>(),
      currency: z.string(),
      budgets: z.array(budgetSchema(provider)),
    })
    .check(costsCanBeKnown(provider));
  const input = { prices, currency, budgets: [parsed.value] };
  const read = parseConfig(schema, input, { secure: false });
  const [budget] = 'value' in read ? read.value.budgets : [];
  if (budget !== undefined) return budget;
  const problems = 'problems' in read ? read.problems : [];
  const found = problems.map((line) => line.replace(/^budgets\[0\]\.?(: )?/, ''));
  throw new UsageError(`--try: ${found.join('; ')}`);
}
