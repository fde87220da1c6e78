/** Whether a provider takes a token, seen by reading a little with it. */
import type { Account } from '../config/account.ts';
import { dayAt } from '../ledger/usage-day.ts';
import type { Provider } from '../providers/provider.ts';

export type TokenTest =
  /** A sentence on what was read. */
  | { readonly works: true; readonly seen: string }
  /** A sentence on why not, in the adapter's words. */
  | { readonly works: false; readonly reason: string };

export interface TokenTestDeps {
  readonly provider: Provider;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

const dayMs = 86_400_000;
const days = 7;
/** Somebody is waiting. */
const timeLeftMs = 30_000;

/** Reads the last days as a check does. Throws only where `signal` aborts. */
export async function testToken(
  { name, token, config }: Account,
  { provider, now, signal }: TokenTestDeps,
): Promise<TokenTest> {
  const { baseUrl, currency, options } = config;
  const fetched = await provider.fetchUsage({
    account: { name, token, baseUrl, currency, options },
    window: {
      start: dayAt(now - days * dayMs, provider.dayZone).start,
      end: dayAt(now, provider.dayZone).end,
    },
    now,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeLeftMs)]),
    timeLeftMs,
  });
  signal.throwIfAborted();
  if (fetched.status !== 'complete') return { works: false, reason: fetched.reason };
  const meters = provider.meters.filter(({ id }) =>
    fetched.usage.some(({ meter }) => meter === id),
  );
  const names = meters.map((meter) => meter.name).join(', ');
  const seen = meters.length === 0 ? 'there was no usage' : `there was usage of ${names}`;
  return {
    works: true,
    seen: `${provider.name} takes the token: in the last ${days} days ${seen}.`,
  };
}
