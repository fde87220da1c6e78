/** Operations asked without a client of the SDK: signed as its clients sign, and with errors like theirs. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsClients, awsProblem, isDenied } from '../../cli/aws.ts';
import { askAws } from '../../cli/aws-json.ts';
import { isolateEnvironment } from '../../cli/demo/local-process.ts';
import { readParameter } from '../../functions/config/parameter-store.ts';

let server: Server;
let answer: { status: number; body: string };
let asked: { request: IncomingMessage; body: string } | undefined;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked = { request, body };
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  isolateEnvironment(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIALOCAL',
    AWS_SECRET_ACCESS_KEY: 'secret-of-nobody',
    AWS_SESSION_TOKEN: 'session',
  });
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function ask(signal = new AbortController().signal, clients = awsClients({})) {
  return askAws(clients, {
    service: 'sqs',
    target: 'AmazonSQS.GetQueueAttributes',
    url: new URL('https://sqs.eu-west-1.amazonaws.com/'),
    input: { QueueUrl: 'x' },
    signal,
  });
}

async function errorOf(asking: Promise<unknown>): Promise<unknown> {
  return asking.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test('a request is signed for its service and region, with the session', async () => {
  answer = { status: 200, body: '{"Attributes":{}}' };

  expect(await ask()).toEqual({ Attributes: {} });
  const { headers = {}, method } = asked?.request ?? {};
  expect(method).toBe('POST');
  expect(asked?.body).toBe('{"QueueUrl":"x"}');
  expect(headers).toMatchObject({
    'x-amz-target': 'AmazonSQS.GetQueueAttributes',
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-security-token': 'session',
  });
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIALOCAL\/\d{8}\/eu-west-1\/sqs\/aws4_request, /,
  );
  expect(headers.authorization).not.toContain('secret-of-nobody');
});

test('a client that has signed for its own service signs for the one that is asked', async () => {
  answer = { status: 200, body: '{}' };
  const clients = awsClients({});
  await readParameter(clients.ssm, '/cost-alerts/x').catch(() => {});

  await ask(undefined, clients);

  expect(asked?.request.headers.authorization).toContain('/eu-west-1/sqs/aws4_request');
});

describe('an error', () => {
  test('of a missing permission is known as such', async () => {
    const type = 'com.amazon.coral.service#AccessDeniedException';
    answer = { status: 400, body: JSON.stringify({ __type: type, message: 'not authorized' }) };

    expect(isDenied(await errorOf(ask()))).toBe(true);
  });

  test.each([
    [
      500,
      '{"__type":"x#InternalFailure","Message":"later"}',
      'AWS answered InternalFailure: later',
    ],
    [200, '<html>', 'AWS answered InvalidAnswer: no JSON'],
    [503, '', 'AWS answered InvalidAnswer: no JSON'],
  ])('HTTP %d with %j is %s', async (status, body, problem) => {
    answer = { status, body };

    expect(awsProblem(await errorOf(ask()))).toBe(problem);
  });

  test('of the connection is one that AWS cannot be reached by', async () => {
    const endpoint = process.env.AWS_ENDPOINT_URL;
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';

    expect(awsProblem(await errorOf(ask()))).toMatch(/^AWS cannot be reached \(connect ECONNREF/);
    process.env.AWS_ENDPOINT_URL = endpoint;
  });

  test('of Ctrl-C is passed on', async () => {
    const error = await errorOf(ask(AbortSignal.abort()));

    expect(awsProblem(error)).toBeUndefined();
    expect((error as Error).name).toBe('AbortError');
  });
});
