import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import {
  listParameterNames,
  ParameterStoreError,
  parameterClientSettings,
  readParameters,
  readParametersByName,
} from '../../functions/config/parameter-store.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const changedAt = Date.UTC(2026, 10, 21, 10);
const operation = 'ssm:GetParametersByPath';

function client(endpoint: string, settings: object = parameterClientSettings): SSMClient {
  return new SSMClient({ endpoint, region: 'us-east-1', credentials, ...settings });
}

describe('readParameters', () => {
  let aws: EmbeddedAws;
  let ssm: SSMClient;

  beforeEach(async () => {
    aws = await startEmbeddedAws({ now: () => changedAt });
    ssm = client(aws.endpoint);
  });

  afterEach(async () => {
    ssm.destroy();
    await aws.close();
  });

  test('reads every type, decrypted, with its version and time', async () => {
    aws.parameters.put('/cost-alerts/northflank/acme/token', 'old', 'SecureString');
    aws.parameters.put('/cost-alerts/northflank/acme/token', 'tok_1');
    aws.parameters.put('/cost-alerts/northflank/acme/config', '{}');
    aws.parameters.put('/cost-alerts/northflank/list', 'a,b', 'StringList');

    const parameters = await readParameters(ssm, '/cost-alerts/northflank');

    expect(parameters).toEqual([
      {
        name: '/cost-alerts/northflank/acme/config',
        value: '{}',
        type: 'String',
        version: 1,
        changedAt,
      },
      {
        name: '/cost-alerts/northflank/acme/token',
        value: 'tok_1',
        type: 'SecureString',
        version: 2,
        changedAt,
      },
      {
        name: '/cost-alerts/northflank/list',
        value: 'a,b',
        type: 'StringList',
        version: 1,
        changedAt,
      },
    ]);
  });

  test('is an empty list where there is nothing', async () => {
    aws.parameters.put('/cost-alerts/influxdb/acme/config', '{}');

    expect(await readParameters(ssm, '/cost-alerts/northflank')).toEqual([]);
  });

  test('walks all pages, one request each', async () => {
    const names = Array.from(
      { length: 35 },
      (_, index) => `/cost-alerts/northflank/a${index}/token`,
    );
    for (const name of names) aws.parameters.put(name, 'tok_1', 'SecureString');

    const parameters = await readParameters(ssm, '/cost-alerts/northflank');

    expect(parameters.map(({ name }) => name)).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(aws.requests.get(operation)).toBe(4);
  });

  test('walks all pages for the names alone too, whatever key cannot be used', async () => {
    const names = Array.from(
      { length: 25 },
      (_, index) => `/cost-alerts/northflank/a${index}/token`,
    );
    for (const name of names) aws.parameters.put(name, 'tok_1', 'SecureString');
    aws.parameters.setKeyError('/cost-alerts/northflank/a7/token', 'InvalidKeyId');

    const listed = await listParameterNames(ssm, '/cost-alerts/northflank');

    expect(listed).toHaveLength(25);
    expect(new Set(listed)).toEqual(new Set(names));
    expect(aws.requests.get(operation)).toBe(3);
    aws.faults.set(operation, 'deny', 1, 1);
    await expect(listParameterNames(ssm, '/cost-alerts/northflank')).rejects.toThrow(
      ParameterStoreError,
    );
  });

  test('tries again when it is throttled', async () => {
    aws.parameters.put('/cost-alerts/northflank/acme/config', '{}');
    aws.faults.set(operation, 'throttle', 1);

    const parameters = await readParameters(ssm, '/cost-alerts/northflank');

    expect(parameters).toHaveLength(1);
    expect(aws.requests.get(operation)).toBe(2);
  });

  test('tries again when the connection breaks', async () => {
    aws.parameters.put('/cost-alerts/northflank/acme/config', '{}');
    aws.faults.set(operation, 'drop', 1);

    expect(await readParameters(ssm, '/cost-alerts/northflank')).toHaveLength(1);
  });

  test('throws what was refused, with the path and the cause', async () => {
    aws.faults.set(operation, 'deny');

    const reading = readParameters(ssm, '/cost-alerts/northflank');

    await expect(reading).rejects.toThrow(ParameterStoreError);
    await expect(reading).rejects.toThrow(
      /^\/cost-alerts\/northflank: expected its parameters, got AccessDeniedException: /,
    );
    await expect(reading).rejects.toHaveProperty('cause.name', 'AccessDeniedException');
  });

  test('of which one cannot be decrypted still reads the others, in tens where they can be', async () => {
    const names = Array.from(
      { length: 25 },
      (_, index) => `/cost-alerts/northflank/a${index}/token`,
    );
    for (const name of names) aws.parameters.put(name, `of ${name}`, 'SecureString');
    aws.parameters.put('/cost-alerts/northflank/a0/config', '{}');
    const bad = names[7] ?? '';
    aws.parameters.setKeyError(bad, 'InvalidKeyId');

    const parameters = await readParameters(ssm, '/cost-alerts/northflank');

    const unread = parameters.filter(({ undecryptable }) => undecryptable !== undefined);
    expect(parameters).toHaveLength(26);
    expect(unread).toMatchObject([
      { name: bad, value: '', version: 1, undecryptable: expect.stringMatching(/^InvalidKeyId: /) },
    ]);
    expect(parameters.filter(({ name, value }) => value === `of ${name}`)).toHaveLength(24);
    expect(aws.requests.get('ssm:GetParameters')).toBe(4);
    expect(aws.requests.get('ssm:GetParameter')).toBeLessThanOrEqual(10);
  });

  test('that may not be read at all is no matter of keys', async () => {
    aws.faults.set('ssm', 'deny');

    await expect(readParameters(ssm, '/cost-alerts/northflank')).rejects.toThrow(
      ParameterStoreError,
    );
    expect(aws.requests.get(operation)).toBe(1);
  });

  test('throws rather than return some of the pages', async () => {
    const hasty = client(aws.endpoint, { maxAttempts: 1 });
    aws.parameters.put('/cost-alerts/northflank/acme/config', '{}');
    aws.faults.set(operation, 'error');

    await expect(readParameters(hasty, '/cost-alerts/northflank')).rejects.toThrow(
      ParameterStoreError,
    );
    hasty.destroy();
  });

  test('does not ask at all once it is aborted', async () => {
    const signal = AbortSignal.abort();

    await expect(readParameters(ssm, '/cost-alerts/northflank', signal)).rejects.toThrow(
      ParameterStoreError,
    );
    expect(aws.requests.get(operation)).toBeUndefined();
  });

  test('ends a request under way when it is aborted', async () => {
    const controller = new AbortController();
    aws.faults.latencyMs = 2_000;
    const reading = readParameters(ssm, '/cost-alerts/northflank', controller.signal);

    controller.abort();

    await expect(reading).rejects.toHaveProperty('cause.name', 'AbortError');
  });
});

