/** The last three days, a check an hour, in a few seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { momentText } from '../../functions/budgets/dates.ts';
import { DAY_MS, HOUR_MS } from '../../functions/config/durations.ts';
import { localTimeZone } from '../output.ts';
import type { Published } from './aws/sns.ts';
import { type LocalDeployment, runCheck } from './local-deployment.ts';
import type { Session } from './sessions.ts';

const replayedMs = 3 * DAY_MS;

/** Resolves to the last message. Sets the clock of the whole process as it goes, and gives the real time back. */
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
      if (sent.length === 0 && !cli.signal.aborted) terminal.print(['  nothing to send']);
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
    session.terminal.progress(`Checking ${momentText(new Date(at).toISOString(), localTimeZone)}`);
    sent.push(...(await runCheck(deployment, session)).published);
  }
  return sent;
}

/** The last one is at the end, so that what the budgets stand at is of that moment. */
function checkTimes(end: number): number[] {
  const times: number[] = [];
  for (let at = nextCheckAt(end - replayedMs); at < end; at = nextCheckAt(at)) times.push(at);
  return [...times, end];
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' });

function dayOf(at: number): string {
  return dayFormat.format(at);
}

/** By then a provider has most of the hour that is over. */
export const minutesPast = 5;

const minuteMs = 60_000;

/** The first time after `now` that is 5 minutes past an hour of UTC; both epoch milliseconds. */
export function nextCheckAt(now: number): number {
  const past = minutesPast * minuteMs;
  return (Math.floor((now - past) / HOUR_MS) + 1) * HOUR_MS + past;
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

export interface SimulatedClock {
  /** Epoch milliseconds; the time stands still until it is set again. */
  readonly set: (now: number) => void;
  /** Gives the process its real time back. */
  readonly restore: () => void;
}

/** From here on `Date.now()` and `new Date()` say `now` (epoch milliseconds), in the whole process. */
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
