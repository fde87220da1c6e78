/** What an account spent by day: the chart, and the same as a table; usage of meters without a price is in the table. */
import { scaleBand } from 'd3-scale';
import { localText } from '../../../functions/budgets/dates.ts';
import { TOTALS } from '../../../functions/config/account.ts';
import { dayNamed } from '../../../functions/ledger/usage-day.ts';
import { amountText, shareText } from '../../../functions/messages/amounts.ts';
import { type Html, html, trusted } from '../../../functions/messages/html.ts';
import { decimal, plain, ratio, sum } from '../../../functions/pricing/money.ts';
import { OTHER_LABEL } from '../../../functions/providers/provider.ts';
import type { ReplayedAccount, ReplayedMeter } from '../replayed.ts';
import { type AlertEntry, alertItems } from './alert-list.ts';
import {
  amountSpan,
  type Chart,
  drawChart,
  FRAMES,
  type Plot,
  SHAPES,
  tenths,
  yOf,
} from './chart.ts';

/** Of an account's section. */
export function spendId(account: string): string {
  return `${account}-spend`;
}

/** `others` are alerts of the account, not of a budget. */
export function spendSection(
  account: ReplayedAccount,
  id: string,
  others: readonly AlertEntry[],
): Html {
  const spend = spendOf(account);
  const what = spend.meters.length > 0 ? 'Spend' : 'Usage';
  return html`<section class="part" id="${spendId(id)}">
<h3>${what} by day</h3>
${account.days.length === 0 ? html`<p>No day is known.</p>` : figure(spend, id, others)}
${account.days.length > 0 && daysTable(account, spend, id)}
${labelsTable(account, id)}
</section>`;
}

function figure(spend: Spend, id: string, others: readonly AlertEntry[]): Html {
  const caption = `${id}-spend-caption`;
  const { svg, plots } = spendChart(spend, caption);
  return html`${legend(spend)}
<div class="plot"><figure>${spend.meters.length > 0 && trusted(svg)}<figcaption id="${caption}">${captionOf(spend)}</figcaption></figure>
${others.length > 0 && html`<h4>Other alerts of this account</h4><ol class="alerts">${alertItems(others, plots)}</ol>`}</div>`;
}

function captionOf({ days, meters, part, dayZone, currency, total }: Spend): string {
  const first = days[0]?.date ?? '';
  const span = `${localText(first)} to ${localText(days.at(-1)?.date ?? first)}, days in ${dayZone}`;
  if (meters.length === 0) return `No meter has a price, so spend is unknown; ${span}.`;
  const highest = days.reduce((a, b) => (decimal(b.total).gt(a.total) ? b : a));
  return `Spend by day and ${part}: ${costText(total, currency)} in total, at most ${costText(highest.total, currency)} on ${localText(highest.date)}; ${span}.`;
}

function legend({ meters, total, currency }: Spend): Html {
  const item = ({ name, color, total: own }: SpendMeter) =>
    html`<li><span class="swatch" style="background:${color}"></span>${name} <span class="soft">${costText(own, currency)}${decimal(total).gt('0') && `, ${shareText(Number(plain(ratio(decimal(own), decimal(total)))))}`}</span></li>`;
  return html`<ul class="legend">${meters.map(item)}</ul>`;
}

function daysTable({ days, currency }: ReplayedAccount, spend: Spend, id: string): Html {
  const columns = columnsOf(days.flatMap(({ meters }) => meters));
  const row = ({ date, meters }: ReplayedAccount['days'][number], index: number) => {
    const cells = columns.map(({ meter: id }) =>
      cellOf(
        meters.find(({ meter }) => meter === id),
        currency,
      ),
    );
    const total = spend.days[index]?.total ?? '0';
    return html`<tr><th scope="row">${localText(date)}</th>${cells}${spend.meters.length > 0 && html`<td>${costText(total, currency)}</td>`}</tr>`;
  };
  return html`<div class="scroll" role="group" tabindex="0" aria-labelledby="${id}-days"><table>
<caption id="${id}-days">By day (${spend.dayZone}) and ${spend.part}, the latest first</caption>
<thead><tr><th scope="col">Day</th>${columns.map(({ name }) => html`<th scope="col">${name}</th>`)}${spend.meters.length > 0 && html`<th scope="col">Total</th>`}</tr></thead>
<tbody>${days.map(row).toReversed()}</tbody></table></div>`;
}

