/** The first budget of an account: what there is to watch, and the questions that make a budget of it. */
import type { Account, Budget } from '../config/account.ts';
import { parseJson } from '../config/exact-json.ts';
import type { Provider } from '../providers/provider.ts';
import { type AccountDraft, type ConfigObject, judge, unbudgeted } from './account-draft.ts';
import type { Asker, Choice } from './asker.ts';

export interface SuggestedLimit {
  /** The tightest limit with which nothing would have been told; exact decimal. */
  readonly quietLimit?: string;
  /** The tightest one with which one notice would have been told. */
  readonly onceLimit?: string;
  /** What they are from, as a sentence begins: `Over the last 90 days`. */
  readonly basis: string;
}

/** Undefined where nothing can be said. */
export type SuggestLimit = (
  account: Account,
  budget: Omit<Budget, 'limit'>,
  deps: SuggestionDeps,
) => Promise<SuggestedLimit | undefined>;

export interface SuggestionDeps {
  readonly provider: Provider;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Of a budget without a limit, which plays no part in it. */
export type Suggest = (
  account: Account,
  budget: Omit<Budget, 'limit'>,
) => Promise<SuggestedLimit | undefined>;

const pers = ['month', 'week', 'day', 'quarter', 'year', 'hour'] as const;

/** Undefined for no budget yet. `draft` is valid as it is; without `suggest` no limit is offered. */
export async function askBudget(
  draft: AccountDraft,
  { asker, suggest }: { readonly asker: Asker; readonly suggest?: Suggest },
): Promise<ConfigObject | undefined> {
  const none = { value: undefined, name: 'Nothing yet, only whether it can be read' };
  const what = await asker.choice('What is to be watched?', [...watchable(draft), none]);
  if (what === undefined) return undefined;
  const per = await asker.choice(
    'Limited per',
    pers
      .filter((per) => per !== 'hour' || draft.provider.bucket === 'hour')
      .map((value) => ({ value, name: value })),
  );
  const named = what.meter ?? 'everything';
  const name = await asker.text(
    'Name of the budget',
    (answer) => problemIn(draft, { ...what, per, limit: 1, name: answer }, 'name'),
    named,
  );
  const budget = { name, ...what, per };
  const suggested = suggest && (await suggestionFor(draft, budget, suggest));
  if (suggested !== undefined) asker.hint(suggestionLine(draft, budget, suggested));
  const limit = await asker.text(
    `Limit in ${unitOf(draft, budget)} per ${per}`,
    (answer) => problemIn(draft, { ...budget, limit: amountOf(answer) }, 'limit'),
    suggested?.quietLimit,
  );
  return { name, ...what, limit: amountOf(limit), per };
}

/** What a budget may be on, as keys of it: costs that can be known, and quantities that are counted. */
export function watchable(
  draft: AccountDraft,
): readonly Choice<ConfigObject & { meter?: string }>[] {
  const { meters } = draft.provider;
  const all = [
    { value: {}, name: 'The cost of everything' },
    ...meters.map(({ id, name }) => ({ value: { meter: id }, name: `The cost of ${name}` })),
    ...meters.map(({ id, name, unit }) => ({
      value: { meter: id, measure: 'usage', unit },
      name: `How much ${name} is used, in ${unit}`,
    })),
  ];
  return all.filter(
    ({ value }) => problemIn(draft, { ...value, name: 'x', limit: 1, per: 'month' }) === undefined,
  );
}

/** What is wrong with a budget, or with one key of it, without the path; undefined where nothing is. */
function problemIn(draft: AccountDraft, budget: ConfigObject, key?: string): string | undefined {
  const { problems = [] } = judge({ ...draft, config: { ...draft.config, budgets: [budget] } });
  const path = `budgets[0].${key ?? ''}`;
  const problem = problems.find((line) => line.includes(`: ${path}`));
  return problem?.slice(problem.indexOf(path) + path.length).replace(/^: /, '');
}

/** As JSON has it, so that no digit is lost; what is no number stays text, for the schema to refuse. */
export function amountOf(text: string): unknown {
  const json = parseJson(text);
  return 'value' in json ? json.value : text;
}

function unitOf(draft: AccountDraft, { unit }: ConfigObject): string {
  if (typeof unit === 'string') return unit;
  return judge(unbudgeted(draft)).account?.config.currency ?? 'USD';
}

export async function suggestionFor(
  draft: AccountDraft,
  budget: ConfigObject,
  suggest: Suggest,
): Promise<SuggestedLimit | undefined> {
  const config = { ...draft.config, budgets: [{ ...budget, limit: 1 }] };
  const { account } = judge({ ...draft, config });
  const [judged] = account?.config.budgets ?? [];
  if (account === undefined || judged === undefined) return undefined;
  const { limit: _, ...unlimited } = judged;
  return suggest(account, unlimited);
}

export function suggestionLine(
  draft: AccountDraft,
  budget: ConfigObject,
  { basis, quietLimit, onceLimit }: SuggestedLimit,
): string {
  const unit = unitOf(draft, budget);
  const quiet = quietLimit && `a limit of ${quietLimit} ${unit} would have stayed quiet`;
  const once = onceLimit && `${onceLimit} ${unit} would have spoken once`;
  const both = [quiet, once].filter(Boolean).join(', ');
  return both === '' ? `${basis} there is nothing to suggest a limit by.` : `${basis} ${both}.`;
}
