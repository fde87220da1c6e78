/** A budget's actuals over the replayed time: days as bars, longer periods as running totals with the forecast, and the anomalies. */
import { periodsBetween } from '../../../functions/budgets/period.ts';
import type { Budget } from '../../../functions/config/account.ts';
import { DAY_MS } from '../../../functions/config/durations.ts';
import { limitText } from '../../../functions/messages/amounts.ts';
import type { Counting } from '../../../functions/pricing/shown-digits.ts';
import { countingOf } from '../limit-figures.ts';
import type { ReplayedAccount, ReplayedBudget, ReplayedPeriod } from '../replayed.ts';
import { STAR } from './alert-list.ts';
import {
  amountSpan,
  type Chart,
  drawChart,
  FRAMES,
  type Frame,
  type Plot,
  SHAPES,
  tenths,
  xOf,
  yOf,
} from './chart.ts';
import { fanSvg, forecastMoments } from './forecast-fan.ts';
import { labelsWidth, limitLines, thresholdsText } from './limit-lines.ts';
import { momentAt } from './page-data.ts';

type Point = readonly [at: number, amount: number];

/** How much of the chart's width the open period's rest may take. */
const MOST_AHEAD = 0.3;
/** A threshold's line or a forecast beyond so many times everything else would only flatten that. */
const MOST_ABOVE = 1.6;

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
  const plots = { wide: plotIn(FRAMES.wide), narrow: plotIn(FRAMES.narrow), timeZone };
  const midnights = periodsBetween({ per: 'day' }, timeZone, from, until).filter(
    ({ start }) => start >= from,
  );
  const drawn = SHAPES.map((shape) => {
    const plot = plots[shape];
    return drawChart(plot, {
      className: shape,
      labelledBy,
      unit: counting.unit,
      days: midnights.map(({ id, start }) => ({ x: xOf(plot, start), date: id })),
      content: `${actualsSvg(replayed, plot, account.until)}<g class="foresight">${foresightSvg(replayed, plot, account.until)}</g>${anomaliesSvg(account, replayed, plot)}<g class="limits">${limitLines(replayed.budget, counting, plot)}</g>`,
    });
  });
  return { svg: drawn.join(''), plots };
}

function untilOf({ from, until }: ReplayedAccount, { periods }: ReplayedBudget): number {
  const open = periods.findLast(({ forecast }) => forecast !== undefined);
  const most = until + ((until - from) * MOST_AHEAD) / (1 - MOST_AHEAD);
  return Math.max(from + 1, Math.min(most, Math.max(until, open?.period.end ?? until)));
}

function amountRange({ budget, periods }: ReplayedBudget): [lowest: number, highest: number] {
  const amounts = periods.flatMap(({ points }) => points.map(({ actual }) => Number(actual)));
  const limit = Number(budget.limit);
  const base = amounts.reduce((a, b) => Math.max(a, b), limit);
  const further = [
    ...budget.thresholds.map((threshold) => (limit * threshold) / 100),
    ...periods.map(({ forecast, range }) => Number(range?.high ?? forecast ?? 0)),
  ].filter((amount) => amount <= base * MOST_ABOVE);
  const lowest = amounts.reduce((a, b) => Math.min(a, b), 0);
  // Room for a higher limit to be tried, and for the label of the highest line.
  return [lowest, Math.max(base, ...further) * 1.08];
}

function actualsSvg(replayed: ReplayedBudget, plot: Plot, until: number): string {
  const { budget, periods } = replayed;
  if (budget.per === 'day') return barsSvg(periods, plot);
  const traces = periods.map((period) => trace(period, budget.per, { from: plot.from, until }));
  // Hours are one line: a gap between two of them could not be seen.
  const lines = (budget.per === 'hour' ? [traces.flat()] : traces).filter(
    ({ length }) => length > 0,
  );
  const totals = lines.map((points) => stepsPath(thinned(points, plot), plot));
  const bottom = tenths(yOf(plot, 0));
  const areas = totals.map((path) => `${path}V${bottom}H${path.slice(1).split(' ', 1)}`);
  return `<path class="area" d="${areas.join('')}"/><path class="total" d="${totals.join('')}"/>`;
}

