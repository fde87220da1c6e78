/** A proxy on loopback in front of the embedded AWS and a provider, that sees each request before and after it is carried out. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  /** 1 for the first request since the proxy started. */
  readonly number: number;
  /** Before the request is passed on, or after it was carried out and before the answer is passed back. */
  readonly moment: 'before' | 'after';
}

export interface WatchedProxy {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export interface ProxyTargets {
  readonly aws: string;
  /** Gets what has a path that AWS's services have not. */
  readonly provider: string;
}

/** Where `watch` says true, the connection is cut instead. */
export async function startWatchedProxy(
  targets: ProxyTargets,
  watch: (exchange: Exchange) => boolean,
): Promise<WatchedProxy> {
  let number = 0;
  const server = createServer((incoming, outgoing) => {
    number += 1;
    const exchange = { number };
    if (watch({ ...exchange, moment: 'before' })) {
      incoming.socket.destroy();
      return;
    }
    pass(targets, incoming, outgoing, () => watch({ ...exchange, moment: 'after' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pass(
  targets: ProxyTargets,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  isCut: () => boolean,
): void {
  const target = incoming.url === '/' ? targets.aws : targets.provider;
  const { method, headers } = incoming;
  const onward = request(new URL(incoming.url ?? '/', target), { method, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk) => chunks.push(chunk));
    answer.on('end', () => {
      if (isCut()) {
        incoming.socket.destroy();
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(chunks));
    });
  });
  onward.on('error', () => incoming.socket.destroy());
  incoming.pipe(onward);
}
