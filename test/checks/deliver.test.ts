/** Many deliveries at once, as of functions side by side, over one ledger and one topic. */
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import { type DeliveryDeps, deliverOutboxes } from '../../functions/checks/deliver.ts';
import type { Outbox, OutboxEntry } from '../../functions/checks/outbox.ts';
import { requestHandler } from '../../functions/config/aws-requests.ts';
import { openLedger, type RunLedger } from '../../functions/ledger/ledger.ts';
import { documentClient } from '../../functions/ledger/table.ts';
import { messageOf, overBudget } from '../messages/examples.ts';

const GAP_MS = 20;

let aws: EmbeddedAws;
let ledger: RunLedger<unknown, OutboxEntry>;
let deps: DeliveryDeps;
let table = 0;

beforeAll(async () => {
  aws = await startEmbeddedAws({ now: Date.now });
  Object.assign(process.env, aws.environment);
});

afterAll(() => aws.close());

beforeEach(async () => {
  table += 1;
  await aws.createTable(`ledger-${table}`);
  ledger = openLedger(documentClient(requestHandler), `ledger-${table}`, {
    dayZone: 'UTC',
    bucket: 'hour',
  });
  deps = {
    ledger,
    sns: new SNSClient({}),
    topicArn: aws.createTopic(`alerts-${table}`),
    clock: Date.now,
    signal: AbortSignal.timeout(30_000),
    gapMs: GAP_MS,
  };
});

async function outboxWith(account: string): Promise<Outbox> {
  const key = { provider: 'northflank', account };
  const entries = [{ message: { ...messageOf(overBudget), id: `of ${account}` } }];
  await ledger.saveState(key, 0, {}, entries, 0);
  return { key, entries };
}

function publishedHere() {
  return aws.published.filter(({ topicArn }) => topicArn === deps.topicArn);
}

test('ten deliveries at once publish each message once, and together not faster than one', async () => {
  const outboxes = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      Promise.all([outboxWith(`a${index}`), outboxWith(`b${index}`)]),
    ),
  );
  const start = Date.now();

  const ends = await Promise.all(outboxes.map((own) => deliverOutboxes([own], deps)));

  const published = publishedHere();
  expect(ends).toEqual(ends.map(() => ({ published: 2, failures: [] })));
  expect(new Set(published.map(({ bodies }) => JSON.parse(bodies.sqs ?? '').id)).size).toBe(20);
  const tooEarly = published.filter(({ at }, index) => at < start + index * GAP_MS - 1);
  expect(tooEarly).toEqual([]);
});

test('a message that gets no turn waits in its outbox', async () => {
  const outbox = await outboxWith('acme');
  await ledger.takeTurn(Date.now(), 60_000);
  const signal = AbortSignal.timeout(100);

  const late = await deliverOutboxes([[outbox]], { ...deps, signal });
  aws.faults.set('dynamodb:UpdateItem', 'deny', 1);
  const denied = await deliverOutboxes([[outbox]], deps);

  expect(late.failures).toEqual(['message of acme: not sent: the time for this run is over']);
  expect(denied.failures).toEqual([
    expect.stringMatching(/^message of acme: not sent: AccessDeniedException: /),
  ]);
  expect((await ledger.readState(outbox.key)).outbox).toEqual(outbox.entries);
  expect(publishedHere()).toEqual([]);
});