/** Each day as a bar, of four fifths of its width. */
function barsSvg(periods: readonly ReplayedPeriod[], plot: Plot): string {
  const bars = periods.map(({ period, points }) => {
    const actual = points.at(-1)?.actual;
    return actual === undefined ? '' : barPath(period, [0, Number(actual)], plot);
  });
  return `<path class="bars" d="${bars.join('')}"/>`;
}

function barPath(
  { start, end }: ReplayedPeriod['period'],
  [from, to]: readonly [number, number],
  plot: Plot,
): string {
  const gap = (end - start) / 10;
  const x = [start + gap, end - gap].map((at) =>
    tenths(xOf(plot, Math.min(plot.until, Math.max(plot.from, at)))),
  );
  const [left = 0, right = 0] = x;
  return `M${left} ${tenths(yOf(plot, from))}V${tenths(yOf(plot, to))}H${right}V${tenths(yOf(plot, from))}Z`;
}

/** As it is at the last check; a day's is the rest of its bar, an hour's could not be seen. */
function foresightSvg({ budget, periods }: ReplayedBudget, plot: Plot, until: number): string {
  const last = forecastMoments(periods, until).at(-1);
  if (last === undefined || budget.per === 'hour') return '';
  if (budget.per !== 'day') return fanSvg(last, plot);
  const rest = barPath(last.period, [Number(last.actual), Number(last.forecast)], plot);
  return `<path class="forecast" d="${rest}"/>`;
}

/** Stars on the axis. */
function anomaliesSvg(account: ReplayedAccount, { budget }: ReplayedBudget, plot: Plot): string {
  const stars = anomaliesOf(account, budget).map((day) => {
    const x = tenths(xOf(plot, day + DAY_MS / 2));
    return `<path class="anomaly" transform="translate(${x} ${plot.height - plot.bottom})" d="${STAR}"/>`;
  });
  return stars.join('');
}

/** Starts of the days (UTC is near enough to draw) that were unusual, of the account or the budget's own meter, within the chart. */
export function anomaliesOf(
  { notices, from, until }: ReplayedAccount,
  { meter }: Budget,
): number[] {
  return notices.flatMap(({ notice }) => {
    if (notice.kind !== 'anomaly' || notice.status !== 'firing') return [];
    if (meter !== undefined && notice.drivers.every((driver) => driver.meter !== meter)) return [];
    const day = Date.parse(notice.day);
    return day >= from && day < until ? day : [];
  });
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

interface ChartContent {
  readonly counting: Counting;
  /** Of the budget's alerts; undefined where nothing was replayed. */
  readonly alerts: number | undefined;
  readonly anomalies: number;
}

/** Describes the chart, also for those who cannot see it. */
export function captionText(
  budget: Budget,
  { counting, alerts, anomalies }: ChartContent,
  { from, until, timeZone }: Pick<ReplayedAccount, 'from' | 'until' | 'timeZone'>,
): string {
  const { per } = budget;
  const isShort = per === 'day' || per === 'hour';
  const what = isShort ? `Each ${per}` : `Running total of each ${per}`;
  const span = `from ${momentAt(from, timeZone)} to ${momentAt(until, timeZone)}`;
  const thresholds = budget.thresholds.length === 0 ? '' : ` with ${thresholdsText(budget)}`;
  const marks = alerts === undefined ? '' : ` Marks: alerts (${alerts}).`;
  const stars = anomalies === 0 ? '' : ` Stars on the axis: unusual days (${anomalies}).`;
  return `${what} ${span}, against ${limitText(budget.limit, counting)}${thresholds}.${marks}${stars}${DASHED[per] ?? ' Dashed: forecast, with its 80 % range.'}`;
}

/** Of those without a range: an hour's forecast could not be seen. */
const DASHED: Partial<Readonly<Record<Budget['per'], string>>> = {
  hour: '',
  day: ' Dashed: forecast.',
};
