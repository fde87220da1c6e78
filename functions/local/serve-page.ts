/** One HTML page on a loopback port, which can be exchanged. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedPage {
  readonly url: string;
  /** HTML. */
  readonly show: (page: string) => void;
  readonly close: () => Promise<void>;
}

const waiting = '<!doctype html><meta charset="utf-8"><title>cost-alerts</title><p>Not yet played.';

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
