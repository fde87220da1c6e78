import { defaultHttpSettings } from '../../functions/providers/http/body.ts';
import type { Provider } from '../../functions/providers/provider.ts';

/** The provider with a connection to simulated servers, also where the deployed one connects to public addresses only. */
export function onLoopback(provider: Provider): Provider {
  const { dispatcher } = defaultHttpSettings;
  return {
    ...provider,
    dispatcher,
    isPublicOnly: false,
    fetchUsage: (request) =>
      provider.fetchUsage({ ...request, http: { dispatcher, ...request.http } }),
  };
}
