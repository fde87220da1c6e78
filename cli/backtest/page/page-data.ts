/** The data of the page's script, as short JSON; and moments as the page and its script show them. */
import type { Budget } from '../../../functions/config/account.ts';
import { DAY_MS } from '../../../functions/config/durations.ts';
import type { Counting } from '../../../functions/pricing/shown-digits.ts';
import type { ReplayedAccount, ReplayedBudget, ReplayedPeriod } from '../replayed.ts';
import type { MarkedPlots } from './chart.ts';

export interface PageData {
  /** Whether there may be a newer page at its address. */
  readonly isLive: boolean;
  readonly accounts: readonly AccountData[];
}

export interface AccountData {
  /** First and last check, epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  /** Name of the config parameter. */
  readonly parameter: string;
  readonly configText?: string;
  readonly budgets: readonly BudgetData[];
}

export interface BudgetData {
  readonly budget: Budget;
  readonly isTried: boolean;
  readonly counting: Counting;
  /** How many stars its chart has. */
  readonly anomalies: number;
  readonly plots: MarkedPlots;
  /** Milliseconds of one step in `points`. */
  readonly unitMs: number;
  readonly periods: readonly PeriodData[];
}

interface PeriodData extends Foresight {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  /** Steps of time since the point before (the first: since 1970), and the amount; in turns. */
  readonly points: readonly (number | string)[];
}

type Foresight = Pick<ReplayedPeriod, 'forecasts' | 'forecast' | 'range'>;

export function accountData(
  { from, until, parameter, configText }: ReplayedAccount,
  budgets: readonly BudgetData[],
): AccountData {
  return { from, until, parameter, budgets, ...(configText !== undefined && { configText }) };
}

export function budgetData(
  { budget, isTried, periods }: ReplayedBudget,
  { counting, anomalies }: Pick<BudgetData, 'counting' | 'anomalies'>,
  plots: MarkedPlots,
): BudgetData {
  const unitMs = periods
    .flatMap(({ points }) => points.map(({ at }) => at))
    .reduce(greatestDivisor, 0);
  return {
    budget,
    isTried,
    counting,
    anomalies,
    plots,
    unitMs,
    periods: periods.map(({ period: { id, start, end }, points, ...foresight }) => ({
      ...foresightOf(foresight),
      id,
      start,
      end,
      points: points.flatMap(({ at, actual }, index) => [
        (at - (points[index - 1]?.at ?? 0)) / unitMs,
        actual,
      ]),
    })),
  };
}

function foresightOf({ forecasts, forecast, range }: Foresight): Foresight {
  return {
    ...(forecasts && { forecasts }),
    ...(forecast !== undefined && { forecast }),
    ...(range && { range }),
  };
}

/** The points and forecasts as they were. */
export function periodsOf({ unitMs, periods, plots }: BudgetData): ReplayedPeriod[] {
  return periods.map(({ points, id, start, end, ...foresight }) => {
    let at = 0;
    const decoded = [];
    for (let index = 0; index < points.length; index += 2) {
      at += Number(points[index]) * unitMs;
      decoded.push({ at, actual: String(points[index + 1]) });
    }
    return {
      period: { id, start, end, timeZone: plots.timeZone },
      points: decoded,
      ...foresight,
    };
  });
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** As the messages show it, but made by Intl, as the page cannot carry Temporal: `21 November 2026, 09:00 (UTC)`, of epoch milliseconds. */
export function momentAt(at: number, timeZone: string): string {
  const parts = Object.fromEntries(
    formatIn(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const { day, month, year, hour, minute } = parts;
  const offset = offsetIfTwice(at, timeZone);
  return `${day} ${month} ${year}, ${hour}:${minute}${offset} (${timeZone})`;
}

/** ` +02:00` of a local time that the clocks show twice, as they are put back; otherwise empty. */
export function offsetIfTwice(at: number, timeZone: string): string {
  const own = offsetOf(at, timeZone);
  const local = at + msOf(own);
  const isTwice = [at - DAY_MS, at + DAY_MS]
    .map((near) => offsetOf(near, timeZone))
    .some((other) => other !== own && offsetOf(local - msOf(other), timeZone) === other);
  return isTwice ? ` ${own}` : '';
}

/** `+02:00` */
function offsetOf(at: number, timeZone: string): string {
  const name = formatIn(timeZone)
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  return name?.replace('GMT', '') || '+00:00';
}

function msOf(offset: string): number {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  formats.set(timeZone, format);
  return format;
}
