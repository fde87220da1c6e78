/** The page of the replay, served by `npm start -- --watch`; each check puts a new one in its place. */

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunDeps } from '../../functions/checks/check-usage.ts';
import { isValid } from '../../functions/config/account.ts';
import { readParameters } from '../../functions/config/parameter-store.ts';
import { readAccounts } from '../../functions/config/read-accounts.ts';
import { loadAndReplay } from '../backtest/replay.ts';
import type { ReplayedAccount } from '../backtest/replayed.ts';
import type { LocalDeployment } from './local-deployment.ts';
import type { Session } from './sessions.ts';

export interface LivePage extends AsyncDisposable {
  readonly url: string;
  /** Replays everything anew. */
  readonly update: () => Promise<ReplayedPage>;
}

/** Shows a notice until its first update. */
export async function showLivePage(
  deployment: LocalDeployment,
  { terminal, cli: { signal } }: Session,
): Promise<LivePage> {
  const served = await servePage();
  async function update(): Promise<ReplayedPage> {
    terminal.progress('Replaying the last 90 days');
    const renderPage = await pageRenderer();
    const now = Date.now();
    const replayed = await deployment.replayPage(now, signal);
    const { accounts, leftOut } = replayed;
    if (!signal.aborted) served.show(renderPage(accounts, { now, leftOut, isLive: true }));
    return replayed;
  }
  return { url: served.url, update, [Symbol.asyncDispose]: served.close };
}

export interface ServedPage {
  readonly url: string;
  /** HTML. */
  readonly show: (page: string) => void;
  readonly close: () => Promise<void>;
}

const waiting =
  '<!doctype html><meta charset="utf-8"><title>cost-alerts</title><p>The page is not ready yet: reload it in a few seconds.';

/** Listens on 127.0.0.1, on a free port. */
export async function servePage(): Promise<ServedPage> {
  let current = contentOf(waiting);
  const server = createServer((request, response) => answer(request, response, current));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    show: (page) => {
      current = contentOf(page);
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };

  function answer(request: IncomingMessage, response: ServerResponse, content: Content): void {
    const { method = '', url, headers } = request;
    // Another name for this address would be a page elsewhere that reads this one (DNS rebinding).
    const isOurs = headers.host === `127.0.0.1:${portOf(server)}`;
    if (!isOurs || url !== '/' || !['GET', 'HEAD'].includes(method)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, content.headers).end(method === 'GET' ? content.page : undefined);
  }
}

interface Content {
  readonly page: string;
  readonly headers: Readonly<Record<string, string>>;
}

function contentOf(page: string): Content {
  const etag = `"${createHash('sha256').update(page).digest('hex').slice(0, 32)}"`;
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', etag };
  return { page, headers };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

export type ReplayDeps = Pick<RunDeps, 'provider' | 'ssm' | 'ledger' | 'parameterRoot' | 'region'>;

export interface ReplayedPage {
  readonly accounts: readonly ReplayedAccount[];
  /** Why others are not among them, a line each. */
  readonly leftOut: readonly string[];
}

const replayedDays = 90;

/** In order of name, without accounts whose parameters are invalid. Writes nothing. */
export async function replayPage(
  deps: ReplayDeps,
  now: number,
  signal: AbortSignal,
): Promise<ReplayedPage> {
  const { provider, ssm, parameterRoot } = deps;
  const parameters = await readParameters(ssm, `${parameterRoot}/${provider.id}`);
  const read = readAccounts(parameters, provider, parameterRoot);
  const accounts: ReplayedAccount[] = [];
  const leftOut: string[] = [];
  for (const account of read.filter(isValid)) {
    const replayed = await loadAndReplay({ ...deps, account, days: replayedDays, now, signal });
    if ('failure' in replayed) leftOut.push(`${provider.id}/${account.name}: ${replayed.failure}`);
    else accounts.push(replayed);
  }
  return { accounts, leftOut };
}

/** Loaded only when it is needed, as that takes a quarter of a second. */
export async function pageRenderer() {
  const { renderPage } = await import('../backtest/page/render-page.ts');
  return renderPage;
}
