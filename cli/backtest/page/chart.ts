/**
 * Where things are in a chart, and the parts that all charts have. Positions are floats, as they are only drawn: no
 * amount comes out of here. The page draws with the same scales over what was drawn once, without d3: for two straight lines
 * it would bring 27 kB.
 */
import { scaleLinear } from 'd3-scale';
import { localText } from '../../../functions/budgets/dates.ts';
import { escaped } from '../../../functions/messages/html.ts';

/** A chart's area within its picture, in the picture's pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly fontSize: number;
  /** Whether labels of lines have room for amounts. */
  readonly hasLongLabels: boolean;
  readonly mostTicks: number;
}

/** A frame with what its axes span: epoch milliseconds and amounts. */
export interface Plot extends Frame {
  readonly from: number;
  readonly until: number;
  readonly min: number;
  readonly max: number;
}

/** A chart in both shapes, on which marks can be placed. */
export interface MarkedPlots {
  readonly wide: Plot;
  readonly narrow: Plot;
  /** IANA zone of the alerts' moments. */
  readonly timeZone: string;
}

export interface Chart {
  /** Both shapes; CSS shows the one that fits. */
  readonly svg: string;
  readonly plots: MarkedPlots;
}

/** For screens and paper, and for phones: text in a picture that is scaled down could not be read. */
export const FRAMES = {
  wide: {
    width: 1000,
    height: 300,
    left: 66,
    right: 120,
    top: 36,
    bottom: 30,
    fontSize: 13,
    hasLongLabels: true,
    mostTicks: 9,
  },
  narrow: {
    width: 380,
    height: 290,
    left: 54,
    right: 12,
    top: 36,
    bottom: 28,
    fontSize: 12,
    hasLongLabels: false,
    mostTicks: 4,
  },
} as const satisfies Record<string, Frame>;

export const SHAPES = ['wide', 'narrow'] as const;

/** About so many intervals on the axis of amounts. */
const INTERVALS = 5;

export function xOf({ left, right, width, from, until }: Plot, at: number): number {
  return left + ((at - from) / (until - from)) * (width - left - right);
}

/** Amounts outside the axis are at its ends. */
export function yOf({ top, bottom, height, min, max }: Plot, amount: number): number {
  const share = (Math.min(max, Math.max(min, amount)) - min) / (max - min);
  return height - bottom - share * (height - top - bottom);
}

/** From one round amount to another, around 0 and both amounts. */
export function amountSpan(lowest: number, highest: number): Pick<Plot, 'min' | 'max'> {
  const low = Math.min(0, lowest);
  const high = Math.max(0, highest) || (low === 0 ? 1 : 0);
  const [min = low, max = high] = scaleLinear().domain([low, high]).nice(INTERVALS).domain();
  return { min, max };
}

/** Every first, second, seventh … of so many days, so that there are at most `most`. */
export function strideFor(days: number, most: number): number {
  return [1, 2, 7, 14, 28, 56, 91].find((stride) => days / stride <= most) ?? 182;
}

interface DayTick {
  /** Pixels. */
  readonly x: number;
  /** `2026-11-21` */
  readonly date: string;
}

interface Drawing {
  readonly className: string;
  /** Id of the element that describes the chart. */
  readonly labelledBy: string;
  /** Of the amounts. */
  readonly unit: string;
  /** Every day that has a place; as many are named as there is room for. */
  readonly days: readonly DayTick[];
  /** SVG between the grid and the axis. */
  readonly content: string;
}

export function drawChart(plot: Plot, drawing: Drawing): string {
  const { width, height, fontSize } = plot;
  const { className, labelledBy, unit, days, content } = drawing;
  return `<svg viewBox="0 0 ${width} ${height}" class="chart ${escaped(className)}" role="img" aria-labelledby="${escaped(labelledBy)}" font-size="${fontSize}">${amountAxis(plot, unit)}${content}${dayAxis(plot, days)}</svg>`;
}

/** Grid lines with their amounts, and the unit once at the top. */
function amountAxis(plot: Plot, unit: string): string {
  const { left, width, right, fontSize } = plot;
  const scale = scaleLinear([plot.min, plot.max], []);
  const textOf = scale.tickFormat(INTERVALS);
  const ticks = scale.ticks(INTERVALS).map((amount) => ({ amount, y: tenths(yOf(plot, amount)) }));
  const grid = ticks.map(({ y }) => `M${left} ${y}H${width - right}`).join('');
  const labels = ticks.map(
    ({ amount, y }) =>
      `<text x="${left - 8}" y="${y}" dy=".35em" text-anchor="end">${textOf(amount)}</text>`,
  );
  const name = `<text x="8" y="${fontSize * 0.7}" dy=".35em">${escaped(unit)}</text>`;
  return `<g class="axis"><path class="grid" d="${grid}"/>${labels.join('')}${name}</g>`;
}

function dayAxis(plot: Plot, days: readonly DayTick[]): string {
  const { left, width, right, height, bottom, fontSize, mostTicks } = plot;
  const y = height - bottom;
  const stride = strideFor(days.length, mostTicks);
  const named = days.filter((_, index) => index % stride === 0);
  const ticks = named.map(({ x }) => `M${tenths(x)} ${y}v5`).join('');
  // The last one may be at the very end, where half of its text would be outside of the picture.
  const most = width - 1.8 * fontSize;
  const labels = named.map(
    ({ x, date }) =>
      `<text x="${tenths(Math.min(x, most))}" y="${y + 8 + fontSize}" text-anchor="middle">${shortDate(date)}</text>`,
  );
  return `<g class="axis"><path d="M${left} ${y}H${width - right}${ticks}"/>${labels.join('')}</g>`;
}

/** A tenth of a pixel cannot be seen. */
export function tenths(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** `2026-11-21` → `21 Nov`. */
function shortDate(date: string): string {
  const [day, month = ''] = localText(date).split(' ');
  return `${day} ${month.slice(0, 3)}`;
}
