import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../cli/usage-error.ts';
import type { LocalDeployment } from './local-deployment.ts';
import { pageRenderer } from './page-renderer.ts';
import type { PlayedBack } from './play-back.ts';
import type { Session } from './session.ts';
import { writeWhole } from './whole-file.ts';

/** In the working directory, as the ledger. */
const pagePath = '.local/cost-alerts.html';

/** Plays the accounts back and writes the page; undefined where there is no account to show, or Ctrl-C came first. */
export async function writePage(
  deployment: LocalDeployment,
  { terminal, cli: { signal } }: Session,
): Promise<(PlayedBack & { readonly file: string }) | undefined> {
  terminal.progress('Playing back the last 90 days');
  const renderPage = await pageRenderer();
  const now = Date.now();
  const { accounts, leftOut } = await deployment.playBack(now, signal);
  if (accounts.length === 0 || signal.aborted) return undefined;
  const file = resolve(pagePath);
  await writeInto(file, renderPage(accounts, { now, leftOut }));
  return { accounts, leftOut, file };
}

async function writeInto(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeWhole(file, text);
  } catch (error) {
    const { message } = error as Error;
    throw new UsageError(`${pagePath} cannot be written: ${message}`, { cause: error });
  }
}
