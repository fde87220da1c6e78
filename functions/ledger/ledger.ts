/** Reads and writes the DynamoDB table: usage by account and day, and the alert state of each account. */
import { setTimeout as pause } from 'node:timers/promises';
import type { BatchWriteCommandInput, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DAY_MS } from '../config/durations.ts';
import type { AccountState, KnownAccount } from './account-state.ts';
import { type Summaries, summaries } from './account-summary.ts';
import {
  type AccountKey,
  DAY_SORT_KEYS,
  type DayItem,
  type DayKey,
  dayItem,
  daySortKey,
  outboxOf,
  partition,
  type Queued,
  type ScopedKey,
  STATE_SORT_KEY,
  settingEntries,
  stateIn,
  stateKey,
  usageDay,
} from './items.ts';
import {
  type Collection,
  collection,
  type OutboxClaims,
  outboxClaims,
  type PublishTurns,
  publishTurns,
} from './publishing.ts';
import { type Register, register } from './register.ts';
import { openTable, type TableUpdate, won } from './table.ts';
import { dateAfter, type UsageDay } from './usage-day.ts';

/** What a check of an account reads and writes. */
export interface Ledger<Alerts, Entry> extends Pick<Summaries, 'saveSummary'> {
  /** The state, and the scope's days from the one named `from` on. Consistent; one round trip up to 400 days. */
  read(key: ScopedKey, from: string, to: string): Promise<KnownAccount<Alerts, Entry>>;
  /** Puts whole days in place of what the scope knew of them. */
  replaceDays(key: ScopedKey, days: readonly UsageDay[]): Promise<void>;
  /** The days that other scopes have left. */
  daysOfOtherScopes(key: ScopedKey): Promise<readonly DayKey[]>;
  deleteDays(days: readonly DayKey[]): Promise<void>;
  /**
   * Writes `next` and adds what is to be published, if the item still has `version`; false if another run was faster, and
   * nothing is written. The state of an account that is no longer checked after `now` (epoch milliseconds) expires.
   */
  saveState(
    key: AccountKey,
    version: number,
    next: Omit<AccountState<Alerts, Entry>, 'version' | 'outbox'>,
    queued: readonly Entry[],
    now: number,
  ): Promise<boolean>;
  /** The state alone; consistent. */
  readState(key: AccountKey): Promise<AccountState<Alerts, Entry>>;
}

/** The whole table, as a run uses it. */
export interface RunLedger<Alerts, Entry>
  extends Ledger<Alerts, Entry>,
    OutboxClaims<Entry>,
    Collection,
    PublishTurns,
    Register<Alerts, Entry>,
    Summaries {
  /** The same ledger, whose calls end when the signal aborts. */
  until(signal: AbortSignal): RunLedger<Alerts, Entry>;
}

/** An account that was deleted is forgotten after so long: nothing reads its state any more. */
const STATE_KEPT_FOR_MS = 90 * DAY_MS;

/** A query answers 1 MB at most; so many days of 24 hours and 5 meters fit, and longer spans are read side by side. */
const DAYS_PER_QUERY = 400;
const WRITES_PER_BATCH = 25;

