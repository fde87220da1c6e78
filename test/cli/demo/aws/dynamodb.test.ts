import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../cli/demo/aws/embedded-aws.ts';
import { newFolder } from '../../../support/run-folder.ts';
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

describe('on disk', () => {
  let folder: string;

  beforeEach(async () => {
    folder = newFolder();
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
