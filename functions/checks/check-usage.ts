/** One run: every account of one provider is checked, and what fires or is resolved is published as it is found. */
import type { AnyAccount } from '../config/account.ts';
import { type Parameter, readParameter, readParameters } from '../config/parameter-store.ts';
import { readAccounts } from '../config/read-accounts.ts';
import { checkAccounts, deliverWhile, type Run, type RunDeps, type Running } from './run.ts';
import { reportGone, wereThere } from './unwatched.ts';

/** Checks all accounts, beginning with the one that the last run did not reach in time; or `only` one. */
export async function checkUsage(deps: RunDeps): Promise<Run> {
  const { provider, parameterRoot, only } = deps;
  return deliverWhile(deps, async (running) => {
    const { ledger } = running;
    const [parameters, registered] = await Promise.all([
      readOwnParameters(running),
      ledger.readRegister(provider.id),
    ]);
    const found = readAccounts(parameters, provider, parameterRoot, deps.now);
    const isMissing = only === undefined && found.length === 0 && wereThere(registered);
    const first = only === undefined ? registered.nextAccount : undefined;
    const checked = await checkAccounts(startingWith(first, found), running, async (account) => {
      if (registered.accounts.has(account)) return;
      await ledger.addToRegister({ provider: provider.id, account });
    });
    const names = found.map(({ name }) => name);
    await reportGone(registered, { names, isMissing }, running);
    if (only === undefined && first !== checked.next) {
      await ledger.saveNextAccount(provider.id, checked.next);
    }
    return {
      extent: only === undefined ? 'all' : 'one',
      ...(isMissing && { isMissing }),
      ...checked,
    };
  });
}

/** Of one account also a parameter in place of its folder: it is wrong, and has to be reported. */
async function readOwnParameters(running: Running): Promise<readonly Parameter[]> {
  const { ssm, provider, parameterRoot, only, inTime } = running;
  const folder = `${parameterRoot}/${provider.id}`;
  if (only === undefined) return readParameters(ssm, folder, inTime);
  const name = `${folder}/${only}`;
  const [inPlace, below] = await Promise.all([
    readParameter(ssm, name, undefined, inTime),
    readParameters(ssm, name, inTime),
  ]);
  return inPlace ? [inPlace, ...below] : below;
}

/** The accounts in order of name, turned so that the one that the last run did not reach comes first. */
function startingWith(first: string | undefined, accounts: readonly AnyAccount[]): AnyAccount[] {
  const index = accounts.findIndex(({ name }) => first !== undefined && name >= first);
  return index < 0 ? [...accounts] : [...accounts.slice(index), ...accounts.slice(0, index)];
}
