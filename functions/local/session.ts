/** What both kinds of demo have in common: the end with its table and page, and going on with the real clock. */
import { pathToFileURL } from 'node:url';
import type { PlayedAccount } from '../backtest/played.ts';
import { momentText } from '../budgets/dates.ts';
import type { Cli } from '../cli/cli.ts';
import type { Published } from './embedded-publish.ts';
import { showLivePage } from './live-page.ts';
import type { LocalDeployment } from './local-deployment.ts';
import { messageLines } from './message-lines.ts';
import { runCheck } from './run-check.ts';
import { budgetLines, budgetsPlayed } from './standing-lines.ts';
import { localTimeZone, type Terminal } from './terminal.ts';
import { minutesPast, watchHourly } from './watch.ts';
import { writePage } from './write-page.ts';

export interface Session {
  /** Of the embedded AWS; a free one, if not given. */
  readonly port?: number | undefined;
  /** Go on with the real clock. */
  readonly watch: boolean;
  /** Print messages whole. */
  readonly full: boolean;
  readonly terminal: Terminal;
  /** Its signal ends the session after the check under way. */
  readonly cli: Cli;
}

const nextStep = 'Deploy it: npx cdk deploy --all -c email=you@example.com, see README.md.';

/** Shows the last message, every budget and the page, of one playback; then goes on where that was asked for. */
export async function endSession(
  deployment: LocalDeployment,
  session: Session,
  last: Published | undefined,
): Promise<void> {
  const { terminal, cli } = session;
  if (last && !session.full) {
    terminal.print(['The last one in full:', '', ...messageLines(last, localTimeZone)]);
  }
  if (session.watch) {
    await watchOn(deployment, session);
    return;
  }
  const written = await writePage(deployment, session);
  if (cli.signal.aborted) return;
  if (written) {
    showBudgets(written, session);
    terminal.print([`The last 90 days on a page: ${pathToFileURL(written.file)}`, '']);
  }
  terminal.print([nextStep]);
}

interface Shown {
  readonly accounts: readonly PlayedAccount[];
  readonly leftOut: readonly string[];
}

/** As of the moment that the page shows. */
function showBudgets({ accounts, leftOut }: Shown, { terminal, cli }: Session): void {
  const until = accounts.at(-1)?.until ?? Date.now();
  terminal.print([
    `Budgets on ${localMoment(until)}:`,
    '',
    ...budgetLines(accounts.map(budgetsPlayed), cli),
    ...leftOut,
    '',
    'Pace: the average so far, continued to the end of the period.',
    '',
  ]);
}

/** A check an hour until Ctrl-C; the page of what was played is served meanwhile. */
async function watchOn(deployment: LocalDeployment, session: Session): Promise<void> {
  const { terminal, cli } = session;
  await using live = await showLivePage(deployment, session);
  const shown = await live.update();
  if (cli.signal.aborted) return;
  showBudgets(shown, session);
  terminal.print([
    `Watching: a check at ${minutesPast} minutes past each hour, until Ctrl-C.`,
    `The last 90 days on a page: ${live.url}`,
    `The embedded AWS takes any credentials: aws --endpoint-url ${deployment.endpoint} …`,
  ]);
  await watchHourly(async () => {
    terminal.progress('Checking');
    const { published } = await runCheck(deployment, session);
    const sent = published.length === 0 ? 'nothing to send' : `${published.length} sent`;
    terminal.print([`Checked on ${localMoment(Date.now())}: ${sent}.`]);
    await live.update();
  }, cli.signal);
  terminal.print(['Stopped.']);
}

function localMoment(at: number): string {
  return momentText(new Date(at).toISOString(), localTimeZone);
}
