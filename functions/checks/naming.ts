import type { AccountNaming } from '../alerts/budget-notice.ts';
import type { Account } from '../config/account.ts';
import type { Provider } from '../providers/provider.ts';

/** How notices call an account, and where they link to. */
export function naming(account: Account, provider: Provider, region: string): AccountNaming {
  return {
    provider: provider.id,
    providerName: provider.name,
    account: account.name,
    currency: account.config.currency,
    parameter: account.parameter,
    links: {
      provider: provider.billingUrl(account.config.options),
      parameter: `https://${region}.console.aws.amazon.com/systems-manager/parameters${account.parameter}/description?region=${region}`,
    },
  };
}
