/** When a run may publish: one item holds all functions to the rate that SNS bears, however many run at once. */
import { type Table, unlessRefused } from './table.ts';

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
