/** The limits that a slider offers: whole numbers of a power of ten, so that each is an exact decimal. */
import { decimal, plain } from '../../pricing/money.ts';

export interface SliderScale {
  readonly positions: number;
  /** The limit of one position is 1 with so many zeros, or decimals if it is negative. */
  readonly exponent: number;
}

/** From 100 to 1,000 positions, up to about `highest`. */
export function sliderScale(highest: number): SliderScale {
  const exponent = Math.floor(Math.log10(highest)) - 2;
  return { positions: Math.round(highest / 10 ** exponent), exponent };
}

/** Exact decimal. */
export function limitAt(position: number, { exponent }: SliderScale): string {
  return plain(decimal(`${position}e${exponent}`));
}

/** The nearest position. */
export function positionOf(limit: string, { positions, exponent }: SliderScale): number {
  const position = Math.round(Number(limit) / 10 ** exponent);
  return Math.min(positions, Math.max(1, position));
}
