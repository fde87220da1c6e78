/// <reference lib="dom" />
/** The text to paste: the same in every form of an account, with all that is tried in any of them. */
import type { Budget } from '../../../../functions/config/account.ts';
import { budgetNames, withValue } from '../../../parameters/config-text.ts';
import type { AccountData } from '../page-data.ts';
import { find } from './try-limit.ts';

/** Takes what the form at that place tries now; undefined while it is invalid. */
type ShowPaste = (place: number, budget: Budget | undefined) => void;

/** Fills the forms, in the order of the account's budgets, and makes their buttons copy. */
export function startPasting(forms: readonly HTMLFormElement[], account: AccountData): ShowPaste {
  const tried: (Budget | undefined)[] = account.budgets.map(({ budget }) => budget);
  const draw = () => {
    const texts = textsOf(account, tried);
    const missing = missingText(account, tried);
    for (const [place, form] of forms.entries()) showText(form, texts[place], missing);
  };
  for (const form of forms) {
    find(form, '.paste label').textContent = labelOf(account);
    copyOnClick(form);
  }
  draw();
  return (place, budget) => {
    tried[place] = budget;
    draw();
  };
}

/** The whole config where its text is known, else each budget alone; nothing while a form is invalid, as the text would leave that out. */
function textsOf(
  { configText, budgets }: AccountData,
  tried: readonly (Budget | undefined)[],
): (string | undefined)[] {
  if (configText === undefined) return tried.map((budget) => budget && budgetJson(budget));
  const changes = budgets.flatMap(({ budget: before, isTried }, place) => {
    const after = tried[place];
    return after === undefined ? [] : [{ before, after, isTried }];
  });
  if (changes.length < budgets.length) return [];
  const whole = withBudgets(configText, changes);
  return changes.map(({ after }) => whole ?? budgetJson(after));
}

function showText(form: HTMLFormElement, text: string | undefined, missing: string): void {
  const json = find<HTMLTextAreaElement>(form, 'textarea');
  find<HTMLButtonElement>(form, '[name=copy]').disabled = text === undefined;
  json.setAttribute('aria-disabled', String(text === undefined));
  json.placeholder = text === undefined ? missing : '';
  if (json.value === (text ?? '')) return;
  json.value = text ?? '';
  find(form, '.copied').textContent = '';
}

function missingText({ budgets }: AccountData, tried: readonly (Budget | undefined)[]): string {
  const names = budgets
    .filter((_, place) => tried[place] === undefined)
    .map(({ budget }) => `"${budget.name}"`);
  return `Nothing to copy: correct ${names.join(' and ')} first.`;
}

function labelOf({ configText, parameter }: AccountData): string {
  return configText === undefined
    ? `The budget, for "budgets" in ${parameter}`
    : `New value of the parameter ${parameter}`;
}

function copyOnClick(form: HTMLFormElement): void {
  const json = find<HTMLTextAreaElement>(form, 'textarea');
  const result = find(form, '.copied');
  find(form, '[name=copy]').addEventListener('click', async () => {
    const text = json.value;
    json.select();
    const isCopied = await copied(text);
    if (json.value !== text) return;
    result.textContent = isCopied ? 'Copied.' : 'Selected: press Ctrl+C or ⌘C.';
  });
}

/** Browsers refuse it to some pages, as to files. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

interface Change {
  readonly before: Budget;
  readonly after: Budget;
  /** Whether the text has another budget by that name, or none. */
  readonly isTried: boolean;
}

/** Changed in place: everything else stays as it was written. `configText` is the JSON of a valid config; undefined if it is none. */
export function withBudgets(configText: string, changes: readonly Change[]): string | undefined {
  return budgetNames(configText) && changes.reduce(withBudget, configText);
}

function withBudget(configText: string, { before, after, isTried }: Change): string {
  const names = budgetNames(configText) ?? [];
  const index = names.indexOf(after.name);
  if (index < 0) return withValue(configText, ['budgets', names.length], budgetJson(after));
  const path = ['budgets', index];
  if (isTried) return withValue(configText, path, budgetJson(after));
  const thresholds = thresholdsJson(after.thresholds);
  const isSame = thresholds === thresholdsJson(before.thresholds);
  const text = isSame ? configText : withValue(configText, [...path, 'thresholds'], thresholds);
  return before.limit === after.limit ? text : withValue(text, [...path, 'limit'], after.limit);
}

/** The budget alone, on one line, without what goes without saying. */
export function budgetJson({ measure, limit, ...budget }: Budget): string {
  const { name, meter, unit, per, startsOn, thresholds, forecast } = budget;
  const entries = {
    name: JSON.stringify(name),
    meter: JSON.stringify(meter),
    measure: measure === 'cost' ? undefined : JSON.stringify(measure),
    unit: JSON.stringify(unit),
    // Already a decimal in plain notation, which JSON writes the same.
    limit,
    per: JSON.stringify(per),
    startsOn: JSON.stringify(startsOn),
    thresholds: thresholdsJson(thresholds),
    forecast: forecast === false ? 'false' : undefined,
  };
  const written = Object.entries(entries).filter(([, json]) => json !== undefined);
  return `{ ${written.map(([key, json]) => `"${key}": ${json}`).join(', ')} }`;
}

function thresholdsJson(thresholds: readonly number[]): string {
  return `[${thresholds.join(', ')}]`;
}
