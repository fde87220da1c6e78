import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../cli/demo/aws/embedded-aws.ts';
import { connectionTo } from './embedded-connection.ts';

const TableName = 'cost-alerts';

let aws: EmbeddedAws;
let table: DynamoDBDocumentClient;

beforeEach(async () => {
  aws = await startEmbeddedAws();
  table = DynamoDBDocumentClient.from(new DynamoDBClient(connectionTo(aws)));
  await aws.createTable(TableName);
});

afterEach(async () => {
  table.destroy();
  await aws.close();
});

async function sortKeys(condition: string, values: Record<string, string>): Promise<string[]> {
  const { Items = [] } = await table.send(
    new QueryCommand({
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: `pk = :pk AND ${condition}`,
      ExpressionAttributeValues: { ':pk': 'northflank/acme', ...values },
    }),
  );
  return Items.map(({ sk }) => String(sk));
}

async function putDays(...days: string[]): Promise<void> {
  const requests = days.map((day) => ({
    PutRequest: { Item: { pk: 'northflank/acme', sk: `day#${day}`, meters: { gpu: '1.5' } } },
  }));
  await table.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
}

describe('a table', () => {
  test('has string keys, is on demand, and is active at once', async () => {
    const { Table } = await table.send(new DescribeTableCommand({ TableName }));

    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
  });

  test('that exists is left as it is', async () => {
    const Item = { pk: 'northflank/acme', sk: 'state', version: 1 };
    await table.send(new PutCommand({ TableName, Item }));

    await aws.createTable(TableName);

    const { Item: kept } = await table.send(
      new GetCommand({ TableName, Key: { pk: Item.pk, sk: Item.sk } }),
    );
    expect(kept).toEqual(Item);
  });

  test('that does not exist is ResourceNotFoundException', async () => {
    const failure = table.send(new GetCommand({ TableName: 'unknown', Key: { pk: 'a', sk: 'b' } }));

    await expect(failure).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('with an impossible name is refused with the reason', async () => {
    await expect(aws.createTable('a b')).rejects.toThrow(/cannot create table "a b": .*Validation/);
  });
});

describe('conditional writes', () => {
  const putVersion = (version: number) =>
    table.send(
      new PutCommand({
        TableName,
        Item: { pk: 'northflank/acme', sk: 'state', version },
        ConditionExpression: 'attribute_not_exists(pk) OR version = :before',
        ExpressionAttributeValues: { ':before': version - 1 },
      }),
    );

  test('a write on the expected version succeeds, one on an old version fails by name', async () => {
    await putVersion(1);
    await putVersion(2);

    const late = putVersion(2);

    await expect(late).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });

  test('of many writers with the same version exactly one succeeds', async () => {
    await putVersion(1);

    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => putVersion(2)));

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('a delete on an old version deletes nothing', async () => {
    await putVersion(1);
    const Key = { pk: 'northflank/acme', sk: 'state' };

    const failure = table.send(
      new DeleteCommand({
        TableName,
        Key,
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: { ':version': 7 },
      }),
    );

    await expect(failure).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect((await table.send(new GetCommand({ TableName, Key }))).Item).toBeDefined();
  });
});

describe('reading back', () => {
  test('a query finds sort keys by prefix and by range, in order, of its own partition only', async () => {
    await putDays('2026-11-03', '2026-11-01', '2026-11-02', '2026-10-31');
    for (const pk of ['northflank/acme', 'northflank/acme-2']) {
      await table.send(new PutCommand({ TableName, Item: { pk, sk: 'state' } }));
    }

    const days = await sortKeys('begins_with(sk, :prefix)', { ':prefix': 'day#' });
    const range = await sortKeys('sk BETWEEN :first AND :last', {
      ':first': 'day#2026-11-01',
      ':last': 'day#2026-11-02',
    });

    expect(days).toEqual(['day#2026-10-31', 'day#2026-11-01', 'day#2026-11-02', 'day#2026-11-03']);
    expect(range).toEqual(['day#2026-11-01', 'day#2026-11-02']);
  });

  test('pages of a query join without a gap', async () => {
    await putDays('2026-11-01', '2026-11-02', '2026-11-03');
    const query = {
      TableName,
      Limit: 2,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'northflank/acme' },
    };

    const first = await table.send(new QueryCommand(query));
    const second = await table.send(
      new QueryCommand({ ...query, ExclusiveStartKey: first.LastEvaluatedKey }),
    );

    const found = [...(first.Items ?? []), ...(second.Items ?? [])].map(({ sk }) => sk);
    expect(found).toEqual(['day#2026-11-01', 'day#2026-11-02', 'day#2026-11-03']);
  });

  test('an update sets, adds, removes, and returns the new item', async () => {
    await putDays('2026-11-01');

    const { Attributes } = await table.send(
      new UpdateCommand({
        TableName,
        Key: { pk: 'northflank/acme', sk: 'day#2026-11-01' },
        UpdateExpression: 'SET meters.#gpu = :gpu, #note = :note ADD version :one',
        ExpressionAttributeNames: { '#gpu': 'gpu', '#note': 'note' },
        ExpressionAttributeValues: { ':gpu': '2.75', ':note': ['größer', null, true], ':one': 1 },
        ReturnValues: 'ALL_NEW',
      }),
    );

    expect(Attributes).toEqual({
      pk: 'northflank/acme',
      sk: 'day#2026-11-01',
      meters: { gpu: '2.75' },
      note: ['größer', null, true],
      version: 1,
    });
  });

  test('a batch deletes and puts in one request', async () => {
    await putDays('2026-11-01');

    const { UnprocessedItems } = await table.send(
      new BatchWriteCommand({
        RequestItems: {
          [TableName]: [
            { DeleteRequest: { Key: { pk: 'northflank/acme', sk: 'day#2026-11-01' } } },
            { PutRequest: { Item: { pk: 'northflank/acme', sk: 'day#2026-11-02' } } },
          ],
        },
      }),
    );

    expect(UnprocessedItems).toEqual({});
    expect(await sortKeys('begins_with(sk, :all)', { ':all': 'day#' })).toEqual(['day#2026-11-02']);
  });
});

describe('on disk', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'embedded-aws-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function withDisk<T>(use: (disk: EmbeddedAws) => Promise<T>): Promise<T> {
    const disk = await startEmbeddedAws({ dataPath: join(folder, 'not', 'yet', 'there') });
    try {
      return await use(disk);
    } finally {
      await disk.close();
    }
  }

  test('a table outlives the server', async () => {
    const Item = { pk: 'northflank/acme', sk: 'state', version: 3 };
    await withDisk(async (disk) => {
      await disk.createTable(TableName);
      const client = DynamoDBDocumentClient.from(new DynamoDBClient(connectionTo(disk)));
      await client.send(new PutCommand({ TableName, Item }));
      client.destroy();
    });

    const found = await withDisk(async (disk) => {
      await disk.createTable(TableName);
      const client = DynamoDBDocumentClient.from(new DynamoDBClient(connectionTo(disk)));
      const Key = { pk: Item.pk, sk: Item.sk };
      const answer = await client.send(new GetCommand({ TableName, Key }));
      client.destroy();
      return answer.Item;
    });

    expect(found).toEqual(Item);
  });

  test('a folder that is in use is refused, and the first user goes on', async () => {
    await withDisk(async (disk) => {
      const second = withDisk(async () => undefined);

      await expect(second).rejects.toThrow(`cannot open ${join(folder, 'not', 'yet', 'there')}`);
      await disk.createTable(TableName);
    });
  });
});
