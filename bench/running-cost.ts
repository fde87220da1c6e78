/** What a month costs: the calls of a day's checks at a month's end are counted, and priced at AWS's list prices. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { HOUR_MS } from '../functions/config/durations.ts';
import { requestHandler } from '../functions/config/environment.ts';
import { startLocalStack } from './local-stack.ts';

const fullSize = { accounts: 5, checksADay: 24 };
const functions = 3;
const days = 30;
/** A whole run, the waits for a provider that answers in half a second included. */
const runSeconds = 2;
export const lambdaGb = 0.5;
const digestGb = 0.25;
const totalsGb = 1;
/** It waits for no provider. */
const totalsSeconds = 1;

/** USD, us-east-1, on demand, read 2026-11-21: aws.amazon.com/dynamodb/pricing, /lambda/pricing, /kms/pricing, /cloudwatch/pricing, /eventbridge/pricing. */
export const prices = {
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
  const costs = await countCosts(size);
  print(costs, size);
  return costs;
}

/** USD a month, by part, of `functions` that check so many accounts each. */
export async function countCosts({ accounts, checksADay }: typeof fullSize) {
  const stack = await startLocalStack(accounts);
  const start = Date.parse('2026-10-30T00:05:00Z');
  await stack.check(start - HOUR_MS);
  stack.aws.requests.clear();
  for (let check = 0; check < checksADay; check += 1) await stack.check(start + check * HOUR_MS);
  const calls = Object.fromEntries(stack.aws.requests);
  const bytes = await itemBytes(stack.environment);
  await stack.close();
  return { calls, bytes, ...partsOf(calls, bytes, { accounts, checksADay }) };
}

interface Bytes {
  /** Of an account's days and state, which a check reads. */
  readonly read: number;
  readonly largestDay: number;
  readonly state: number;
  readonly summary: number;
}

/** By DynamoDB's rules of thumb. */
async function itemBytes(environment: Readonly<Record<string, string>>): Promise<Bytes> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler }));
  const query = async (pk: string) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: environment.TABLE_NAME,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
      }),
    );
    return Items.map((item) => ({ sk: String(item.sk), size: JSON.stringify(item).length }));
  };
  const account = await query('northflank/account-0');
  const register = await query('northflank/');
  client.destroy();
  const sizesOf = (items: typeof account, prefix: string) =>
    items.filter(({ sk }) => sk.startsWith(prefix)).map(({ size }) => size);
  return {
    read: account.reduce((sum, { size }) => sum + size, 0),
    largestDay: Math.max(...sizesOf(account, 'day#')),
    state: Math.max(...sizesOf(account, 'state')),
    summary: Math.max(...sizesOf(register, 'summary#')),
  };
}

/** Read units of all summaries, once a day, eventually consistent. */
function digestReads(accounts: number, { summary }: Bytes): number {
  return days * functions * Math.ceil((accounts * summary) / 4096 / 2);
}

function partsOf(
  calls: Record<string, number>,
  bytes: Bytes,
  { accounts, checksADay }: typeof fullSize,
) {
  const month = (count = 0) => count * days * functions;
  const runs = checksADay * days * functions;
  const reads = month(calls['dynamodb:Query']) * Math.ceil(bytes.read / 4096);
  const units = (size: number) => Math.ceil(size / 1024);
  // Of each check and account one update is of its summary, the others are of its state.
  const summaries = runs * accounts;
  const writes =
    month(calls['dynamodb:BatchWriteItem']) * units(bytes.largestDay) +
    (month(calls['dynamodb:UpdateItem']) - summaries) * units(bytes.state) +
    summaries * units(bytes.summary);
  const parts = {
    'DynamoDB reads': reads * prices.readRequestUnit,
    'DynamoDB writes': writes * prices.writeRequestUnit,
    Lambda: runs * (runSeconds * lambdaGb * prices.lambdaGbSecond + prices.lambdaRequest),
    'KMS, for tokens': runs * accounts * prices.kmsRequest,
    'CloudWatch Logs': (runs * logBytesARun * prices.logGb) / 1e9,
    Scheduler: runs * prices.schedulerInvocation,
    'A total over all':
      checksADay *
      (digestReads(accounts, bytes) * prices.readRequestUnit +
        days * (totalsSeconds * totalsGb * prices.lambdaGbSecond + prices.lambdaRequest)),
    'Digest, if daily':
      digestReads(accounts, bytes) * prices.readRequestUnit +
      days * (runSeconds * digestGb * prices.lambdaGbSecond + prices.lambdaRequest),
  };
  const total = Object.values(parts).reduce((sum, usd) => sum + usd, 0);
  return { parts, total, checks: runs * accounts };
}

function print(
  { calls, bytes, parts, total }: Awaited<ReturnType<typeof countCosts>>,
  { accounts, checksADay }: typeof fullSize,
): void {
  console.log(`calls of ${checksADay} checks of ${accounts} accounts:`, calls);
  console.log(
    `a check reads ${bytes.read} bytes of an account, writes days of ${bytes.largestDay}, a state of ${bytes.state} and a summary of ${bytes.summary}`,
  );
  for (const [part, usd] of Object.entries(parts))
    console.log(`${part.padEnd(20)}${usd.toFixed(3)} USD`);
  console.log(
    `${functions} providers with ${accounts} accounts each, hourly: ${total.toFixed(2)} USD a month (budget: 0.25)`,
  );
}
