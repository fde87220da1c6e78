/** What the simulated providers share: real HTTP on loopback, a log of requests, and faults that can be switched on. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface SimulatedRequest {
  readonly method: string;
  readonly url: URL;
  /** By lower-case name. */
  readonly headers: IncomingMessage['headers'];
  /** As UTF-8; empty where nothing was sent. */
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** A request and its answer without a fault. */
export interface Exchange {
  readonly request: SimulatedRequest;
  readonly answer: () => Answer;
  readonly response: ServerResponse;
}

/** Handles a whole exchange: answers differently, or not at all. */
export type Fault = (exchange: Exchange) => void;

interface FaultScope {
  /** How many requests have the fault. Default: all. */
  readonly times?: number;
  /** Which requests may have it. Default: all. */
  readonly when?: (request: SimulatedRequest) => boolean;
}

interface Faults {
  /** A request has the earliest added fault that matches it. */
  readonly add: (fault: Fault, scope?: FaultScope) => void;
  readonly clear: () => void;
}

export interface SimulatedServer {
  /** Origin, without a trailing slash. */
  readonly url: string;
  /** All since the start, the earliest first. */
  readonly requests: readonly SimulatedRequest[];
  readonly faults: Faults;
  /** Ends all connections, also of unanswered requests. */
  readonly close: () => Promise<void>;
}

/** Listens on 127.0.0.1, by default on a free port. */
export async function startSimulatedServer(
  answer: (request: SimulatedRequest) => Answer,
  port = 0,
): Promise<SimulatedServer> {
  const requests: SimulatedRequest[] = [];
  const { faults, take } = createFaults();
  const server = createServer((message, response) => {
    // A client that disconnects mid-request does not wait for an answer.
    serve(message, response).catch(() => response.destroy());
  });

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await requestOf(message);
    requests.push(request);
    const fault = take(request) ?? answerNormally;
    try {
      fault({ request, answer: () => answer(request), response });
    } catch (error) {
      send(response, { status: 500, body: String(error) });
    }
  }

  await listen(server, port);
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    requests,
    faults,
    close: () => closeServer(server),
  };
}

export interface ClockedServerOptions {
  /** Epoch milliseconds: nothing later is in an answer, and a part of the bucket in progress. Default: the real time. */
  readonly now?: () => number;
  /** Default: a free one. */
  readonly port?: number;
}

export interface ServerWithHistory<History> extends SimulatedServer {
  /** Replaces the history. */
  readonly setHistory: (history: History) => void;
}

/** A server whose answers depend on a history. */
export async function startWithHistory<History>(
  { history, port }: { readonly history: History; readonly port?: number },
  answer: (request: SimulatedRequest, history: History) => Answer,
): Promise<ServerWithHistory<History>> {
  let current = history;
  const server = await startSimulatedServer((request) => answer(request, current), port);
  return {
    ...server,
    setHistory: (next) => {
      current = next;
    },
  };
}

export function jsonAnswer(value: unknown, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

function answerNormally({ answer, response }: Exchange): void {
  send(response, answer());
}

async function requestOf(message: IncomingMessage): Promise<SimulatedRequest> {
  const { method = '', url = '/', headers } = message;
  return { method, url: new URL(url, 'http://127.0.0.1'), headers, body: await text(message) };
}

function createFaults() {
  let active: { fault: Fault; times: number; when: (request: SimulatedRequest) => boolean }[] = [];

  function take(request: SimulatedRequest): Fault | undefined {
    const met = active.find(({ times, when }) => times > 0 && when(request));
    if (met !== undefined) met.times -= 1;
    return met?.fault;
  }

  const faults: Faults = {
    add: (fault, { times = Number.POSITIVE_INFINITY, when = () => true } = {}) => {
      active.push({ fault, times, when });
    },
    clear: () => {
      active = [];
    },
  };
  return { faults, take };
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** On 127.0.0.1; by default on a free port. */
export function listen(server: Server, port = 0): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
}

/** Ends all connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}

/** Replaces the answer. */
export function answering(answer: Answer): Fault {
  return ({ response }) => send(response, answer);
}

export function answeringJson(value: unknown, status = 200): Fault {
  return answering(jsonAnswer(value, status));
}

/** The right answer with its JSON changed. */
export function changingJson(change: (value: unknown, exchange: Exchange) => unknown): Fault {
  return (exchange) => {
    const answer = exchange.answer();
    const value = change(JSON.parse(String(answer.body)), exchange);
    send(exchange.response, { ...answer, body: JSON.stringify(value) });
  };
}

export interface SimulatedAccount {
  readonly name: string;
  readonly token: string;
  /** As in Parameter Store, `baseUrl` of the simulated API included. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface SimulatedWorld {
  readonly accounts: readonly SimulatedAccount[];
  readonly close: () => Promise<void>;
}
