/**
 * Where things are in a chart. Positions are floats, as they are only drawn: no amount comes out of here. Shared by the
 * charts, which are drawn once, and by what the page draws over them.
 */

/** A chart's area within its picture, in the picture's pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly fontSize: number;
  /** Whether labels of lines stand beside the area, or above the lines. */
  readonly labelsBeside: boolean;
  readonly mostTicks: number;
}

/** A frame with what its axes span: epoch milliseconds and amounts. */
export interface Plot extends Frame {
  readonly from: number;
  readonly until: number;
  readonly min: number;
  readonly max: number;
}

/** For screens and paper, and for phones: text in a picture that is scaled down could not be read. */
export const frames = {
  wide: {
    width: 1000,
    height: 300,
    left: 66,
    right: 120,
    top: 26,
    bottom: 30,
    fontSize: 13,
    labelsBeside: true,
    mostTicks: 9,
  },
  narrow: {
    width: 380,
    height: 290,
    left: 54,
    right: 12,
    top: 26,
    bottom: 28,
    fontSize: 12,
    labelsBeside: false,
    mostTicks: 4,
  },
} as const satisfies Record<string, Frame>;

export type Shape = keyof typeof frames;

export const shapes = ['wide', 'narrow'] as const satisfies Shape[];

export function xOf({ left, right, width, from, until }: Plot, at: number): number {
  return left + ((at - from) / (until - from)) * (width - left - right);
}

/** Amounts outside the axis are at its ends. */
export function yOf({ top, bottom, height, min, max }: Plot, amount: number): number {
  const share = (Math.min(max, Math.max(min, amount)) - min) / (max - min);
  return height - bottom - share * (height - top - bottom);
}

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
}

/** An axis of about five intervals of 1, 2, 2.5 or 5 times a power of ten that holds 0 and both amounts. */
export function scaleFor(lowest: number, highest: number): Scale {
  const low = Math.min(0, lowest);
  const top = Math.max(0, highest) || (low === 0 ? 1 : 0);
  const rough = (top - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const interval = ([1, 2, 2.5, 5].find((nice) => nice * power >= rough) ?? 10) * power;
  const max = Math.ceil(top / interval) * interval;
  return { min: Math.floor(low / interval) * interval, max, interval };
}

/** Every first, second, seventh … of so many days, so that there are at most `most`. */
export function strideFor(days: number, most: number): number {
  return [1, 2, 7, 14, 28, 56, 91].find((stride) => days / stride <= most) ?? 182;
}