describe('readParametersByName', () => {
  const names = Array.from({ length: 25 }, (_, index) => `/cost-alerts/northflank/a${index}/token`);
  let aws: EmbeddedAws;
  let ssm: SSMClient;

  beforeEach(async () => {
    aws = await startEmbeddedAws({ now: () => changedAt });
    ssm = client(aws.endpoint);
    for (const name of names) aws.parameters.put(name, `of ${name}`, 'SecureString');
  });

  afterEach(async () => {
    ssm.destroy();
    await aws.close();
  });

  function read(asked: readonly string[], signal?: AbortSignal) {
    return readParametersByName(ssm, asked, signal, 0);
  }

  test('reads ten a request, decrypted, with version and time, and leaves out what does not exist', async () => {
    const missing = '/cost-alerts/northflank/gone/token';

    const parameters = await read([...names, missing]);

    expect(new Set(parameters.map(({ name }) => name))).toEqual(new Set(names));
    expect(parameters[0]).toEqual({
      name: names[0],
      value: `of ${names[0]}`,
      type: 'SecureString',
      version: 1,
      changedAt,
    });
    expect(aws.requests.get('ssm:GetParameters')).toBe(3);
    expect(await read([])).toEqual([]);
  });

  test('waits between two requests, and ends with the signal', async () => {
    const ending = AbortSignal.timeout(50);

    const reading = readParametersByName(ssm, names, ending);

    await expect(reading).rejects.toThrow(
      `${names[10]}: expected it and others, got OutOfTimeError: `,
    );
    expect(aws.requests.get('ssm:GetParameters')).toBe(1);
  });

  test('of which one cannot be decrypted reads the nine beside it', async () => {
    const config = '/cost-alerts/northflank/a0/config';
    aws.parameters.put(config, '{}');
    aws.parameters.setKeyError(names[7] ?? '', 'InvalidKeyId');

    const parameters = await read([config, ...names]);

    expect(parameters).toHaveLength(26);
    expect(parameters).toContainEqual(expect.objectContaining({ name: config, value: '{}' }));
    expect(parameters.filter(({ value }) => value === '')).toMatchObject([
      { name: names[7], version: 1, undecryptable: expect.stringMatching(/^InvalidKeyId: /) },
    ]);
  });

  test.each(['throttle', 'drop'] as const)('tries again after a %s', async (fault) => {
    aws.faults.set('ssm:GetParameters', fault, 1);

    expect(await read(names)).toHaveLength(25);
  });

  test('throws rather than return a part of them', async () => {
    aws.faults.set('ssm:GetParameters', 'deny', 1, 1);

    await expect(read(names)).rejects.toThrow(
      `${names[10]}: expected it and others, got AccessDeniedException: `,
    );
  });
});

/** Reads from a store that answers each request with this, by its number. */
async function readFrom(bodyOf: (request: number) => string): Promise<unknown> {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(bodyOf(requests));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ssm = client(address, { maxAttempts: 1 });
  const outcome = await readParameters(ssm, '/cost-alerts').catch((error: unknown) => error);
  ssm.destroy();
  server.close();
  server.closeAllConnections();
  return { outcome, requests };
}

describe('readParameters from a store that answers nonsense', () => {
  test('throws at the first NextToken that it has seen before', async () => {
    const tokens = ['first', 'second', 'first'];

    const read = await readFrom((request) =>
      JSON.stringify({ Parameters: [], NextToken: tokens[request - 1] }),
    );

    expect(read).toMatchObject({
      outcome: { message: '/cost-alerts: expected a new NextToken, got one a second time' },
      requests: 3,
    });
  });

  test('throws without the part of an answer that the JSON parser would quote', async () => {
    const read = await readFrom(() => '{"Parameters":[{"Name":"/a/token","Value":tok_4711}]}');

    expect(read).toMatchObject({
      outcome: { message: '/cost-alerts: expected its parameters, got an answer that is not JSON' },
    });
    expect(inspect(read)).not.toContain('tok_');
  });
});
