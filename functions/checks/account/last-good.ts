import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Account, AccountConfig, BrokenAccount } from '../../config/account.ts';
import { tryParameter } from '../../config/parameter-store.ts';
import { readConfigText, readToken } from '../../config/read-accounts.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Provider } from '../../providers/provider.ts';

interface LastGoodDeps {
  readonly provider: Provider;
  readonly ledger: Pick<Ledger<unknown, unknown>, 'readState'>;
  readonly ssm: SSMClient;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The account by its last good parameters, so that a bad edit never stops the watching: of the two the one that is
 * valid as it is, and the last good version of the other. A config is kept in the ledger; a token or a config that is
 * a secret never is: its version is asked of Parameter Store. The token is empty where it is gone; undefined for an
 * account that never was valid, or whose config is gone.
 */
export async function readLastGood(
  broken: BrokenAccount,
  { provider, ledger, ssm, signal }: LastGoodDeps,
): Promise<Account | undefined> {
  const { provider: providerId, name, parameter, isStray, invalid } = broken;
  if (isStray) return undefined;
  const { lastGood } = await ledger.readState({ provider: providerId, account: name });
  if (lastGood === undefined) return undefined;
  const { config: text, configVersion, configChangedAt: _, ...tokenBefore } = lastGood;
  const { tokenVersion, tokenChangedAt: __, ...configBefore } = lastGood;
  const config = broken.validConfig ?? {
    value: goodConfig(text ?? (await textAt(ssm, parameter, configVersion, signal)), provider),
    source: configBefore,
  };
  if (config.value === undefined) return undefined;
  const { source: tokenSource, ...token } = broken.validToken ?? {
    ...(await goodToken(ssm, parameter.replace(/config$/, 'token'), tokenVersion, signal)),
    source: tokenBefore,
  };
  const source = { ...config.source, ...tokenSource };
  const identity = { provider: providerId, name, parameter };
  const account = { ...identity, ...token, config: config.value, source };
  return invalid ? { ...account, invalid } : account;
}

function goodConfig(text: string | undefined, provider: Provider): AccountConfig | undefined {
  return text === undefined ? undefined : readConfigText(text, provider);
}

async function textAt(
  ssm: SSMClient,
  name: string,
  version: number | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return version === undefined
    ? undefined
    : (await tryParameter(ssm, name, version, signal))?.value;
}

async function goodToken(
  ssm: SSMClient,
  name: string,
  version: number,
  signal: AbortSignal | undefined,
): Promise<Pick<Account, 'token' | 'withoutToken'>> {
  const read = readToken(await tryParameter(ssm, name, version, signal), name);
  return 'value' in read ? read.value : { token: '' };
}
