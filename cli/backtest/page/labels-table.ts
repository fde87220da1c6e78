/** What costs of all replayed days are for, as the vendor calls it: models, SKUs. */
import { amountText } from '../../../functions/messages/amounts.ts';
import { type Html, html } from '../../../functions/messages/html.ts';
import { decimal, plain, sum } from '../../../functions/pricing/money.ts';
import { OTHER_LABEL } from '../../../functions/providers/provider.ts';
import type { ReplayedAccount } from '../replayed.ts';

const MOST_ROWS = 20;

/** The largest first, those of the vendor's that are too small last; nothing where it names none. */
export function labelsTable({ days, currency }: ReplayedAccount, id: string): Html | false {
  const rows = rowsOf(days).sort(
    (a, b) =>
      Number(a.label === OTHER_LABEL) - Number(b.label === OTHER_LABEL) || b.cost.cmp(a.cost),
  );
  if (rows.length === 0) return false;
  const counting = { measure: 'cost', unit: currency } as const;
  const shown = rows.slice(0, MOST_ROWS);
  const rest = sum(rows.slice(MOST_ROWS).map(({ cost }) => cost));
  return html`<div class="scroll" role="group" tabindex="0" aria-labelledby="${id}-labels"><table>
<caption id="${id}-labels">What costs are for, all days above, the largest first</caption>
<thead><tr><th scope="col">As the provider calls it</th><th scope="col">Meter</th><th scope="col">Cost</th></tr></thead>
<tbody>${shown.map(({ label, name, cost }) => html`<tr><th scope="row">${label}</th><td>${name}</td><td>${amountText(plain(cost), counting)}</td></tr>`)}
${rows.length > MOST_ROWS && html`<tr><th scope="row">${rows.length - MOST_ROWS} more</th><td></td><td>${amountText(plain(rest), counting)}</td></tr>`}</tbody></table></div>`;
}

function rowsOf(days: ReplayedAccount['days']) {
  const meters = days.flatMap(({ meters }) => meters);
  const parts = meters.flatMap(({ meter, name, labels = [] }) =>
    labels.map((part) => ({ ...part, meter, name })),
  );
  const groups = Map.groupBy(parts, ({ meter, label }) => JSON.stringify([meter, label]));
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    return first ? [{ ...first, cost: sum(own.map(({ cost }) => decimal(cost))) }] : [];
  });
}
