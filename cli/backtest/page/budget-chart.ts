/**
 * The running total of a budget in each of its periods, the forecast of the open one, and the lines of its limit and
 * thresholds, which the page draws anew when they change.
 */
import { periodsBetween } from '../../../functions/budgets/period.ts';
import type { Budget } from '../../../functions/config/account.ts';
import { amountText, limitText } from '../../../functions/messages/amounts.ts';
import { escaped } from '../../../functions/messages/html.ts';
import { decimal, plain } from '../../../functions/pricing/money.ts';
import type { Counting } from '../../../functions/pricing/shown-digits.ts';
import type { ReplayedAccount, ReplayedBudget, ReplayedPeriod } from '../replayed.ts';
import { countingOf, severityAtThreshold } from './alert-list.ts';
import {
  amountSpan,
  type Chart,
  drawChart,
  type Frame,
  frames,
  type Plot,
  shapes,
  tenths,
  xOf,
  yOf,
} from './chart.ts';
import { momentAt } from './page-data.ts';

type Point = readonly [at: number, amount: number];

/** How much of the chart's width the open period's rest may take. */
const mostAhead = 0.3;
/** A threshold's line or a forecast beyond so many times everything else would only flatten that. */
const mostAbove = 1.6;
/** Of a bold letter, in font sizes, on average in a wide font. */
const widthOfLetter = 0.65;
/** Pixels between the plot and the labels of its lines: a mark at its end covers none. */
const labelGap = 12;

/** `labelledBy` is the id of the element that describes the chart. */
export function budgetChart(
  account: ReplayedAccount,
  replayed: ReplayedBudget,
  labelledBy: string,
): Chart {
  const { from, timeZone, currency } = account;
  const counting = countingOf(replayed.budget, currency);
  const until = untilOf(account, replayed);
  const plotIn = (frame: Frame): Plot => {
    const right = Math.max(frame.right, labelsWidth(replayed.budget, counting, frame));
    return { ...frame, right, from, until, ...amountSpan(...amountRange(replayed)) };
  };
  const plots = { wide: plotIn(frames.wide), narrow: plotIn(frames.narrow), timeZone };
  const midnights = periodsBetween({ per: 'day' }, timeZone, from, until).filter(
    ({ start }) => start >= from,
  );
  const drawn = shapes.map((shape) => {
    const plot = plots[shape];
    return drawChart(plot, {
      className: shape,
      labelledBy,
      unit: counting.unit,
      days: midnights.map(({ id, start }) => ({ x: xOf(plot, start), date: id })),
      content: `${totalsSvg(replayed, plot, account.until)}<g class="limits">${limitLines(replayed.budget, counting, plot)}</g>`,
    });
  });
  return { svg: drawn.join(''), plots };
}

function untilOf({ from, until }: ReplayedAccount, { periods }: ReplayedBudget): number {
  const open = periods.findLast(({ forecast }) => forecast !== undefined);
  const most = until + ((until - from) * mostAhead) / (1 - mostAhead);
  return Math.max(from + 1, Math.min(most, Math.max(until, open?.period.end ?? until)));
}

function amountRange({ budget, periods }: ReplayedBudget): [lowest: number, highest: number] {
  const amounts = periods.flatMap(({ points }) => points.map(({ actual }) => Number(actual)));
  const limit = Number(budget.limit);
  const base = amounts.reduce((a, b) => Math.max(a, b), limit);
  const further = [
    ...budget.thresholds.map((threshold) => (limit * threshold) / 100),
    ...periods.map(({ forecast, range }) => Number(range?.high ?? forecast ?? 0)),
  ].filter((amount) => amount <= base * mostAbove);
  const lowest = amounts.reduce((a, b) => Math.min(a, b), 0);
  // Room for a higher limit to be tried, and for the label of the highest line.
  return [lowest, Math.max(base, ...further) * 1.08];
}

function totalsSvg({ budget, periods }: ReplayedBudget, plot: Plot, until: number): string {
  const traces = periods.map((period) => trace(period, budget.per, { from: plot.from, until }));
  // Hours are one line: a gap between two of them could not be seen.
  const lines = (budget.per === 'hour' ? [traces.flat()] : traces).filter(
    ({ length }) => length > 0,
  );
  const totals = lines.map((points) => stepsPath(thinned(points, plot), plot));
  const bottom = tenths(yOf(plot, 0));
  const areas = totals.map((path) => `${path}V${bottom}H${path.slice(1).split(' ', 1)}`);
  const forecasts = periods.map((period) => forecastPath(period, plot, until));
  const fans = periods.map((period) => fanPath(period, plot, until));
  return `<path class="area" d="${areas.join('')}"/><path class="fan" d="${fans.join('')}"/><path class="forecast" d="${forecasts.join('')}"/><path class="total" d="${totals.join('')}"/>`;
}

