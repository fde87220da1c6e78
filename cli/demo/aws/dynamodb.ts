/** DynamoDB by dynalite, called in process: its server answers requests that never went over a socket. */
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import dynalite from 'dynalite';
import {
  type AwsReply,
  type AwsRequest,
  type EmbeddedService,
  JSON_REFUSALS,
  jsonReply,
  targetOperation,
} from './server.ts';

interface EmbeddedDynamodb extends EmbeddedService {
  /** A table with the keys `pk` and `sk`, both strings; ready when this resolves. An existing one is not changed. */
  readonly createTable: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** In memory, or in the folder `path`, which is created; rejects if another process has that folder open. */
export async function openDynamodb(path?: string): Promise<EmbeddedDynamodb> {
  if (path !== undefined) await checkFolder(path);
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    ...(path !== undefined && { path }),
  });
  return {
    id: 'dynamodb',
    refusals: JSON_REFUSALS,
    operationOf: (request) => targetOperation(request, 'DynamoDB_20120810'),
    answer: (_operation, request) => ask(server, request),
    errorReply: ({ code, message, statusCode }) =>
      jsonReply('1.0', statusCode, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }),
    createTable: (name) => createTable(server, name),
    close: () => close(server),
  };
}

/**
 * dynalite gets a request and a response of its own, of which it uses no more than this, and not the
 * connection's: it rethrows a connection's errors where nobody can catch them.
 */
function ask(server: Server, { headers, body }: AwsRequest): Promise<AwsReply> {
  return new Promise((resolve) => {
    const request = Object.assign(Readable.from([Buffer.from(body)]), {
      method: 'POST',
      url: '/',
      headers,
    });
    const replyHeaders: Record<string, string | number> = {};
    const response = {
      statusCode: 200,
      setHeader: (name: string, value: string | number) => {
        replyHeaders[name] = value;
      },
      end: (replyBody = '') => {
        resolve({ statusCode: response.statusCode, headers: replyHeaders, body: replyBody });
      },
    };
    server.emit('request', request, response);
  });
}

async function createTable(server: Server, name: string): Promise<void> {
  const created = await askInternally(server, 'CreateTable', {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
  if (created.statusCode !== 200 && !created.body.includes('ResourceInUseException')) {
    throw new Error(`embedded DynamoDB: cannot create table "${name}": ${created.body}`);
  }
  // Even with createTableMs 0 the table is active only some event loop turns after the answer.
  while (!(await isActive(server, name))) await delay(1);
}

async function isActive(server: Server, name: string): Promise<boolean> {
  const { body } = await askInternally(server, 'DescribeTable', { TableName: name });
  return body.includes('"TableStatus":"ACTIVE"');
}

function askInternally(server: Server, operation: string, input: object): Promise<AwsReply> {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': '20261121T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none',
  };
  return ask(server, { headers, body: JSON.stringify(input) });
}

/** The store closes only along with a server that listens, so it listens for that moment. */
function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      server.close((error) => (error ? reject(error) : resolve()));
    });
  });
}

interface LevelStore {
  readonly open: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Opens and closes the folder with dynalite's own store: dynalite itself opens it late, and where that
 * fails, because another process has it, ends the whole process with an exception nobody can catch.
 */
async function checkFolder(path: string): Promise<void> {
  const requireAsDynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
  const { Level } = requireAsDynalite('level') as { Level: new (path: string) => LevelStore };
  await mkdir(path, { recursive: true });
  const store = new Level(path);
  try {
    await store.open();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const detail = cause instanceof Error ? cause.message : String(error);
    throw new Error(`embedded DynamoDB: cannot open ${path}: ${detail}`, { cause: error });
  }
  await store.close();
}
