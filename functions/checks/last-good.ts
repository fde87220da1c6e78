import type { Account, BrokenAccount } from '../config/account.ts';
import { readParameter } from '../config/parameter-store.ts';
import { readConfigText } from '../config/read-accounts.ts';
import { withListPrices } from '../pricing/price-book.ts';
import type { AccountCheckDeps } from './check-account.ts';

/**
 * The account by its last good parameters, so that a bad edit never stops the watching. The config is kept in the
 * ledger; a token never is: its last good version is asked of Parameter Store. The token is empty where it is gone;
 * undefined for an account that never was valid.
 */
export async function readLastGood(
  { provider: providerId, name, parameter, token, tokenVersion, tokenChangedAt }: BrokenAccount,
  {
    provider,
    ledger,
    ssm,
    signal,
  }: Pick<AccountCheckDeps, 'provider' | 'ledger' | 'ssm' | 'signal'>,
): Promise<Account | undefined> {
  const { lastGood } = await ledger.readState({ provider: providerId, account: name });
  if (lastGood?.config === undefined) return undefined;
  const config = readConfigText(lastGood.config, withListPrices(provider));
  if (config === undefined) return undefined;
  const tokenParameter = parameter.replace(/config$/, 'token');
  const usable =
    token ??
    (await readParameter(ssm, tokenParameter, lastGood.tokenVersion, signal))?.value.trim() ??
    '';
  const source = {
    ...lastGood,
    ...(tokenVersion !== undefined && { tokenVersion }),
    ...(tokenChangedAt !== undefined && { tokenChangedAt }),
  };
  return { provider: providerId, name, token: usable, config, parameter, source };
}
