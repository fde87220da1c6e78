/** The HTTP server in front of the embedded services: routes, counts requests, and injects faults. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultSwitchboard, ServiceId } from './faults.ts';

interface Backend {
  readonly services: readonly EmbeddedService[];
  readonly faults: FaultSwitchboard;
  /** By operation as in IAM actions: `ssm:GetParameter`. */
  readonly requests: Map<string, number>;
}

interface EmbeddedServer {
  /** Resolves to the port, on 127.0.0.1 only; 0 asks for a free one. Rejects with the port in the message. */
  readonly listen: (port: number) => Promise<number>;
  /** Answers what is under way, except what waits out a latency, then ends all connections. */
  readonly close: () => Promise<void>;
}

export function createEmbeddedServer(backend: Backend): EmbeddedServer {
  const underway = new Set<Promise<AwsReply | undefined>>();
  const closing = new AbortController();
  const server = createServer((request, response) => {
    // Whatever fails here, a disconnected client or the closing, no one waits for an answer.
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

/** Undefined cuts the connection without an answer. */
async function answer(
  request: AwsRequest,
  { services, faults, requests }: Backend,
  closing: AbortSignal,
): Promise<AwsReply | undefined> {
  const call = route(request, services);
  if (call === undefined) return UNKNOWN_SERVICE;
  const { service, operation } = call;
  const action = `${service.id}:${operation}`;
  requests.set(action, (requests.get(action) ?? 0) + 1);
  if (faults.latencyMs > 0) await delay(faults.latencyMs, undefined, { signal: closing });
  const { authorization } = request.headers;
  if (authorization === undefined) return refuse(service, action, 'unsigned');
  if (!isSignedFor(service, authorization)) return service.errorReply(signedForAnother(service));
  const fault = faults.take(service.id, operation);
  if (fault === 'hang') await ended(closing);
  if (fault === 'down' || fault === 'hang') return undefined;
  if (fault !== undefined && fault !== 'drop') return refuse(service, action, fault);
  const reply = await carryOut(service, operation, request);
  return fault === 'drop' ? undefined : reply;
}

/** Of a signature (SigV4) the scope; no other part of it is checked. */
function isSignedFor(service: EmbeddedService, authorization: string): boolean {
  const [, scope] = /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\//.exec(authorization) ?? [];
  return scope === undefined || scope === signingName(service);
}

/** CloudWatch has the name of its endpoint. */
function signingName({ id }: EmbeddedService): string {
  return id === 'cloudwatch' ? 'monitoring' : id;
}

function signedForAnother(service: EmbeddedService): AwsError {
  const message = `Credential should be scoped to correct service: '${signingName(service)}'.`;
  return new AwsError('SignatureDoesNotMatch', message, 403);
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

const UNKNOWN_SERVICE: AwsReply = {
  statusCode: 404,
  headers: { 'content-type': 'text/plain' },
  body: 'The embedded AWS has SSM, SNS, DynamoDB, CloudFormation, SQS and CloudWatch only.\n',
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

export const region = 'us-east-1';
export const accountId = '000000000000';

/** A request that was read to its end. */
export interface AwsRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface AwsReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/** How each service refuses a request, with its own codes. */
type Refusal = 'throttle' | 'deny' | 'error' | 'unsigned';

export interface EmbeddedService {
  readonly id: ServiceId;
  readonly refusals: Readonly<
    Record<Refusal, { readonly code: string; readonly statusCode: number }>
  >;
  /** Name of the requested operation; undefined where the request is for another service. */
  readonly operationOf: (request: AwsRequest) => string | undefined;
  /** Carries out the operation; throws AwsError for what AWS would refuse. */
  readonly answer: (operation: string, request: AwsRequest) => Promise<AwsReply>;
  readonly errorReply: (error: AwsError) => AwsReply;
}

/** Of SSM and DynamoDB. */
export const JSON_REFUSALS: EmbeddedService['refusals'] = {
  throttle: { code: 'ThrottlingException', statusCode: 400 },
  deny: { code: 'AccessDeniedException', statusCode: 400 },
  error: { code: 'InternalServerError', statusCode: 500 },
  unsigned: { code: 'MissingAuthenticationTokenException', statusCode: 400 },
};

/** An error of AWS; `code` becomes the name of the SDK's error. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, message: string, statusCode = 400) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** A reply in the AWS JSON protocol: version 1.1 for SSM, 1.0 for DynamoDB. */
export function jsonReply(version: '1.0' | '1.1', statusCode: number, result: unknown): AwsReply {
  const headers = {
    'content-type': `application/x-amz-json-${version}`,
    'x-amzn-requestid': crypto.randomUUID(),
  };
  return { statusCode, headers, body: JSON.stringify(result) };
}

/** The operation in an `X-Amz-Target` header such as `AmazonSSM.GetParameter`, if it is this service's. */
export function targetOperation(request: AwsRequest, prefix: string): string | undefined {
  const target = String(request.headers['x-amz-target'] ?? '');
  return target.startsWith(`${prefix}.`) ? target.slice(prefix.length + 1) : undefined;
}
