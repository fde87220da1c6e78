import type { AccountNaming } from '../alerts/budget-notice.ts';
import type { Account, BrokenAccount } from '../config/account.ts';
import { consoleUrl } from '../messages/aws-console.ts';
import type { Provider } from '../providers/provider.ts';

/** How notices call an account, and where they link to. Of a broken one its options and currency are not known. */
export function naming(
  account: Account | BrokenAccount,
  provider: Provider,
  region: string,
): AccountNaming {
  const { name, parameter } = account;
  const { options, currency } =
    'config' in account ? account.config : { options: {}, currency: 'USD' };
  return {
    provider: provider.id,
    providerName: provider.name,
    account: name,
    currency,
    parameter,
    links: {
      provider: provider.billingUrl(options),
      parameter: consoleUrl(region, `systems-manager/parameters${parameter}/description`),
    },
  };
}
