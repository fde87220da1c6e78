import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  paginateGetParametersByPath,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../cli/demo/aws/embedded-aws.ts';
import { connectionTo } from './embedded-connection.ts';

const now = Date.UTC(2026, 10, 21, 10);

let aws: EmbeddedAws;
let ssm: SSMClient;

beforeEach(async () => {
  aws = await startEmbeddedAws({ now: () => now });
  ssm = new SSMClient(connectionTo(aws));
});

afterEach(async () => {
  ssm.destroy();
  await aws.close();
});

async function namesBelow(path: string, recursive: boolean): Promise<(string | undefined)[]> {
  const input = { Path: path, Recursive: recursive };
  const { Parameters = [] } = await ssm.send(new GetParametersByPathCommand(input));
  return Parameters.map(({ Name }) => Name);
}

async function allNamesBelow(path: string): Promise<(string | undefined)[]> {
  const names = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath(
    { client: ssm },
    { Path: path, Recursive: true },
  )) {
    names.push(...Parameters.map(({ Name }) => Name));
  }
  return names;
}

describe('reading by path', () => {
  test('a parameter comes with all that the real one says about it', async () => {
    aws.parameters.put('/cost-alerts/northflank/acme/config', '{"é":1}');

    const { Parameters } = await ssm.send(
      new GetParametersByPathCommand({ Path: '/cost-alerts', Recursive: true }),
    );

    expect(Parameters).toEqual([
      {
        ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/cost-alerts/northflank/acme/config',
        DataType: 'text',
        LastModifiedDate: new Date(now),
        Name: '/cost-alerts/northflank/acme/config',
        Type: 'String',
        Value: '{"é":1}',
        Version: 1,
      },
    ]);
  });

  test('only names below the path are found, at any depth only when recursive', async () => {
    for (const name of ['/a/one', '/a/b/two', '/ab/three', '/a']) aws.parameters.put(name, 'x');

    const direct = await namesBelow('/a', false);
    const deep = await namesBelow('/a/', true);

    expect(direct).toEqual(['/a/one']);
    expect(deep).toEqual(['/a/b/two', '/a/one']);
  });

  test('a path without parameters is empty, not an error', async () => {
    expect(await namesBelow('/nothing', true)).toEqual([]);
  });

  test('ten parameters make a page, and following the tokens brings each once', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `/a/p${String(index).padStart(2, '0')}`);
    for (const name of names) aws.parameters.put(name, 'x');

    expect(await namesBelow('/a', true)).toHaveLength(10);
    expect(await allNamesBelow('/a')).toEqual(names);
    expect(aws.requests.get('ssm:GetParametersByPath')).toBe(1 + 3);
  });

  test('a parameter deleted between two pages shifts no other one out of sight', async () => {
    for (const name of ['/a/1', '/a/2', '/a/3']) aws.parameters.put(name, 'x');
    const path = { Path: '/a', MaxResults: 2 };
    const first = await ssm.send(new GetParametersByPathCommand(path));

    aws.parameters.delete('/a/1');
    const second = await ssm.send(
      new GetParametersByPathCommand({ ...path, NextToken: first.NextToken }),
    );

    expect(second.Parameters?.map(({ Name }) => Name)).toEqual(['/a/3']);
    expect(second.NextToken).toBeUndefined();
  });

  test.each([
    [{ Path: 'cost-alerts' }, 'ValidationException', 'must begin with a forward slash'],
    [{ Path: '/cost alerts' }, 'ValidationException', 'Special characters are not allowed'],
    [{ Path: '/a', MaxResults: 11 }, 'ValidationException', "Value '11' at 'maxResults'"],
    [{ Path: '/a', MaxResults: 0 }, 'ValidationException', "Value '0' at 'maxResults'"],
    [{ Path: undefined }, 'ValidationException', "Value null at 'path'"],
    [{ Path: '/a', NextToken: 'made-up' }, 'InvalidNextToken', 'not valid'],
  ])('%j is refused', async (input, name, message) => {
    const failure = ssm.send(new GetParametersByPathCommand(input));

    await expect(failure).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });
});

test('a small page size makes pages shorter than MaxResults allows', async () => {
  const small = await startEmbeddedAws({ pageSize: 1 });
  const client = new SSMClient(connectionTo(small));
  for (const name of ['/a/1', '/a/2']) small.parameters.put(name, 'x');

  const page = await client.send(new GetParametersByPathCommand({ Path: '/a', MaxResults: 10 }));
  client.destroy();
  await small.close();

  expect(page.Parameters).toHaveLength(1);
  expect(page.NextToken).toEqual(expect.any(String));
});

describe('secrets', () => {
  test('a SecureString is readable only with decryption', async () => {
    aws.parameters.put('/a/token', 'nf-secret', 'SecureString');

    const closed = await ssm.send(new GetParameterCommand({ Name: '/a/token' }));
    const open = await ssm.send(
      new GetParameterCommand({ Name: '/a/token', WithDecryption: true }),
    );

    expect(closed.Parameter?.Type).toBe('SecureString');
    expect(closed.Parameter?.Value).toMatch(/^AQICAH/);
    expect(closed.Parameter?.Value).not.toContain('nf-secret');
    expect(open.Parameter?.Value).toBe('nf-secret');
  });

  test('decryption leaves a String as it is', async () => {
    aws.parameters.put('/a/config', '{}');

    const { Parameter } = await ssm.send(
      new GetParameterCommand({ Name: '/a/config', WithDecryption: true }),
    );

    expect(Parameter?.Value).toBe('{}');
  });
});