/** An actual is held until the next point. */
function stepsPath(points: readonly Point[], plot: Plot): string {
  const [first, ...others] = points.map(([at, amount]) => [
    tenths(xOf(plot, at)),
    tenths(yOf(plot, amount)),
  ]);
  return `M${first?.join(' ')}${others.map(([x, y]) => `H${x}V${y}`).join('')}`;
}

/** From 0 at its start, and held to its end; usage that came after its end, as with every hour, is drawn at its end. */
function trace(
  { period, points }: ReplayedPeriod,
  per: Budget['per'],
  { from, until }: { readonly from: number; readonly until: number },
): Point[] {
  const last = points.at(-1);
  if (last === undefined) return [];
  const total = Number(last.actual);
  const start = Math.max(period.start, from);
  const end = Math.min(period.end, Math.max(until, start));
  if (per === 'hour') {
    return [
      [start, total],
      [end, total],
    ];
  }
  const within = points.map(({ at, actual }): Point => [Math.min(at, end), Number(actual)]);
  const begin: Point[] = period.start >= from ? [[start, 0]] : [];
  return [...begin, ...within, [end, total]];
}

/** From the last check to the period's end, or to where the line leaves the plot. */
function forecastPath(replayed: ReplayedPeriod, plot: Plot, until: number): string {
  const { forecast } = replayed;
  const line = forecast === undefined ? [] : lineTo(forecast, replayed, plot, until);
  return line.length === 0 ? '' : `M${line.join('L')}`;
}

/** Between the ends of its range. */
function fanPath(replayed: ReplayedPeriod, plot: Plot, until: number): string {
  const { range } = replayed;
  if (range === undefined) return '';
  const low = lineTo(range.low, replayed, plot, until);
  const high = lineTo(range.high, replayed, plot, until);
  return low.length === 0 ? '' : `M${[...low, ...high.toReversed()].join('L')}Z`;
}

/** Its two points. */
function lineTo(
  forecast: string,
  { period, points }: ReplayedPeriod,
  plot: Plot,
  until: number,
): readonly string[] {
  const last = points.at(-1);
  if (last === undefined) return [];
  const actual = Number(last.actual);
  const [ahead, more] = [period.end - until, Number(forecast) - actual];
  const room = [
    ahead > 0 ? (plot.until - until) / ahead : 0,
    more > 0 ? (plot.max - actual) / more : 1,
  ];
  const within = Math.min(1, ...room);
  const [x, y] = [xOf(plot, until + within * ahead), yOf(plot, actual + within * more)];
  return [`${tenths(xOf(plot, until))} ${tenths(yOf(plot, actual))}`, `${tenths(x)} ${tenths(y)}`];
}

/** At most four points (the first, the least, the greatest, the last) of each pixel. */
function thinned(points: readonly Point[], plot: Plot): Point[] {
  const columns = Map.groupBy(points, ([at]) => Math.floor(xOf(plot, at)));
  return [...columns.values()].flatMap(extremes);
}

function extremes(points: Point[]): Point[] {
  if (points.length < 5) return points;
  const byAmount = points.toSorted(([, a], [, b]) => a - b);
  const kept = new Set([points[0], byAmount[0], byAmount.at(-1), points.at(-1)]);
  return points.filter((point) => kept.has(point));
}

export interface ReplayedSpan {
  /** First and last check, epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly timeZone: string;
}

/** Describes the chart, also for those who cannot see it. */
export function captionText(
  budget: Budget,
  { count, counting }: { readonly count: number; readonly counting: Counting },
  { from, until, timeZone }: ReplayedSpan,
): string {
  const span = `from ${momentAt(from, timeZone)} to ${momentAt(until, timeZone)}`;
  return `Running total of each ${budget.per} ${span}, against ${limitText(budget.limit, counting)} with ${thresholdsText(budget)}. Marks: alerts (${count}). Dashed: forecast.`;
}

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
function labelsWidth(budget: Budget, counting: Counting, frame: Frame): number {
  const lengths = linesOf(budget, counting, frame).map(({ label }) => label.length);
  return labelGap + 4 + Math.max(...lengths) * frame.fontSize * widthOfLetter;
}

function lineSvg(
  { threshold, label, y }: LimitLine & { readonly y: number },
  plot: Plot,
  labelY: number,
): string {
  const end = plot.width - plot.right;
  const className = `limit ${severityAtThreshold(threshold)}${threshold === 100 ? ' whole' : ''}`;
  const text = `<text x="${tenths(end + labelGap)}" y="${tenths(labelY)}" dy=".35em">${escaped(label)}</text>`;
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
