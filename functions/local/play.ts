/** The last three days, a check an hour, in a few seconds. */
import { momentText } from '../budgets/dates.ts';
import type { Published } from './embedded-publish.ts';
import type { LocalDeployment } from './local-deployment.ts';
import { runCheck } from './run-check.ts';
import type { Session } from './session.ts';
import { type SimulatedClock, simulateClock } from './simulated-clock.ts';
import { localTimeZone } from './terminal.ts';
import { nextCheckAt } from './watch.ts';

const playedMs = 3 * 24 * 3_600_000;

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
  for (let at = nextCheckAt(end - playedMs); at < end; at = nextCheckAt(at)) times.push(at);
  return [...times, end];
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' });

function dayOf(at: number): string {
  return dayFormat.format(at);
}
