/** A budget with the limit and the steps that somebody types: checked as the config is, then played. */
import type { Budget } from '../../config/account.ts';
import { budgetSchema } from '../../config/budget-schema.ts';
import { parseConfig } from '../../config/config-error.ts';
import { parseJson } from '../../config/exact-json.ts';

export interface Typed {
  readonly limit: string;
  /** `50, 80, 100` */
  readonly steps: string;
}

export type TypedBudget = { readonly budget: Budget } | { readonly problem: string };

/** A problem is one line, in the words of the config's own errors: `limit: expected a number above 0, got "x"`. */
export function typedBudget(budget: Budget, { limit, steps }: Typed): TypedBudget {
  const { meter, unit } = budget;
  // What is not typed was checked already, its period too; of the meters only its own matters.
  const meters =
    meter === undefined ? [] : [{ id: meter, kind: 'flow', ...(unit && { unit }) } as const];
  const input = { ...budget, limit: typedValue(limit), steps: listOf(steps) };
  const parsed = parseConfig(budgetSchema({ name: '', bucket: 'hour', meters }), input, {
    secure: false,
  });
  return 'value' in parsed ? { budget: parsed.value } : { problem: parsed.problems.join('; ') };
}

function listOf(text: string): unknown {
  return text
    .split(/[\s,;%]+/)
    .filter((part) => part !== '')
    .map(typedValue);
}

/** A number, exactly as it is typed; any other text is itself. */
function typedValue(text: string): unknown {
  const parsed = parseJson(text.trim());
  return 'value' in parsed && typeof parsed.value !== 'string' ? parsed.value : text;
}
