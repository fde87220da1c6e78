/** The last three days, a check an hour, in a few seconds. */
import { momentText } from '../budgets/dates.ts';
import type { LocalDeployment } from './local-deployment.ts';
import { runCheck } from './run-check.ts';
import { type SimulatedClock, simulateClock } from './simulated-clock.ts';
import { localTimeZone, type Terminal } from './terminal.ts';
import { nextCheckAt } from './watch.ts';

export interface PlayOptions {
  /** Epoch milliseconds. */
  readonly end: number;
  readonly terminal: Terminal;
  /** Ends the play after the check under way. */
  readonly signal: AbortSignal;
}

const playedMs = 3 * 24 * 3_600_000;

/** Sets the clock of the whole process as it goes, and gives the real time back. Rejects as a check does. */
export async function play(deployment: LocalDeployment, options: PlayOptions): Promise<void> {
  const times = checkTimes(options.end);
  const clock = simulateClock(options.end);
  try {
    for (const [day, timesOfDay] of Map.groupBy(times, dayOf)) {
      if (options.signal.aborted) return;
      options.terminal.print([`=== ${day} `.padEnd(80, '='), '']);
      const told = await playDay(timesOfDay, deployment, { ...options, clock });
      if (told === 0 && !options.signal.aborted) options.terminal.print(['Nothing to tell.', '']);
    }
  } finally {
    clock.restore();
  }
}

/** How much was told. */
async function playDay(
  times: readonly number[],
  deployment: LocalDeployment,
  { clock, terminal, signal }: PlayOptions & { readonly clock: SimulatedClock },
): Promise<number> {
  let told = 0;
  for (const at of times) {
    if (signal.aborted) break;
    clock.set(at);
    terminal.progress(`Checking ${momentText(new Date(at).toISOString(), localTimeZone)}`);
    const { published } = await runCheck(deployment, terminal);
    told += published.length;
  }
  return told;
}

/** The last one is at the end, so that what the budgets stand at is of that moment. */
function checkTimes(end: number): number[] {
  const times: number[] = [];
  for (let at = nextCheckAt(end - playedMs); at < end; at = nextCheckAt(at)) times.push(at);
  return [...times, end];
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' });

function dayOf(at: number): string {
  return dayFormat.format(at);
}
