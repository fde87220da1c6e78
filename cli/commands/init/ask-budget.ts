/** The first budget of an account: what can be limited, the questions, and the suggested limit. */
import { DAY_MS } from '../../../functions/config/durations.ts';
import { parseJson } from '../../../functions/config/json.ts';
import { type Problem, problemLine } from '../../../functions/config/problem.ts';
import {
  countingOf,
  type LimitFigure,
  limitFigures,
  NO_SUGGESTION,
  suggestionText,
} from '../../backtest/limit-figures.ts';
import { loadAndReplay } from '../../backtest/replay.ts';
import { type Asker, type Choice, UsageError, withProgress } from '../../output.ts';
import {
  type AccountDraft,
  type ConfigObject,
  type InitSession,
  readDraft,
  unbudgeted,
} from './session.ts';

interface SuggestedLimit {
  /** Exact decimal; absent where none can be suggested. */
  readonly limit?: string;
  /** Why this one, or why none: `Suggested limit: 7.68 USD, from what is usual; it would have sent 2 alerts.` */
  readonly reason: string;
  /** What else it can be chosen by: what is usual, what was spent, the forecast. */
  readonly figures: readonly LimitFigure[];
  /** The start of a sentence on where the limits come from: `Over the last 90 days`. */
  readonly basis: string;
}

const PERS = ['month', 'week', 'day', 'quarter', 'year', 'hour'] as const;

/** Undefined for no budget. `draft` is valid. */
async function askBudget(
  draft: AccountDraft,
  asker: Asker,
  session: InitSession,
): Promise<ConfigObject | undefined> {
  const none = { value: undefined, name: 'No budget yet' };
  const what = await asker.choice('What should the budget limit?', [...watchable(draft), none]);
  if (what === undefined) return undefined;
  if (what === CREDIT) return askCredit(draft, asker);
  const per = await asker.choice(
    'Limit per',
    PERS.filter((per) => per !== 'hour' || draft.provider.bucket === 'hour').map((value) => ({
      value,
      name: value,
    })),
  );
  const named = what.meter ?? 'everything';
  const name = await asker.text(
    'Name of the budget',
    (answer) => problemIn(draft, { ...what, per, limit: 1, name: answer }, 'name'),
    named,
  );
  const budget = { name, ...what, per };
  const suggested = session.options.test ? await suggestionFor(draft, budget, session) : undefined;
  if (suggested !== undefined) asker.hint(suggestionLine(suggested));
  const limit = await asker.text(
    `Limit in ${unitOf(draft, budget)} per ${per}`,
    (answer) => problemIn(draft, { ...budget, limit: amountOf(answer) }, 'limit'),
    suggested?.limit,
  );
  return { name, ...what, limit: amountOf(limit), per };
}

const CREDIT: ConfigObject & { meter?: string } = { measure: 'balance' };

async function askCredit(draft: AccountDraft, asker: Asker): Promise<ConfigObject> {
  const name = await asker.text(
    'Name of the budget',
    (answer) => problemIn(draft, { ...CREDIT, name: answer }, 'name'),
    'credit',
  );
  const days = await asker.text(
    'Alert how many days before it runs out?',
    (answer) => problemIn(draft, { ...CREDIT, name, days: amountOf(answer) }, 'days'),
    '7',
  );
  return { name, ...CREDIT, days: amountOf(days) };
}

/** What a budget can limit, as keys of the budget: costs that are known, and usage that is counted. */
export function watchable(
  draft: AccountDraft,
): readonly Choice<ConfigObject & { meter?: string }>[] {
  const { meters } = draft.provider;
  const all = [
    { value: {}, name: 'Cost of everything' },
    ...meters.map(({ id, name }) => ({ value: { meter: id }, name: `Cost of ${name}` })),
    ...meters.map(({ id, name, unit }) => ({
      value: { meter: id, measure: 'usage', unit },
      name: `Usage of ${name}, in ${unit}`,
    })),
  ];
  const limitable = all.filter(
    ({ value }) => problemIn(draft, { ...value, name: 'x', limit: 1, per: 'month' }) === undefined,
  );
  const hasCredit = problemIn(draft, { ...CREDIT, name: 'x' }) === undefined;
  const credit = { value: CREDIT, name: 'Prepaid credit: alert before it runs out' };
  return hasCredit ? [...limitable, credit] : limitable;
}

