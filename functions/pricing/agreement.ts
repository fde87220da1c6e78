/** Whether what was counted of a bill and the bill say the same. */
import type { Big } from 'big.js';
import { Decimal } from '../config/decimal.ts';

/** Of the bill: more is a difference that somebody should look into. */
export const TOLERATED_SHARE = '0.01';
/** In units of the currency: less is what rounding leaves. */
const ROUNDING = new Decimal('0.01');

export function agrees(ours: Big, billed: Big): boolean {
  const tolerated = billed.abs().times(TOLERATED_SHARE);
  const off = ours.minus(billed).abs();
  return off.lte(ROUNDING) || off.lte(tolerated);
}

/** Of what was billed, one decimal: -3.2; undefined where that is nothing. */
export function percentOff(ours: Big, billed: Big): string | undefined {
  if (billed.eq('0')) return undefined;
  return ours.minus(billed).times('100').div(billed.abs()).round(1, Decimal.roundHalfUp).toFixed(1);
}
