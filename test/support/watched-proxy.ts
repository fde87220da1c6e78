/** A proxy on loopback in front of the embedded AWS and a provider, that sees each request before and after it is carried out. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  /** 1 for the first request since the proxy started. */
  readonly number: number;
  /** Whether it only reads: before and after it there is the same in AWS. */
  readonly isRead: boolean;
  /** Before the request is passed on, or after it was carried out and before the answer is passed back. */
  readonly moment: 'before' | 'after';
}

interface WatchedProxy {
  readonly url: string;
  /** Waits until what was passed on is carried out. */
  readonly settle: () => Promise<void>;
  /** Settles first. */
  readonly close: () => Promise<void>;
}

interface ProxyTargets {
  readonly aws: string;
  /** Gets what does not say that it is for AWS. */
  readonly provider: string;
}

/** Where `watch` says true, the connection is cut instead; until it has said so or not, the request is held. */
export async function startWatchedProxy(
  targets: ProxyTargets,
  watch: (exchange: Exchange) => boolean | Promise<boolean>,
): Promise<WatchedProxy> {
  let number = 0;
  const underWay = new Set<Promise<void>>();
  const settle = async () => {
    await Promise.all(underWay);
  };
  const server = createServer(async (incoming, outgoing) => {
    number += 1;
    const exchange = { number, isRead: isRead(incoming) };
    if (await watch({ ...exchange, moment: 'before' })) {
      incoming.socket.destroy();
      return;
    }
    const passed = pass(targets, incoming, outgoing, () => watch({ ...exchange, moment: 'after' }));
    underWay.add(passed.finally(() => underWay.delete(passed)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    settle,
    close: async () => {
      await settle();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** A provider is only ever asked; of AWS's services SNS alone has no target that names the operation. */
function isRead(incoming: IncomingMessage): boolean {
  return !isForAws(incoming) || /\.(Get|Query|BatchGet)/.test(targetOf(incoming));
}

/** A queue has a path of its own. */
function isForAws(incoming: IncomingMessage): boolean {
  return incoming.url === '/' || targetOf(incoming) !== '';
}

function targetOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target'] ?? '');
}

/** Resolves when the target has answered, whether or not anybody still listens. */
function pass(
  targets: ProxyTargets,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  isCut: () => boolean | Promise<boolean>,
): Promise<void> {
  const target = isForAws(incoming) ? targets.aws : targets.provider;
  const { method, headers } = incoming;
  return new Promise((resolve) => {
    const url = new URL(incoming.url ?? '/', target);
    const onward = request(url, { method, headers }, async (answer) => {
      const body = Buffer.concat(await answer.toArray());
      if (await isCut()) incoming.socket.destroy();
      else outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(body);
      resolve();
    });
    onward.on('error', () => resolve());
    incoming.on('close', () => {
      if (!incoming.complete) onward.destroy();
    });
    incoming.pipe(onward);
  });
}
