/** The page of what was played, served while the watching goes on; each check puts a new one in its place. */

import type { LocalDeployment } from './local-deployment.ts';
import { pageRenderer } from './page-renderer.ts';
import { servePage } from './serve-page.ts';
import type { Terminal } from './terminal.ts';

export interface LivePage extends AsyncDisposable {
  readonly url: string;
  /** Plays everything back anew. */
  readonly update: () => Promise<void>;
}

export interface LivePageSettings {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Shows nothing yet; to be updated first. */
export async function showLivePage(
  deployment: LocalDeployment,
  { terminal, signal }: LivePageSettings,
): Promise<LivePage> {
  const served = await servePage();
  async function update(): Promise<void> {
    terminal.progress('Playing back the last 90 days');
    const renderPage = await pageRenderer();
    const now = Date.now();
    const { accounts, leftOut } = await deployment.playBack(now, signal);
    if (!signal.aborted) served.show(renderPage(accounts, { now, leftOut, isLive: true }));
  }
  return { url: served.url, update, [Symbol.asyncDispose]: served.close };
}
