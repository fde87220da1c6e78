/** The two kinds of demo, simulated and with real accounts, and the end that they share: table, page, --watch. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { wrap } from '../../functions/messages/plain-text.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { localMoment, localTimeZone, UsageError } from '../output.ts';
import type { Published } from './aws/sns.ts';
import { showLivePage, writePage } from './demo-page.ts';
import {
  type Check,
  deployLocally,
  type LocalDeployment,
  parameterRoot,
  type ReplayedPage,
  runCheck,
  type Session,
} from './local-deployment.ts';
import { type FileParameter, readParametersFile } from './parameters-file.ts';
import { MINUTES_PAST, play, watchHourly } from './play.ts';
import { budgetLines, budgetsReplayed, messageLines } from './report.ts';
import type { SimulatedAccount, SimulatedWorld } from './vendors/server.ts';
import { simulatedProviders } from './vendors/vendors.ts';

/** The package has no CDK app: it is deployed by one of the user's own. */
const nextStep = import.meta.url.endsWith('.ts')
  ? 'Deploy it: npx cdk deploy --all -c email=you@example.com, see README.md.'
  : "Deploy it in a CDK app: new CostAlerts(stack, 'CostAlerts', { emails: ['you@example.com'] }); see docs/construct.md of the package.";

/** Shows the last email, every budget and the page, all from one replay; with `watch` it continues. */
async function endSession(
  deployment: LocalDeployment,
  session: Session,
  last: Published | undefined,
): Promise<void> {
  const { terminal, cli } = session;
  if (last && !session.full) {
    terminal.print(['The last email in full:', '', ...messageLines(last, localTimeZone)]);
  }
  if (session.watch) {
    await watchOn(deployment, session);
    return;
  }
  const written = await writePage(deployment, session);
  if (cli.signal.aborted) return;
  if (written) {
    showBudgets(written, session);
    await showDigest(deployment, session);
    terminal.print([`What alerts would have been, on a page: ${pathToFileURL(written.file)}`, '']);
  }
  terminal.print([nextStep]);
}

/** As of the moment that the page shows. */
function showBudgets(page: ReplayedPage, { terminal, cli }: Session): void {
  const { accounts, credits, leftOut } = page;
  const until = accounts.at(-1)?.until ?? Date.now();
  const budgets = accounts.map(budgetsReplayed).map((one) => {
    const credit = credits[one.name];
    return credit === undefined ? one : { ...one, below: [`  credit: ${credit}`] };
  });
  terminal.print([
    `Budgets on ${localMoment(until)}:`,
    '',
    ...budgetLines(budgets, cli),
    ...leftOut,
    '',
    'Forecast: of the whole period, with its 80 % range, or the average so far.',
    '',
  ]);
}

async function showDigest(deployment: LocalDeployment, session: Session): Promise<void> {
  const { terminal, full } = session;
  for (const digest of await deployment.digest()) {
    terminal.print(
      full
        ? messageLines(digest, localTimeZone)
        : [...wrap(`The digest of each Monday: ${digest.subject}`, 80), ''],
    );
  }
}

/** One check per hour until Ctrl-C; meanwhile serves the page. */
async function watchOn(deployment: LocalDeployment, session: Session): Promise<void> {
  const { terminal, cli } = session;
  await using live = await showLivePage(deployment, session);
  const shown = await live.update();
  if (cli.signal.aborted) return;
  showBudgets(shown, session);
  terminal.print([
    `Watching: one check at ${MINUTES_PAST} minutes past each hour, until Ctrl-C.`,
    `What alerts would have been, on a page: ${live.url}`,
    'Try it from another terminal; the embedded AWS accepts any credentials:',
    `export AWS_ENDPOINT_URL=${deployment.endpoint} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x`,
    'npx cost-alerts status',
  ]);
  await watchHourly(async () => {
    terminal.progress('Checking');
    const { published } = await runCheck(deployment, session);
    const sent = published.length === 0 ? 'no alerts' : `${published.length} sent`;
    terminal.print([`Checked on ${localMoment(Date.now())}: ${sent}.`]);
    await live.update();
  }, cli.signal);
  terminal.print(['Stopped.']);
}