function columnsOf(meters: readonly ReplayedMeter[]): ReplayedMeter[] {
  return [...new Map(meters.map((meter) => [meter.meter, meter])).values()];
}

function cellOf(meter: ReplayedMeter | undefined, currency: string): Html {
  if (meter?.cost !== undefined) {
    return html`<td>${costText(meter.cost, currency)}</td>`;
  }
  if (meter?.quantity === undefined) return html`<td><span class="soft">none</span></td>`;
  const quantity = amountText(meter.quantity, { measure: 'usage', unit: meter.unit ?? '' });
  return html`<td>${quantity} <span class="soft">no price</span></td>`;
}

/** The daily spend, stacked by meter. `labelledBy` is the id of the element that describes the chart. */
function spendChart(spend: Spend, labelledBy: string): Chart {
  const { days, meters, timeZone, currency } = spend;
  const layers = layersOf(spend);
  const amounts = layers.flat(2);
  const span = {
    ...spanOf(spend),
    ...amountSpan(Math.min(0, ...amounts), Math.max(0, ...amounts)),
  };
  const plots = {
    wide: { ...FRAMES.wide, ...span, right: FRAMES.narrow.right },
    narrow: { ...FRAMES.narrow, ...span },
    timeZone,
  };
  const drawn = SHAPES.map((shape) => {
    const columns = columnsIn(plots[shape], days);
    const bars = layers.map(
      (layer, index) =>
        `<path fill="${meters[index]?.color}" d="${barsPath(layer, columns, plots[shape])}"/>`,
    );
    return drawChart(plots[shape], {
      className: shape,
      labelledBy,
      unit: `${currency} a day`,
      days: columns.map(({ date, x, width }) => ({ date, x: x + width / 2 })),
      content: bars.join(''),
    });
  });
  return { svg: drawn.join(''), plots };
}

type Layer = readonly (readonly [from: number, to: number])[];

/** Of each meter, its part of each day's stack; corrections are negative, and are stacked downwards. */
function layersOf({ days, meters }: Spend): Layer[] {
  const [above, below] = [days.map(() => 0), days.map(() => 0)];
  return meters.map((_, meter) =>
    days.map(({ amounts }, day) => {
      const amount = Number(amounts[meter] ?? 0);
      const stack = amount < 0 ? below : above;
      const from = stack[day] ?? 0;
      stack[day] = from + amount;
      return [from, from + amount];
    }),
  );
}

/** Epoch milliseconds. */
function spanOf({ days, dayZone }: Spend): Pick<Plot, 'from' | 'until'> {
  const first = days[0]?.date ?? '1970-01-01';
  const last = days.at(-1)?.date ?? first;
  return { from: dayNamed(first, dayZone).start, until: dayNamed(last, dayZone).end };
}

interface Column {
  readonly date: string;
  readonly x: number;
  readonly width: number;
}

function columnsIn({ left, width, right }: Plot, days: Spend['days']): Column[] {
  const dates = days.map(({ date }) => date);
  const scale = scaleBand(dates, [left, width - right])
    .paddingInner(0.22)
    .paddingOuter(0.11);
  return dates.map((date) => ({ date, x: scale(date) ?? left, width: scale.bandwidth() }));
}

function barsPath(layer: Layer, columns: readonly Column[], plot: Plot): string {
  const y = (amount: number) => tenths(yOf(plot, amount));
  const bars = layer.map(([from, to], index) => {
    const { x = 0, width = 0 } = columns[index] ?? {};
    if (from === to) return '';
    return `M${tenths(x)} ${y(from)}V${y(to)}h${tenths(width)}V${y(from)}z`;
  });
  return bars.join('');
}

