/** What the axes of all charts have in common. */
import { localText } from '../../budgets/dates.ts';
import type { Frame, Scale } from './plot.ts';

const ink = 'var(--soft)';
const line = 'var(--line)';

/** Labels lie in the frame's margins; ECharts need not measure them. */
export function gridOf({ left, right, top, bottom }: Frame) {
  return { left, right, top, bottom, outerBoundsMode: 'none' };
}

/** Amounts, with their unit once at the top of the axis. */
export function amountAxis(scale: Scale, unit: string, { fontSize, left }: Frame) {
  return {
    type: 'value',
    ...scale,
    name: unit,
    nameGap: 12,
    nameTextStyle: { color: ink, fontSize, align: 'left', padding: [0, 0, 0, 8 - left] },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: line, width: 1 } },
    axisLabel: { color: ink, fontSize, formatter: tickText },
  };
}

/** For both kinds of horizontal axis: time, and days by name. `values` of the latter are their places in the list. */
export function bottomAxis(
  values: readonly number[],
  labelOf: (value: string) => string,
  frame: Frame,
) {
  return {
    axisLine: { lineStyle: { color: 'var(--axis)' } },
    splitLine: { show: false },
    axisTick: { customValues: values, lineStyle: { color: 'var(--axis)' } },
    axisLabel: {
      customValues: values,
      color: ink,
      fontSize: frame.fontSize,
      hideOverlap: true,
      formatter: (value: number | string) => labelOf(String(value)),
    },
  };
}

export const textStyle = { fontFamily: 'inherit' };

/** `2026-11-21` → `21 Nov`. */
export function shortDate(date: string): string {
  const [day, month = ''] = localText(date).split(' ');
  return `${day} ${month.slice(0, 3)}`;
}

/** A tick is a whole number of intervals; its float may be not quite that. */
function tickText(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString('en-US', { maximumSignificantDigits: 6 });
}
