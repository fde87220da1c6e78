/**
 * Which accounts of a provider are watched, and where the next run begins: the partition `northflank/`, in which each
 * account has an item of its own, written only when the account appears or goes. One query reads it; 10,000 accounts are
 * less than 1 MB. Their summaries lie behind it, and are not read.
 */
import type { AccountState } from './account-state.ts';
import { summaryKey } from './account-summary.ts';
import { type AccountKey, partition, STATE_SORT_KEY, stateIn } from './items.ts';
import type { Table } from './table.ts';

export interface Registered<Alerts, Entry> {
  /** Names of the accounts that were found in Parameter Store, in order. */
  readonly accounts: ReadonlySet<string>;
  /** With which the next run over all accounts begins, if the last one ran out of time. */
  readonly nextAccount?: string;
  /** What was reported about the runs themselves, and is to be published: the state of the account whose name is empty. */
  readonly run: AccountState<Alerts, Entry>;
}

export interface Register<Alerts, Entry> {
  /** Consistent. */
  readRegister(provider: string): Promise<Registered<Alerts, Entry>>;
  addToRegister(key: AccountKey): Promise<void>;
  /** With its summary. */
  takeFromRegister(key: AccountKey): Promise<void>;
  saveNextAccount(provider: string, account: string | undefined): Promise<void>;
}

/** An account's name is never empty, so this partition is no account's. */
export function runOf(provider: string): AccountKey {
  return { provider, account: '' };
}

const ACCOUNT_PREFIX = 'account#';
const RUN_SORT_KEY = 'run';

export function register<Alerts, Entry>(table: Table): Register<Alerts, Entry> {
  return {
    async readRegister(provider) {
      const items = await table.queryAll({
        KeyConditionExpression: 'pk = :pk AND sk <= :last',
        ExpressionAttributeValues: { ':pk': partition(runOf(provider)), ':last': STATE_SORT_KEY },
        ConsistentRead: true,
      });
      const sortKeys = items.map(({ sk }) => sk as string);
      const next = items.find(({ sk }) => sk === RUN_SORT_KEY)?.nextAccount as string | undefined;
      return {
        accounts: new Set(
          sortKeys.flatMap((sk) =>
            sk.startsWith(ACCOUNT_PREFIX) ? sk.slice(ACCOUNT_PREFIX.length) : [],
          ),
        ),
        ...(next !== undefined && { nextAccount: next }),
        run: stateIn(items.find(({ sk }) => sk === STATE_SORT_KEY)),
      };
    },

    async addToRegister(key) {
      await table.put({ Item: registerKey(key) });
    },

    async takeFromRegister(key) {
      await table.delete({ Key: summaryKey(key) });
      await table.delete({ Key: registerKey(key) });
    },

    async saveNextAccount(provider, account) {
      const next = account !== undefined && { nextAccount: account };
      await table.put({ Item: { pk: partition(runOf(provider)), sk: RUN_SORT_KEY, ...next } });
    },
  };
}

function registerKey({ provider, account }: AccountKey): { pk: string; sk: string } {
  return { pk: partition(runOf(provider)), sk: `${ACCOUNT_PREFIX}${account}` };
}
