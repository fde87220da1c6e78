/// <reference lib="dom" />
/** One budget's form: a limit that is typed or slid is replayed at once, and its alerts take the place of the budget's. */
import type { Budget } from '../../../../functions/config/account.ts';
import { limitText } from '../../../../functions/messages/amounts.ts';
import { alertsWith } from '../../alerts-with-limit.ts';
import { limitNow } from '../../limit-figures.ts';
import { alertsAMonth } from '../../replayed.ts';
import { alertItems, countText, replayedAlertEntry } from '../alert-list.ts';
import { captionText } from '../budget-chart.ts';
import { SHAPES } from '../chart.ts';
import { limitLines, thresholdsText } from '../limit-lines.ts';
import { type AccountData, type BudgetData, periodsOf } from '../page-data.ts';
import { keptText, limitAt, positionOf, typedBudget } from '../try-form.ts';

type Shown = (budget: Budget) => void;

/** Makes the form of a budget's section work, and visible; `onChange` takes what is tried, undefined while it is invalid. */
export function startTrying(
  section: HTMLElement,
  account: AccountData,
  data: BudgetData,
  onChange: (budget: Budget | undefined) => void,
): void {
  const form = find<HTMLFormElement>(section, 'form.try');
  const fields = fieldsOf(form);
  const scale = {
    positions: Number(fields.slider.max),
    exponent: Number(fields.slider.dataset.exponent),
  };
  const show = showIn(section, account, data);
  const update = () => {
    const typed = typedBudget(data.budget, {
      limit: fields.limit.value,
      thresholds: fields.thresholds.value,
    });
    showProblem(form, 'problem' in typed ? typed.problem : '');
    if (!('budget' in typed)) return onChange(undefined);
    onChange(typed.budget);
    fields.slider.value = String(positionOf(typed.budget.limit, scale));
    fields.slider.setAttribute('aria-valuetext', limitText(typed.budget.limit, data.counting));
    show(typed.budget);
  };
  fields.limit.addEventListener('input', update);
  fields.thresholds.addEventListener('input', update);
  fields.slider.addEventListener('input', () => {
    fields.limit.value = limitAt(Number(fields.slider.value), scale);
    update();
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  // The fields have their first values only after the event.
  form.addEventListener('reset', () => setTimeout(update));
  for (const button of form.querySelectorAll<HTMLButtonElement>('[data-limit]')) {
    button.addEventListener('click', () => {
      fields.limit.value = button.dataset.limit ?? '';
      fields.thresholds.value = button.dataset.thresholds ?? '';
      update();
    });
  }
  form.hidden = false;
}

function fieldsOf(form: HTMLFormElement) {
  return {
    limit: find<HTMLInputElement>(form, '[name=limit]'),
    thresholds: find<HTMLInputElement>(form, '[name=thresholds]'),
    slider: find<HTMLInputElement>(form, '[name=slider]'),
  };
}

/** The replayed budget is shown with its emails; any other with the alerts that the transitions give. */
function showIn(section: HTMLElement, account: AccountData, data: BudgetData): Shown {
  const list = find(section, 'ol.alerts');
  const count = find(section, '.count');
  const caption = find(section, '.plot figcaption');
  const kept = find(section, '.kept');
  const now = find(section, '.now');
  const replayed = { list: list.innerHTML, count: count.textContent, caption: caption.textContent };
  const span = { ...account, timeZone: data.plots.timeZone };
  const periods = periodsOf(data);
  return (budget) => {
    const isReplayed = definition(budget) === definition(data.budget);
    section.classList.toggle('tried', !isReplayed);
    setText(now, limitNow(budget, periods, data.counting));
    setText(kept, isReplayed ? '' : keptText(data));
    drawLines(section, budget, data);
    if (isReplayed) {
      list.innerHTML = replayed.list;
      count.textContent = replayed.count;
      caption.textContent = replayed.caption;
      return;
    }
    const alerts = alertsWith(budget, periods);
    const entries = alerts.map((one) => replayedAlertEntry(one, budget, data.counting));
    list.innerHTML = alertItems(entries, data.plots).html;
    const tried = ` with ${limitText(budget.limit, data.counting)} and ${thresholdsText(budget)}`;
    count.textContent = countText(alerts, alertsAMonth(alerts, account), tried);
    const shown = { ...data, alerts: alerts.length };
    caption.textContent = captionText(budget, shown, span);
  };
}

/** Only what is new, or it would be read out at every move of the slider. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function definition({ limit, thresholds }: Budget): string {
  return `${limit} ${thresholds}`;
}

function drawLines(section: HTMLElement, budget: Budget, { counting, plots }: BudgetData): void {
  for (const shape of SHAPES) {
    find(section, `svg.${shape} .limits`).innerHTML = limitLines(budget, counting, plots[shape]);
  }
}

function showProblem(form: HTMLFormElement, problem: string): void {
  find(form, '.problem').textContent = problem;
  for (const name of ['limit', 'thresholds']) {
    const isWrong = problem.startsWith(name) || problem.includes(`; ${name}`);
    find(form, `[name=${name}]`).setAttribute('aria-invalid', String(isWrong));
  }
}

/** The first that matches, which has to be there. */
export function find<Found extends Element = HTMLElement>(
  within: Element,
  selector: string,
): Found {
  const found = within.querySelector<Found>(selector);
  if (found === null) throw new Error(`expected an element ${selector}, got none`);
  return found;
}
