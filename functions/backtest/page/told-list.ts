/** What would have been told of a budget: a list whose entries are also marks on the chart above it. */
import type { Severity } from '../../alerts/notice.ts';
import { type Html, html } from './html.ts';
import { momentAt } from './moment.ts';
import { type Plot, xOf, yOf } from './plot.ts';
import { severityMark } from './severity.ts';

export interface ToldEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly severity: Severity;
  /** `at 101.6 % of 200 USD` */
  readonly text: string;
  /** The email; absent where only that it would have been told is known. */
  readonly message?: string;
  /** Height of the mark, in the chart's amounts; at its top where it is not about an amount. */
  readonly amount?: number;
}

export interface MarkedPlots {
  readonly wide: Plot;
  readonly narrow: Plot;
  readonly timeZone: string;
}

/** The list's items. A message shows where its mark is pointed at or has the focus, and in the list once opened. */
export function toldItems(entries: readonly ToldEntry[], plots: MarkedPlots): Html {
  return html`${entries.map((entry) => toldItem(entry, plots))}`;
}

function toldItem(entry: ToldEntry, plots: MarkedPlots): Html {
  const { severity, message } = entry;
  const line = html`${severityMark(severity, 'mark')}${severityMark(severity, 'sign')}<span class="when">${momentAt(entry.at, plots.timeZone)}</span> <span class="grave ${severity}">${severity}</span> <span class="what">${entry.text}</span>`;
  if (message === undefined) return html`<li style="${placeOf(entry, plots)}"><p>${line}</p></li>`;
  return html`<li style="${placeOf(entry, plots)}"><details><summary>${line}</summary></details><pre tabindex="0">${message}</pre></li>`;
}

/** In hundredths of the picture's width: the picture scales, and what lies over it with it. */
function placeOf({ at, amount }: ToldEntry, { wide, narrow }: MarkedPlots): string {
  const [x, y] = shareOf(wide);
  const [narrowX, narrowY] = shareOf(narrow);
  return `--x:${x};--y:${y};--nx:${narrowX};--ny:${narrowY}`;

  function shareOf(plot: Plot): [string, string] {
    const share = (pixels: number) => String(Math.round((pixels / plot.width) * 1e4) / 100);
    const y = amount === undefined ? plot.top : yOf(plot, amount);
    return [share(xOf(plot, at)), share(y)];
  }
}
