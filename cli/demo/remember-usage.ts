import { HOUR_MS } from '../../functions/config/durations.ts';
import type { Provider, UsageFetch } from '../../functions/providers/provider.ts';

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
