/** What an account spent by day: the chart, and the same as a table; usage of meters without a price is in the table. */

import { localText } from '../../budgets/dates.ts';
import { amountText, shareText } from '../../messages/amounts.ts';
import { decimal, plain, ratio } from '../../pricing/money.ts';
import type { PlayedAccount, PlayedMeter } from '../played.ts';
import { type Html, html, trusted } from './html.ts';
import { type Spend, type SpendMeter, spendOf } from './spend.ts';
import { spendChart } from './spend-chart.ts';
import { type ToldEntry, toldItems } from './told-list.ts';

/** `others` are told of the account, not of a budget. */
export function spendSection(
  account: PlayedAccount,
  id: string,
  others: readonly ToldEntry[],
): Html {
  const spend = spendOf(account);
  const what = spend.meters.length > 0 ? 'Spend' : 'Usage';
  return html`<section class="part">
<h3>${what} by day</h3>
${account.days.length === 0 ? html`<p>No day was played.</p>` : figure(spend, id, others)}
${account.days.length > 0 && daysTable(account, spend, id)}
</section>`;
}

function figure(spend: Spend, id: string, others: readonly ToldEntry[]): Html {
  const caption = `${id}-spend-caption`;
  const { svg, plots } = spendChart(spend, `${id}-spend`, caption);
  return html`${legend(spend)}
<div class="plot"><figure>${spend.meters.length > 0 && trusted(svg)}<figcaption id="${caption}">${captionOf(spend)}</figcaption></figure>
${others.length > 0 && html`<h4>Also told of this account</h4><ol class="told">${toldItems(others, plots)}</ol>`}</div>`;
}

function captionOf({ days, meters, dayZone, currency, total }: Spend): string {
  const first = days[0]?.date ?? '';
  const span = `${localText(first)} to ${localText(days.at(-1)?.date ?? first)}, days in ${dayZone}`;
  if (meters.length === 0) return `No meter has a price, so no spend is known; ${span}.`;
  const highest = days.reduce((a, b) => (decimal(b.total).gt(a.total) ? b : a));
  const counting = { measure: 'cost', unit: currency } as const;
  return `Spend by day and meter: ${amountText(total, counting)} in all, at most ${amountText(highest.total, counting)} on ${localText(highest.date)}; ${span}.`;
}

function legend({ meters, total, currency }: Spend): Html {
  const counting = { measure: 'cost', unit: currency } as const;
  const item = ({ name, color, total: own }: SpendMeter) =>
    html`<li><span class="swatch" style="background:${color}"></span>${name} <span class="soft">${amountText(own, counting)}${decimal(total).gt('0') && `, ${shareText(Number(plain(ratio(decimal(own), decimal(total)))))}`}</span></li>`;
  return html`<ul class="legend">${meters.map(item)}</ul>`;
}

function daysTable({ days, currency }: PlayedAccount, spend: Spend, id: string): Html {
  const counting = { measure: 'cost', unit: currency } as const;
  const columns = columnsOf(days.flatMap(({ meters }) => meters));
  const row = ({ date, meters }: PlayedAccount['days'][number], index: number) => {
    const cells = columns.map(({ meter: id }) =>
      cellOf(
        meters.find(({ meter }) => meter === id),
        currency,
      ),
    );
    const total = spend.days[index]?.total ?? '0';
    return html`<tr><th scope="row">${localText(date)}</th>${cells}${spend.meters.length > 0 && html`<td>${amountText(total, counting)}</td>`}</tr>`;
  };
  return html`<div class="scroll" role="group" tabindex="0" aria-labelledby="${id}-days"><table>
<caption id="${id}-days">By day (${spend.dayZone}) and meter, the latest first</caption>
<thead><tr><th scope="col">Day</th>${columns.map(({ name }) => html`<th scope="col">${name}</th>`)}${spend.meters.length > 0 && html`<th scope="col">Together</th>`}</tr></thead>
<tbody>${days.map(row).toReversed()}</tbody></table></div>`;
}

function columnsOf(meters: readonly PlayedMeter[]): PlayedMeter[] {
  return [...new Map(meters.map((meter) => [meter.meter, meter])).values()];
}

function cellOf(meter: PlayedMeter | undefined, currency: string): Html {
  if (meter?.cost !== undefined) {
    return html`<td>${amountText(meter.cost, { measure: 'cost', unit: currency })}</td>`;
  }
  if (meter?.quantity === undefined) return html`<td><span class="soft">none</span></td>`;
  const quantity = amountText(meter.quantity, { measure: 'usage', unit: meter.unit ?? '' });
  return html`<td>${quantity} <span class="soft">no price</span></td>`;
}
