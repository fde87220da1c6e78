/** The deployed ledger as a check on this machine may use it: it is read and never written. */
import type { AccountLedger } from '../functions/checks/check-account.ts';
import { openLedger } from '../functions/ledger/ledger.ts';
import type { Provider } from '../functions/providers/provider.ts';
import type { FoundAccount, Source } from './account-source.ts';
import { type AwsClients, findDeployment, isDenied, isTableMissing } from './aws.ts';
import { scratchLedger } from './scratch-ledger.ts';

/** Opens a ledger that keeps its writes to itself, for the accounts of a provider. */
export type OpenLedger = (provider: Provider) => AccountLedger;

export type LiveLedger =
  | { readonly table: string; readonly open: OpenLedger }
  /** Nothing is known, for this reason: half a sentence. */
  | { readonly table?: undefined; readonly open: OpenLedger; readonly reason: string };

/** The ledger of the deployed stack below, if there is one that watches the same parameters and may be read. */
export async function liveLedger(
  source: Source,
  stack: string,
  accounts: readonly FoundAccount[],
  signal?: AbortSignal,
): Promise<LiveLedger> {
  const { aws, root, place } = source;
  if (aws === undefined) return nothingKnown(`the accounts are those of ${place}`);
  const lookup = await findDeployment(aws, stack, signal);
  if (lookup.deployment === undefined) return nothingKnown(lookup.reason);
  const { parameterRoot, tableName } = lookup.deployment;
  if (parameterRoot !== root) {
    return nothingKnown(`stack ${stack} watches ${parameterRoot}, not ${root}`);
  }
  const open = (provider: Provider) => deployedLedger(provider, aws, tableName);
  const problem = await whyUnreadable(open, accounts);
  if (problem !== undefined) return nothingKnown(`table ${tableName} ${problem}`);
  return { table: tableName, open: (provider) => scratchLedger(open(provider)) };
}

function nothingKnown(reason: string): LiveLedger {
  return { open: () => scratchLedger(), reason };
}

function deployedLedger(
  { dayZone, bucket }: Provider,
  { documents }: AwsClients,
  tableName: string,
): AccountLedger {
  return openLedger(documents, tableName, { dayZone, bucket });
}

/** Of which the ledger has nothing. */
const noDay = '2999-12-31';

/** Found out by reading from it; throws what is no matter of the table. */
async function whyUnreadable(
  open: OpenLedger,
  [first]: readonly FoundAccount[],
): Promise<string | undefined> {
  if (first === undefined) return undefined;
  const key = { provider: first.provider.id, account: first.account.name, scope: 'none' };
  try {
    const ledger = open(first.provider);
    await Promise.all([ledger.readState(key), ledger.read(key, noDay, noDay)]);
    return undefined;
  } catch (error) {
    if (isDenied(error)) return 'may not be read with these credentials (dynamodb:GetItem, Query)';
    if (isTableMissing(error)) return 'is not there';
    throw error;
  }
}
