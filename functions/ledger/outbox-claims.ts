/** Which run publishes what an account's item holds to be published. */
import { type AccountKey, entriesIn, entryNames, type Queued, stateKey } from './items.ts';
import { type Table, unlessRefused, won } from './table.ts';

/** A run's right to publish what an account has, by a lease: whoever died with it keeps nobody else from publishing. */
export interface Claim {
  /** Id of the run. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** What of an outbox is to be published next. */
export interface Claimed {
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
