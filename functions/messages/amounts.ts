/** How amounts and percents are shown to people: `1,234.50 USD`, `48.2 GB`, `101.6 %`. */
import { Big } from 'big.js';
import { clip, oneLine } from './plain-text.ts';

/** Longer than any unit there is. */
const MAX_UNIT_LENGTH = 20;

/** What an amount of a notice is counted in. */
export interface Counting {
  readonly measure: 'cost' | 'usage';
  /** Currency code of a cost, unit of a usage. */
  readonly unit: string;
}

/** A decimal with its unit; money with two decimals, usage with up to three. */
export function amountText(decimal: string, { measure, unit }: Counting): string {
  const value = new Big(decimal);
  return `${grouped(measure === 'cost' ? moneyDigits(value) : usageDigits(value))} ${unitText(unit)}`;
}

/** As `amountText`, but a whole number stands without decimals: `200 USD`. */
export function shortAmountText(decimal: string, counting: Counting): string {
  const value = new Big(decimal);
  const isWhole = value.eq(value.round(0));
  return isWhole
    ? `${grouped(value.toFixed())} ${unitText(counting.unit)}`
    : amountText(decimal, counting);
}

/** One decimal: `101.6 %`. */
export function percentText(percent: number): string {
  return `${grouped(new Big(percent).toFixed(1))} %`;
}

/** A share of 0 to 1 as a percent: 0.744 is `74.4 %`. */
export function shareText(share: number): string {
  return `${new Big(share).times(100).toFixed(1)} %`;
}

function unitText(unit: string): string {
  return clip(oneLine(unit), MAX_UNIT_LENGTH);
}

function moneyDigits(value: Big): string {
  return vanishes(value, 2) ? value.prec(2).toFixed() : value.toFixed(2);
}

function usageDigits(value: Big): string {
  return vanishes(value, 3) ? value.prec(2).toFixed() : value.round(3).toFixed();
}

/** A small amount must not read as nothing: it would round to 0, yet is not 0. */
function vanishes(value: Big, decimals: number): boolean {
  return !value.eq(0) && value.round(decimals).eq(0);
}

function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const thousands = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}
