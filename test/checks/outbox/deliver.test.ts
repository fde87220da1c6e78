/** Many deliveries at once, as of functions side by side, over one ledger and one topic. */
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../../cli/demo/aws/embedded-aws.ts';
import type { Message } from '../../../functions/alerts/notice.ts';
import {
  type DeliveryDeps,
  deliverOutboxes,
  type OutboxDelivery,
} from '../../../functions/checks/outbox/deliver.ts';
import { gather, gatherWithOthers } from '../../../functions/checks/outbox/gather.ts';
import type { Outbox, OutboxEntry } from '../../../functions/checks/outbox/outbox.ts';
import { requestHandler } from '../../../functions/config/environment.ts';
import { openLedger, type RunLedger } from '../../../functions/ledger/ledger.ts';
import { documentClient } from '../../../functions/ledger/table.ts';
import { messageOf, overBudget } from '../../messages/examples.ts';
import { startWatchedProxy } from '../../support/watched-proxy.ts';

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

beforeEach(useNewTable);

async function useNewTable(): Promise<void> {
  table += 1;
  aws.faults.clear();
  await aws.createTable(`ledger-${table}`);
  ledger = openLedger(documentClient(requestHandler), `ledger-${table}`);
  deps = {
    ledger,
    sns: new SNSClient({}),
    topicArn: aws.createTopic(`alerts-${table}`),
    clock: Date.now,
    signal: AbortSignal.timeout(30_000),
    gapMs: GAP_MS,
  };
}

async function outboxWith(
  account: string,
  entries: readonly OutboxEntry[] = [entryOf(account)],
): Promise<Outbox> {
  const key = { provider: 'northflank', account };
  await ledger.saveState(key, 0, {}, entries, 0);
  return { key, entries };
}

function entryOf(account: string): OutboxEntry {
  const notice = { ...overBudget, account, id: `notice of ${account}` };
  return { message: { ...messageOf(notice), id: `of ${account}` } };
}

function publishedHere() {
  return aws.published.filter(({ topicArn }) => topicArn === deps.topicArn);
}

