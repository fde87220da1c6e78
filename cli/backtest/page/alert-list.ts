/** A budget's alerts: a list whose entries are also marks on the chart above it. */
import { severityAt, shownPercent } from '../../../functions/alerts/budget/notice.ts';
import type { NoticeKind, Severity } from '../../../functions/alerts/kinds.ts';
import type { Budget } from '../../../functions/config/account.ts';
import { figuresText } from '../../../functions/messages/headline.ts';
import { type Html, html, trusted } from '../../../functions/messages/html.ts';
import { decimal, ratio } from '../../../functions/pricing/money.ts';
import type { Counting } from '../../../functions/pricing/shown-digits.ts';
import type { ReplayedAlert } from '../alerts-with-limit.ts';
import { REPLAYED_KINDS, type ReplayedBudget } from '../replayed.ts';
import { type MarkedPlots, type Plot, xOf, yOf } from './chart.ts';
import { momentAt } from './page-data.ts';

export interface AlertEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly severity: Severity;
  /** Forecasts and anomalies have marks of their own. */
  readonly kind: NoticeKind;
  /** `over budget: 203 of 200 USD (101.6 %)` */
  readonly text: string;
  /** The email; absent where only figures are known. */
  readonly message?: string;
  /** Where the mark is, epoch milliseconds, if not at `at`. */
  readonly markAt?: number;
  /** Height of the mark, in the chart's amounts; at its top where it is not about an amount. */
  readonly amount?: number;
}

/** The list's items. A message shows where its mark is pointed at or has the focus, and in the list once opened. */
export function alertItems(entries: readonly AlertEntry[], plots: MarkedPlots): Html {
  return html`${entries.map((entry) => alertItem(entry, plots))}`;
}

function alertItem(entry: AlertEntry, plots: MarkedPlots): Html {
  const { severity, message } = entry;
  const line = html`${alertMark(entry, 'mark')}${alertMark(entry, 'sign')}<span class="when">${momentAt(entry.at, plots.timeZone)}</span> <span class="grave ${severity}">${severity}</span> <span class="what">${entry.text}</span>`;
  if (message === undefined) return html`<li style="${placeOf(entry, plots)}"><p>${line}</p></li>`;
  return html`<li style="${placeOf(entry, plots)}"><details><summary>${line}</summary></details><pre tabindex="0">${message}</pre></li>`;
}

/** In hundredths of the picture's width: the picture scales, and what lies over it with it. */
function placeOf({ at, markAt = at, amount }: AlertEntry, { wide, narrow }: MarkedPlots): string {
  const [x, y] = shareOf(wide);
  const [narrowX, narrowY] = shareOf(narrow);
  return `--x:${x};--y:${y};--nx:${narrowX};--ny:${narrowY}`;

  function shareOf(plot: Plot): [string, string] {
    const share = (pixels: number) => String(Math.round((pixels / plot.width) * 1e4) / 100);
    const y = amount === undefined ? plot.top : yOf(plot, amount);
    return [share(xOf(plot, markAt)), share(y)];
  }
}

/** With the text of the deployed check's headline. */
export function replayedAlertEntry(
  { kind, at, status, threshold, actual, forecast: point }: ReplayedAlert,
  budget: Budget,
  counting: Counting,
): AlertEntry {
  const percent = ratio(decimal(actual).times('100'), decimal(budget.limit));
  const { per, meter, limit } = budget;
  const figures = {
    kind,
    status,
    threshold,
    per,
    ...(meter !== undefined && { meter }),
    limit,
    actual,
    percent: shownPercent({ percent }),
    ...(point !== undefined && { forecast: { point } }),
    ...counting,
  };
  const fired = kind === 'forecast' ? 'warning' : severityAt(percent);
  return {
    at,
    kind,
    severity: status === 'resolved' ? 'info' : fired,
    text: figuresText(figures),
    amount: Number(actual),
  };
}

/** `2 budget alerts (0.7 a month), 1 forecast alert (0.3 a month).`; `withLimit` names a limit that is not the budget's own: ` with 180 USD`. */
export function countText(
  alerts: readonly { readonly kind: string }[],
  aMonth: ReplayedBudget['alertsAMonth'],
  withLimit = '',
): string {
  const parts = REPLAYED_KINDS.flatMap((kind) => {
    const count = alerts.filter((one) => one.kind === kind).length;
    return count === 0
      ? []
      : `${count} ${kind} ${count === 1 ? 'alert' : 'alerts'} (${aMonth[kind]} a month)`;
  });
  return `${parts.length === 0 ? 'No alerts' : parts.join(', ')}${withLimit}.`;
}

/** Of a notice for this threshold, in percent. */
export function severityAtThreshold(threshold: number): Severity {
  return severityAt(decimal(String(threshold)));
}

/** Shapes differ too, not only colours: circle, diamond, triangle. */
const outlines: Readonly<Record<Severity, string>> = {
  info: 'M0-5A5 5 0 1 1 0 5A5 5 0 1 1 0-5Z',
  warning: 'M0-6.5L6.5 0L0 6.5L-6.5 0Z',
  critical: 'M0-6.5L7 5.5H-7Z',
};

/** Of an anomaly, with five points. */
export const STAR = 'M0-7L1.8-2.4L6.7-2.2L2.9.9L4.1 5.7L0 3L-4.1 5.7L-2.9.9L-6.7-2.2L-1.8-2.4Z';

/** A small picture of it, hidden from screen readers: words must be beside it. A forecast's is hollow. */
function alertMark({ severity, kind }: AlertEntry, className: string): Html {
  const outline = kind === 'anomaly' ? STAR : outlines[severity];
  return trusted(
    `<svg class="${className} ${severity} of-${kind}" viewBox="-9 -9 18 18" aria-hidden="true"><path d="${outline}"/></svg>`,
  );
}
