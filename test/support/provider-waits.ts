import { defaultHttpSettings, type HttpSettings } from '../../functions/providers/http/body.ts';
import type { Provider } from '../../functions/providers/provider.ts';

export interface RecordedWaits {
  /** Milliseconds of each wait, none of which took any time. */
  readonly waits: readonly number[];
  /** Full jitter at its half: 250, 500 and 1,000 ms of backoff. Simulated servers are on loopback. */
  readonly settings: Partial<HttpSettings>;
}

export function recordedWaits(): RecordedWaits {
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
  };
  return {
    waits,
    settings: { sleep, random: () => 0.5, dispatcher: defaultHttpSettings.dispatcher },
  };
}

/** What a provider would wait for between two attempts takes no time. */
export function withoutWaits(provider: Provider): Provider {
  const { settings } = recordedWaits();
  return {
    ...provider,
    fetchUsage: (request) =>
      provider.fetchUsage({ ...request, http: { ...settings, ...request.http } }),
  };
}

/** Short enough for a test to see them pass, for requests that are not answered. */
export const shortTimeouts: Partial<HttpSettings> = { headersTimeoutMs: 150, bodyTimeoutMs: 150 };
