/** What a fetch changes in what the ledger knows of an account. Pure. */
import type { Provider, UsageFetch } from '../providers/provider.ts';
import type { AccountState, Coverage, ShrunkAnswer } from './ledger.ts';
import { isThorough, type PlannedReading } from './plan-reading.ts';
import { type Shrinkage, sameUsage, shrinkageOf } from './shrinkage.ts';
import { dayAt, toDays, type UsageDay } from './usage-day.ts';

export interface MergedUsage {
  /** All known days with the fetched ones in place, ascending. */
  readonly days: readonly UsageDay[];
  /** Those to be written. */
  readonly changed: readonly UsageDay[];
  readonly coverage: Coverage | undefined;
  readonly shrunk?: ShrunkAnswer;
  /** Whether what is known now is all that there is; only then may an alert be taken back. */
  readonly complete: boolean;
}

export interface FetchToMerge {
  readonly fetched: UsageFetch;
  readonly reading: PlannedReading;
  readonly state: Pick<AccountState<unknown, unknown>, 'coverage' | 'shrunk'>;
  /** Those that the table has; what it has of days before the coverage is not known, only replaced. */
  readonly days: readonly UsageDay[];
  readonly provider: Pick<Provider, 'dayZone' | 'settlesAfterHours'>;
  /** Of the token that was used. */
  readonly tokenVersion: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** So many complete checks in a row must say that much of what is known is gone before it is believed. */
const shrunkChecksBelieved = 3;
const hourMs = 3_600_000;

export function mergeUsage(input: FetchToMerge): MergedUsage {
  const { fetched, reading, state, provider, now } = input;
  const { coverage } = state;
  const known = knownDays(input.days, coverage);
  if (fetched.status !== 'complete') return { days: known, changed: [], coverage, complete: false };
  const fresh = toDays(fetched.usage, reading.window, provider.dayZone);
  const shrinkage = shrinkageOf(known, fresh, now);
  const shrunk = shrinkage && countShrunk(state.shrunk, shrinkage);
  if (!shrunk || shrunk.checks >= shrunkChecksBelieved) {
    const { days, changed } = replaceDays(input, fresh);
    const after = coverageAfter(input, days);
    return { days: knownDays(days, after), changed, coverage: after, complete: true };
  }
  // What grew is there all the same, whatever the rest of the answer is worth: no alert may wait for it.
  const grown = fresh.filter(({ date }) => !shrinkage.dates.has(date));
  const { days, changed } = replaceDays(input, grown);
  const after = coverage && { ...coverage, readAt: now };
  return { days: knownDays(days, after), changed, coverage: after, shrunk, complete: false };
}

function knownDays(days: readonly UsageDay[], coverage: Coverage | undefined): UsageDay[] {
  return days.filter(({ date }) => coverage !== undefined && date >= coverage.knownFrom);
}

/** A failed check in between is not here: what it leaves has nothing to go on from. */
function countShrunk(before: ShrunkAnswer | undefined, { answer }: Shrinkage): ShrunkAnswer {
  return { answer, checks: before?.answer === answer ? before.checks + 1 : 1 };
}

function replaceDays(
  { days }: FetchToMerge,
  fresh: readonly UsageDay[],
): Pick<MergedUsage, 'days' | 'changed'> {
  const stored = new Map(days.map((day) => [day.date, day]));
  const changed = fresh.filter((day) => !sameUsage(day.usage, stored.get(day.date)?.usage ?? []));
  for (const day of changed) stored.set(day.date, day);
  return { days: [...stored.values()].sort((a, b) => a.start - b.start), changed };
}

function coverageAfter(input: FetchToMerge, days: readonly UsageDay[]): Coverage {
  const { reading, state, provider, tokenVersion, now } = input;
  const from = dayAt(reading.window.start, provider.dayZone).date;
  const today = dayAt(now, provider.dayZone).date;
  const knownFrom = earlier(from, state.coverage?.knownFrom ?? from);
  const usageFrom = usageFromAfter(state.coverage, knownFrom, days) ?? today;
  return {
    knownFrom,
    ...(usageFrom > knownFrom && { usageFrom }),
    settledUntil: settledUntilAfter(input, days),
    readAgainOn: isThorough(reading) ? today : (state.coverage?.readAgainOn ?? today),
    tokenVersion,
    readAt: now,
  };
}

/** The first day with usage, as far as none was found before; undefined where there never was any. */
function usageFromAfter(
  before: Coverage | undefined,
  knownFrom: string,
  days: readonly UsageDay[],
): string | undefined {
  const first = days.find(({ date, usage }) => date >= knownFrom && usage.length > 0)?.date;
  if (before === undefined || knownFrom < before.knownFrom) return first;
  const usageFrom = before.usageFrom ?? before.knownFrom;
  return first === undefined ? usageFrom : earlier(first, usageFrom);
}

/** Time that passed is not data that arrived: no day settles after the last one of which there are rows. */
function settledUntilAfter(
  { reading, state, provider, now }: FetchToMerge,
  days: readonly UsageDay[],
): string {
  const before = state.coverage?.settledUntil ?? dayAt(reading.window.start, provider.dayZone).date;
  if (reading.reach === 'latest') return before;
  const settled = dayAt(now - provider.settlesAfterHours * hourMs, provider.dayZone).date;
  const arrived = days.findLast(({ usage }) => usage.length > 0)?.date ?? before;
  return earlier(settled, arrived);
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
