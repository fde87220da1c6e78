/** The page of the replay: a file, or with `--watch` served, where each check puts a new one in its place. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../output.ts';
import { writeWhole } from '../text-file.ts';
import type { LocalDeployment, ReplayedPage, Session } from './local-deployment.ts';
import { closeServer, listen, portOf } from './vendors/server.ts';

interface LivePage extends AsyncDisposable {
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
  await listen(server);
  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    show: (page) => {
      current = contentOf(page);
    },
    close: () => closeServer(server),
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

/** In the working directory, like the ledger. */
const PAGE_PATH = '.local/cost-alerts.html';

/** Replays the accounts and writes the page; undefined where there is no account to show, or Ctrl-C came first. */
export async function writePage(
  deployment: LocalDeployment,
  { terminal, cli: { signal } }: Session,
): Promise<(ReplayedPage & { readonly file: string }) | undefined> {
  terminal.progress('Replaying the last 90 days');
  const renderPage = await pageRenderer();
  const now = Date.now();
  const replayed = await deployment.replayPage(now, signal);
  const { accounts, leftOut } = replayed;
  if (accounts.length === 0 || signal.aborted) return undefined;
  const file = resolve(PAGE_PATH);
  await writeInto(file, renderPage(accounts, { now, leftOut }));
  return { ...replayed, file };
}

async function writeInto(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeWhole(file, text);
  } catch (error) {
    const { message } = error as Error;
    throw new UsageError(`${PAGE_PATH} cannot be written: ${message}`, { cause: error });
  }
}

/** Loaded only when it is needed, as that takes a quarter of a second. */
async function pageRenderer() {
  const { renderPage } = await import('../backtest/page/render-page.ts');
  return renderPage;
}
