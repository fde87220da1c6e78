/** The form in which another limit and other steps are tried; the page's script shows it, as it is no use without. */
import type { Budget } from '../../config/account.ts';
import { limitText } from '../../messages/amounts.ts';
import type { Counting } from '../../pricing/shown-digits.ts';
import type { PlayedBudget } from '../played.ts';
import { type Html, html } from './html.ts';
import type { Plot } from './plot.ts';
import { positionOf, sliderScale } from './slider.ts';

export interface FormPlace {
  /** Of the budget's section. */
  readonly id: string;
  readonly counting: Counting;
  readonly plot: Plot;
  /** Name of the config parameter. */
  readonly parameter: string;
}

export function tryForm(played: PlayedBudget, { id, counting, plot, parameter }: FormPlace): Html {
  const { budget } = played;
  const scale = sliderScale(highestLimit(plot, played.quietLimit));
  const { positions } = scale;
  const position = positionOf(budget.limit, scale);
  return html`<form class="try" hidden>
<h4>Try another limit</h4>
<div class="fields">
<p class="field limit-field"><label for="${id}-limit">Limit in ${counting.unit} per ${budget.per}</label>
<input id="${id}-limit" name="limit" inputmode="decimal" autocomplete="off" value="${budget.limit}" aria-describedby="${id}-problem">
<input type="range" name="slider" min="1" max="${positions}" value="${position}" data-exponent="${scale.exponent}" aria-label="Limit of ${budget.name} in ${counting.unit}" aria-valuetext="${limitText(budget.limit, counting)}"></p>
<p class="field"><label for="${id}-steps">Steps in percent of the limit</label>
<input id="${id}-steps" name="steps" autocomplete="off" value="${budget.steps.join(', ')}" aria-describedby="${id}-problem"></p>
</div>
<p class="buttons">${suggestions(played, counting)}<button type="reset">As it is: ${limitText(budget.limit, counting)}</button></p>
<p class="kept soft" role="status"></p>
<p class="problem" id="${id}-problem" role="alert"></p>
<div class="paste"><p class="paste-head"><label for="${id}-json"></label> <button type="button" name="copy">Copy</button> <span class="copied soft" role="status"></span></p>
<textarea id="${id}-json" name="json" readonly rows="4" spellcheck="false" data-parameter="${parameter}"></textarea></div>
</form>`;
}

/** As far as the chart goes, and the limit that stays quiet with some room. */
function highestLimit({ max }: Plot, quietLimit: string | undefined): number {
  return Math.max(max, 1.15 * Number(quietLimit ?? 0));
}

function suggestions({ budget, quietLimit, onceLimit }: PlayedBudget, counting: Counting): Html[] {
  return [
    suggestion(budget, quietLimit, 'Stays quiet', counting),
    suggestion(budget, onceLimit, 'Speaks once', counting),
  ].filter((button) => button !== undefined);
}

function suggestion(budget: Budget, limit: string | undefined, what: string, counting: Counting) {
  if (limit === undefined) return undefined;
  const steps = budget.steps.join(', ');
  return html`<button type="button" data-limit="${limit}" data-steps="${steps}">${what}: ${limitText(limit, counting)}</button>`;
}
