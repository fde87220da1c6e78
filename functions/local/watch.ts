/** One check an hour by the clock. */
import { setTimeout as sleep } from 'node:timers/promises';

/** By then a provider has most of the hour that is over. */
export const minutesPast = 5;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The first time after `now` that is 5 minutes past an hour of UTC; both epoch milliseconds. */
export function nextCheckAt(now: number): number {
  const past = minutesPast * minuteMs;
  return (Math.floor((now - past) / hourMs) + 1) * hourMs + past;
}

/** Calls `check` at 5 minutes past each hour until `signal` aborts; rejects as `check` does. */
export async function watchHourly(check: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (await nextHour(signal)) await check();
}

/** False if the signal aborts before. */
async function nextHour(signal: AbortSignal): Promise<boolean> {
  try {
    const now = Date.now();
    await sleep(nextCheckAt(now) - now, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
