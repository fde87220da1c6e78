/** The vendor's own total of a month, beside what is known of it. Pure. */
import type { MonthCompared } from '../alerts/mismatch.ts';
import type { ChargeDay } from '../budgets/measure.ts';
import { type Period, periodAt, periodBefore } from '../budgets/period.ts';
import { HOUR_MS } from '../config/durations.ts';
import type { Coverage } from '../ledger/account-state.ts';
import { sum } from '../pricing/money.ts';
import type { Interval, Provider, UsageFetch } from '../providers/provider.ts';

/** The last calendar month of the provider whose rows no longer change. */
export function settledMonth(
  { dayZone, settlesAfterHours }: Pick<Provider, 'dayZone' | 'settlesAfterHours'>,
  now: number,
): Period {
  const open = periodAt({ per: 'month' }, dayZone, now - settlesAfterHours * HOUR_MS);
  return periodBefore(open, { per: 'month' }, dayZone);
}

export interface MonthEvidence {
  readonly fetched: UsageFetch;
  /** What was asked for. */
  readonly window: Interval;
  readonly provider: Pick<Provider, 'dayZone' | 'settlesAfterHours'>;
  readonly coverage: Coverage | undefined;
  readonly days: readonly ChargeDay[];
  /** Whether the answer was believed. */
  readonly complete: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Undefined where the vendor stated no total, or the month is not wholly known or priced. */
export function comparedMonth(evidence: MonthEvidence): MonthCompared | undefined {
  const { fetched, window, provider, coverage, days, complete, now } = evidence;
  if (fetched.status !== 'complete' || !fetched.statedTotal || !complete || !coverage) {
    return undefined;
  }
  const month = settledMonth(provider, now);
  const { knownFrom, usageFrom = knownFrom } = coverage;
  if (usageFrom > month.id) return undefined;
  const charges = days
    .filter(({ start }) => start >= month.start && start < month.end)
    .flatMap((day) => day.charges);
  const costs = charges.flatMap(({ cost }) => cost ?? []);
  if (costs.length < charges.length) return undefined;
  return {
    month,
    ours: sum(costs),
    stated: fetched.statedTotal,
    isReadWhole: window.start <= month.start,
  };
}
