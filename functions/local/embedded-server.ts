/** The HTTP server in front of the embedded services: routes, counts, and does wrong what it is told to. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultSwitchboard } from './embedded-faults.ts';
import {
  AwsError,
  type AwsReply,
  type AwsRequest,
  accountId,
  type EmbeddedService,
  type Refusal,
} from './embedded-service.ts';

export interface Backend {
  readonly services: readonly EmbeddedService[];
  readonly faults: FaultSwitchboard;
  /** By operation as in IAM actions: `ssm:GetParameter`. */
  readonly requests: Map<string, number>;
}

export interface EmbeddedServer {
  /** Resolves to the port, on 127.0.0.1 only; 0 asks for a free one. Rejects with the port in the message. */
  readonly listen: (port: number) => Promise<number>;
  /** Answers what is under way, except what waits out a latency, then ends all connections. */
  readonly close: () => Promise<void>;
}

export function createEmbeddedServer(backend: Backend): EmbeddedServer {
  const underway = new Set<Promise<AwsReply | undefined>>();
  const closing = new AbortController();
  const server = createServer((request, response) => {
    // Whatever fails here, be it a client that went away or the closing, nobody is left to be answered.
    serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    closing.signal.throwIfAborted();
    const answered = answer({ headers: request.headers, body }, backend, closing.signal);
    underway.add(answered);
    try {
      send(await answered, response);
    } finally {
      underway.delete(answered);
    }
  }

  async function close(): Promise<void> {
    closing.abort();
    const closed = once(server, 'close');
    server.close();
    await Promise.allSettled(underway);
    server.closeAllConnections();
    await closed;
  }

  return { listen: (port) => listen(server, port), close };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const reason = inUse ? 'it is already in use' : String(error);
    throw new Error(`embedded AWS: cannot listen on port ${port}: ${reason}`, { cause: error });
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Undefined is no answer: the connection is cut. */
async function answer(
  request: AwsRequest,
  { services, faults, requests }: Backend,
  closing: AbortSignal,
): Promise<AwsReply | undefined> {
  const call = route(request, services);
  if (call === undefined) return unknownService;
  const { service, operation } = call;
  const action = `${service.id}:${operation}`;
  requests.set(action, (requests.get(action) ?? 0) + 1);
  if (faults.latencyMs > 0) await delay(faults.latencyMs, undefined, { signal: closing });
  if (request.headers.authorization === undefined) return refuse(service, action, 'unsigned');
  const fault = faults.take(service.id, operation);
  if (fault === 'hang') await ended(closing);
  if (fault === 'down' || fault === 'hang') return undefined;
  if (fault !== undefined && fault !== 'drop') return refuse(service, action, fault);
  const reply = await carryOut(service, operation, request);
  return fault === 'drop' ? undefined : reply;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function route(
  request: AwsRequest,
  services: readonly EmbeddedService[],
): { service: EmbeddedService; operation: string } | undefined {
  for (const service of services) {
    const operation = service.operationOf(request);
    if (operation !== undefined) return { service, operation };
  }
  return undefined;
}

async function carryOut(
  service: EmbeddedService,
  operation: string,
  request: AwsRequest,
): Promise<AwsReply> {
  try {
    return await service.answer(operation, request);
  } catch (error) {
    if (error instanceof AwsError) return service.errorReply(error);
    throw error;
  }
}

function refuse(service: EmbeddedService, action: string, refusal: Refusal): AwsReply {
  const messages: Record<Refusal, string> = {
    throttle: 'Rate exceeded',
    deny: `User: arn:aws:iam::${accountId}:user/local is not authorized to perform: ${action}`,
    error: 'The request processing has failed because of an internal error.',
    unsigned: 'Request is missing Authentication Token',
  };
  const { code, statusCode } = service.refusals[refusal];
  return service.errorReply(new AwsError(code, messages[refusal], statusCode));
}

const unknownService: AwsReply = {
  statusCode: 404,
  headers: { 'content-type': 'text/plain' },
  body: 'The embedded AWS has SSM, SNS, DynamoDB and CloudFormation only.\n',
};

function send(reply: AwsReply | undefined, response: ServerResponse): void {
  if (reply === undefined) {
    response.destroy();
    return;
  }
  response.statusCode = reply.statusCode;
  response.setHeaders(new Map(Object.entries(reply.headers)));
  response.end(reply.body);
}