/** The accounts in each message, by its id, in the order that they were published. */
function accountsById(): [string, string[]][] {
  return publishedHere().map(({ bodies }) => {
    const { id, notices } = JSON.parse(bodies.sqs ?? '') as Message;
    return [id, notices.map(({ account }) => account)];
  });
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

test('what was to go out as one message does, also where one of its accounts has something new', async () => {
  const gathering = gather(undefined);
  const asPart = (account: string) => ({ ...entryOf(account), combinedAs: 'together' });
  const fresh = { message: { ...entryOf('a').message, id: 'new of a' } };
  await gathering.add(await outboxWith('a', [asPart('a'), fresh]));
  await gathering.add(await outboxWith('b', [asPart('b')]));
  gathering.end();

  await deliverOutboxes(gathering.batches(), deps);

  expect(accountsById()).toEqual([
    ['new of a', ['a']],
    ['together', ['a', 'b']],
  ]);
});

describe('functions side by side', () => {
  const provider = 'northflank';

  /** Finds what waits in these outboxes, and publishes it with what others find. */
  async function deliverShared(
    outboxes: readonly Outbox[],
    changed: Partial<DeliveryDeps> = {},
    collectingMs = 400,
  ): Promise<OutboxDelivery> {
    const own = { ...deps, ...changed, isFannedOut: true };
    const gathering = gatherWithOthers({
      ...own,
      ledger: { ...ledger, ...changed.ledger },
      provider,
      timeLeftMs: () => 10_000,
      collectingMs,
    });
    const delivering = deliverOutboxes(gathering.batches(), own);
    for (const outbox of outboxes) await gathering.add(outbox);
    gathering.end();
    return delivering;
  }

  const names = (count: number) => Array.from({ length: count }, (_, index) => `a${index}`);

  test.each([5, 6])('have found so many accounts together: %i', async (count) => {
    const outboxes = await Promise.all(names(count).map((name) => outboxWith(name)));

    const ends = await Promise.all(outboxes.map((outbox) => deliverShared([outbox])));

    const accounts = accountsById().map(([, own]) => own);
    expect(ends.flatMap(({ failures }) => failures)).toEqual([]);
    expect(accounts).toEqual(count > 5 ? [names(6)] : names(5).map((name) => [name]));
    expect(await ledger.readWaiting(provider)).toEqual([]);
  });

  test('leave what comes in while one collects to that one', async () => {
    const first = deliverShared([await outboxWith('a')]);
    await setTimeout(200);

    const second = await deliverShared([await outboxWith('b')]);

    expect(second).toEqual({ published: 0, failures: [] });
    expect(await first).toEqual({ published: 2, failures: [] });
  });

  test('go on with what one of them has left that died, and find something new or not', async () => {
    for (const name of names(7)) await ledger.markWaiting((await outboxWith(name)).key);
    await ledger.beginCollecting(provider, { by: 'dead', until: Date.now() + 500 }, Date.now());

    const early = await deliverShared([]);
    await setTimeout(500);
    const late = await deliverShared([]);

    expect([early.published, late.published]).toEqual([0, 1]);
    expect(accountsById().map(([, own]) => own)).toEqual([names(7)]);
  });

  test('try again while SNS is down, as the same message', async () => {
    const outboxes = await Promise.all(names(6).map((name) => outboxWith(name)));
    aws.faults.set('sns', 'deny', 1);

    const { failures, published } = await deliverShared(outboxes);

    expect(failures).toHaveLength(1);
    expect(published).toBe(1);
    expect(accountsById().map(([, own]) => own)).toEqual([names(6)]);
    expect(failures[0]).toContain(accountsById()[0]?.[0]);
  });

  test('fail where the ledger does not say what waits, and lose nothing', async () => {
    const outbox = await outboxWith('a');
    aws.faults.set('dynamodb:Query', 'deny', 1);

    const first = await deliverShared([outbox]);
    const second = await deliverShared([]);

    expect(first.failures).toEqual([expect.stringContaining('not collected: AccessDenied')]);
    expect(second).toEqual({ published: 1, failures: [] });
  });

  test('do not send as part of another message what has gone out alone', async () => {
    const alone = await outboxWith('a0');
    // After the turn and the claim: it is published, and its process is gone.
    aws.faults.set('dynamodb:UpdateItem', 'deny', 1, 2);
    await deliverOutboxes([[alone]], deps);
    const others = await Promise.all(
      names(7)
        .slice(1)
        .map((name) => outboxWith(name)),
    );

    await deliverShared([alone, ...others], { clock: () => Date.now() + 180_000 });

    expect(accountsById().map(([, own]) => own)).toEqual([['a0'], ['a0'], names(7).slice(1)]);
    expect(accountsById()[0]?.[0]).toBe(accountsById()[1]?.[0]);
  });

  /** One dies before its `number`-th change: what it has only read is lost with it. False where it does not come that far. */
  async function oneDiesBefore(number: number): Promise<boolean> {
    let changes = 0;
    // Or it is dead before.
    const itCollects = Promise.withResolvers<void>();
    const proxy = await startWatchedProxy(
      { aws: aws.endpoint, provider: '' },
      ({ isRead, moment }) => {
        if (!isRead && moment === 'before') changes += 1;
        const isDead = changes >= number;
        if (isDead || (changes > ofDead.length && moment === 'after')) itCollects.resolve();
        return isDead;
      },
    );
    const own = { credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, maxAttempts: 1 };
    const dying = {
      sns: new SNSClient({ ...own, endpoint: proxy.url }),
      ledger: openLedger<unknown, OutboxEntry>(
        DynamoDBDocumentClient.from(new DynamoDBClient({ ...own, endpoint: proxy.url })),
        `ledger-${table}`,
      ),
    };
    const [mine, theirs] = [await found(ofDead), await found(ofOther)];
    const dead = deliverShared(mine, dying, 200).catch(() => {});
    await itCollects.promise;
    await deliverShared(theirs, {}, 80);
    await dead;
    await proxy.close();
    return changes >= number;
  }

  /** Together they become one message. */
  const [ofDead, ofOther] = [
    ['a0', 'a1', 'a2'],
    ['b0', 'b1', 'b2'],
  ];

  function found(accounts: readonly string[]): Promise<Outbox[]> {
    return Promise.all(accounts.map((name) => outboxWith(name)));
  }

  test('lose nothing where one of them is killed between its changes, and publish nothing under two ids', {
    timeout: 120_000,
  }, async () => {
    let number = 0;
    // Every second is enough: most are what is written of an account, six times.
    for (let isReached = true; isReached; ) {
      number += 2;
      await useNewTable();
      isReached = await oneDiesBefore(number);
      // The queue hands the dead one's slice over again, when its leases are over.
      const again = await Promise.all(
        ofDead.map(async (account) => {
          const key = { provider, account };
          return { key, entries: (await ledger.readState(key)).outbox };
        }),
      );
      const left = again.filter(({ entries }) => entries.length > 0);
      await deliverShared(left, { clock: () => Date.now() + 180_000 }, 0);

      const when = `before change ${number}`;
      const idsByAccount = Map.groupBy(
        accountsById().flatMap(([id, own]) => own.map((account) => ({ id, account }))),
        ({ account }) => account,
      );
      expect([...idsByAccount.keys()].sort(), when).toEqual([...ofDead, ...ofOther]);
      for (const copies of idsByAccount.values()) {
        expect(new Set(copies.map(({ id }) => id)).size, when).toBe(1);
      }
      expect(await ledger.readWaiting(provider), when).toEqual([]);
    }
    // What waits of three accounts, who collects and that it ends, the turn, the message; of six the claim, and what clears it twice.
    expect(number).toBeGreaterThan(3 + 2 + 2 + 3 * 6);
  });
});
