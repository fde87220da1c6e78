/** Which days a check asks the provider for. Pure. */
import type { Interval, Provider } from '../providers/provider.ts';
import type { Coverage } from './account-state.ts';
import { dateAfter, dayAt, dayNamed } from './usage-day.ts';

/**
 * How much of the usage a reading is about: `all` that open periods need, the open periods `again` (once a day), the
 * `unsettled` days, or only the `latest` of them, where an account has been idle for long.
 */
type Reach = 'all' | 'again' | 'unsettled' | 'latest';

export interface PlannedReading {
  /** Whole days of the provider's day zone. */
  readonly window: Interval;
  readonly reach: Reach;
}

export interface ReadingNeeds {
  /** What every open period needs begins here, what is read again once a day here; epoch milliseconds. */
  readonly neededFrom: number;
  readonly againFrom: number;
  /** What is known has been read from the ledger from here on, epoch milliseconds: older days may change unseen. */
  readonly readFrom: number;
  readonly coverage: Coverage | undefined;
  /** Of the token that is used now. */
  readonly tokenVersion: number;
  readonly provider: Pick<Provider, 'dayZone' | 'maxWindowDays'>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Whether it is the first reading of a scope, of a token or of a day. */
export function isThorough({ reach }: PlannedReading): boolean {
  return reach === 'all' || reach === 'again';
}

/** No more is asked for by most checks, however long an account has been idle. */
const MOST_DAYS = 35;

export function planReading(needs: ReadingNeeds): PlannedReading {
  const { coverage, tokenVersion, provider, now } = needs;
  const { dayZone } = provider;
  const today = dayAt(now, dayZone);
  const needed = dayAt(needs.neededFrom, dayZone);
  if (coverage === undefined) return from(needed.start, 'all');
  const firstRead = dayAt(needs.readFrom, dayZone).start;
  const unsettled = Math.max(dayNamed(coverage.settledUntil, dayZone).start, firstRead);
  if (coverage.knownFrom > needed.date || coverage.tokenVersion !== tokenVersion) {
    return from(Math.min(needed.start, unsettled), 'all');
  }
  if (coverage.readAgainOn !== today.date) {
    return from(Math.min(dayAt(needs.againFrom, dayZone).start, unsettled), 'again');
  }
  const inOneRequest = Math.min(provider.maxWindowDays, MOST_DAYS);
  const latest = dayNamed(dateAfter(today.date, 1 - inOneRequest), dayZone).start;
  return latest > unsettled ? from(latest, 'latest') : from(unsettled, 'unsettled');

  function from(start: number, reach: Reach): PlannedReading {
    return { window: { start, end: today.end }, reach };
  }
}
