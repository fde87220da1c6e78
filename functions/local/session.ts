/** What both kinds of `npm start` have in common: the table at the end, and going on with the real clock. */
import { momentText } from '../budgets/dates.ts';
import { showLivePage } from './live-page.ts';
import type { LocalDeployment } from './local-deployment.ts';
import { runCheck } from './run-check.ts';
import { standingLines } from './standing-lines.ts';
import { localTimeZone, type Terminal } from './terminal.ts';
import { minutesPast, watchHourly } from './watch.ts';

export interface Session {
  /** Of the embedded AWS; a free one, if not given. */
  readonly port?: number | undefined;
  /** Go on with the real clock. */
  readonly watch: boolean;
  readonly terminal: Terminal;
  /** Ends the session after the check under way. */
  readonly signal: AbortSignal;
}

export const nextStep = 'Deploy it: npx cdk deploy --all -c email=you@example.com, see README.md.';

/** The table; nothing without accounts. */
export async function showStandings(
  deployment: LocalDeployment,
  terminal: Terminal,
): Promise<void> {
  const standings = await deployment.standings();
  if (standings.length === 0) return;
  terminal.print([
    `What each budget stands at on ${localMoment()}:`,
    '',
    ...standingLines(standings),
    '',
    'Pace is the average so far, continued to the end of the period.',
    '',
  ]);
}

/** A check an hour until the session's signal aborts; the page of what was played is served meanwhile. */
export async function watchOn(deployment: LocalDeployment, session: Session): Promise<void> {
  const { terminal, signal } = session;
  await using live = await showLivePage(deployment, session);
  await live.update();
  terminal.print([
    `Watching: a check at ${minutesPast} minutes past each hour, until Ctrl-C.`,
    `What budgets would have told over the last 90 days: ${live.url}`,
    `The embedded AWS takes any credentials: aws --endpoint-url ${deployment.endpoint} …`,
  ]);
  await watchHourly(async () => {
    terminal.progress('Checking');
    const { published } = await runCheck(deployment, terminal);
    const told = published.length === 0 ? 'nothing to tell' : `${published.length} told`;
    terminal.print([`Checked on ${localMoment()}: ${told}.`]);
    await live.update();
  }, signal);
  terminal.print(['Stopped.']);
}

function localMoment(): string {
  return momentText(new Date().toISOString(), localTimeZone);
}
