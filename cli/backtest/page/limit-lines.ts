/** The lines of a budget's limit and thresholds, which the page draws anew when they change. */
import type { Budget } from '../../../functions/config/account.ts';
import { amountText, limitText } from '../../../functions/messages/amounts.ts';
import { escaped } from '../../../functions/messages/html.ts';
import { decimal, plain } from '../../../functions/pricing/money.ts';
import type { Counting } from '../../../functions/pricing/shown-digits.ts';
import { severityAtThreshold } from './alert-list.ts';
import { type Frame, type Plot, tenths, yOf } from './chart.ts';

/** Of a bold letter, in font sizes, on average in a wide font. */
const WIDTH_OF_LETTER = 0.65;
/** Pixels between the plot and the labels of its lines: a mark at its end covers none. */
const LABEL_GAP = 12;

/** `thresholds at 50 %, 80 %, 100 %` */
export function thresholdsText({ thresholds }: Budget): string {
  return `thresholds at ${thresholds.map((threshold) => `${threshold} %`).join(', ')}`;
}

interface LimitLine {
  readonly threshold: number;
  /** Exact decimal. */
  readonly amount: string;
  readonly label: string;
}

/** SVG; lines above the axis are named at its top, so that none is missing. */
export function limitLines(budget: Budget, counting: Counting, plot: Plot): string {
  const lines = linesOf(budget, counting, plot);
  const isAbove = ({ amount }: LimitLine) => Number(amount) > plot.max;
  const drawn = lines
    .filter((line) => !isAbove(line))
    .map((line) => ({ ...line, y: yOf(plot, Number(line.amount)) }));
  const heights = spread(
    drawn.map(({ y }) => y),
    plot,
  );
  const above = lines.filter(isAbove).map(({ label }) => label);
  return [
    ...drawn.map((line, index) => lineSvg(line, plot, heights[index] ?? 0)),
    above.length > 0 && aboveSvg(above, plot),
  ]
    .filter(Boolean)
    .join('');
}

/** Ascending by amount; the limit has a line though it may be no threshold. */
function linesOf({ limit, thresholds }: Budget, counting: Counting, frame: Frame): LimitLine[] {
  return [...new Set([...thresholds, 100])]
    .sort((a, b) => a - b)
    .map((threshold) => {
      const share = decimal(String(threshold)).times('0.01');
      const amount = plain(decimal(limit).times(share));
      const name = thresholds.includes(threshold) ? `${threshold} %` : 'limit';
      const isExact = threshold === 100 || Number.isInteger(Number(amount));
      const text = (isExact ? limitText : amountText)(amount, counting);
      return { threshold, amount, label: frame.hasLongLabels ? `${name}  ${text}` : name };
    });
}

/** Pixels that the labels need beside the chart. */
export function labelsWidth(budget: Budget, counting: Counting, frame: Frame): number {
  const lengths = linesOf(budget, counting, frame).map(({ label }) => label.length);
  return LABEL_GAP + 4 + Math.max(...lengths) * frame.fontSize * WIDTH_OF_LETTER;
}

function lineSvg(
  { threshold, label, y }: LimitLine & { readonly y: number },
  plot: Plot,
  labelY: number,
): string {
  const end = plot.width - plot.right;
  const className = `limit ${severityAtThreshold(threshold)}${threshold === 100 ? ' whole' : ''}`;
  const text = `<text x="${tenths(end + LABEL_GAP)}" y="${tenths(labelY)}" dy=".35em">${escaped(label)}</text>`;
  return `<g class="${className}"><path d="M${plot.left} ${tenths(y)}H${tenths(end)}"/>${text}</g>`;
}

function aboveSvg(labels: readonly string[], { width, top }: Plot): string {
  const text = `↑ ${labels.join(', ')} above`;
  return `<g class="limit above"><text x="${width - 4}" y="${top - 14}" dy=".35em" text-anchor="end">${escaped(text)}</text></g>`;
}

/** Heights of labels for lines from the lowest to the highest, moved up so far that no label covers another. */
function spread(heights: readonly number[], { fontSize, top }: Plot): number[] {
  const labels: number[] = [];
  for (const height of heights) {
    const below = labels.at(-1) ?? Number.POSITIVE_INFINITY;
    labels.push(Math.min(height, below - fontSize - 2));
  }
  const missing = Math.max(0, top - (labels.at(-1) ?? top));
  return labels.map((height) => height + missing / 2);
}
