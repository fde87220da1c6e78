/** How busy a small team's software is, hour by hour: always the same for the same hour. */
import { Big } from 'big.js';
import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS } from '../../../functions/config/account.ts';
import { DAY_MS, HOUR_MS } from '../../../functions/config/durations.ts';
import type { SimulatedServer, SimulatedWorld } from './server.ts';

const weekday = { day: 1.25, evening: 0.95, night: 0.7 } as const;
const WEEKEND_FACTOR = 0.75;
/** The most by which an hour differs from the rhythm, as a share. */
const NOISE = 0.12;

/**
 * About 1 on average; more on weekdays from 7 to 19 o'clock, less at night and at weekends (UTC). `at` is the start of
 * an hour, epoch milliseconds; another `seed` gives another history.
 */
export function activityAt(at: number, seed: number): number {
  const rhythm = dayFactor(new Date(at).getUTCHours()) * weekFactor(new Date(at).getUTCDay());
  return rhythm * (1 + NOISE * (2 * random(at / HOUR_MS, seed) - 1));
}

function dayFactor(hour: number): number {
  if (hour >= 7 && hour < 19) return weekday.day;
  return hour >= 5 && hour < 23 ? weekday.evening : weekday.night;
}

function weekFactor(day: number): number {
  return day === 0 || day === 6 ? WEEKEND_FACTOR : 1.05;
}

/** From 0 to 1, evenly; a mix of the integer's bits (the finalizer of MurmurHash3). */
function random(hour: number, seed: number): number {
  let bits = Math.imul(hour ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

/** The value of each full hour from `from` until `until` (epoch milliseconds) that has one. */
export function hoursWith<Value>(
  valueAt: (start: number) => Value | undefined,
  from: number,
  until: number,
): { readonly start: number; readonly value: Value }[] {
  const hours: { readonly start: number; readonly value: Value }[] = [];
  for (let start = from; start < until; start += HOUR_MS) {
    const value = valueAt(start);
    if (value !== undefined) hours.push({ start, value });
  }
  return hours;
}

/** Day of the month in UTC, as `startsOn` takes it; a day that some months lack becomes the 1st. */
export function dayOfMonth(at: number): number {
  const day = new Date(at).getUTCDate();
  return day > 28 ? 1 : day;
}

interface RunawayAccount {
  readonly name: string;
  readonly token: string;
  /** Beside the base URL and the budgets. */
  readonly config?: object;
  /** Dollars a month, and a day of the one meter that runs away. */
  readonly limits: { readonly month: number; readonly meter: string; readonly day: number };
}

interface Served {
  readonly token: string;
  readonly now: () => number;
}

/** One account at a server of its own, whose costs run away two days before `end`; `start` gets that moment. */
export async function startRunawayWorld(
  end: number,
  { name, token, config = {}, limits }: RunawayAccount,
  start: (served: Served, runsAwayFrom: number) => Promise<SimulatedServer>,
): Promise<SimulatedWorld> {
  const lastHour = end - (end % HOUR_MS);
  const server = await start({ token, now: () => Date.now() }, lastHour - 2 * DAY_MS);
  const budgets = runawayBudgets(lastHour, limits);
  return {
    accounts: [{ name, token, config: { ...config, baseUrl: server.url, budgets } }],
    close: server.close,
  };
}

/** Budgets that a runaway of the last days crosses: a month of 12 days so far, and a day of the meter that runs away. */
export function runawayBudgets(
  lastHour: number,
  { month, meter, day }: { readonly month: number; readonly meter: string; readonly day: number },
) {
  const startsOn = dayOfMonth(lastHour - 12 * DAY_MS);
  return [
    { name: 'everything', limit: month, per: 'month', startsOn },
    { name: meter, meter, limit: day, per: 'day', thresholds: [100] },
  ];
}

/** `monday`, in the zone. */
export function weekdayOf(at: number, timeZone: string): string {
  const { dayOfWeek } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return WEEKDAYS[dayOfWeek - 1] ?? 'monday';
}

/** The date in UTC: `2026-11-21`. */
export function isoDate(at: number): string {
  return new Date(at).toISOString().slice(0, '2026-11-21'.length);
}

/** As precise as a bill gets. */
const DECIMALS = 10;

/** Of what a day costs, as much as there is of it by `now`: all once it is over. `end` is the day's, where not all have 24 hours. */
export function shareOfDay(amount: string, start: number, now: number, end = start + DAY_MS) {
  if (now >= end) return new Big(amount).toFixed();
  const share = new Big(amount).times(now - start).div(end - start);
  return share.round(DECIMALS, Big.roundDown).toFixed();
}

/** What JSON.stringify writes as a number with all of its digits, which a float might not have. */
export function jsonNumber(decimal: string): unknown {
  return (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(decimal);
}
