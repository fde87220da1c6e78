/** The deployed ledger for a check on this machine: read, never written. */
import type { AccountLedger } from '../functions/checks/account/check-account.ts';
import { openLedger } from '../functions/ledger/ledger.ts';
import {
  accountsNamed,
  type DeployedOptions,
  type FoundAccount,
  noAccounts,
  readSource,
  type Source,
} from './account-source.ts';
import { findDeployment, isDenied, isTableMissing } from './aws.ts';
import { type Cli, withProgress } from './output.ts';
import { scratchLedger } from './scratch-ledger.ts';
import { UsageError } from './usage-error.ts';

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
    if (accounts.length === 0) throw noAccounts(source);
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
