import { once } from 'node:events';
import { connect } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../cli/demo/aws/embedded-aws.ts';
import type { Fault } from '../../../../cli/demo/aws/faults.ts';
import { connectionTo } from './embedded-connection.ts';

let aws: EmbeddedAws;
let ssm: SSMClient;
let sns: SNSClient;
let table: DynamoDBDocumentClient;
let TopicArn: string;

beforeEach(async () => {
  aws = await startEmbeddedAws();
  ssm = new SSMClient(connectionTo(aws));
  sns = new SNSClient(connectionTo(aws));
  table = DynamoDBDocumentClient.from(new DynamoDBClient(connectionTo(aws)));
  TopicArn = aws.createTopic('cost-alerts');
  await aws.createTable('ledger');
});

afterEach(async () => {
  for (const client of [ssm, sns, table]) client.destroy();
  vi.unstubAllEnvs();
  await aws.close();
});

const Key = { pk: 'a', sk: 'b' };
const readPath = () => ssm.send(new GetParametersByPathCommand({ Path: '/a' }));
const publish = () => sns.send(new PublishCommand({ TopicArn, Message: 'x' }));
const put = () => table.send(new PutCommand({ TableName: 'ledger', Item: Key }));
const get = () => table.send(new GetCommand({ TableName: 'ledger', Key }));

/** Keeps the embedded DynamoDB busy for some event loop turns. */
function writeLargeBatch() {
  const requests = Array.from({ length: 25 }, (_, index) => ({
    PutRequest: { Item: { pk: 'a', sk: `b${index}`, text: 'x'.repeat(20_000) } },
  }));
  return table.send(new BatchWriteCommand({ RequestItems: { ledger: requests } }));
}

const portOf = (endpoint: string) => Number(new URL(endpoint).port);

describe('the address', () => {
  test('clients that know nothing but the environment come here', async () => {
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
    aws.parameters.put('/a/b', 'from the environment');
    const client = new SSMClient();

    const { Parameter } = await client.send(new GetParameterCommand({ Name: '/a/b' }));
    client.destroy();

    expect(Parameter?.Value).toBe('from the environment');
    expect(aws.endpoint).toMatch(/^http:\/\/localhost:\d+$/);
  });

  test('a port that is in use is refused with its number, in one line', async () => {
    const port = portOf(aws.endpoint);

    const second = startEmbeddedAws({ port });

    await expect(second).rejects.toThrow(
      `embedded AWS: cannot listen on port ${port}: it is already in use`,
    );
  });

  test('two of them have nothing in common', async () => {
    const other = await startEmbeddedAws();
    other.parameters.put('/a/b', 'x');
    await other.close();

    expect(aws.parameters.get('/a/b')).toBeUndefined();
  });
});

describe('requests', () => {
  test('are counted by operation, whatever becomes of them', async () => {
    aws.faults.set('sns', 'deny');

    await Promise.allSettled([readPath(), readPath(), put(), publish()]);

    expect(Object.fromEntries(aws.requests)).toEqual({
      'ssm:GetParametersByPath': 2,
      'dynamodb:PutItem': 1,
      'sns:Publish': 1,
    });
  });

  test.each([
    ['AmazonSSM.GetParameter', 'application/x-amz-json-1.1', '{"Name":"/a/b"}', 400],
    ['DynamoDB_20120810.ListTables', 'application/x-amz-json-1.0', '{}', 400],
    ['', 'application/x-www-form-urlencoded', 'Version=2010-03-31&Action=Publish&Message=x', 403],
  ])('without a signature are refused: %s %s', async (target, contentType, body, status) => {
    const headers = { 'content-type': contentType, 'x-amz-target': target };

    const response = await fetch(aws.endpoint, { method: 'POST', headers, body });

    expect(response.status).toBe(status);
    expect(await response.text()).toContain('MissingAuthenticationToken');
  });

  test('to any other service are refused', async () => {
    const response = await fetch(`${aws.endpoint}/bucket/key`);

    expect(response.status).toBe(404);
  });
});

