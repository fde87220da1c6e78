/** Replays the last three days in seconds, one check per hour. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS, HOUR_MS } from '../../functions/config/durations.ts';
import { localMoment } from '../output.ts';
import type { Published } from './aws/sns.ts';
import { type LocalDeployment, runCheck, type Session } from './local-deployment.ts';

const REPLAYED_MS = 3 * DAY_MS;

/** Resolves to the last message. Sets the clock of the whole process meanwhile, and restores it. */
export async function play(
  deployment: LocalDeployment,
  end: number,
  session: Session,
): Promise<Published | undefined> {
  const { terminal, cli } = session;
  const clock = simulateClock(end);
  const published: Published[] = [];
  try {
    for (const [day, times] of Map.groupBy(checkTimes(end), dayOf)) {
      if (cli.signal.aborted) break;
      terminal.print([day]);
      const sent = await playDay(times, deployment, { clock, session });
      if (sent.length === 0 && !cli.signal.aborted) terminal.print(['  no alerts']);
      terminal.print(['']);
      published.push(...sent);
    }
  } finally {
    clock.restore();
  }
  return published.at(-1);
}

async function playDay(
  times: readonly number[],
  deployment: LocalDeployment,
  { clock, session }: { readonly clock: SimulatedClock; readonly session: Session },
): Promise<Published[]> {
  const sent: Published[] = [];
  for (const at of times) {
    if (session.cli.signal.aborted) break;
    clock.set(at);
    session.terminal.progress(`Checking ${localMoment(at)}`);
    sent.push(...(await runCheck(deployment, session)).published);
  }
  return sent;
}

/** The last check is at `end`, so that the budgets are as of that moment. */
function checkTimes(end: number): number[] {
  const times: number[] = [];
  for (let at = nextCheckAt(end - REPLAYED_MS); at < end; at = nextCheckAt(at)) times.push(at);
  return [...times, end];
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' });

function dayOf(at: number): string {
  return dayFormat.format(at);
}

/** By then a provider has most of the usage of the past hour. */
export const MINUTES_PAST = 5;

const MINUTE_MS = 60_000;

/** The first time after `now` that is 5 minutes past an hour of UTC; both epoch milliseconds. */
export function nextCheckAt(now: number): number {
  const past = MINUTES_PAST * MINUTE_MS;
  return (Math.floor((now - past) / HOUR_MS) + 1) * HOUR_MS + past;
}

/** Calls `check` at 5 minutes past each hour until `signal` aborts; rejects as `check` does. */
export async function watchHourly(check: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (await nextHour(signal)) await check();
}

/** False if the signal aborts first. */
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

export interface SimulatedClock {
  /** Epoch milliseconds; the time does not move until it is set again. */
  readonly set: (now: number) => void;
  /** Restores the real time. */
  readonly restore: () => void;
}

/** From now on `Date.now()` and `new Date()` return `now` (epoch milliseconds), in the whole process. */
export function simulateClock(now: number): SimulatedClock {
  const RealDate = globalThis.Date;
  let current = now;
  // A proxy rather than a subclass: a date made before is still `instanceof Date`.
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args) => Reflect.construct(target, args.length === 0 ? [current] : args),
    get: (target, key) => (key === 'now' ? () => current : Reflect.get(target, key)),
  });
  return {
    set: (next) => {
      current = next;
    },
    restore: () => {
      globalThis.Date = RealDate;
    },
  };
}
