/// <reference lib="dom" />
/** One budget's slider through the replayed time: the forecast as it was at that moment. */
import { SHAPES } from '../chart.ts';
import { fanSvg, forecastMoments, momentText } from '../forecast-fan.ts';
import { type AccountData, type BudgetData, periodsOf } from '../page-data.ts';
import { find } from './try-limit.ts';

/** Makes the slider work, and visible, where the section has one. */
export function startPicking(section: HTMLElement, account: AccountData, data: BudgetData): void {
  const field = section.querySelector<HTMLElement>('.moment-field');
  if (field === null) return;
  const { budget, counting, plots } = data;
  const moments = forecastMoments(periodsOf(data), account.until);
  const slider = find<HTMLInputElement>(field, 'input');
  const output = find(field, 'output');
  const update = () => {
    const moment = moments[Number(slider.value)];
    if (moment === undefined) return;
    const text = momentText(moment, budget.limit, counting);
    output.textContent = text;
    slider.setAttribute('aria-valuetext', text);
    for (const shape of SHAPES) {
      find(section, `svg.${shape} .foresight`).innerHTML = fanSvg(moment, plots[shape]);
    }
  };
  slider.addEventListener('input', update);
  update();
  field.hidden = false;
}
