/** How amounts and percents are shown to people: `1,234.50 USD`, `48.2 GB`, `101.6 %`, and what is left of prepaid credit. */
import { nearText } from '../budgets/dates.ts';
import { decimal, plain } from '../pricing/money.ts';
import {
  type Counting,
  exactDigits,
  forecastDigits,
  grouped,
  roundedBeside,
  shownDigits,
} from '../pricing/shown-digits.ts';
import { clip, oneLine } from './plain-text.ts';

/** Longer than any unit there is. */
const MAX_UNIT_LENGTH = 20;

/** Money with the currency's decimals, usage with up to three; more where it would look like the limit beside it, and is not. */
export function digitsText(amount: string, counting: Counting, limit?: string): string {
  return shownDigits(decimal(amount), counting, limit ? decimal(limit) : undefined);
}

/** As `digitsText`, with the unit. */
export function amountText(amount: string, counting: Counting, limit?: string): string {
  return `${digitsText(amount, counting, limit)} ${unitText(counting)}`;
}

/** `1,234.50 USD`, of a cost. */
export function costText(cost: string, currency: string): string {
  return amountText(cost, { measure: 'cost', unit: currency });
}

/** Of the digits that `amountText` shows beside a limit only as many as the limit has, without the unit: `203` beside `200`. */
export function plainAmountText(amount: string, { limit }: { readonly limit: string }): string {
  const beside = decimal(limit);
  return grouped(plain(roundedBeside(decimal(amount), beside, 0)));
}

/** With every digit, as what somebody has set is never rounded; a whole number has no decimals: `200 USD`. */
export function limitText(limit: string, counting: Counting): string {
  const value = decimal(limit);
  const isWhole = value.eq(value.round(0));
  const digits = exactDigits(value, isWhole ? { ...counting, measure: 'usage' } : counting);
  return `${digits} ${unitText(counting)}`;
}

/** A forecast beside its limit, without the unit: `305`. */
export function forecastDigitsText(amount: string, counting: Counting, limit: string): string {
  return forecastDigits(decimal(amount), counting, decimal(limit));
}

/** As `forecastDigitsText`, with the unit. */
export function forecastAmountText(amount: string, counting: Counting, limit: string): string {
  return `${forecastDigitsText(amount, counting, limit)} ${unitText(counting)}`;
}

interface Foreseen {
  readonly forecast: string;
  readonly range?: { readonly low: string; readonly high: string } | undefined;
  readonly limit: string;
}

/** `305 USD (280–335)`. */
export function forecastText(foreseen: Foreseen, counting: Counting): string {
  const text = forecastAmountText(foreseen.forecast, counting, foreseen.limit);
  return `${text}${rangeText(foreseen, counting)}`;
}

/** `305 (280–335)`, for a table with the unit in another column. */
export function shortForecast(foreseen: Foreseen, counting: Counting): string {
  const { forecast, range, limit } = foreseen;
  if (range === undefined) return forecastAmountText(forecast, counting, limit);
  return `${forecastDigitsText(forecast, counting, limit)}${rangeText(foreseen, counting)}`;
}

function rangeText({ range, limit }: Foreseen, counting: Counting): string {
  if (range === undefined) return '';
  const [low, high] = [range.low, range.high].map((end) =>
    forecastDigitsText(end, counting, limit),
  );
  return ` (${low}–${high})`;
}

/** One decimal: `101.6 %`. */
export function percentText(percent: number): string {
  return `${grouped(decimal(String(percent)).toFixed(1))} %`;
}

/** A share of 0 to 1 as a percent: 0.744 is `74.4 %`. */
export function shareText(share: number): string {
  return `${decimal(String(share)).times('100').toFixed(1)} %`;
}

function unitText({ unit }: Counting): string {
  return clip(oneLine(unit), MAX_UNIT_LENGTH);
}

interface CreditFigures {
  /** Absent where it is not known. */
  readonly balance?: string;
  /** `2026-12-03` */
  readonly runsOutOn?: string;
}

/** `42.10 USD left, runs out on 3 December`; `not known`. */
export function creditText({ balance, runsOutOn }: CreditFigures, currency: string): string {
  if (balance === undefined) return 'not known';
  const left = `${costText(balance, currency)} left`;
  return runsOutOn === undefined ? left : `${left}, runs out on ${nearText(runsOutOn)}`;
}
