/** The form to try another limit and other thresholds; the page's script shows it, as it is no use without. */
import type { Budget } from '../../../functions/config/account.ts';
import { parseConfig } from '../../../functions/config/config-error.ts';
import { parseJson } from '../../../functions/config/json.ts';
import { problemLine } from '../../../functions/config/problem.ts';
import { budgetSchema } from '../../../functions/config/schema/budget.ts';
import { limitText } from '../../../functions/messages/amounts.ts';
import { type Content, type Html, html } from '../../../functions/messages/html.ts';
import { decimal, plain } from '../../../functions/pricing/money.ts';
import type { Counting } from '../../../functions/pricing/shown-digits.ts';
import { limitFigures, limitNow, suggestionText } from '../limit-figures.ts';
import type { ReplayedAccount, ReplayedBudget } from '../replayed.ts';
import type { Plot } from './chart.ts';
import { thresholdsText } from './limit-lines.ts';
import type { BudgetData } from './page-data.ts';

interface FormPlace {
  /** Of the budget's section. */
  readonly id: string;
  readonly counting: Counting;
  readonly plot: Plot;
  readonly account: Pick<ReplayedAccount, 'parameter' | 'until'>;
}

export function tryForm(
  replayed: ReplayedBudget,
  { id, counting, plot, account }: FormPlace,
): Html {
  const { budget } = replayed;
  const scale = sliderScale(highestLimit(plot, replayed.suggestedLimit));
  const { positions } = scale;
  const position = positionOf(budget.limit, scale);
  return html`<form class="try" hidden>
<h4>Try another limit</h4>
<div class="fields">
<p class="field limit-field"><label for="${id}-limit">Limit in ${counting.unit} per ${budget.per}</label>
<input id="${id}-limit" name="limit" inputmode="decimal" autocomplete="off" value="${budget.limit}" aria-describedby="${id}-problem">
<input type="range" name="slider" min="1" max="${positions}" value="${position}" data-exponent="${scale.exponent}" aria-label="Limit of ${budget.name} in ${counting.unit}" aria-valuetext="${limitText(budget.limit, counting)}"></p>
<p class="field"><label for="${id}-thresholds">Thresholds in percent of the limit</label>
<input id="${id}-thresholds" name="thresholds" autocomplete="off" value="${budget.thresholds.join(', ')}" aria-describedby="${id}-problem"></p>
</div>
<p class="now" role="status">${limitNow(budget, replayed.periods, counting)}</p>
${suggestions(replayed, counting, account.until)}
<p class="kept soft" role="status"></p>
<p class="problem" id="${id}-problem" role="alert"></p>
<div class="paste"><p class="paste-head"><label for="${id}-json"></label> <button type="button" name="copy">Copy</button> <span class="copied soft" role="status"></span></p>
<textarea id="${id}-json" name="json" readonly rows="4" spellcheck="false" data-parameter="${account.parameter}"></textarea></div>
</form>`;
}

/** The top of the chart, or the suggested limit and some room. */
function highestLimit({ max }: Plot, suggestedLimit: string | undefined): number {
  return Math.max(max, 1.15 * Number(suggestedLimit ?? 0));
}

function suggestions(replayed: ReplayedBudget, counting: Counting, until: number): Html {
  const { budget, suggestedLimit } = replayed;
  const figures = limitFigures(replayed, counting, until).map(
    ({ name, text }) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`,
  );
  const text = suggestionText(replayed, counting);
  return html`<dl class="figures">${figures}</dl>
${text && html`<p class="suggestion">${text}</p>`}<p class="buttons">${tryButton('Try the suggestion', suggestedLimit, budget)}<button type="reset">Reset to ${limitText(budget.limit, counting)}</button></p>`;
}

function tryButton(label: string, limit: string | undefined, { thresholds }: Budget): Content {
  if (limit === undefined) return undefined;
  return html`<button type="button" data-limit="${limit}" data-thresholds="${thresholds.join(', ')}">${label}</button>`;
}

/** What in the page does not follow the form. */
export function keptText({
  budget,
  isTried,
  counting,
}: Pick<BudgetData, 'budget' | 'isTried' | 'counting'>): string {
  const replayed = isTried ? 'replayed' : 'saved';
  return `The chart and its alerts show the limit you try; everything else keeps the ${replayed} limit: ${limitText(budget.limit, counting)} with ${thresholdsText(budget)}.`;
}

/** The limits that a slider offers: whole numbers of a power of ten, so that each is an exact decimal. */
interface SliderScale {
  readonly positions: number;
  /** The limit of one position is 1 with so many zeros, or decimals if it is negative. */
  readonly exponent: number;
}

/** From 100 to 1,000 positions, up to about `highest`. */
export function sliderScale(highest: number): SliderScale {
  const exponent = Math.floor(Math.log10(highest)) - 2;
  return { positions: Math.round(highest / 10 ** exponent), exponent };
}

/** Exact decimal. */
export function limitAt(position: number, { exponent }: SliderScale): string {
  return plain(decimal(`${position}e${exponent}`));
}

/** The nearest position. */
export function positionOf(limit: string, { positions, exponent }: SliderScale): number {
  const position = Math.round(Number(limit) / 10 ** exponent);
  return Math.min(positions, Math.max(1, position));
}

interface Typed {
  readonly limit: string;
  /** `50, 80, 100` */
  readonly thresholds: string;
}

type TypedBudget = { readonly budget: Budget } | { readonly problem: string };

/**
 * A budget with the limit and the thresholds that somebody types, checked as the config is.
 * A problem is one line, in the words of the config's own errors: `limit: expected a number above 0, got "x"`.
 */
export function typedBudget(budget: Budget, { limit, thresholds }: Typed): TypedBudget {
  const { meter, unit } = budget;
  // What is not typed was checked already, its period too; of the meters only its own matters.
  const meters =
    meter === undefined
      ? []
      : [{ id: meter, name: meter, kind: 'flow', ...(unit && { unit }) } as const];
  const input = { ...budget, limit: typedValue(limit), thresholds: listOf(thresholds) };
  const parsed = parseConfig(budgetSchema({ name: '', bucket: 'hour', meters }), input, {
    secure: false,
  });
  return 'value' in parsed
    ? { budget: parsed.value }
    : { problem: parsed.problems.map(problemLine).join('; ') };
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