/** What is wrong with a budget or one key of it, without the path; undefined where it is valid. */
function problemIn(draft: AccountDraft, budget: ConfigObject, key?: string): string | undefined {
  const { problems = [] } = readDraft({ ...draft, config: { ...draft.config, budgets: [budget] } });
  const isOfBudget = ({ path: [list, , inBudget] }: Problem) =>
    list === 'budgets' && inBudget !== undefined && inBudget === (key ?? inBudget);
  const problem = problems.find(isOfBudget);
  const kept = key === undefined ? 2 : 3;
  return problem && problemLine({ ...problem, parameter: '', path: problem.path.slice(kept) });
}

/** A JSON number with all its digits; other text stays text, which the schema refuses. */
export function amountOf(text: string): unknown {
  const json = parseJson(text);
  return 'value' in json ? json.value : text;
}

function unitOf(draft: AccountDraft, { unit }: ConfigObject): string {
  if (typeof unit === 'string') return unit;
  return readDraft(unbudgeted(draft)).account?.config.currency ?? 'USD';
}

/** As many days as `backtest` replays. */
const DAYS = 90;
/** Only for links into the AWS console, which are not shown here. */
const REGION = 'us-east-1';

/** Undefined for a budget that is not valid. Throws only where the signal aborts; without readable history it suggests nothing, with the reason. */
async function suggestionFor(
  draft: AccountDraft,
  budget: ConfigObject,
  { cli }: InitSession,
): Promise<SuggestedLimit | undefined> {
  // What a budget's usage costs does not depend on its limit.
  const config = { ...draft.config, budgets: [{ ...budget, limit: 1 }] };
  const { account } = readDraft({ ...draft, config });
  if (account === undefined) return undefined;
  const { provider } = draft;
  const { signal } = cli;
  const now = cli.now();
  const replayed = await withProgress(cli, 'Replaying past usage', () =>
    loadAndReplay({ account, provider, days: DAYS, region: REGION, now, signal }),
  );
  signal.throwIfAborted();
  if ('failure' in replayed) {
    return { basis: 'No history can be read', reason: replayed.failure, figures: [] };
  }
  const [only] = replayed.budgets;
  if (only === undefined) return undefined;
  const counting = countingOf(only.budget, replayed.currency);
  const { suggestedLimit } = only;
  return {
    basis: `Over the last ${Math.max(1, Math.round((now - replayed.from) / DAY_MS))} days`,
    ...(suggestedLimit !== undefined && { limit: suggestedLimit }),
    reason: suggestionText(only, counting) ?? NO_SUGGESTION,
    figures: limitFigures(only, counting, replayed.until),
  };
}

/** `Over the last 90 days: usual day 5.48 USD, yesterday 65.76 USD. Suggested limit: …` */
function suggestionLine({ basis, reason, figures }: SuggestedLimit): string {
  const named = figures.map(({ name, text }) => `${name.toLowerCase()} ${text}`).join(', ');
  return named === '' ? `${basis}: ${reason}` : `${basis}: ${named}. ${reason}`;
}

const SUGGESTED = 'suggested';

/** With a valid limit in place of `suggested`, so that everything else can be validated. */
export function checkable(budgets: readonly ConfigObject[] | undefined): readonly ConfigObject[] {
  return (budgets ?? []).map((one) => (one.limit === SUGGESTED ? { ...one, limit: 1 } : one));
}

/** Throws a UsageError where the limit is `suggested` and none can be. */
export async function withBudgets(
  draft: AccountDraft,
  given: readonly ConfigObject[] | undefined,
  session: InitSession,
): Promise<AccountDraft> {
  const base = unbudgeted(draft);
  const budgets: ConfigObject[] = [];
  if (given === undefined && session.asker !== undefined) {
    const asked = await askBudget(base, session.asker, session);
    if (asked !== undefined) budgets.push(asked);
  }
  for (const one of given ?? []) {
    budgets.push(one.limit === SUGGESTED ? await limited(base, one, session) : one);
  }
  return { ...draft, config: { ...draft.config, budgets } };
}

async function limited(
  draft: AccountDraft,
  budget: ConfigObject,
  session: InitSession,
): Promise<ConfigObject> {
  const found = await suggestionFor(draft, budget, session);
  if (found?.limit === undefined) {
    const why = found === undefined ? '' : `. ${suggestionLine(found)}`;
    throw new UsageError(`--limit: expected an amount, as none can be suggested${why}`);
  }
  session.say(suggestionLine(found));
  return { ...budget, limit: amountOf(found.limit) };
}
