/** The deployed ledger for a check on this machine: read, never written. */
import type { AccountLedger } from '../functions/checks/account/check-account.ts';
import type { AccountState } from '../functions/ledger/account-state.ts';
import { type AccountKey, neverChecked, type ScopedKey } from '../functions/ledger/items.ts';
import { type Ledger, openLedger } from '../functions/ledger/ledger.ts';
import type { UsageDay } from '../functions/ledger/usage-day.ts';
import {
  accountsNamed,
  type DeployedOptions,
  type FoundAccount,
  readSource,
  type Source,
} from './account-source.ts';
import { findDeployment, isDenied, isTableMissing } from './aws.ts';
import { type Cli, UsageError, withProgress } from './output.ts';

/** Opens a ledger that keeps writes in memory. */
export type OpenLedger = () => AccountLedger;

export type LiveLedger =
  | { readonly table: string; readonly open: OpenLedger }
  /** There is no history, for this reason: half a sentence. */
  | { readonly table?: undefined; readonly open: OpenLedger; readonly reason: string };

/** On top of the deployed stack's ledger, if that stack watches the same parameters and its table can be read. */
export async function liveLedger(
  source: Source,
  stack: string,
  accounts: readonly FoundAccount[],
  signal?: AbortSignal,
): Promise<LiveLedger> {
  const { aws, root, place } = source;
  if (aws === undefined) return noHistory(`the accounts come from ${place}`);
  const lookup = await findDeployment(aws, stack, signal);
  if (lookup.deployment === undefined) return noHistory(lookup.reason);
  const { parameterRoot, tableName } = lookup.deployment;
  if (parameterRoot !== root) {
    return noHistory(`stack ${stack} watches ${parameterRoot}, not ${root}`);
  }
  const ledger: AccountLedger = openLedger(aws.documents, tableName);
  const problem = await whyUnreadable(ledger, accounts);
  if (problem !== undefined) return noHistory(`table ${tableName} ${problem}`);
  return { table: tableName, open: () => scratchLedger(ledger) };
}

/** The named accounts, all if none is named, and what is known of them. Throws a UsageError where there is no ledger. */
export async function knownAccounts(
  names: readonly string[],
  options: DeployedOptions,
  cli: Cli,
): Promise<{ readonly accounts: readonly FoundAccount[]; readonly open: OpenLedger }> {
  return withProgress(cli, 'Reading the parameters', async () => {
    const source = await readSource(options, cli);
    const accounts = accountsNamed(source, names);
    const ledger = await liveLedger(source, options.stack, accounts, cli.signal);
    if (ledger.table === undefined) throw new UsageError(`no ledger to read: ${ledger.reason}`);
    return { accounts, open: ledger.open };
  });
}

function noHistory(reason: string): LiveLedger {
  return { open: () => scratchLedger(), reason };
}

/** A day that no ledger has. */
const NO_DAY = '2999-12-31';

/** Tried by reading from it; throws any error that is not about the table. */
async function whyUnreadable(
  ledger: AccountLedger,
  [first]: readonly FoundAccount[],
): Promise<string | undefined> {
  if (first === undefined) return undefined;
  const { provider, account } = first;
  const key = { provider: provider.id, account: account.name, scope: 'none', calendar: provider };
  try {
    await Promise.all([ledger.readState(key), ledger.read(key, NO_DAY, NO_DAY)]);
    return undefined;
  } catch (error) {
    if (isDenied(error))
      return 'cannot be read with these credentials (dynamodb:GetItem, dynamodb:Query)';
    if (isTableMissing(error)) return 'does not exist';
    throw error;
  }
}

/** Keeps writes in memory, and reads those, else from `below`; without `below` it starts empty. */
export function scratchLedger<Alerts, Entry>(below?: Ledger<Alerts, Entry>): Ledger<Alerts, Entry> {
  const states = new Map<string, AccountState<Alerts, Entry>>();
  const written = new Map<string, Map<string, UsageDay>>();

  async function readState(key: AccountKey): Promise<AccountState<Alerts, Entry>> {
    return states.get(nameOf(key)) ?? (await below?.readState(key)) ?? neverChecked;
  }

  return {
    readState,
    async read(key, from, to) {
      const known = (await below?.read(key, from, to)) ?? { state: neverChecked, days: [] };
      const days = new Map(known.days.map((day) => [day.date, day]));
      for (const [date, day] of written.get(daysOf(key)) ?? []) {
        if (date >= from) days.set(date, day);
      }
      return {
        state: states.get(nameOf(key)) ?? known.state,
        days: [...days.values()].sort((a, b) => a.start - b.start),
      };
    },
    async replaceDays(key, days) {
      const known = written.get(daysOf(key)) ?? new Map<string, UsageDay>();
      for (const day of days) known.set(day.date, day);
      written.set(daysOf(key), known);
    },
    // Nothing to clean up: `below` is never written, and this ends with the process.
    async daysOfOtherScopes() {
      return [];
    },
    async deleteDays() {},
    // Nobody reads it here.
    async saveSummary() {},
    async saveState(key, version, next, queued) {
      const state = await readState(key);
      if (state.version !== version) return false;
      const outbox = [...state.outbox, ...queued];
      states.set(nameOf(key), { ...next, version: version + 1, outbox });
      return true;
    },
  };
}

function daysOf({ scope, ...key }: ScopedKey): string {
  return `${nameOf(key)}/${scope}`;
}

function nameOf({ provider, account }: AccountKey): string {
  return `${provider}/${account}`;
}
