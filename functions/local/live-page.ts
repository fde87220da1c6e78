/** The page of what was played, served while the watching goes on; each check puts a new one in its place. */

import type { LocalDeployment } from './local-deployment.ts';
import { pageRenderer } from './page-renderer.ts';
import type { PlayedBack } from './play-back.ts';
import { servePage } from './serve-page.ts';
import type { Session } from './session.ts';

export interface LivePage extends AsyncDisposable {
  readonly url: string;
  /** Plays everything back anew. */
  readonly update: () => Promise<PlayedBack>;
}

/** Shows nothing yet; to be updated first. */
export async function showLivePage(
  deployment: LocalDeployment,
  { terminal, cli: { signal } }: Session,
): Promise<LivePage> {
  const served = await servePage();
  async function update(): Promise<PlayedBack> {
    terminal.progress('Playing back the last 90 days');
    const renderPage = await pageRenderer();
    const now = Date.now();
    const played = await deployment.playBack(now, signal);
    const { accounts, leftOut } = played;
    if (!signal.aborted) served.show(renderPage(accounts, { now, leftOut, isLive: true }));
    return played;
  }
  return { url: served.url, update, [Symbol.asyncDispose]: served.close };
}