export function openLedger<Alerts, Entry extends Queued>(
  client: DynamoDBDocumentClient,
  tableName: string,
  signal?: AbortSignal,
): RunLedger<Alerts, Entry> {
  const table = openTable(client, tableName, signal);
  return {
    ...outboxClaims<Entry>(table),
    ...collection(table),
    ...publishTurns(table),
    ...register<Alerts, Entry>(table),
    ...summaries(table),

    until: (newSignal) => openLedger(client, tableName, newSignal),

    async read(key, from, to) {
      const spans = sortKeySpans(key.scope, from, to);
      const items = (await Promise.all(spans.map((span) => queryAll(key, span)))).flat();
      return {
        state: stateIn(items.find((item) => item.sk === STATE_SORT_KEY)),
        days: items
          .filter((item) => isOfScope(item, key))
          .map((item) => usageDay(item as unknown as DayItem, key.calendar.dayZone)),
      };
    },

    async replaceDays(key, days) {
      await writeAll(days.map((day) => ({ PutRequest: { Item: { ...dayItem(key, day) } } })));
    },

    async daysOfOtherScopes(key) {
      const days = await queryAll(
        key,
        { first: DAY_SORT_KEYS, last: `${DAY_SORT_KEYS}~` },
        'pk, sk',
      );
      return days.filter((item) => !isOfScope(item, key)) as unknown as DayKey[];
    },

    async deleteDays(days) {
      await writeAll(days.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })));
    },

    readState: async (key) =>
      stateIn((await table.get({ Key: stateKey(key), ConsistentRead: true })).Item),

    saveState: (key, version, next, queued, now) =>
      won(table.update({ Key: stateKey(key), ...stateWrite({ version, next, queued, now }) })),
  };

  function queryAll(key: AccountKey, { first, last }: SortKeySpan, attributes?: string) {
    return table.queryAll({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: { ':pk': partition(key), ':first': first, ':last': last },
      ConsistentRead: true,
      ...(attributes !== undefined && { ProjectionExpression: attributes }),
    });
  }

  async function writeAll(writes: readonly Write[]): Promise<void> {
    const batches: Write[][] = [];
    for (let first = 0; first < writes.length; first += WRITES_PER_BATCH) {
      batches.push(writes.slice(first, first + WRITES_PER_BATCH));
    }
    await Promise.all(batches.map(writeBatch));
  }

  async function writeBatch(writes: Write[]): Promise<void> {
    let open = writes;
    for (let attempt = 0; open.length > 0; attempt += 1) {
      if (attempt === 8)
        throw new Error(`DynamoDB left ${open.length} days unwritten after 8 attempts`);
      if (attempt > 0)
        await pause(50 * 2 ** attempt * Math.random(), undefined, { ...(signal && { signal }) });
      const { UnprocessedItems } = await table.batchWrite({ RequestItems: { [tableName]: open } });
      open = (UnprocessedItems?.[tableName] ?? []) as typeof open;
    }
  }
}

type Write = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number];

interface SortKeySpan {
  readonly first: string;
  readonly last: string;
}

/** `day#…` sorts before `state`, so the last span brings the state along. */
function sortKeySpans(scope: string, from: string, to: string): SortKeySpan[] {
  const spans: SortKeySpan[] = [];
  let first = from;
  for (
    let next = dateAfter(first, DAYS_PER_QUERY);
    next <= to;
    next = dateAfter(first, DAYS_PER_QUERY)
  ) {
    spans.push({ first: daySortKey(scope, first), last: daySortKey(scope, dateAfter(next, -1)) });
    first = next;
  }
  return [...spans, { first: daySortKey(scope, first), last: STATE_SORT_KEY }];
}

function isOfScope({ sk }: Record<string, unknown>, { scope }: ScopedKey): boolean {
  return String(sk).startsWith(daySortKey(scope, ''));
}

interface StateWrite {
  readonly version: number;
  readonly next: object;
  readonly queued: readonly Queued[];
  readonly now: number;
}

/**
 * Two runs may check one account at once (EventBridge may deliver twice):
 *
 *   run A: read v7 ────────── write v8 if v7: done ── publish
 *   run B:      read v7 ─────────────────── write v8 if v7: refused, B stops and publishes nothing
 *
 * What is to be published is added under its id, beside what is there: a run that publishes and clears meanwhile needs no
 * version, and neither of the two undoes what the other wrote.
 */
function stateWrite({ version, next, queued, now }: StateWrite): TableUpdate {
  const isNew = version === 0;
  const added = isNew ? { set: [], names: {}, values: {} } : settingEntries(queued);
  const sets = ['known = :known', 'version = :next', 'expiresAt = :expiresAt', ...added.set];
  return {
    UpdateExpression: `SET ${[...sets, ...(isNew ? ['outbox = :outbox'] : [])].join(', ')}`,
    ConditionExpression: isNew ? 'attribute_not_exists(pk)' : 'version = :version',
    ...(!isNew && queued.length > 0 && { ExpressionAttributeNames: added.names }),
    ExpressionAttributeValues: {
      ...added.values,
      ':known': next,
      ':next': version + 1,
      ':expiresAt': Math.floor((now + STATE_KEPT_FOR_MS) / 1000),
      ...(isNew ? { ':outbox': outboxOf(queued) } : { ':version': version }),
    },
  };
}