describe('faults', () => {
  test.each([
    ['throttle', 'ThrottlingException', 'ThrottledException', 'ThrottlingException'],
    ['deny', 'AccessDeniedException', 'AuthorizationErrorException', 'AccessDeniedException'],
    ['error', 'InternalServerError', 'InternalErrorException', 'InternalServerError'],
  ] as const)('%s is answered in the words of each service', async (fault, ...names) => {
    aws.faults.set('*', fault);

    const outcomes = await Promise.allSettled([readPath(), publish(), put()]);

    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.name)).toEqual(
      names,
    );
    expect(aws.published).toEqual([]);
  });

  test('a denial names the action', async () => {
    aws.faults.set('ssm', 'deny');

    await expect(readPath()).rejects.toThrow(/not authorized to perform: ssm:GetParametersByPath/);
  });

  test('throttling is retried by a client that may', async () => {
    const patient = new SSMClient({ ...connectionTo(aws), maxAttempts: 2 });
    aws.faults.set('ssm:GetParametersByPath', 'throttle', 1);

    const { $metadata } = await patient.send(new GetParametersByPathCommand({ Path: '/a' }));
    patient.destroy();

    expect($metadata.attempts).toBe(2);
    expect(aws.requests.get('ssm:GetParametersByPath')).toBe(2);
  });

  test('drop loses the answer but not the effect', async () => {
    aws.faults.set('*', 'drop');

    const outcomes = await Promise.allSettled([publish(), put()]);
    aws.faults.clear();

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(aws.published).toHaveLength(1);
    expect((await get()).Item).toEqual(Key);
  });

  test('down does nothing at all', async () => {
    aws.faults.set('*', 'down');

    const outcomes = await Promise.allSettled([publish(), put()]);
    aws.faults.clear();

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(aws.published).toEqual([]);
    expect((await get()).Item).toBeUndefined();
  });

  test('the narrowest target wins, and others stay well', async () => {
    aws.faults.set('dynamodb', 'error');
    aws.faults.set('dynamodb:PutItem', 'throttle');

    await expect(put()).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(get()).rejects.toMatchObject({ name: 'InternalServerError' });
    await expect(readPath()).resolves.toMatchObject({ Parameters: [] });
  });

  test.each<Fault>(['throttle', 'drop', 'down'])(
    '%s ends after the given number of requests, or when cleared',
    async (fault) => {
      aws.faults.set('dynamodb:GetItem', fault, 2);

      await expect(get()).rejects.toThrow();
      await expect(get()).rejects.toThrow();
      await expect(get()).resolves.toBeDefined();
      aws.faults.set('dynamodb:GetItem', fault);
      aws.faults.clear('dynamodb:GetItem');
      await expect(get()).resolves.toBeDefined();
    },
  );

  test('latency holds a request back before it has any effect', async () => {
    aws.faults.latencyMs = 1;
    await publish();
    aws.faults.latencyMs = 3_600_000;

    const heldBack = publish().catch((error: unknown) => error);
    await vi.waitUntil(() => aws.requests.get('sns:Publish') === 2, { interval: 1 });
    await aws.close();

    expect(aws.published).toHaveLength(1);
    expect(await heldBack).toBeInstanceOf(Error);
  });
});

describe('closing', () => {
  test('ends idle connections and frees the port', async () => {
    const port = portOf(aws.endpoint);
    await readPath();
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');

    await Promise.all([aws.close(), once(idle, 'close')]);
    aws = await startEmbeddedAws({ port });

    await expect(readPath()).resolves.toMatchObject({ Parameters: [] });
  });

  test('may be asked for twice', async () => {
    await Promise.all([aws.close(), aws.close()]);

    await expect(aws.close()).resolves.toBeUndefined();
  });

  test('does not wait for a request that never ends', async () => {
    const stalled = connect(portOf(aws.endpoint), '127.0.0.1');
    stalled.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"half":');
    await readPath();

    await Promise.all([aws.close(), once(stalled, 'close')]);

    await expect(readPath()).rejects.toThrow();
  });

  test('answers what is under way before it ends the connections', async () => {
    const written = writeLargeBatch();
    await vi.waitUntil(() => aws.requests.has('dynamodb:BatchWriteItem'), { interval: 1 });

    const [, { UnprocessedItems }] = await Promise.all([aws.close(), written]);

    expect(UnprocessedItems).toEqual({});
  });
});
