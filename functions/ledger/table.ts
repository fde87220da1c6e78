/** The requests that the ledger makes, to one table; all of them end with a signal. */
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
  DeleteCommand,
  type DeleteCommandInput,
  DynamoDBDocumentClient,
  GetCommand,
  type GetCommandInput,
  type GetCommandOutput,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
  type UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { causeOf, type RequestLimits } from '../config/environment.ts';

type Asked<Input> = Omit<Input, 'TableName'>;

/** An update but for its key. */
export type TableUpdate = Omit<UpdateCommandInput, 'TableName' | 'Key'>;

export interface Table {
  get(input: Asked<GetCommandInput>): Promise<GetCommandOutput>;
  put(input: Asked<PutCommandInput>): Promise<unknown>;
  update(input: Asked<UpdateCommandInput>): Promise<UpdateCommandOutput>;
  delete(input: Asked<DeleteCommandInput>): Promise<unknown>;
  batchWrite(input: BatchWriteCommandInput): Promise<BatchWriteCommandOutput>;
  /** The items of all pages. */
  queryAll(input: Asked<QueryCommandInput>): Promise<Record<string, unknown>[]>;
  /** The items page by page, each asked for when it is needed; 1 MB at most. */
  queryPages(input: Asked<QueryCommandInput>): AsyncGenerator<Record<string, unknown>[]>;
}

export function documentClient(requestHandler: RequestLimits): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler, maxAttempts: 5 }), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

export function openTable(
  client: DynamoDBDocumentClient,
  name: string,
  signal: AbortSignal | undefined,
): Table {
  const options = signal ? { abortSignal: signal } : {};
  const TableName = name;

  async function* queryPages(
    input: Asked<QueryCommandInput>,
  ): AsyncGenerator<Record<string, unknown>[]> {
    let from: Record<string, unknown> | undefined;
    do {
      const asked = { TableName, ...input, ...(from && { ExclusiveStartKey: from }) };
      const page = await answer(client.send(new QueryCommand(asked), options));
      yield page.Items ?? [];
      from = page.LastEvaluatedKey;
    } while (from);
  }

  async function answer<Output>(asked: Promise<Output>): Promise<Output> {
    try {
      return await asked;
    } catch (error) {
      throw causeOf(error, signal);
    }
  }

  return {
    get: (input) => answer(client.send(new GetCommand({ TableName, ...input }), options)),
    put: (input) => answer(client.send(new PutCommand({ TableName, ...input }), options)),
    update: (input) => answer(client.send(new UpdateCommand({ TableName, ...input }), options)),
    delete: (input) => answer(client.send(new DeleteCommand({ TableName, ...input }), options)),
    batchWrite: (input) => answer(client.send(new BatchWriteCommand(input), options)),
    async queryAll(input) {
      const items: Record<string, unknown>[] = [];
      for await (const page of queryPages(input)) items.push(...page);
      return items;
    },
    queryPages,
  };
}

/** Whether a conditional write was carried out. */
export async function won(write: Promise<unknown>): Promise<boolean> {
  return (await unlessRefused(write)) !== undefined;
}

/** What a conditional write answers; undefined where its condition did not hold. */
export async function unlessRefused<Output>(write: Promise<Output>): Promise<Output | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