interface SpendMeter {
  readonly meter: string;
  readonly name: string;
  /** CSS. */
  readonly color: string;
  /** Exact decimal, of all days. */
  readonly total: string;
}

interface Spend {
  readonly currency: string;
  /** IANA zone of the account's moments. */
  readonly timeZone: string;
  /** IANA zone of the provider's days. */
  readonly dayZone: string;
  /** With a cost on any day, in the provider's order; of a total its accounts. */
  readonly meters: readonly SpendMeter[];
  /** What one of them is. */
  readonly part: 'meter' | 'account';
  readonly days: readonly SpendDay[];
  readonly total: string;
}

interface SpendDay {
  readonly date: string;
  /** Of the meters, in their order; none where the meter has no cost on that day. */
  readonly amounts: readonly (string | undefined)[];
  readonly total: string;
}

/** As many as page.css has; an account with more meters repeats them. */
const COLORS = 8;

function spendOf({ provider, days, currency, timeZone, dayZone }: ReplayedAccount): Spend {
  const priced = new Map<string, ReplayedMeter>();
  for (const { meters } of days) {
    for (const meter of meters) if (meter.cost !== undefined) priced.set(meter.meter, meter);
  }
  const rows = days.map(({ date, meters }) => {
    const amounts = [...priced.keys()].map((id) => meters.find(({ meter }) => meter === id)?.cost);
    return { date, amounts, total: total(amounts) };
  });
  const meters = [...priced.values()].map(({ meter, name }, index) => ({
    meter,
    name,
    color: `var(--meter-${(index % COLORS) + 1})`,
    total: total(rows.map(({ amounts }) => amounts[index])),
  }));
  const all = total(rows.map((row) => row.total));
  const part = provider === TOTALS ? 'account' : 'meter';
  return { currency, timeZone, dayZone, meters, part, days: rows, total: all };
}

function total(amounts: readonly (string | undefined)[]): string {
  return plain(sum(amounts.map((amount) => decimal(amount ?? '0'))));
}

const MOST_ROWS = 20;

/** What costs of all days are for, as the vendor calls it (models, SKUs): the largest first, those of the vendor's that are too small last; nothing where it names none. */
export function labelsTable({ days, currency }: ReplayedAccount, id: string): Html | false {
  const rows = rowsOf(days).sort(
    (a, b) =>
      Number(a.label === OTHER_LABEL) - Number(b.label === OTHER_LABEL) || b.cost.cmp(a.cost),
  );
  if (rows.length === 0) return false;
  const shown = rows.slice(0, MOST_ROWS);
  const rest = sum(rows.slice(MOST_ROWS).map(({ cost }) => cost));
  return html`<div class="scroll" role="group" tabindex="0" aria-labelledby="${id}-labels"><table>
<caption id="${id}-labels">What costs are for, all days above, the largest first</caption>
<thead><tr><th scope="col">As the provider calls it</th><th scope="col">Meter</th><th scope="col">Cost</th></tr></thead>
<tbody>${shown.map(({ label, name, cost }) => html`<tr><th scope="row">${label}</th><td>${name}</td><td>${costText(plain(cost), currency)}</td></tr>`)}
${rows.length > MOST_ROWS && html`<tr><th scope="row">${rows.length - MOST_ROWS} more</th><td></td><td>${costText(plain(rest), currency)}</td></tr>`}</tbody></table></div>`;
}

function rowsOf(days: ReplayedAccount['days']) {
  const meters = days.flatMap(({ meters }) => meters);
  const parts = meters.flatMap(({ meter, name, labels = [] }) =>
    labels.map((part) => ({ ...part, meter, name })),
  );
  const groups = Map.groupBy(parts, ({ meter, label }) => JSON.stringify([meter, label]));
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    return first ? [{ ...first, cost: sum(own.map(({ cost }) => cost)) }] : [];
  });
}

function costText(amount: string, currency: string): string {
  return amountText(amount, { measure: 'cost', unit: currency });
}
