/** Which of the runs side by side publishes what, and when: they collect what they found, claim it, and take turns. */
import { randomUUID } from 'node:crypto';
import {
  type AccountKey,
  entriesIn,
  entryNames,
  partition,
  type Queued,
  stateKey,
} from './items.ts';
import { runOf } from './register.ts';
import { type Table, unlessRefused, won } from './table.ts';

/** A run's right to publish what an account has, by a lease: whoever died with it keeps nobody else from publishing. */
interface Claim {
  /** Id of the run. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** What of an outbox is to be published next. */
interface Claimed {
  /** Of its messages. */
  readonly ids: readonly string[];
  /** Id of the one message that they become part of, or are; from now on they go out as that one only. */
  readonly as: string;
}

/**
 * Two runs may find the same messages, or one may add to them while another publishes:
 *
 *   run A: write v8 + x ── claim: held ── publish x ─────────────── clear x, give back: y is there ── claim ── publish y
 *   run B:                     write v9 + y ── claim: refused, y is left to A
 *
 * A claim is refused only as long as its holder will still look at what is there; after a crash, until the lease is over.
 */
export interface OutboxClaims<Entry> {
  /**
   * Claims an outbox for these entries of it, unless another run holds it at `now` (epoch milliseconds). False, and
   * nothing changed, also where one of them is no longer there, or was to go out as part of another message.
   */
  claimOutbox(key: AccountKey, claim: Claim, now: number, claimed: Claimed): Promise<boolean>;
  /** Takes out what was published, and gives the claim back, whoever holds it by now; what is left, oldest first. */
  settleOutbox(
    key: AccountKey,
    by: string,
    published: readonly string[],
  ): Promise<readonly Entry[]>;
}

const isFree = '(attribute_not_exists(claim) OR claim.#until <= :now OR claim.#by = :by)';

export function outboxClaims<Entry extends Queued>(table: Table): OutboxClaims<Entry> {
  return {
    claimOutbox(key, claim, now, { ids, as }) {
      const paths = ids.map((_, index) => `outbox.#entry${index}`);
      const marks = paths.map((path) => `${path}.combinedAs`);
      const set = marks.map((mark) => `${mark} = :as`);
      const asRead = marks.map((mark) => `(attribute_not_exists(${mark}) OR ${mark} = :as)`);
      const there = paths.map((path) => `attribute_exists(${path})`);
      return won(
        table.update({
          Key: stateKey(key),
          UpdateExpression: `SET ${['claim = :claim', ...set].join(', ')}`,
          ConditionExpression: [isFree, ...there, ...asRead].join(' AND '),
          ExpressionAttributeNames: { '#until': 'until', '#by': 'by', ...entryNames(ids) },
          ExpressionAttributeValues: {
            ':claim': claim,
            ':now': now,
            ':by': claim.by,
            ':as': as,
          },
        }),
      );
    },

    async settleOutbox(key, by, published) {
      const removed = published.map((_, index) => `outbox.#entry${index}`);
      const settled =
        (await remove(key, [...removed, 'claim'], published, by)) ??
        // Its lease was over, and another run has it: what was published is cleared all the same.
        (removed.length > 0 ? await remove(key, removed, published) : undefined);
      return entriesIn(settled?.Attributes?.outbox);
    },
  };

  /** Undefined where the item is gone, or the claim is not the run's. */
  function remove(key: AccountKey, paths: readonly string[], ids: readonly string[], by?: string) {
    const names = { ...entryNames(ids), ...(by !== undefined && { '#by': 'by' }) };
    return unlessRefused(
      table.update({
        Key: stateKey(key),
        UpdateExpression: `REMOVE ${paths.join(', ')}`,
        ConditionExpression: by === undefined ? 'attribute_exists(outbox)' : 'claim.#by = :by',
        ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
        ...(by !== undefined && { ExpressionAttributeValues: { ':by': by } }),
        ReturnValues: 'ALL_NEW',
      }),
    );
  }
}

/** One item holds all functions to the rate that SNS bears, however many run at once. */
export interface PublishTurns {
  /** Takes the next free turn, epoch milliseconds: `now`, or `gapMs` after the one that was taken last. */
  takeTurn(now: number, gapMs: number): Promise<number>;
}

/** No account and no provider: all functions that publish may write this partition. */
const TURN_KEY = { pk: 'topic/', sk: 'turn' };

/** As long as a function may run: nobody waits for a later turn, which is of a clock that was wrong. */
const FARTHEST_MS = 900_000;

export function publishTurns(table: Table): PublishTurns {
  return {
    async takeTurn(now, gapMs) {
      const isOurs = await unlessRefused(
        table.update({
          Key: TURN_KEY,
          UpdateExpression: 'SET freeAt = :after',
          ConditionExpression:
            'attribute_not_exists(freeAt) OR freeAt <= :now OR freeAt > :farthest',
          ExpressionAttributeValues: {
            ':now': now,
            ':after': now + gapMs,
            ':farthest': now + FARTHEST_MS,
          },
        }),
      );
      if (isOurs) return now;
      const queued = await table.update({
        Key: TURN_KEY,
        UpdateExpression: 'SET freeAt = freeAt + :gap',
        ExpressionAttributeValues: { ':gap': gapMs },
        ReturnValues: 'UPDATED_NEW',
      });
      return (queued.Attributes?.freeAt as number) - gapMs;
    },
  };
}

interface WaitingAccount extends AccountKey {
  /** Another one each time that it is marked. */
  readonly mark: string;
}

/**
 * What functions side by side have found of one provider's accounts, to be published together: each marks the accounts
 * whose outboxes wait, and one function at a time collects them. They lie in the partition `northflank/`.
 *
 *   function A: mark a ── collect: begun ──────────── a minute ──────────── end ── read marks: a, b ── publish both
 *   function B:              mark b ── collect: refused, b is left to A
 *
 * A mark is written before, and read after: whoever is refused can rely on the one who collects, unless that one dies.
 */
export interface Collection {
  markWaiting(key: AccountKey): Promise<void>;
  /** Consistent, in order of name. */
  readWaiting(provider: string): Promise<readonly WaitingAccount[]>;
  /** Unless it has been marked again. */
  unmarkWaiting(waiting: WaitingAccount): Promise<void>;
  /** False where another run collects at `now`, epoch milliseconds. */
  beginCollecting(provider: string, claim: Claim, now: number): Promise<boolean>;
  endCollecting(provider: string, by: string): Promise<void>;
}

const WAITING_PREFIX = 'waiting#';
const COLLECTOR_SORT_KEY = 'waiting';

export function collection(table: Table): Collection {
  return {
    async markWaiting(key) {
      await table.put({ Item: { ...waitingKey(key), mark: randomUUID() } });
    },

    async readWaiting(provider) {
      const items = await table.queryAll({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': partition(runOf(provider)), ':prefix': WAITING_PREFIX },
        ConsistentRead: true,
      });
      return items.map(({ sk, mark }) => ({
        provider,
        account: (sk as string).slice(WAITING_PREFIX.length),
        mark: mark as string,
      }));
    },

    async unmarkWaiting({ mark, ...key }) {
      await won(
        table.delete({
          Key: waitingKey(key),
          ConditionExpression: 'mark = :mark',
          ExpressionAttributeValues: { ':mark': mark },
        }),
      );
    },

    beginCollecting: (provider, claim, now) =>
      won(
        table.put({
          Item: { ...collectorKey(provider), ...claim },
          ConditionExpression: 'attribute_not_exists(pk) OR #until <= :now',
          ExpressionAttributeNames: { '#until': 'until' },
          ExpressionAttributeValues: { ':now': now },
        }),
      ),

    async endCollecting(provider, by) {
      await won(
        table.delete({
          Key: collectorKey(provider),
          ConditionExpression: '#by = :by',
          ExpressionAttributeNames: { '#by': 'by' },
          ExpressionAttributeValues: { ':by': by },
        }),
      );
    },
  };
}

function waitingKey({ provider, account }: AccountKey): { pk: string; sk: string } {
  return { pk: partition(runOf(provider)), sk: `${WAITING_PREFIX}${account}` };
}

function collectorKey(provider: string): { pk: string; sk: string } {
  return { pk: partition(runOf(provider)), sk: COLLECTOR_SORT_KEY };
}
