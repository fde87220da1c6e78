/** The running total of a budget in each of its periods, and the pace of the one that is open. */
import { periodsBetween } from '../../budgets/period.ts';
import type { PlayedAccount, PlayedBudget, PlayedPeriod } from '../played.ts';
import { amountAxis, bottomAxis, gridOf, shortDate, textStyle } from './axes.ts';
import { countingOf } from './budget-entries.ts';
import { type ChartOption, drawChart } from './draw-chart.ts';
import { labelsWidth, limitLines } from './limit-lines.ts';
import { type Frame, frames, type Plot, scaleFor, shapes, strideFor } from './plot.ts';
import type { MarkedPlots } from './told-list.ts';

export interface BudgetChart {
  /** Both shapes; CSS shows the one that fits. */
  readonly svg: string;
  readonly plots: MarkedPlots;
}

type Point = readonly [at: number, amount: number | null];

/** How much of the chart's width the open period's rest may take. */
const mostAhead = 0.3;
/** A line of steps or a pace that is further up than so many times everything else would only flatten it. */
const mostAbove = 1.6;

/** `id` is unique in the page; the element `labelledBy` says what is to be seen. */
export function budgetChart(
  account: PlayedAccount,
  played: PlayedBudget,
  { id, labelledBy }: { readonly id: string; readonly labelledBy: string },
): BudgetChart {
  const counting = countingOf(played.budget, account.currency);
  const right = Math.max(frames.wide.right, labelsWidth(played.budget, counting, frames.wide));
  const ticks = midnights(account, untilOf(account, played));
  const plots = {
    wide: plotOf(account, played, { ...frames.wide, right }),
    narrow: plotOf(account, played, frames.narrow),
    timeZone: account.timeZone,
  };
  const drawn = shapes.map((shape) => {
    const plot = plots[shape];
    const over = `<g class="limits">${limitLines(played.budget, counting, plot)}</g>`;
    const option = optionOf({ played, plot, unit: counting.unit, ticks, until: account.until });
    const className = `chart ${shape}`;
    return drawChart(option, plot, { id: `${id}-${shape}`, className, labelledBy, over });
  });
  return { svg: drawn.join(''), plots };
}

function plotOf(account: PlayedAccount, played: PlayedBudget, frame: Frame): Plot {
  const { min, max } = scaleFor(...amountRange(played));
  return { ...frame, min, max, from: account.from, until: untilOf(account, played) };
}

function untilOf({ from, until }: PlayedAccount, { periods }: PlayedBudget): number {
  const open = periods.findLast(({ paceAtEnd }) => paceAtEnd !== undefined);
  const most = until + ((until - from) * mostAhead) / (1 - mostAhead);
  return Math.max(from + 1, Math.min(most, Math.max(until, open?.period.end ?? until)));
}

function amountRange({ budget, periods }: PlayedBudget): [lowest: number, highest: number] {
  const amounts = periods.flatMap(({ points }) => points.map(({ actual }) => Number(actual)));
  const limit = Number(budget.limit);
  const base = amounts.reduce((a, b) => Math.max(a, b), limit);
  const further = [
    ...budget.steps.map((step) => (limit * step) / 100),
    ...periods.map(({ paceAtEnd }) => Number(paceAtEnd ?? 0)),
  ].filter((amount) => amount <= base * mostAbove);
  const lowest = amounts.reduce((a, b) => Math.min(a, b), 0);
  // Room for a higher limit to be tried, and for the label of the highest line.
  return [lowest, Math.max(base, ...further) * 1.08];
}

interface Drawn {
  readonly played: PlayedBudget;
  readonly plot: Plot;
  readonly unit: string;
  readonly ticks: readonly Tick[];
  readonly until: number;
}

function optionOf({ played, plot, unit, ticks, until }: Drawn): ChartOption {
  const stride = strideFor(ticks.length, plot.mostTicks);
  const shown = ticks.filter((_, index) => index % stride === 0);
  const labels = new Map(shown.map(({ at, date }) => [at, shortDate(date)]));
  const totals = played.periods.flatMap((period) => trace(period, played, plot, until));
  const line = { type: 'line', symbol: 'none', silent: true } as const;
  return {
    textStyle,
    grid: gridOf(plot),
    xAxis: {
      type: 'value',
      min: plot.from,
      max: plot.until,
      ...bottomAxis([...labels.keys()], (at) => labels.get(Number(at)) ?? '', plot),
    },
    yAxis: amountAxis(scaleFor(plot.min, plot.max), unit, plot),
    series: [
      {
        ...line,
        step: 'end',
        lineStyle: { color: 'var(--total)', width: 1.5 },
        areaStyle: { color: 'var(--total)', opacity: 0.16 },
        data: thinned(totals, plot),
      },
      {
        ...line,
        lineStyle: { color: 'var(--total)', width: 2, type: [5, 4] },
        data: played.periods.flatMap((period) => pace(period, until)),
      },
    ],
  } as ChartOption;
}

/** From 0 at its start, and held to its end; what came when it was over, as with every hour, is drawn at its end. */
function trace(
  { period, points }: PlayedPeriod,
  { budget }: PlayedBudget,
  { from }: Plot,
  until: number,
): Point[] {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return [];
  const start = Math.max(period.start, from);
  const end = Math.min(period.end, Math.max(until, start));
  const total = Number(last.actual);
  if (budget.per === 'hour')
    return [
      [start, total],
      [end, total],
    ];
  const within = points.map(({ at, actual }): Point => [Math.min(at, end), Number(actual)]);
  const begin: Point[] = period.start >= from ? [[start, 0]] : [];
  return [...begin, ...within, [end, total], [end, null]];
}

function pace({ period, points, paceAtEnd }: PlayedPeriod, until: number): Point[] {
  const last = points.at(-1);
  if (last === undefined || paceAtEnd === undefined) return [];
  return [
    [until, Number(last.actual)],
    [period.end, Number(paceAtEnd)],
    [period.end, null],
  ];
}

/** At most four points (the first, the least, the greatest, the last) of each pixel; gaps stay where they are. */
function thinned(points: readonly Point[], { width, from, until }: Plot): Point[] {
  const columnMs = (until - from) / width;
  const kept: Point[] = [];
  let column: Point[] = [];
  for (const point of points) {
    const [at, amount] = point;
    const [first] = column;
    const isSame =
      first !== undefined && Math.floor(at / columnMs) === Math.floor(first[0] / columnMs);
    if (!isSame || amount === null) {
      kept.push(...extremes(column));
      column = [];
    }
    if (amount === null) kept.push(point);
    else column.push(point);
  }
  return [...kept, ...extremes(column)];
}

function extremes(points: Point[]): Point[] {
  if (points.length < 5) return points;
  const byAmount = points.toSorted(([, a], [, b]) => Number(a) - Number(b));
  const kept = new Set([points[0], byAmount[0], byAmount.at(-1), points.at(-1)]);
  return points.filter((point) => kept.has(point));
}

interface Tick {
  readonly at: number;
  readonly date: string;
}

function midnights({ from, timeZone }: PlayedAccount, until: number): Tick[] {
  return periodsBetween({ per: 'day' }, timeZone, from, until)
    .filter(({ start }) => start >= from)
    .map(({ id, start }) => ({ at: start, date: id }));
}
