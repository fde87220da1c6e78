/** `npm start -- --parameters FILE`: real accounts, with everything else on this machine. */
import { resolve } from 'node:path';
import { UsageError } from '../cli/usage-error.ts';
import { providers } from '../providers/registry.ts';
import {
  type Check,
  deployLocally,
  type LocalDeployment,
  parameterRoot,
} from './local-deployment.ts';
import { type FileParameter, readParametersFile } from './parameters-file.ts';
import { runCheck } from './run-check.ts';
import { endSession, type Session } from './session.ts';

/** Kept from start to start, so that nothing is told twice; in the working directory. */
const ledgerPath = '.local/ledger';

/** Closes everything that it starts. Throws a UsageError, also where no account could be read. */
export async function runWithParameters(file: string, session: Session): Promise<void> {
  const { port, terminal } = session;
  const names = { root: parameterRoot, providers: providers.map(({ id }) => id) };
  const parameters = await readParametersFile(file, names);
  await using closing = new AsyncDisposableStack();
  const deployment = await deployLocally({ providers, port, ledgerPath: resolve(ledgerPath) });
  closing.defer(deployment.close);
  for (const parameter of parameters) putParameter(file, parameter, deployment);
  terminal.print([
    `cost-alerts with the accounts of ${file}. Everything but the providers is on this`,
    `machine: emails are printed below, the ledger is in ${ledgerPath}.`,
    '',
  ]);
  terminal.progress('Checking');
  const check = await runCheck(deployment, session);
  const isRead = isAnyAccountRead(check);
  if (isRead && check.published.length === 0) terminal.print(['Nothing to send.', '']);
  await endSession(deployment, session, check.published.at(-1));
  if (!isRead && !session.watch) throw new UsageError('no account could be checked');
}

function putParameter(
  file: string,
  { name, value, type }: FileParameter,
  { parameters }: LocalDeployment,
): void {
  try {
    parameters.put(name, value, type);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file}: ${name}: ${reason}`, { cause: error });
  }
}

function isAnyAccountRead({ invocations }: Check): boolean {
  return invocations.some(({ summary }) => summary !== undefined && summary.complete > 0);
}
