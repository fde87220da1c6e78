/** An account's usage as it is known today, and what of it a check at an earlier moment would have been answered. */
import { Big } from 'big.js';
import { toDays, type UsageDay } from '../ledger/usage-day.ts';
import { decimal, plain } from '../pricing/money.ts';
import type { Interval, Provider, Usage, UsageFetch } from '../providers/provider.ts';

export interface History {
  /** Whole days of the provider, ascending and without a gap; a day without usage is there, empty. */
  readonly days: readonly UsageDay[];
  /** When it was read, epoch milliseconds: of the day that was in progress then it holds what there was so far. */
  readonly readAt: number;
}

type Metering = Pick<Provider, 'meters' | 'bucket'>;

/** As precise as a provider counts: a byte is 1e-9 GB. */
const decimals = 9;

/**
 * The answer at `now` (epoch milliseconds) to a request for whole days. What a provider tells by the hour is there when
 * the hour is over. What it tells by the day is there in part while the day lasts: of a flow the share of the day that
 * has passed, of a level all. Later corrections are in the answer from the beginning, as nobody knows when they came.
 */
export function answerAt(
  { days, readAt }: History,
  window: Interval,
  now: number,
  provider: Metering,
): UsageFetch {
  const asked = days.filter((day) => day.start >= window.start && day.start < window.end);
  const usage = asked.flatMap((day) =>
    day.end <= now ? day.usage : soFar(day, { now, readAt }, provider),
  );
  return { status: 'complete', usage, remarks: [] };
}

interface Moments {
  readonly now: number;
  readonly readAt: number;
}

function soFar(
  { usage }: UsageDay,
  { now, readAt }: Moments,
  { bucket, meters }: Metering,
): readonly Usage[] {
  if (bucket === 'hour') return usage.filter((row) => row.end <= now);
  const levels = new Set(meters.filter(({ kind }) => kind === 'level').map(({ id }) => id));
  const begun = usage.filter((row) => row.start < now);
  return begun.map((row) => {
    const countedUntil = Math.min(row.end, readAt);
    return countedUntil <= now || levels.has(row.meter) ? row : partOf(row, now, countedUntil);
  });
}

/** What there was by `now` of what was counted up evenly until `countedUntil`. */
function partOf(row: Usage, now: number, countedUntil: number): Usage {
  const part = (amount: string) =>
    plain(
      decimal(amount)
        .times(String(now - row.start))
        .div(String(countedUntil - row.start))
        .round(decimals, Big.roundDown),
    );
  return {
    ...row,
    ...(row.quantity !== undefined && { quantity: part(row.quantity) }),
    ...(row.cost !== undefined && { cost: part(row.cost) }),
  };
}

/**
 * A history of usage in `[start, end)`, midnights of the provider's day zone, as it was read at `readAt`; what lies
 * outside is left out.
 */
export function historyOf(
  usage: readonly Usage[],
  { readAt, ...window }: Interval & { readonly readAt: number },
  dayZone: string,
): History {
  return { days: toDays(usage, window, dayZone), readAt };
}

/** Start of the first day with usage, epoch milliseconds; undefined where there is none. */
export function firstUsage({ days }: History): number | undefined {
  return days.find(({ usage }) => usage.length > 0)?.start;
}
