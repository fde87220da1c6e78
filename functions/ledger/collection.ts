/**
 * What functions side by side have found of one provider's accounts, to be published together: each marks the accounts
 * whose outboxes wait, and one function at a time collects them. They lie in the partition `northflank/`.
 *
 *   function A: mark a ── collect: begun ──────────── a minute ──────────── end ── read marks: a, b ── publish both
 *   function B:              mark b ── collect: refused, b is left to A
 *
 * A mark is written before, and read after: whoever is refused can rely on the one who collects, unless that one dies.
 */
import { randomUUID } from 'node:crypto';
import { type AccountKey, partition } from './items.ts';
import type { Claim } from './outbox-claims.ts';
import { runOf } from './register.ts';
import { type Table, won } from './table.ts';

export interface WaitingAccount extends AccountKey {
  /** Another one each time that it is marked. */
  readonly mark: string;
}

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
