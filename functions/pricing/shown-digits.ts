/** The digits of an amount that people are shown: as many as its currency has, and more where those would mislead. */
import type { Big } from 'big.js';
import { money, plain } from './money.ts';

/** What an amount is counted in. */
export interface Counting {
  readonly measure: 'cost' | 'usage';
  /** Currency code of a cost, unit of a usage. */
  readonly unit: string;
}

const USAGE_DECIMALS = 3;
const UNKNOWN_CURRENCY_DECIMALS = 2;
/** Less than so many decimals hold is what floats leave behind: 2e-16 is 0. */
const FINEST_DECIMALS = 9;

/** `1,234.50`. Beside a limit with as many digits as the limit, and as many more as set the two apart. */
export function shownDigits(amount: Big, counting: Counting, limit?: Big): string {
  return written(roundedBeside(amount, limit, usualDecimals(counting)), counting);
}

/** Of a forecast, which is no exact figure: beside a whole limit of 100 or more without decimals. */
export function forecastDigits(amount: Big, counting: Counting, limit: Big): string {
  const isLarge = limit.gte('100') && limit.eq(limit.round(0));
  return isLarge
    ? grouped(plain(roundedBeside(amount, limit, 0)))
    : shownDigits(amount, counting, limit);
}

/** As `shownDigits`, with every digit that there is. */
export function exactDigits(amount: Big, counting: Counting): string {
  return written(amount, counting);
}

/** So many decimals of the currency (ISO 4217, as Intl knows it): JPY 0, USD 2, KWD 3; three of a usage. */
export function usualDecimals({ measure, unit }: Counting): number {
  return measure === 'usage' ? USAGE_DECIMALS : currencyDecimals(unit);
}

/**
 * To so many decimals; to more where it would be nothing, or the limit, and is not. What is closer to a limit than floats
 * can say is shown as reached only if it is.
 */
export function roundedBeside(amount: Big, limit: Big | undefined, decimals: number): Big {
  const fewest = Math.max(decimals, limit ? decimalsOf(limit) : 0);
  const most = Math.max(fewest, FINEST_DECIMALS);
  const rounded = amount.round(most);
  const isShort = limit !== undefined && amount.lt(limit) && rounded.eq(limit);
  const known = isShort ? amount.round(most, 0) : rounded;
  for (let places = startOf(known, fewest); places < most; places += 1) {
    const shown = known.round(places);
    if (limit === undefined || !shown.eq(limit)) return withoutSignOf0(shown);
  }
  return withoutSignOf0(known);
}

/** Whether it is 0, or what floats leave behind instead of it. */
export function isNothing(amount: Big): boolean {
  return amount.round(FINEST_DECIMALS).eq('0');
}

/** Two digits of what is less than the last decimal. */
function startOf(value: Big, decimals: number): number {
  const isSmall = !value.eq('0') && value.e < -decimals;
  return isSmall ? 1 - value.e : decimals;
}

function withoutSignOf0(value: Big): Big {
  return value.eq('0') ? value.abs() : value;
}

function decimalsOf(value: Big): number {
  return plain(value).split('.')[1]?.length ?? 0;
}

const knownCurrencies = new Map<string, number>();

function currencyDecimals(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) return UNKNOWN_CURRENCY_DECIMALS;
  const known = knownCurrencies.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  const decimals = format.maximumFractionDigits ?? UNKNOWN_CURRENCY_DECIMALS;
  knownCurrencies.set(currency, decimals);
  return decimals;
}

function written(amount: Big, { measure, unit }: Counting): string {
  return grouped(measure === 'usage' ? plain(amount) : money(amount, currencyDecimals(unit)));
}

/** With commas between thousands. */
export function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const thousands = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}