type Close = () => Promise<void>;

/** As AsyncDisposableStack, which Node.js 22 does not have: closes what came last first. */
function closingLater() {
  const closes: Close[] = [];
  return {
    defer: (close: Close) => closes.push(close),
    [Symbol.asyncDispose]: async () => {
      for (const close of closes.reverse()) await close();
    },
  };
}

/** Closes everything that it starts. Throws a UsageError. */
export async function runSimulated(
  simulated: readonly Provider[],
  session: Session,
): Promise<void> {
  const { port, terminal, cli } = session;
  const end = Date.now();
  await using closing = closingLater();
  const deployment = await deployLocally({ providers: simulated, port });
  closing.defer(deployment.close);
  for (const { id } of simulated) {
    const world = await startWorld(id, end);
    closing.defer(world.close);
    for (const account of world.accounts) putAccount(id, account, deployment);
  }
  terminal.print(heading(simulated));
  const last = await play(deployment, end, session);
  if (!cli.signal.aborted) await endSession(deployment, session, last);
}

function startWorld(provider: string, end: number): Promise<SimulatedWorld> {
  const start = simulatedProviders[provider];
  if (start === undefined) throw new Error(`${provider}: expected a simulated provider, got none`);
  return start(end);
}

function putAccount(
  provider: string,
  { name, token, config }: SimulatedAccount,
  { parameters }: LocalDeployment,
): void {
  const folder = `${parameterRoot}/${provider}/${name}`;
  parameters.put(`${folder}/token`, token, 'SecureString');
  parameters.put(`${folder}/config`, JSON.stringify(config));
}

function heading(simulated: readonly Provider[]): string[] {
  const names = simulated.map(({ name }) => name).join(', ');
  return [
    'Replaying the last three days, one check per hour. Simulated providers:',
    ...wrap(`${names}.`, 80),
    'AWS is embedded, too; nothing leaves this machine. Each line is an alert.',
    '',
  ];
}

/** Kept between starts, so that no alert is sent twice; in the working directory. */
const LEDGER_PATH = '.local/ledger';

/** Closes everything that it starts. Throws a UsageError, also where no account can be read. */
export async function runWithParameters(file: string, session: Session): Promise<void> {
  const { port, terminal, cli } = session;
  const { providers } = cli;
  const names = { root: parameterRoot, providers: providers.map(({ id }) => id) };
  const parameters = await readParametersFile(file, names);
  await using closing = closingLater();
  const deployment = await deployLocally({ providers, port, ledgerPath: resolve(LEDGER_PATH) });
  closing.defer(deployment.close);
  for (const parameter of parameters) putParameter(file, parameter, deployment);
  terminal.print([
    `Checking the accounts of ${file}. Everything but the providers runs on`,
    `this machine: emails are printed below, the ledger is in ${LEDGER_PATH}.`,
    '',
  ]);
  terminal.progress('Checking');
  const check = await runCheck(deployment, session);
  const isRead = isAnyAccountRead(check);
  if (check.published.length > 0 && !session.full) terminal.print(['']);
  if (isRead && check.published.length === 0) terminal.print(['No alerts.', '']);
  await endSession(deployment, session, check.published.at(-1));
  if (!isRead && !session.watch) throw new UsageError('no account could be checked');
}

function putParameter(
  file: string,
  { name, value, type }: FileParameter,
  { parameters }: LocalDeployment,
): void {
  try {
    // At time 0, so that putting them again at each start does not count as an edit.
    parameters.put(name, value, type, 0);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file}: ${name}: ${reason}`, { cause: error });
  }
}

function isAnyAccountRead({ invocations }: Check): boolean {
  return invocations.some(({ summary }) => summary !== undefined && summary.complete > 0);
}
