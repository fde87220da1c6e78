/** What a month costs: the calls of a day's checks at a month's end are counted, and priced at AWS's list prices. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { requestHandler } from '../functions/config/aws-requests.ts';
import { HOUR_MS } from '../functions/config/durations.ts';
import { startLocalStack } from './local-stack.ts';

const fullSize = { accounts: 5, checksADay: 24 };
const functions = 3;
const days = 30;
/** A whole run, the waits for a provider that answers in half a second included. */
const runSeconds = 2;
const lambdaGb = 0.5;

/** USD, us-east-1, on demand, read 2026-11-21: aws.amazon.com/dynamodb/pricing, /lambda/pricing, /kms/pricing, /cloudwatch/pricing, /eventbridge/pricing. */
const prices = {
  readRequestUnit: 0.125 / 1e6,
  writeRequestUnit: 0.625 / 1e6,
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  kmsRequest: 0.03 / 10_000,
  logGb: 0.5,
  schedulerInvocation: 1 / 1e6,
};
const logBytesARun = 2_000;

export async function runningCost(size = fullSize) {
  const { accounts, checksADay } = size;
  const stack = await startLocalStack(accounts);
  const start = Date.parse('2026-10-30T00:05:00Z');
  await stack.check(start - HOUR_MS);
  stack.aws.requests.clear();
  for (let check = 0; check < checksADay; check += 1) await stack.check(start + check * HOUR_MS);
  const calls = Object.fromEntries(stack.aws.requests);
  const bytes = await partitionBytes(stack.environment);
  await stack.close();
  return print(calls, bytes, size);
}

/** Bytes of the days and of the state that a check of one account reads, and of the day that it writes, by DynamoDB's rules of thumb. */
async function partitionBytes(environment: Readonly<Record<string, string>>) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler }));
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: environment.TABLE_NAME,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'northflank/account-0' },
    }),
  );
  client.destroy();
  const sizes = Items.map((item) => JSON.stringify(item).length);
  return { read: sizes.reduce((sum, size) => sum + size, 0), largest: Math.max(...sizes) };
}

function print(
  calls: Record<string, number>,
  bytes: { read: number; largest: number },
  { accounts, checksADay }: typeof fullSize,
) {
  const month = (count = 0) => count * days * functions;
  const runs = checksADay * days * functions;
  const reads = month(calls['dynamodb:Query']) * Math.ceil(bytes.read / 4096);
  const writes =
    (month(calls['dynamodb:BatchWriteItem']) + month(calls['dynamodb:PutItem'])) *
    Math.ceil(bytes.largest / 1024);
  const parts = {
    'DynamoDB reads': reads * prices.readRequestUnit,
    'DynamoDB writes': writes * prices.writeRequestUnit,
    Lambda: runs * (runSeconds * lambdaGb * prices.lambdaGbSecond + prices.lambdaRequest),
    'KMS, for tokens': runs * accounts * prices.kmsRequest,
    'CloudWatch Logs': (runs * logBytesARun * prices.logGb) / 1e9,
    Scheduler: runs * prices.schedulerInvocation,
  };
  console.log(`calls of ${checksADay} checks of ${accounts} accounts:`, calls);
  console.log(
    `a check reads ${bytes.read} bytes of an account, its largest item has ${bytes.largest}`,
  );
  for (const [part, usd] of Object.entries(parts))
    console.log(`${part.padEnd(20)}${usd.toFixed(3)} USD`);
  const total = Object.values(parts).reduce((sum, usd) => sum + usd, 0);
  console.log(
    `${functions} providers with ${accounts} accounts each, hourly: ${total.toFixed(2)} USD a month (budget: 0.50)`,
  );
  return { calls, parts, total };
}
