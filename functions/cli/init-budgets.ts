/** The budgets of `init`: as the flags have them, or one that is asked for. */
import { type AccountDraft, type ConfigObject, unbudgeted } from './account-draft.ts';
import {
  amountOf,
  askBudget,
  type Suggest,
  suggestionFor,
  suggestionLine,
} from './budget-question.ts';
import type { InitSession } from './init-session.ts';
import { withProgress } from './output.ts';
import { UsageError } from './usage-error.ts';

const suggested = 'suggested';

/** The limit that is still to be found does not matter to the check of everything else. */
export function checkable(budgets: readonly ConfigObject[] | undefined): readonly ConfigObject[] {
  return (budgets ?? []).map((one) => (one.limit === suggested ? { ...one, limit: 1 } : one));
}

/** Throws a UsageError where a limit was to be suggested and none can be. */
export async function withBudgets(
  draft: AccountDraft,
  given: readonly ConfigObject[] | undefined,
  { options, asker, cli, suggest: find, say }: InitSession,
): Promise<AccountDraft> {
  const base = unbudgeted(draft);
  const deps = { provider: draft.provider, now: cli.now(), signal: cli.signal };
  const suggest: Suggest = (account, budget) =>
    withProgress(cli, 'Playing what was used before', () => find(account, budget, deps));
  if (given === undefined && asker !== undefined) {
    const asked = await askBudget(base, { asker, ...(options.test && { suggest }) });
    return { ...draft, config: { ...draft.config, budgets: asked === undefined ? [] : [asked] } };
  }
  const budgets: ConfigObject[] = [];
  for (const one of given ?? []) {
    budgets.push(one.limit === suggested ? await limited(base, one, { suggest, say }) : one);
  }
  return { ...draft, config: { ...draft.config, budgets } };
}

async function limited(
  draft: AccountDraft,
  budget: ConfigObject,
  { suggest, say }: { readonly suggest: Suggest } & Pick<InitSession, 'say'>,
): Promise<ConfigObject> {
  const found = await suggestionFor(draft, budget, suggest);
  if (found?.quietLimit === undefined) {
    const why = found === undefined ? '' : `: ${suggestionLine(draft, budget, found)}`;
    throw new UsageError(`--limit: none can be suggested; give an amount${why}`);
  }
  say(suggestionLine(draft, budget, found));
  return { ...budget, limit: amountOf(found.quietLimit) };
}
