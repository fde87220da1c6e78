/** The first budget of an account: what there is to watch, and the questions that make a budget of it. */

import type { Account, Budget } from '../../../functions/config/account.ts';
import { DAY_MS } from '../../../functions/config/durations.ts';
import { parseJson } from '../../../functions/config/json.ts';
import { type Problem, problemLine } from '../../../functions/config/problem.ts';
import { decimal, plain } from '../../../functions/pricing/money.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { loadAndReplay } from '../../backtest/replay.ts';
import type { ReplayedBudget } from '../../backtest/replayed.ts';
import { limitAbove } from '../../backtest/suggest-limits.ts';
import { type Asker, type Choice, withProgress } from '../../output.ts';
import { UsageError } from '../../usage-error.ts';
import { type AccountDraft, type ConfigObject, judge, unbudgeted } from './account-draft.ts';
import type { InitSession } from './session.ts';

export interface SuggestedLimit {
  /** The tightest limit with which nothing would have been told; exact decimal. */
  readonly noAlertLimit?: string;
  /** The tightest one with which one notice would have been told. */
  readonly oneAlertLimit?: string;
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
    suggested?.noAlertLimit,
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
  const isMeant = ({ path: [list, , inBudget] }: Problem) =>
    list === 'budgets' && inBudget !== undefined && inBudget === (key ?? inBudget);
  const problem = problems.find(isMeant);
  const kept = key === undefined ? 2 : 3;
  return problem && problemLine({ ...problem, parameter: '', path: problem.path.slice(kept) });
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
  { basis, noAlertLimit, oneAlertLimit }: SuggestedLimit,
): string {
  const unit = unitOf(draft, budget);
  const quiet = noAlertLimit && `a limit of ${noAlertLimit} ${unit} would have stayed quiet`;
  const once = oneAlertLimit && `${oneAlertLimit} ${unit} would have spoken once`;
  const both = [quiet, once].filter(Boolean).join(', ');
  return both === '' ? `${basis} there is nothing to suggest a limit by.` : `${basis} ${both}.`;
}

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
  if (found?.noAlertLimit === undefined) {
    const why = found === undefined ? '' : `: ${suggestionLine(draft, budget, found)}`;
    throw new UsageError(`--limit: none can be suggested; give an amount${why}`);
  }
  say(suggestionLine(draft, budget, found));
  return { ...budget, limit: amountOf(found.noAlertLimit) };
}

/** As many as `backtest` plays. */
const days = 90;
/** Only links into the AWS console need one, and nothing that is played here is shown. */
const region = 'us-east-1';
/** What a budget stands at does not depend on its limit. */
const anyLimit = '1';

/** Throws only where the signal aborts; a history that cannot be read is the reason for no suggestion. */
export const suggestLimit: SuggestLimit = async (account, budget, { provider, now, signal }) => {
  const config = { ...account.config, budgets: [{ ...budget, limit: anyLimit }] };
  const unsaved = { ...account, config };
  const replayed = await loadAndReplay({ account: unsaved, provider, days, region, now, signal });
  signal.throwIfAborted();
  if ('failure' in replayed)
    return { basis: `As the history could not be read (${replayed.failure})` };
  const basis = `Over the last ${Math.max(1, Math.round((now - replayed.from) / DAY_MS))} days`;
  const [judged] = replayed.budgets;
  return judged === undefined ? { basis } : withPace(judged, basis);
};

/** The history ends within a period, which may come to more than any before; then nothing is said of one notice. */
function withPace(
  { budget, periods, noAlertLimit, oneAlertLimit }: ReplayedBudget,
  basis: string,
): SuggestedLimit {
  if (noAlertLimit === undefined) return { basis };
  const forecast = periods.findLast(({ forecast }) => forecast !== undefined)?.forecast;
  const [lowestThreshold] = budget.thresholds;
  if (forecast !== undefined && lowestThreshold !== undefined) {
    const atPace = limitAbove(decimal(forecast), lowestThreshold);
    if (atPace.gt(noAlertLimit)) {
      const period = budget.per === 'day' ? 'today' : `this ${budget.per}`;
      return {
        basis: `${basis}, and with the average so far, continued, of ${period},`,
        noAlertLimit: plain(atPace),
      };
    }
  }
  return { basis, noAlertLimit, ...(oneAlertLimit !== undefined && { oneAlertLimit }) };
}
