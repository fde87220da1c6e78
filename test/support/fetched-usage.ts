/** What a provider makes of its simulated server's answers, and how a test shows it. */
import { HOUR_MS } from '../../functions/config/durations.ts';
import { decimal } from '../../functions/pricing/money.ts';
import type {
  Provider,
  Usage,
  UsageFetch,
  UsageRequest,
} from '../../functions/providers/provider.ts';
import { recordedWaits } from './provider-waits.ts';

export type RequestChanges = Partial<
  Pick<UsageRequest, 'window' | 'now' | 'http' | 'timeLeftMs'>
> & {
  /** Beside the usual ones. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly currency?: string;
  readonly token?: string;
};

type Usual = Pick<UsageRequest, 'window' | 'now'> &
  Pick<RequestChanges, 'options'> & {
    readonly token: string;
  };

/** Asks for an account in US dollars, and waits for nothing. */
export function usageFetcher(provider: Provider, { token, options: usual, ...request }: Usual) {
  return ({ url }: { readonly url: string }, changes: RequestChanges = {}): Promise<UsageFetch> => {
    const { options, currency = 'USD', token: own = token, ...changed } = changes;
    return provider.fetchUsage({
      account: {
        name: 'acme',
        token: own,
        baseUrl: url,
        currency,
        options: { ...usual, ...options },
      },
      signal: new AbortController().signal,
      timeLeftMs: 60_000,
      http: recordedWaits().settings,
      ...request,
      ...changed,
    });
  };
}

/** One text a row, `2026-11-01 input 1.5`; anything but a complete fetch as it is. */
export function shownUsage(fetched: UsageFetch, shown: (row: Usage) => string = dayShown): unknown {
  return fetched.status === 'complete' ? fetched.usage.map(shown) : fetched;
}

function dayShown({ meter, start, cost }: Usage): string {
  return `${new Date(start).toISOString().slice(0, 10)} ${meter} ${cost?.toFixed()}`;
}

/** Decimals. */
type ByMeter = Readonly<Record<string, string>>;

/** Of a bucket that begins at `start`. */
export function costsOf(start: number, byMeter: ByMeter, hours = 24): Usage[] {
  return amountsOf(start, byMeter, hours).map(({ amount: cost, ...row }) => ({ ...row, cost }));
}

export function quantitiesOf(start: number, byMeter: ByMeter, hours = 24): Usage[] {
  return amountsOf(start, byMeter, hours).map(({ amount: quantity, ...row }) => ({
    ...row,
    quantity,
  }));
}

function amountsOf(start: number, byMeter: ByMeter, hours: number) {
  const end = start + hours * HOUR_MS;
  return Object.entries(byMeter).map(([meter, amount]) => ({
    meter,
    start,
    end,
    amount: decimal(amount),
  }));
}
