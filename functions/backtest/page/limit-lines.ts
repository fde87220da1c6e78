/** The lines of a budget's limit and steps, drawn over its chart; the page draws them anew when they change. */
import type { Budget } from '../../config/account.ts';
import { amountText, limitText } from '../../messages/amounts.ts';
import { decimal, plain } from '../../pricing/money.ts';
import type { Counting } from '../../pricing/shown-digits.ts';
import { escaped } from './html.ts';
import { type Frame, type Plot, yOf } from './plot.ts';
import { severityAtStep } from './severity.ts';

/** Of a bold one, in font sizes, on average. */
const widthOfLetter = 0.58;

interface Line {
  readonly step: number;
  /** Exact decimal. */
  readonly amount: string;
  readonly label: string;
}

/** Pixels that the labels need beside the chart. */
export function labelsWidth(budget: Budget, counting: Counting, { fontSize }: Frame): number {
  const longest = Math.max(...linesOf(budget, counting).map(({ label }) => label.length));
  return 12 + longest * fontSize * widthOfLetter;
}

/** SVG; lines above the axis are named at its top, so that none is missing without a word. */
export function limitLines(budget: Budget, counting: Counting, plot: Plot): string {
  const lines = linesOf(budget, counting);
  const isAbove = ({ amount }: Line) => Number(amount) > plot.max;
  const drawn = lines.filter((line) => !isAbove(line));
  const above = lines.filter(isAbove);
  const labels = spread(
    drawn.map(({ amount }) => yOf(plot, Number(amount))),
    plot,
  );
  return [
    ...drawn.map((line, index) => lineSvg(line, plot, labels[index] ?? 0)),
    above.length === 0 ? '' : aboveSvg(above, plot),
  ].join('');
}

/** Ascending by amount; the limit has a line though it may be no step. */
function linesOf({ limit, steps }: Budget, counting: Counting): Line[] {
  return [...new Set([...steps, 100])]
    .sort((a, b) => a - b)
    .map((step) => {
      const amount = plain(
        decimal(limit)
          .times(decimal(String(step)))
          .times('0.01'),
      );
      const isExact = step === 100 || Number.isInteger(Number(amount));
      const text = (isExact ? limitText : amountText)(amount, counting);
      const name = steps.includes(step) ? `${step} %` : 'limit';
      return { step, amount, label: `${name}  ${text}` };
    });
}

function lineSvg({ step, amount, label }: Line, plot: Plot, labelY: number): string {
  const y = tenths(yOf(plot, Number(amount)));
  const end = plot.width - plot.right;
  const className = `limit ${severityAtStep(step)}${step === 100 ? ' whole' : ''}`;
  const text = plot.labelsBeside
    ? textSvg(label, { x: end + 8, y: labelY, anchor: 'start', plot })
    : textSvg(label, { x: end - 2, y: labelY - 8, anchor: 'end', plot });
  return `<g class="${className}"><path d="M${plot.left} ${y}H${end}"/>${text}</g>`;
}

function aboveSvg(lines: readonly Line[], plot: Plot): string {
  const label = `${lines.map(({ label }) => label).join(', ')} above`;
  const x = plot.width - plot.right;
  const text = textSvg(`↑ ${label}`, { x, y: plot.top - 14, anchor: 'end', plot });
  return `<g class="limit above">${text}</g>`;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
  readonly plot: Plot;
}

function textSvg(text: string, { x, y, anchor, plot }: Place): string {
  return `<text x="${x}" y="${tenths(y)}" dominant-baseline="central" text-anchor="${anchor}" font-size="${plot.fontSize}">${escaped(text)}</text>`;
}

/** Heights of labels for lines from the lowest to the highest, moved up so far that no label covers another. */
function spread(heights: readonly number[], { fontSize, top }: Plot): number[] {
  const labels: number[] = [];
  for (const height of heights) {
    const below = labels.at(-1) ?? Number.POSITIVE_INFINITY;
    labels.push(Math.min(height, below - fontSize - 2));
  }
  const missing = Math.max(0, top - (labels.at(-1) ?? top));
  return labels.map((height) => height + (missing > 0 ? missing / 2 : 0));
}

function tenths(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
