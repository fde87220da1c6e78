import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { LocalDeployment } from './local-deployment.ts';
import { pageRenderer } from './page-renderer.ts';
import { StartError } from './start-error.ts';
import type { Terminal } from './terminal.ts';
import { writeWhole } from './whole-file.ts';

/** In the working directory, as the ledger. */
const pagePath = '.local/cost-alerts.html';

export interface PageWriting {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Plays the accounts back, writes the page and says where; nothing where there is no account to show. */
export async function writePage(
  deployment: LocalDeployment,
  { terminal, signal }: PageWriting,
): Promise<void> {
  terminal.progress('Playing back the last 90 days');
  const renderPage = await pageRenderer();
  const now = Date.now();
  const { accounts, leftOut } = await deployment.playBack(now, signal);
  if (accounts.length === 0 || signal.aborted) return;
  await writeInto(resolve(pagePath), renderPage(accounts, { now, leftOut }));
  terminal.print([`What budgets would have told over the last 90 days: ${pagePath}`, '']);
}

async function writeInto(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeWhole(file, text);
  } catch (error) {
    const { message } = error as Error;
    throw new StartError(`${pagePath} cannot be written: ${message}`, { cause: error });
  }
}
