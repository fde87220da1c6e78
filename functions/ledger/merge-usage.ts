/** What a fetch changes in what the ledger knows of an account. Pure. */
import type { Interval, Provider, Usage, UsageFetch } from '../providers/provider.ts';
import type { AccountState, Coverage } from './ledger.ts';
import { dayAt, dayNamed, toDays, type UsageDay } from './usage-day.ts';

export interface MergedUsage {
  /** All known days with the fetched ones in place, ascending. */
  readonly days: readonly UsageDay[];
  /** Those to be written. */
  readonly changed: readonly UsageDay[];
  readonly coverage: Coverage | undefined;
  readonly vanishedChecks: number;
  /** Whether what is known now is all that there is; only then may an alert be taken back. */
  readonly complete: boolean;
}

export interface FetchToMerge {
  readonly fetched: UsageFetch;
  /** Whole days of the provider's day zone. */
  readonly window: Interval;
  readonly state: Pick<AccountState<unknown, unknown>, 'coverage' | 'vanishedChecks'>;
  readonly days: readonly UsageDay[];
  readonly provider: Pick<Provider, 'dayZone' | 'settlesAfterHours'>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * So many complete checks in a row must say that everything known is gone before it is believed:
 * vendors answer 200 with nothing during their own incidents.
 */
const vanishedChecksBelieved = 3;
const hourMs = 3_600_000;

export function mergeUsage(input: FetchToMerge): MergedUsage {
  const { fetched, window, state, days, provider } = input;
  if (fetched.status !== 'complete') return { ...untouched(input), complete: false };
  const fresh = toDays(fetched.usage, window, provider.dayZone);
  if (hasVanished(fresh, days, window)) {
    const vanishedChecks = state.vanishedChecks + 1;
    if (vanishedChecks < vanishedChecksBelieved) {
      return { ...untouched(input), vanishedChecks, complete: false };
    }
  }
  const inWindow = days.filter(({ start }) => start >= window.start && start < window.end);
  const known = new Map(inWindow.map((day) => [day.date, day]));
  const changed = fresh.filter((day) => !sameUsage(day.usage, known.get(day.date)?.usage ?? []));
  for (const day of changed) known.set(day.date, day);
  return {
    days: [
      ...days.filter(({ start }) => start < window.start),
      ...[...known.values()].sort((a, b) => a.start - b.start),
      ...days.filter(({ start }) => start >= window.end),
    ],
    changed,
    coverage: coverageAfter(input),
    vanishedChecks: 0,
    complete: true,
  };
}

function untouched({ state, days }: FetchToMerge): Omit<MergedUsage, 'complete'> {
  const { coverage, vanishedChecks } = state;
  return { days, changed: [], coverage, vanishedChecks };
}

function hasVanished(
  fresh: readonly UsageDay[],
  days: readonly UsageDay[],
  window: Interval,
): boolean {
  if (fresh.some((day) => day.usage.some(isSomething))) return false;
  return days.some((day) => day.start >= window.start && day.usage.some(isSomething));
}

function isSomething({ cost, quantity }: Usage): boolean {
  return [cost, quantity].some((amount) => amount !== undefined && Number(amount) !== 0);
}

function sameUsage(a: readonly Usage[], b: readonly Usage[]): boolean {
  if (a.length !== b.length) return false;
  if (a.every((row, index) => row === b[index])) return true;
  const known = new Set(b.map(fingerprint));
  return a.every((row) => known.has(fingerprint(row)));
}

function fingerprint({ meter, start, end, quantity, cost }: Usage): string {
  return [meter, start, end, quantity, cost].join('|');
}

function coverageAfter({ window, state, provider, now }: FetchToMerge): Coverage {
  const { dayZone, settlesAfterHours } = provider;
  const windowFrom = dayAt(window.start, dayZone).date;
  const knownBefore = state.coverage?.knownFrom ?? windowFrom;
  return {
    knownFrom: windowFrom < knownBefore ? windowFrom : knownBefore,
    settledUntil: dayAt(now - settlesAfterHours * hourMs, dayZone).date,
    readAt: now,
  };
}

/**
 * The days to ask the provider for: those not yet settled; and, where a budget needs days before the first known one
 * (the first check, or a longer period since), everything from there on. Both ends are midnights of the day zone.
 */
export function windowToFetch(
  neededFrom: number,
  coverage: Coverage | undefined,
  dayZone: string,
  now: number,
): Interval {
  const needed = dayAt(neededFrom, dayZone);
  const { end } = dayAt(now, dayZone);
  const isKnown = coverage !== undefined && coverage.knownFrom <= needed.date;
  const unsettled = coverage && dayNamed(coverage.settledUntil, dayZone);
  return { start: isKnown && unsettled ? unsettled.start : needed.start, end };
}
