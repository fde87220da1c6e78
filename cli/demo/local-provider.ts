/** A provider as it is asked on one machine. */
import { HOUR_MS } from '../../functions/config/durations.ts';
import { defaultHttpSettings } from '../../functions/providers/http/body.ts';
import type { Provider, UsageFetch } from '../../functions/providers/provider.ts';

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

/** The provider, asked only once for usage that has settled. */
export function rememberUsage(provider: Provider): Provider {
  const known = new Map<string, { readonly window: string; readonly fetched: UsageFetch }>();
  return {
    ...provider,
    fetchUsage: async (request) => {
      const { account, now } = request;
      const window = `${request.window.start} ${request.window.end} ${account.baseUrl}`;
      const before = known.get(account.name);
      if (before?.window === window) return before.fetched;
      const fetched = await provider.fetchUsage(request);
      const isSettled = request.window.end + provider.settlesAfterHours * HOUR_MS <= now;
      if (isSettled && fetched.status === 'complete') known.set(account.name, { window, fetched });
      return fetched;
    },
  };
}
