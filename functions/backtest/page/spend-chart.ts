/** The daily spend of an account, stacked by meter. */
import { dayNamed } from '../../ledger/usage-day.ts';
import { amountAxis, bottomAxis, gridOf, shortDate, textStyle } from './axes.ts';
import { type ChartOption, drawChart } from './draw-chart.ts';
import { type Frame, frames, type Plot, scaleFor, strideFor } from './plot.ts';
import type { Spend } from './spend.ts';
import type { MarkedPlots } from './told-list.ts';

export interface SpendChart {
  /** Both shapes; CSS shows the one that fits. */
  readonly svg: string;
  readonly plots: MarkedPlots;
}

/** `id` is unique in the page; the element `labelledBy` says what is to be seen. */
export function spendChart(spend: Spend, id: string, labelledBy: string): SpendChart {
  const plots = {
    wide: plotOf(spend, { ...frames.wide, right: 12 }),
    narrow: plotOf(spend, frames.narrow),
    timeZone: spend.timeZone,
  };
  const drawn = (['wide', 'narrow'] as const).map((shape) =>
    drawChart(optionOf(spend, plots[shape]), plots[shape], {
      id: `${id}-${shape}`,
      className: `chart ${shape}`,
      labelledBy,
      over: '',
    }),
  );
  return { svg: drawn.join(''), plots };
}

function plotOf({ days, dayZone }: Spend, frame: Frame): Plot {
  const totals = days.map(({ amounts }) => stackOf(amounts));
  const lowest = Math.min(...totals.map(({ below }) => below));
  const { min, max } = scaleFor(lowest, Math.max(...totals.map(({ above }) => above)));
  return { ...frame, min, max, ...spanOf(days, dayZone) };
}

function spanOf(days: Spend['days'], dayZone: string) {
  const first = days[0]?.date ?? '1970-01-01';
  return {
    from: dayNamed(first, dayZone).start,
    until: dayNamed(days.at(-1)?.date ?? first, dayZone).end,
  };
}

/** Corrections are negative, and are stacked downwards. */
function stackOf(amounts: readonly (string | undefined)[]) {
  const values = amounts.map((amount) => Number(amount ?? 0));
  return {
    above: values.reduce((total, value) => total + Math.max(0, value), 0),
    below: values.reduce((total, value) => total + Math.min(0, value), 0),
  };
}

function optionOf({ days, meters, currency }: Spend, plot: Plot): ChartOption {
  const dates = days.map(({ date }) => date);
  const stride = strideFor(dates.length, plot.mostTicks);
  const ticks = dates.map((_, index) => index).filter((index) => index % stride === 0);
  return {
    textStyle,
    grid: gridOf(plot),
    xAxis: {
      type: 'category',
      data: dates,
      ...bottomAxis(ticks, shortDate, plot),
    },
    yAxis: amountAxis(scaleFor(plot.min, plot.max), `${currency} a day`, plot),
    series: meters.map(({ color }, index) => ({
      type: 'bar',
      stack: 'spend',
      silent: true,
      barCategoryGap: '22%',
      itemStyle: { color },
      data: days.map(({ amounts }) => Number(amounts[index] ?? 0)),
    })),
  } as ChartOption;
}