describe('reading by name', () => {
  test('an unknown name is ParameterNotFound', async () => {
    const failure = ssm.send(new GetParameterCommand({ Name: '/a/nothing' }));

    await expect(failure).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  test('several names at once: the unknown ones are listed apart', async () => {
    aws.parameters.put('/a/known', 'x');

    const { Parameters, InvalidParameters } = await ssm.send(
      new GetParametersCommand({ Names: ['/a/known', '/a/nothing'] }),
    );

    expect(Parameters?.map(({ Name }) => Name)).toEqual(['/a/known']);
    expect(InvalidParameters).toEqual(['/a/nothing']);
  });

  test('more than ten names at once are refused', async () => {
    const Names = Array.from({ length: 11 }, (_, index) => `/a/${index}`);

    const failure = ssm.send(new GetParametersCommand({ Names }));

    await expect(failure).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('writing', () => {
  test('each change counts the version up; a parameter created anew starts at 1', async () => {
    const input = { Name: '/a/b', Value: '1', Type: 'String' } as const;
    const created = await ssm.send(new PutParameterCommand(input));
    const changed = await ssm.send(
      new PutParameterCommand({ Name: '/a/b', Value: '2', Overwrite: true }),
    );
    await ssm.send(new DeleteParameterCommand({ Name: '/a/b' }));

    const recreated = await ssm.send(new PutParameterCommand(input));

    expect([created.Version, changed.Version, recreated.Version]).toEqual([1, 2, 1]);
  });

  test('a refused change leaves the parameter as it was', async () => {
    aws.parameters.put('/a/b', 'old');

    const failure = ssm.send(
      new PutParameterCommand({ Name: '/a/b', Value: 'new', Type: 'String' }),
    );

    await expect(failure).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect(aws.parameters.get('/a/b')).toMatchObject({ value: 'old', version: 1 });
  });

  test.each([
    ['Standard', 4096],
    ['Advanced', 8192],
  ] as const)('the %s tier takes %i bytes and no more', async (Tier, bytes) => {
    const write = (length: number) =>
      ssm.send(
        new PutParameterCommand({
          Name: '/a/b',
          Value: 'x'.repeat(length),
          Type: 'String',
          Tier,
          Overwrite: true,
        }),
      );

    const { Tier: tier } = await write(bytes);
    const failure = write(bytes + 1);

    expect(tier).toBe(Tier);
    await expect(failure).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(`maximum parameter value of ${bytes}`),
    });
  });

  test('an advanced parameter stays advanced', async () => {
    aws.parameters.put('/a/b', 'x'.repeat(5000));

    const kept = await ssm.send(
      new PutParameterCommand({ Name: '/a/b', Value: 'x', Overwrite: true }),
    );
    const downgrade = ssm.send(
      new PutParameterCommand({ Name: '/a/b', Value: 'x', Overwrite: true, Tier: 'Standard' }),
    );

    expect(kept.Tier).toBe('Advanced');
    await expect(downgrade).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test.each([
    [{ Name: '/a/b', Value: 'x' }, 'ValidationException'],
    [{ Name: '/a/b', Value: '', Type: 'String' }, 'ValidationException'],
    [{ Name: 'a/b', Value: 'x', Type: 'String' }, 'ValidationException'],
    [{ Name: '/a b', Value: 'x', Type: 'String' }, 'ValidationException'],
    [{ Name: '/aws/b', Value: 'x', Type: 'String' }, 'ValidationException'],
    [{ Name: '/a/b', Value: 'x', Type: 'Text' }, 'UnsupportedParameterType'],
  ] as const)('%j is refused', async (input, name) => {
    const failure = ssm.send(new PutParameterCommand(input as typeof input & { Type: 'String' }));

    await expect(failure).rejects.toMatchObject({ name });
  });

  test('deleting what is not there is ParameterNotFound', async () => {
    const failure = ssm.send(new DeleteParameterCommand({ Name: '/a/nothing' }));

    await expect(failure).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });
});

test('an in-process edit keeps the type of the parameter and is seen by the next request', async () => {
  aws.parameters.put('/a/token', 'first', 'SecureString');

  const edited = aws.parameters.put('/a/token', 'second');
  const { Parameter } = await ssm.send(
    new GetParameterCommand({ Name: '/a/token', WithDecryption: true }),
  );

  expect(edited).toMatchObject({ type: 'SecureString', version: 2 });
  expect(Parameter).toMatchObject({ Value: 'second', Type: 'SecureString', Version: 2 });
});

test('an operation that is not embedded is refused by its name', async () => {
  const failure = ssm.send(new GetParameterHistoryCommand({ Name: '/a' }));

  await expect(failure).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: 'GetParameterHistory',
  });
});
